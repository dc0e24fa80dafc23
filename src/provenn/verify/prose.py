"""Verdicts and properties in words, for the terminal and for reports."""

from __future__ import annotations

from fractions import Fraction

from provenn.ir.property import Case, Disjunct, Property, Row
from provenn.verify.verdict import Counterexample, Verdict

TITLES = {"unsat": "HOLDS", "sat": "VIOLATED", "unknown": "UNKNOWN", "timed-out": "TIMED OUT"}
NOT_PROVED = (
    "The readers that turn ONNX and VNN-LIB into canonical words are tested, not proved; the hashes above "
    "name the words that the theorem is about.",
    "Whether the specification says what its author meant, and whether the inputs met in practice lie in "
    "its domain, is for people to judge.",
)
OVER_REALS = "unsat over the reals; rounding of the running network is not covered: "
MANY = 8


def meaning(verdict: Verdict) -> str:
    """One sentence: what the answer means for the property."""
    if verdict.answer == "unsat" and verdict.given_up:
        return ("The property holds over the reals: no input in its domain has an exact output that the "
                "specification forbids. Rounding of the running network is NOT covered.")
    if verdict.answer == "unsat" and verdict.semantics.kind == "binary32":
        return ("The property holds: no binary32 input in its domain has an output that the specification "
                "forbids, in any order of the sums.")
    if verdict.answer == "unsat":
        return "The property holds: no input in its domain has an output that the specification forbids."
    if verdict.answer == "sat":
        return "The property is violated: the input below lies in its domain and its output is unsafe."
    if verdict.problem is not None:
        return "Nothing is claimed: an internal check failed, as told below."
    if verdict.given_up and verdict.answer == "unknown":
        return f"Nothing is claimed: {rounding(verdict)}."
    if verdict.answer == "timed-out":
        found = verdict.certificate is not None
        what = "a certificate was found but not checked" if found else "no answer was found"
        return f"Nothing is claimed: {what} within {verdict.timeout:g} s."
    return "Nothing is claimed: the search gave up without a counterexample and without a certificate."


def evidence(verdict: Verdict) -> list[tuple[str, str]]:
    """What the answer rests on, as (label, text)."""
    out: list[tuple[str, str]] = []
    if verdict.given_up:
        out.append(("rounding", rounding(verdict)))
    if verdict.answer == "unsat" and verdict.checked is not None:
        out += [("proved by", f"{verdict.semantics.theorem} (Coq); its checker accepted the certificate"),
                ("semantics", f"{verdict.semantics.kind}: {verdict.semantics.text}"),
                ("not covered", verdict.semantics.not_covered),
                ("checker", f"sha256 {verdict.checked.binary_sha256}")]
    cx = verdict.counterexample
    if cx is not None:
        if cx.moved:
            out.append(("the point", f"{cx.moved} of its inputs are decimals that no binary32 number equals; "
                                     "the network runs at the nearest ones, and in binary64 at the decimals"))
        out += [("replayed", "exactly in binary32, sums of products in increasing index order, no fused "
                             "multiply-add; compared with the property in rational arithmetic"),
                ("second run", second_run(verdict)), *orders(cx)]
    if verdict.certificate is not None:
        where = f" in {verdict.certificate_path}" if verdict.certificate_path else ""
        out.append(("certificate", f"sha256 {verdict.certificate_sha256}, "
                                   f"{verdict.certificate.size * 8} bytes{where}"))
    if verdict.stopped_by:
        out.append(("stopped", verdict.stopped_by))
    names = {"network": verdict.graph_sha256, "property": verdict.property_sha256}
    out += [(name, f"sha256 {digest}") for name, digest in names.items()]
    return [*out, *(("reader", note) for note in verdict.notes)]


def rounding(verdict: Verdict) -> str:
    """Why there is no certificate about executions in binary32."""
    if verdict.answer == "unsat":
        return OVER_REALS + verdict.given_up
    return f"no certificate about binary32: {verdict.given_up}"


def orders(cx: Counterexample) -> list[tuple[str, str]]:
    """Whether the violation holds over the reals and in every order of the sums."""
    reals = {True: "the output is unsafe there too",
             False: "the output is SAFE there: only rounding makes it unsafe",
             None: "not settled: too close to the boundary, or an operation has no enclosure"}
    runs = {True: "unsafe in every order of the sums, fused or not, subnormal numbers kept or flushed",
            False: "the enclosure says that no order gives an unsafe output, against the replay: a bug",
            None: "not settled: some orders of the sums may give a safe output"}
    every = runs[cx.standing.every_order]
    if cx.standing.every_order is None and cx.agrees is False:
        every = "unsafe in some orders of the sums only: the second run gives a safe output"
    return [("exact reals", reals[cx.standing.reals]), ("all orders", every)]


