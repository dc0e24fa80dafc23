"""The bytes of a safetensors file as a Coq term, and what Coq says of them.

Coq writes the file of a network itself (``safetensors`` in theories/Interface/Weights.v, in binary32) and
reads any file back (theories/Interface/Stored.v, of every element type); both are compared with the bytes on
disk inside Coq.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from provenn.coq.coqc import coqc, theories_in

CHUNK = 7
# The user's network gets its name before ours, which could hide it, are imported.
FIRST = """\
Require Import {module}.
Definition the_network := {name}.
From Coq Require Import List Uint63 Strings.Byte.
From Provenn Require Import Interface.Network Interface.Json Interface.Safetensors.
From Provenn Require Import Interface.Weights Interface.WeightsProof Interface.Stored Interface.StoredProof.
Import ListNotations.
Definition the_bytes : bytes := {stored}.
"""
HOLDS = """\
Lemma file_holds_it : holds the_network the_bytes = true.
Proof. vm_cast_no_check (eq_refl true). Qed.
Theorem file_runs : exists m, network_in (activations the_network) the_bytes = Some m /\\
  forall xs, run m xs = run the_network xs.
Proof. exact (holds_run the_network the_bytes file_holds_it). Qed.
"""
HOLDS_STORED = (HOLDS.replace("holds ", "holds_stored ").replace("holds_run", "holds_stored_run")
                .replace("network_in", "stored_network"))
WRITTEN = """\
Lemma file_is_written : safetensors {metadata} the_network = Some the_bytes.
Proof. vm_cast_no_check (eq_refl (Some the_bytes)). Qed.
Theorem file_is_read : exists m, rounded the_network = Some m /\\
  read the_bytes = Some (file_of {metadata} m).
Proof. exact (safetensors_read _ _ _ file_is_written). Qed.
"""


def term(data: bytes) -> str:
    """``data`` as Coq reads it: seven bytes in each machine integer, the lowest first."""
    chunks = (int.from_bytes(data[i : i + CHUNK], "little") for i in range(0, len(data), CHUNK))
    body = ";\n  ".join("; ".join(row) for row in batched(map(str, chunks), 5))
    return f"unpacked {len(data)} [{body}]%uint63"


def batched(words: Iterable[str], count: int) -> Iterator[list[str]]:
    """The words in lists of ``count``, the last one shorter."""
    rest = iter(words)
    while row := list(islice(rest, count)):
        yield row


def prove(source: Path, name: str, data: bytes, metadata: Mapping[str, str] | None = None, exact: bool = True,
          flags: Sequence[str] = (), theories: Path | None = None, timeout: float = 3600.0,
          dtype: str = "F32") -> None:
    """Let Coq prove that ``data`` is the safetensors file of the network ``name`` defined in ``source``.

    With ``exact``: what the file holds runs as the network does. With ``metadata``: Coq's writer gives these
    bytes, for the network rounded to binary32. ``dtype`` is the file's; other types than F32 are read, not
    written, by Coq. Raises CertificateError PNN-CERT-622 where it is not so,
    ToolError PNN-TOOL-741 without Coq.
    """
    room = theories_in(theories)
    with tempfile.TemporaryDirectory(prefix="provenn-") as folder:
        path = Path(folder, source.name)
        shutil.copy(source, path)
        coqc(path, room, flags, timeout, "a file that Coq compiles", "coqc FILE says more")
        pairs = (f"({term(k.encode())}, {term(v.encode())})" for k, v in sorted((metadata or {}).items()))
        holds = HOLDS if dtype == "F32" else HOLDS_STORED
        text = FIRST + (holds if exact else "") + ("" if metadata is None else WRITTEN)
        ask = Path(folder, "Provenn_stored.v")
        ask.write_text(text.format(module=source.stem, name=name, stored=term(data),
                                   metadata=f"[{'; '.join(pairs)}]"))
        coqc(ask, room, flags, timeout, f"the bytes of the safetensors file of {name}",
             "provenn check --weights names the tensor that differs")
