"""Check a certificate inside Coq: the three files as Coq terms, and a theorem about the network.

The text uses only the theories of this project; ``coqc -R theories Provenn FILE`` runs the checker in
Coq's own virtual machine (``vm_compute``), so neither extraction nor OCaml's compiler nor the driver is
trusted.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenn.base.words import Words
from provenn.errors import CertificateError

MAX_WORDS = 4_000_000
SHIFT = 15
BLOCK = 1 << SHIFT

HEADER = """\
From Coq Require Import Floats Uint63 PArray.
From Provenn Require Import IR.Graph Checker.Words Checker.ReadGraph Checker.ReadProperty.
From Provenn Require Import Checker.Check Checker.Sound.
Local Open Scope float_scope.
"""

THEOREM = """\
Theorem accepted : accepts graph property certificate = true.
Proof. vm_cast_no_check (eq_refl true). Qed.
Theorem never_unsafe : exists net prop, read_graph graph = Ok net /\\ read_property property = Ok prop /\\
  forall x : vec, ~ unsafe prop x (output_of net x).
Proof. exact (accepts_sound _ _ _ accepted). Qed.
Print Assumptions never_unsafe.
"""


def literal(x: float) -> str:
    """A binary64 number as Coq reads it exactly, in hexadecimal."""
    if x != x:
        return "nan"
    if x in (float("inf"), float("-inf")):
        return "infinity" if x > 0 else "neg_infinity"
    return f"({x.hex()})" if x < 0 or str(x).startswith("-") else x.hex()


def definition(name: str, words: Words) -> str:
    """``Definition name : words``, the words in primitive arrays of at most ``BLOCK`` elements each."""
    starts = range(0, words.size, BLOCK)
    blocks = [f"Definition {name}_{k} := {_array(map(literal, words[i : i + BLOCK].tolist()), '0%float')}."
              for k, i in enumerate(starts)]
    all_of = _array((f"{name}_{k}" for k in range(len(starts))), "[| | 0%float |]")
    found = f"PArray.get (PArray.get {name}_blocks (i >> {SHIFT})) (i land {BLOCK - 1})"
    return "\n".join([*blocks, f"Definition {name}_blocks := Eval hnf in {all_of}.",
                      f"Definition {name} : words := Words {words.size}%uint63 (fun i =>",
                      f"  {found})%uint63.\n"])


def _array(items: Iterable[str], default: str) -> str:
    """A primitive array as Coq writes it, 16 elements a line."""
    listed = list(items)
    lines = ["; ".join(listed[i : i + 16]) for i in range(0, len(listed), 16)]
    return f"[| {{}} | {default} |]".format(";\n  ".join(lines))


def limit(*files: Words) -> None:
    """Raise CertificateError (PNN-CERT-621) above ``MAX_WORDS`` words: Coq reads about 40,000 a second."""
    total = sum(words.size for words in files)
    if total > MAX_WORDS:
        raise CertificateError("PNN-CERT-621", "too large to be checked inside Coq",
                               expected=f"at most {MAX_WORDS} words", got=total,
                               hint="use the extracted checker: provenn check")


def kernel_theorem(graph: Words, prop: Words, certificate: Words) -> str:
    """A Coq file whose theorem ``never_unsafe`` the kernel accepts exactly when the checker accepts.

    It is about the words of the property; provenn.coq.export has one about a specification for people.
    """
    limit(graph, prop, certificate)
    parts = [definition("graph", graph), definition("property", prop), definition("certificate", certificate)]
    return "\n".join([HEADER, *parts, THEOREM])
