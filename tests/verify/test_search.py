"""The search on small instances: its certificates against a reference checker, its witnesses exactly."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.eval.run import replay, run
from provenn.io import onnx, vnnlib
from provenn.ir.graph import Graph
from provenn.ir.property import Case, Property, Row
from provenn.verify.prose import evidence
from provenn.verify.search import Outcome, search
from provenn.verify.verdict import verify
from tests.bounds import nets
from tests.verify import mirror

INSTANCES = Path("bench/vnncomp")


def case(lo: Any, hi: Any, *disjuncts: tuple[Row, ...]) -> Case:
    return Case(tuple(Fraction(float(v)) for v in lo), tuple(Fraction(float(v)) for v in hi), disjuncts)


def output(*terms: tuple[int, float], at_most: float, x: dict[int, Fraction] | None = None) -> Row:
    """A row ``sum c*Y_j + x <= at_most``."""
    return Row(x or {}, {j: Fraction(c) for j, c in terms}, Fraction(at_most))


def confirm(graph: Graph, prop: Property, made: Outcome) -> None:
    """Whatever was answered is right."""
    if made.kind == "unsat":
        assert made.certificate is not None
        mirror.check(graph, prop, made.certificate)
    if made.kind == "sat":
        assert made.witness is not None
        assert made.witness.dtype == np.float32
        x = [Fraction(float(v)) for v in made.witness]
        y = [Fraction(float(v)) for v in replay(graph, made.witness)]
        assert prop.violated_by(x, y) is not None


def smallest(graph: Graph, lo: Any, hi: Any, coefficients: Any, count: int = 4000) -> float:
    """Smallest sampled value of ``coefficients @ y``."""
    rng = np.random.default_rng(0)
    share = rng.random((count, len(lo)))
    share[::2] = np.round(share[::2])
    x = (lo + share * (hi - lo)).reshape(count, *graph.input_type.shape)
    return float((run(graph, x).reshape(count, -1) @ coefficients).min())


@pytest.mark.parametrize("kind", nets.PIECEWISE)
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("gap", [-0.3, -0.02, 0.02])
def test_answers_on_random_networks_are_right(kind: str, seed: int, gap: float) -> None:
    graph = nets.PIECEWISE[kind](seed)
    lo, hi = nets.box(graph, seed, 0.15 if kind == "images" else 0.4)
    lo, hi = lo.astype(np.float32).astype(float), hi.astype(np.float32).astype(float)
    low = smallest(graph, lo, hi, np.array([1.0, -1.0]))
    prop = Property(len(lo), 2, (case(lo, hi, (output((0, 1.0), (1, -1.0), at_most=low + gap),)),))
    made = search(graph, prop, timeout=3.0)
    confirm(graph, prop, made)
    assert made.kind == "sat" if gap > 0.0 else made.kind in ("unsat", "sat", "timed-out")
    assert made.kind == "unsat" or kind == "images" or gap != -0.3


def test_conjunctions_need_combined_rows() -> None:
    m = nets.Maker(0, (1, 2))
    graph = m.done(m.put("concat", m.x, axis=1))
    rows = (output((0, 1.0), at_most=-0.1), output((0, -1.0), at_most=0.05, x={1: Fraction(0)}))
    prop = Property(2, 2, (case([-1, -1], [1, 1], rows),))
    made = search(graph, prop, timeout=5.0)
    assert made.kind == "unsat"
    assert made.stats["leaves"] == 1
    confirm(graph, prop, made)


def test_rows_may_mix_inputs_and_outputs() -> None:
    graph = nets.dense(4, inputs=2)
    x = {0: Fraction(1), 1: Fraction(-2)}
    prop = Property(2, 2, (case([-1, -1], [1, 1], (output((0, 1.0), at_most=-30.0, x=x),)),))
    made = search(graph, prop, timeout=5.0)
    assert made.kind == "unsat"
    confirm(graph, prop, made)


def test_cases_of_all_kinds_together() -> None:
    graph = nets.dense(1, inputs=2)
    never = (output((0, 1.0), at_most=-1e3),)
    pair = (output((1, 1.0), at_most=-1e3), output((0, 1.0), at_most=0.0))
    cases = (case([0, 0], [1, 1], never), case([1, 0], [0, 1], never), case([0, 0], [1, 1]),
             case([-1, 0], [0, 1], never, pair), case([-2, 0], [0, 1], never))
    prop = Property(2, 2, cases)
    made = search(graph, prop, timeout=5.0)
    assert made.kind == "unsat"
    confirm(graph, prop, made)
    assert search(graph, Property(2, 2, (*cases, case([0, 0], [1, 1], (output((0, 1.0), at_most=1e3),)))),
                  timeout=5.0).kind == "sat"


def test_a_point_box_is_decided() -> None:
    graph = nets.dense(1, inputs=2)
    y = float(run(graph, np.array([[[0.5, 0.25]]])).ravel()[0])
    point = ([0.5, 0.25], [0.5, 0.25])
    above = Property(2, 2, (case(*point, (output((0, 1.0), at_most=y + 1e-3),)),))
    assert search(graph, above, timeout=5).kind == "sat"
    below = Property(2, 2, (case(*point, (output((0, 1.0), at_most=y - 1e-3),)),))
    made = search(graph, below, timeout=5)
    assert made.kind == "unsat"
    confirm(graph, below, made)


def test_a_bound_met_exactly_is_not_claimed_either_way() -> None:
    m = nets.Maker(0, (1, 1))
    graph = m.done(m.relu(m.x))
    strict = Row({}, {0: Fraction(1)}, Fraction(0), strict=True)
    prop = Property(1, 1, (case([0], [0], (strict,)),))
    assert search(graph, prop, timeout=1.0).kind in ("unknown", "timed-out")


def test_a_fixed_decimal_is_run_at_the_nearest_binary32_number() -> None:
    graph = nets.dense(1, inputs=2)
    third = Fraction(1, 3)
    prop = Property(2, 2, (Case((third, third), (third, third), ((output((0, 1.0), at_most=1e3),),)),))
    made = search(graph, prop, timeout=2.0)
    assert made.kind == "sat"
    assert made.witness is not None
    assert (made.witness == np.float32(1 / 3)).all()
    verdict = verify(graph, prop, timeout=20.0)
    assert verdict.counterexample is not None
    assert verdict.counterexample.point == [third, third]
    assert verdict.counterexample.moved == 2
    assert "decimals" in dict(evidence(verdict))["the point"]


def test_a_violation_that_only_the_rounding_makes_is_not_claimed() -> None:
    m = nets.Maker(0, (1, 1))
    graph = m.done(m.relu(m.x))
    tenth = Fraction(1, 10)
    above = Row({}, {0: Fraction(-1)}, -tenth - Fraction(1, 10**9))
    prop = Property(1, 1, (Case((tenth,), (tenth,), ((above,),)),))
    assert Fraction(float(np.float32(0.1))) > tenth + Fraction(1, 10**9)
    assert verify(graph, prop, timeout=5.0).answer == "unsat"


def test_timeouts_are_kept() -> None:
    graph = nets.dense(0, inputs=8, width=60, layers=5)
    low = smallest(graph, -np.ones(8), np.ones(8), np.array([1.0, 0.0]))
    prop = Property(8, 2, (case(-np.ones(8), np.ones(8), (output((0, 1.0), at_most=low - 1.0),)),))
    start = time.perf_counter()
    made = search(graph, prop, timeout=1.0)
    assert made.kind == "timed-out"
    assert time.perf_counter() - start < 3.0
    assert made.stats["boxes"] > 0


def test_equal_seeds_give_equal_certificates() -> None:
    graph = nets.dense(3, inputs=2, width=12)
    low = smallest(graph, -np.ones(2), np.ones(2), np.array([1.0, 0.0]))
    prop = Property(2, 2, (case([-1, -1], [1, 1], (output((0, 1.0), at_most=low - 0.3),)),))
    first, second = (search(graph, prop, timeout=20.0, seed=4) for _ in (0, 1))
    assert first.certificate is not None
    assert second.certificate is not None
    np.testing.assert_array_equal(first.certificate, second.certificate)


def test_events_are_reported() -> None:
    graph = nets.dense(3, inputs=2)
    events: list[dict[str, Any]] = []
    prop = Property(2, 2, (case([-1, -1], [1, 1], (output((0, 1.0), at_most=-1e3),)),))
    search(graph, prop, timeout=5.0, report=events.append)
    assert events
    assert all("event" in e for e in events)


@pytest.mark.parametrize(("net", "spec", "kind"), [
    ("test/onnx/test_nano.onnx", "test/vnnlib/test_nano.vnnlib", "unsat"),
    ("test/onnx/test_small.onnx", "test/vnnlib/test_small.vnnlib", "unsat"),
    ("test/onnx/test_sat.onnx", "test/vnnlib/test_prop.vnnlib", "sat"),
    ("test/onnx/test_unsat.onnx", "test/vnnlib/test_prop.vnnlib", "unsat"),
    ("acasxu_2023/onnx/ACASXU_run2a_2_1_batch_2000.onnx", "acasxu_2023/vnnlib/prop_4.vnnlib", "unsat"),
    ("acasxu_2023/onnx/ACASXU_run2a_1_3_batch_2000.onnx", "acasxu_2023/vnnlib/prop_2.vnnlib", "sat"),
    ("acasxu_2023/onnx/ACASXU_run2a_1_1_batch_2000.onnx", "acasxu_2023/vnnlib/prop_3.vnnlib", "unsat"),
    ("mnist_fc/onnx/mnist-net_256x4.onnx", "mnist_fc/vnnlib/prop_2_0.03.vnnlib", "unsat"),
    ("mnist_fc/onnx/mnist-net_256x2.onnx", "mnist_fc/vnnlib/prop_6_0.03.vnnlib", "unsat"),
    ("rl_benchmarks/onnx/cartpole.onnx", "rl_benchmarks/vnnlib/cartpole_case_unsafe_29.vnnlib", "sat"),
])
def test_published_instances(shared: Path, net: str, spec: str, kind: str) -> None:
    graph = onnx.read(shared / INSTANCES / net)
    prop = vnnlib.read(shared / INSTANCES / spec, graph)
    made = search(graph, prop, timeout=60.0)
    assert made.kind == kind
    confirm(graph, prop, made)
