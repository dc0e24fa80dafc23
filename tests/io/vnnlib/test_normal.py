"""A property means what its formula means: both are asked at many points."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenn.io.vnnlib import v1
from provenn.io.vnnlib.formula import holds
from provenn.io.vnnlib.normal import to_property
from provenn.io.vnnlib.sexpr import Source
from provenn.ir.property import boxes

HEAD = "".join(f"(declare-const {name} Real)\n" for name in ("X_0", "X_1", "Y_0", "Y_1"))
BOX = "(assert (and (<= X_0 2) (>= X_0 -2) (<= X_1 2) (>= X_1 -2)))\n"
NUMBERS = st.sampled_from(["0", "1", "-1", "0.5", "-2", "1.5"])
VARIABLES = st.sampled_from(["X_0", "X_1", "Y_0", "Y_1"])
TERMS = st.one_of(
    NUMBERS, VARIABLES, st.tuples(NUMBERS, VARIABLES).map(lambda t: f"(* {t[0]} {t[1]})"),
    st.tuples(VARIABLES, VARIABLES, NUMBERS).map(lambda t: f"(+ {t[0]} (- {t[1]}) {t[2]})"),
)
COMPARISONS = st.tuples(st.sampled_from(["<=", ">=", "<", ">", "="]), TERMS,
                        TERMS).map(lambda t: f"({' '.join(t)})")
FORMULAS = st.recursive(COMPARISONS, lambda inner: st.one_of(
    st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)).map(
        lambda t: f"({t[0]} {' '.join(t[1])})"),
    inner.map(lambda f: f"(not {f})"), st.tuples(inner, inner).map(lambda t: f"(=> {t[0]} {t[1]})"),
), max_leaves=8)
POINTS = st.lists(st.lists(st.sampled_from([Fraction(n, 4) for n in range(-12, 13)]), min_size=4, max_size=4),
                  min_size=20, max_size=20)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(FORMULAS, min_size=1, max_size=2), POINTS)
def test_property_and_formula_agree(formulas: list[str], points: list[list[Fraction]]) -> None:
    text = HEAD + BOX + "".join(f"(assert {f})\n" for f in formulas)
    query = v1.read_query(Source("random", text))
    prop = to_property(query.formula, 2, 2, source="random", name_input=lambda i: (str(i), ""))
    boxes(prop)
    for point in points:
        x, y = point[:2], point[2:]
        assert (prop.violated_by(x, y) is not None) == holds(query.formula, x, y), text


def test_shared_properties_are_read_quickly(shared: Path, graph_of: Any, capsys: Any) -> None:
    import re
    import time

    from provenn.io.vnnlib import read

    slow = {}
    for path in sorted((shared / "bench/vnncomp").glob("*/vnnlib/*.vnnlib")):
        text = path.read_text()
        sizes = [len(set(re.findall(rf"declare-const ({k}_\d+)", text))) for k in "XY"]
        start = time.process_time()
        prop = read(path, graph_of(*sizes))
        slow[path.name] = time.process_time() - start
        assert prop.cases
        assert all(len(c.lo) == sizes[0] for c in prop.cases)
        assert all(a <= b for c in prop.cases for a, b in zip(c.lo, c.hi))
    with capsys.disabled():
        name = max(slow, key=lambda k: slow[k])
        print(f"\n{len(slow)} properties in {sum(slow.values()):.1f}s, slowest {name}, {slow[name]:.2f}")
    assert len(slow) >= 50
    assert max(slow.values()) < 3
