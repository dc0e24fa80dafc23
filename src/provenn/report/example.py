"""Tables of a counterexample: its inputs beside their intervals, its outputs beside onnxruntime's."""

from __future__ import annotations

from provenn.verify.prose import number
from provenn.verify.verdict import Verdict

MANY_INPUTS = 100


def counterexample_rows(verdict: Verdict) -> list[tuple[str, str, str, str]]:
    """(name, lower end, value, upper end) of the first inputs, those with an interval of width 0 last."""
    cx = verdict.counterexample
    if cx is None:
        return []
    case = verdict.prop.cases[cx.case]
    order = sorted(range(cx.x.size), key=lambda i: (case.lo[i] == case.hi[i], i))[:MANY_INPUTS]
    return [(f"X_{i}", number(case.lo[i]), repr(float(cx.x[i])), number(case.hi[i])) for i in sorted(order)]


def output_rows(verdict: Verdict) -> list[tuple[str, str, str]]:
    """(name, reference value, onnxruntime's value) of every output."""
    cx = verdict.counterexample
    if cx is None:
        return []
    other = ["-"] * cx.y.size
    if cx.other is not None and cx.other.size == cx.y.size:
        other = [repr(float(v)) for v in cx.other]
    return [(f"Y_{j}", repr(float(v)), o) for j, (v, o) in enumerate(zip(cx.y, other))]
