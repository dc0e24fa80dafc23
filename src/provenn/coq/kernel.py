"""Check a certificate inside Coq: the three files as Coq terms, and a theorem about the network.

The text uses only the theories of this project; ``coqc -R theories Provenn FILE`` runs the checker in
Coq's own virtual machine (``vm_compute``), so neither extraction nor OCaml's compiler nor the driver is
trusted.
"""

from __future__ import annotations

from provenn.base.words import Words
from provenn.errors import CertificateError

MAX_WORDS = 300_000

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
    """``Definition name : words``, the words as a primitive array."""
    body = "; ".join(literal(float(x)) for x in words)
    return f"Definition {name} : words :=\n  Words {words.size}%uint63 (PArray.get [| {body} | 0 |]).\n"


def kernel_theorem(graph: Words, prop: Words, certificate: Words) -> str:
    """A Coq file whose theorem ``never_unsafe`` the kernel accepts exactly when the checker accepts.

    Raises CertificateError (PNN-CERT-621) above ``MAX_WORDS`` words: Coq parses about 40,000 a second.
    """
    total = graph.size + prop.size + certificate.size
    if total > MAX_WORDS:
        raise CertificateError("PNN-CERT-621", "too large to be checked inside Coq",
                               expected=f"at most {MAX_WORDS} words", got=total,
                               hint="use the extracted checker: provenn check")
    parts = [definition("graph", graph), definition("property", prop), definition("certificate", certificate)]
    return "\n".join([HEADER, *parts, THEOREM])