def second_run(verdict: Verdict) -> str:
    """What onnxruntime said about the counterexample."""
    cx = verdict.counterexample
    if cx is None or cx.agrees is None:
        return cx.note if cx is not None else ""
    gap = "another size" if cx.difference is None else f"largest difference of an output {cx.difference:.3g}"
    if cx.agrees:
        return f"{cx.note} agrees that the output is unsafe ({gap})"
    return f"{cx.note} DISAGREES: its output is not unsafe ({gap}); the counterexample lies at the boundary"


def property_in_words(prop: Property) -> list[str]:
    """The property as sentences, one a box: the domain, then what must not happen."""
    lines = []
    for k, case in enumerate(prop.cases):
        start = f"Box {k + 1} of {len(prop.cases)}: for" if len(prop.cases) > 1 else "For"
        lines.append(f"{start} every input with {domain_in_words(case)}: "
                     f"it never happens that {unsafe_in_words(case.disjuncts)}.")
        if k + 1 == MANY and len(prop.cases) > MANY:
            return [*lines, f"… and {len(prop.cases) - MANY} more boxes."]
    return lines


def domain_in_words(case: Case) -> str:
    """The box of a case, input by input when there are few."""
    if len(case.lo) <= MANY:
        return ", ".join(_between(f"X_{i}", a, b) for i, (a, b) in enumerate(zip(case.lo, case.hi)))
    widths = [b - a for a, b in zip(case.lo, case.hi)]
    free = [w for w in widths if w > 0]
    if not free:
        return f"all {len(widths)} inputs fixed"
    count = f"{'all' if len(free) == len(widths) else f'{len(free)} of the'} {len(widths)} inputs"
    return (f"{count} free in intervals of width {number(min(free))} to {number(max(free))}, "
            f"inside [{number(min(case.lo))}, {number(max(case.hi))}]")


def _between(name: str, a: Fraction, b: Fraction) -> str:
    return f"{name} = {number(a)}" if a == b else f"{number(a)} <= {name} <= {number(b)}"


def unsafe_in_words(disjuncts: tuple[Disjunct, ...]) -> str:
    """The unsafe outputs; the common robustness form gets its own sentence."""
    rival = _robust_class(disjuncts)
    if rival is not None:
        return f"another output reaches Y_{rival} (that is: class {rival} keeps the largest output)"
    shown = [" and ".join(row_in_words(r) for r in rows) or "anything" for rows in disjuncts[:MANY]]
    more = [f"… ({len(disjuncts) - MANY} more)"] if len(disjuncts) > MANY else []
    return "; or ".join([*shown, *more]) or "nothing (there is no unsafe output)"


def _robust_class(disjuncts: tuple[Disjunct, ...]) -> int | None:
    """Class t when every disjunct is one row Y_t <= Y_j, with several different j; else None."""
    rivals, targets = set(), set()
    for rows in disjuncts:
        if len(rows) != 1 or rows[0].x or rows[0].bound != 0 or len(rows[0].y) != 2:
            return None
        by_sign = {c > 0: j for j, c in rows[0].y.items()}
        if len(by_sign) != 2 or sum(rows[0].y.values()) != 0:
            return None
        targets.add(by_sign[True])
        rivals.add(by_sign[False])
    return targets.pop() if len(targets) == 1 and len(rivals) > 1 else None


def row_in_words(row: Row) -> str:
    """One row such as ``Y_0 - 2 Y_1 <= 0.5``."""
    terms = [(c, f"X_{i}") for i, c in sorted(row.x.items())]
    terms += [(c, f"Y_{j}") for j, c in sorted(row.y.items())]
    if len(terms) == 1 and terms[0][0] < 0:
        c, name = terms[0]
        return f"{name} {'>' if row.strict else '>='} {number(row.bound / c)}"
    text = " + ".join(_term(c, name) for c, name in terms).replace("+ -", "- ") or "0"
    return f"{text} {'<' if row.strict else '<='} {number(row.bound)}"


def _term(c: Fraction, name: str) -> str:
    return {1: name, -1: f"-{name}"}.get(int(c) if c.denominator == 1 else 0) or f"{number(c)} {name}"


def number(q: Fraction) -> str:
    """A fraction as people write it, to six digits."""
    return f"{float(q):.6g}"


def number_of(value: float) -> str:
    """A measured number to four digits, with a true minus sign."""
    return f"{value + 0.0:.4g}".replace("-", "−")


def counterexample_text(verdict: Verdict) -> str:
    """The counterexample in the form of VNN-COMP; every number is the exact value it stands for."""
    cx = verdict.counterexample
    if cx is None:
        return ""
    lines = [f"(X_{i} {float(v)!r})" for i, v in enumerate(cx.x)]
    lines += [f"(Y_{j} {float(v)!r})" for j, v in enumerate(cx.y)]
    return "(" + "\n ".join(lines) + ")"
