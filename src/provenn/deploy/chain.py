"""The whole chain of a folder: Coq's value, canonical words, the bytes of each file, what a program loads.

    checked(folder, ...)   every link with its status, and all findings; none of these when the chain holds

``compare`` finds what differs between files. This asks besides: Coq, with the source, for the words and for a
proof that the bytes of the safetensors file are the network (theories/Interface/WeightsProof.v); and each
framework that is installed for what it has loaded.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from provenn.coq import stored
from provenn.deploy.compare import Recomputed, ask_again, compare, graph_in
from provenn.deploy.differences import Finding
from provenn.deploy.files import MODULE, SAFETENSORS, WORDS
from provenn.deploy.loading import DIFFERS, PROGRAMS, held, lacking, loaded_by_frameworks
from provenn.deploy.manifest import Manifest
from provenn.errors import CertificateError
from provenn.io.files import read_bytes
from provenn.io.weights import Tensors, graph_tensors, read_safetensors
from provenn.verify.stored import words_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PROVED, COMPARED, UNASKED = "proved by Coq", "compared", "not asked"
COQ = "Coq"
IS_NETWORK = "is_exact_run: these words are the network, number by number"
HOLDS = "holds_run: what these bytes hold runs as the network"
HOLDS_STORED = "holds_stored_run: what these bytes hold runs as the network"
WRITTEN = "safetensors_read: these are the bytes of the network rounded to binary32"
WIDTH = "F32"


@dataclass(frozen=True, slots=True)
class Link:
    """One step from what the theorem is about to what is in memory: from, to, status, detail, seconds.

    ``status`` is one of PROVED, COMPARED, UNASKED, and SAME, DIFFERS, ABSENT, UNABLE of ``loading``.
    """

    start: str
    end: str
    status: str
    detail: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Chain:
    """What was checked: the manifest, all links, all findings; it holds where there is no finding."""

    manifest: Manifest
    links: tuple[Link, ...]
    findings: tuple[Finding, ...]


def checked(folder: Path, against: Path | None = None, key: Ed25519PublicKey | None = None,
            flags: Sequence[str] = (), theories: Path | None = None,
            tell: Callable[[str], None] = lambda text: None, require: Sequence[str] = ()) -> Chain:
    """Every link of a folder's chain.

    ``against`` is the Coq source, ``key`` the one that must have signed; ``tell`` hears what is being done.
    ``require`` names packages (``loading.demanded``) that must load their file: absent ones are findings.
    Raises as ``compare`` does, and with ``against`` ToolError PNN-TOOL-741 without Coq, -742 when it takes
    too long, CertificateError PNN-CERT-622 for a source that Coq refuses.
    """
    now, seconds = None, 0.0
    if against is not None:
        tell(f"asking Coq for the words of the network in {against}")
        start = time.perf_counter()
        now = ask_again(folder, against, flags, theories)
        seconds = time.perf_counter() - start
    manifest, found = compare(folder, now, key)
    broken = {f.file for f in found}
    if WORDS not in manifest.files or WORDS in broken:
        return Chain(manifest, (Link(COQ, WORDS, DIFFERS),), tuple(found))
    links = [_coq_link(now, seconds)]
    words = words_of(read_bytes(folder / WORDS, "PNN-CERT-633", "words"), WORDS)
    tensors = graph_tensors(graph_in(words, WORDS, manifest), manifest.dtype)
    links += [Link(WORDS, file, DIFFERS if file in broken else COMPARED)
              for file in manifest.files if file in PROGRAMS or file == MODULE]
    if against is not None and now is not None and not found:
        tell(f"asking Coq for a proof that {SAFETENSORS} holds the network, "
             f"{sum(t.array.size for t in tensors.values())} numbers")
        proof, finding = _proved(folder, against, manifest, tensors, flags, theories)
        links = [proof if link.end == SAFETENSORS else link for link in links]
        found += finding
    contents = _contents(folder, manifest, broken, tensors)
    tell(f"loading the files: {', '.join(PROGRAMS[name].name for name in contents)}")
    loaded, more = loaded_by_frameworks(folder, contents)
    links += [Link(one.file, one.program, one.status, one.detail, one.seconds) for one in loaded]
    found += more + lacking(require, loaded, broken)
    return Chain(manifest, tuple(links), tuple(found))


def _coq_link(now: Recomputed | None, seconds: float) -> Link:
    """From Coq's value to the canonical words, which were found equal to what Coq said."""
    if now is None:
        return Link(COQ, WORDS, UNASKED, "--against PROOF.v")
    exact = not any(error != "0" for error in now.errors)
    return Link(COQ, WORDS, PROVED if exact else COMPARED,
                IS_NETWORK if exact else "Coq computes these words; some numbers were rounded", seconds)


def _proved(folder: Path, source: Path, manifest: Manifest, tensors: Tensors, flags: Sequence[str],
            theories: Path | None) -> tuple[Link, list[Finding]]:
    """Coq's proof about the bytes of the safetensors file, or what it says instead."""
    single = manifest.dtype == WIDTH
    if not (single or manifest.exact):
        return Link(WORDS, SAFETENSORS, COMPARED, f"of rounded numbers Coq writes {WIDTH} only"), []
    data = read_bytes(folder / SAFETENSORS, "PNN-CERT-633", "safetensors")
    metadata = None if manifest.exact else read_safetensors(data)[1]
    start = time.perf_counter()
    try:
        stored.prove(source, manifest.network, data, metadata, manifest.exact, flags, theories,
                     dtype=manifest.dtype)
    except CertificateError as e:
        return (Link(WORDS, SAFETENSORS, DIFFERS),
                [Finding(SAFETENSORS, "", f"Coq does not prove that these bytes are the network: {e.got}")])
    detail = WRITTEN if not manifest.exact else HOLDS if single else HOLDS_STORED
    return (Link(COQ, SAFETENSORS, PROVED, detail,
                 time.perf_counter() - start), [])


def _contents(folder: Path, manifest: Manifest, broken: set[str], tensors: Tensors) -> Mapping[str, Tensors]:
    """What each file must give the program that loads it, for the files without a finding."""
    return {file: held(file, read_bytes(folder / file, "PNN-CERT-633", "weights"), tensors)
            for file in PROGRAMS if file in manifest.files and file not in broken}
