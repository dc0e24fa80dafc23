"""A network, a property and a certificate as one Coq file, with a theorem about the network.

``coqc -R theories Provenn Net.v`` reads the numbers, runs the checker in Coq's own virtual machine and proves
that no input violates the specification. The specification stands in the file in exact rational numbers, for
people; that the words which the checker reads forbid no less is decided in Coq too
(theories/Interface/SpecProof.v). Where the certificate is about binary32, a second theorem is about every run
(theories/Interface/RunSound.v).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from provenn.base.words import Words
from provenn.coq.kernel import definition, limit
from provenn.ir.property import Case, Property, Row, property_words

WIDTH = 104
HEAD = """\
From Coq Require Import List QArith Floats Uint63 PArray.
From Provenn Require Import IR.Graph Checker.Words Interface.Spec Interface.SpecProof.
"""
THEOREM = """\
(** The network's exact output on an input, both flat. *)
Definition network : vec -> vec := network_of graph.

(** The checker accepts, and the words of the property forbid all that [forbidden] does: computed by Coq. *)
Lemma checked : proved graph property certificate forbidden = true.
Proof. vm_cast_no_check (eq_refl true). Qed.

Theorem never_violated : forall x : vec, ~ violated forbidden x (network x).
Proof. exact (proved_sound _ _ _ _ checked). Qed.
"""
RUNS = """\
From Provenn Require Import Base.Binary64 Checker.Semantics Checker.Check Float.Binary32 Float.Execution.
From Provenn Require Import Interface.RunSound.
(** The certificate is about binary32: sums in any order, fused or not, in binary32 or wider, subnormals
    kept or flushed, and curved functions within so many ulps (theories/Float/Execution.v). *)
Definition ulps : PrimFloat.float := {ulps}.
Lemma about_runs : read_semantics certificate = Ok (Binary32 ulps).
Proof. vm_cast_no_check (eq_refl (Ok (Binary32 ulps))). Qed.

(** However a machine runs the network on finite inputs in the domain: all values are finite, and no output is
    forbidden. *)
Theorem never_violated_when_run : forall (x : vec32) (ys : list vec32),
  (forall k, BinarySingleNaN.is_finite (x k) = true) ->
  in_domain forbidden (real x) -> may_run graph (fR ulps) x ys ->
  finite_values graph ys /\\ ~ violated forbidden (real x) (real (output32 graph ys)).
Proof. exact (proved_runs _ _ _ _ _ checked about_runs). Qed.
"""
OVER_THE_REALS, WHEN_RUN = "never_violated", "never_violated_when_run"


def coq_module(graph: Words, prop: Property, certificate: Words, about: Mapping[str, str],
               said: Iterable[str], ulps: float | None = None) -> str:
    """The text of a Coq file whose theorem ``never_violated`` compiles when the checker accepts.

    With ``ulps``, the accuracy of curved functions in a certificate about binary32, there is a second one,
    ``never_violated_when_run``.

    ``about`` are facts for the header (names, hashes), ``said`` the property in sentences. Raises
    CertificateError PNN-CERT-621 for files that are too large for Coq.
    """
    words = property_words(prop)
    limit(graph, words, certificate)
    facts = "\n".join(f"    {key:<12} {value}" for key, value in about.items())
    sentences = "\n".join(f"    {line}" for text in said for line in folded(comment(text).split()))
    theorem = OVER_THE_REALS if ulps is None else WHEN_RUN
    arithmetic = "exact real arithmetic on the stored weights" if ulps is None else "every run in binary32"
    claim = f"The theorem [{theorem}] says, about {arithmetic}:"
    return "\n".join([
        f"(** A theorem about one network, written by provenn.\n\n{facts}\n\n    {claim}\n{sentences} *)",
        HEAD, "(** What must not happen: boxes of inputs, and in each the ways to fail. *)",
        specification(prop),
        "(** The three files that the checker reads (docs/formats), as their 64-bit words. *)",
        definition("graph", graph), definition("property", words), definition("certificate", certificate),
        THEOREM, "" if ulps is None else RUNS.format(ulps=f"{ulps:g}"), f"Print Assumptions {theorem}.\n"])


def specification(prop: Property) -> str:
    """``forbidden`` as Coq writes it, one line an input and one a row."""
    cases = ";\n".join(map(region, prop.cases))
    return (f"Module Specification.\nImport ListNotations.\nDefinition forbidden : spec := [\n{cases}]%Q.\n"
            "End Specification.\nImport Specification.\nLocal Open Scope float_scope.\n")


def region(case: Case) -> str:
    """A box and the ways to fail in it."""
    ends = [f"({bare(low)}, {bare(high)})" for low, high in zip(case.lo, case.hi)]
    box = "\n     ".join(folded(f"{end};" for end in ends)).rstrip(";")
    ways = ";\n     ".join("[" + "; ".join(row(r.scaled()) for r in rows) + "]" for rows in case.disjuncts)
    return f"  Region\n    [{box}]\n    [{ways}]"


def row(r: Row) -> str:
    """One inequality: terms over inputs, terms over outputs, limit. A strict one becomes weak."""
    return f"Row [{terms('X', r.x)}] [{terms('Y', r.y)}] {number(r.bound)}"


def terms(name: str, coefficients: Mapping[int, Fraction]) -> str:
    """Coefficients with their flat indices."""
    return "; ".join(f"{name} {number(c)} {i}" for i, c in sorted(coefficients.items()))


def bare(q: Fraction) -> str:
    """A number where no parentheses are needed."""
    return number(q).strip("()")


def number(q: Fraction) -> str:
    """A rational number: as a decimal where it is one, else as numerator # denominator."""
    rest, places = q.denominator, 0
    for p in (2, 5):
        count = 0
        while rest % p == 0:
            rest, count = rest // p, count + 1
        places = max(places, count)
    if rest != 1 or places > 40:
        return f"({q.numerator} # {q.denominator})"
    digits = str(abs(q.numerator) * 10**places // q.denominator).zfill(places + 1)
    text = digits if places == 0 else f"{digits[:-places]}.{digits[-places:]}"
    return f"(-{text})" if q < 0 else text


def comment(text: str) -> str:
    """Text that cannot end or open a Coq comment, nor a string in it."""
    return text.replace("(*", "( *").replace("*)", "* )").replace('"', "'")


def folded(words: Iterable[str]) -> list[str]:
    """Words in lines of at most ``WIDTH`` characters."""
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + len(word) >= WIDTH:
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] else word
    return lines

