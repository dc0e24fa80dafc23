"""Branch and bound on signs: it decides what input splitting does not, and its certificates are checked."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.base.words import sha256
from provenn.bounds.backward import make_lines, root_state, tighten
from provenn.bounds.regions import Regions
from provenn.bounds.slopes import Combination, Signs, improve_goals
from provenn.eval.run import run
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import Property, Row, property_words
from provenn.verify import checker
from provenn.verify import search as engine
from provenn.verify.candidates import growth
from provenn.verify.certificate import Leaf, Split, Tree, certificate_words, read_trees, walk
from provenn.verify.domains import Domain, Frame, Queue
from provenn.verify.pool import Hole
from tests.bounds import nets
from tests.verify import mirror
from tests.verify.test_search import case, output, smallest

WEIGHTS = np.array([1.0, -1.0])


def instance(graph: Graph, seed: int, radius: float, gap: float, *more: tuple[Row, ...]) -> Property:
    """y0 - y1 stays above its sampled minimum less ``gap`` on a box of many inputs."""
    lo, hi = (a.astype(np.float32).astype(float) for a in nets.box(graph, seed, radius))
    low = smallest(graph, lo, hi, WEIGHTS, 20000)
    return Property(len(lo), 2, (case(lo, hi, (output((0, 1.0), (1, -1.0), at_most=low - gap),), *more),))


def trees_of(graph: Graph, prop: Property, words: Any) -> list[Tree]:
    rows = [[len(m) for m in c.disjuncts] for c in prop.cases]
    return read_trees(words, [n.type.size for n in graph], rows)


def sign_splits(tree: Tree) -> list[Tree]:
    return [t for t, _ in walk(tree) if isinstance(t.end, Split) and t.end.node]


def confirm(graph: Graph, prop: Property, words: Any) -> None:
    """Accepted by the reference and by the extracted checker."""
    mirror.check(graph, prop, words)
    said = checker.run(graph_words(graph), property_words(prop), words)
    assert said.accepted, said


def proved(graph: Graph, prop: Property, timeout: float = 60.0) -> list[Tree]:
    made = engine.search(graph, prop, timeout=timeout)
    assert made.kind == "unsat", made.stats
    assert made.certificate is not None
    confirm(graph, prop, made.certificate)
    return trees_of(graph, prop, made.certificate)


WIDE = {"dense": (lambda: nets.dense(0, inputs=16, width=10, layers=2), 0, 0.6, 0.1),
        "deep": (lambda: nets.dense(0, inputs=16, width=10, layers=4), 0, 0.5, 0.3),
        "images": (lambda: nets.KINDS["images"](1), 1, 0.4, 0.3)}


@pytest.mark.parametrize("name", WIDE)
def test_signs_decide_what_has_many_inputs(name: str, checker_program: Path) -> None:
    make, seed, radius, gap = WIDE[name]
    graph = make()
    tree, = proved(graph, instance(graph, seed, radius, gap))
    assert sign_splits(tree)
    leaves = [t.end for t, _ in walk(tree) if isinstance(t.end, Leaf)]
    assert name == "images" or any(b.any() for x in leaves for s in x.signs for b in s.values())


@pytest.mark.parametrize("name", WIDE)
def test_one_process_and_one_seed_give_one_tree(name: str) -> None:
    make, seed, radius, gap = WIDE[name]
    graph = make()
    prop = instance(graph, seed, radius, gap)
    one, two = (engine.search(graph, prop, timeout=60.0, seed=3).certificate for _ in range(2))
    assert one is not None
    assert two is not None
    assert one.tobytes() == two.tobytes()


def test_input_splitting_alone_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    make, seed, radius, gap = WIDE["dense"]
    graph = make()
    monkeypatch.setattr(engine, "MANY_INPUTS", 1 << 20)
    assert engine.search(graph, instance(graph, seed, radius, gap), timeout=3.0).kind == "timed-out"


def test_several_disjuncts_and_conjunctions_share_one_tree(checker_program: Path) -> None:
    graph = nets.dense(2, inputs=16, width=10, layers=2)
    lo, hi = (a.astype(np.float32).astype(float) for a in nets.box(graph, 2, 0.6))
    ends = [smallest(graph, lo, hi, w, 20000) for w in (WEIGHTS, -WEIGHTS, np.array([1.0, 0.0]))]
    both = (output((0, 1.0), (1, -1.0), at_most=ends[0] - 0.2), output((0, 1.0), at_most=ends[2] + 1.0))
    other = (output((0, -1.0), (1, 1.0), at_most=ends[1] - 0.2),)
    tree, = proved(graph, Property(16, 2, (case(lo, hi, both, other),)))
    assert sign_splits(tree)


def test_mutated_sign_splits_are_rejected(checker_program: Path) -> None:
    make, seed, radius, gap = WIDE["dense"]
    graph = make()
    prop = instance(graph, seed, radius, gap)
    files = graph_words(graph), property_words(prop)

    def verdict(trees: list[Tree]) -> str:
        words = certificate_words(trees, sha256(files[0]), sha256(files[1]))
        with pytest.raises(mirror.Rejected):
            mirror.check(graph, prop, words)
        said = checker.run(*files, words)
        assert not said.accepted
        return said.reason

    made = engine.search(graph, prop, timeout=60.0).certificate

    def forged(change: Any) -> str:
        trees = trees_of(graph, prop, made)
        change(sign_splits(trees[0])[0])
        return verdict(trees)

    def exchanged(tree: Tree) -> None:
        assert isinstance(tree.end, Split)
        tree.end.below, tree.end.above = tree.end.above, tree.end.below

    def elsewhere(tree: Tree) -> None:
        assert isinstance(tree.end, Split)
        tree.end.node = 0

    def shifted(tree: Tree) -> None:
        assert isinstance(tree.end, Split)
        tree.end.value = 1e6

    def one_side(tree: Tree) -> None:
        assert isinstance(tree.end, Split)
        assert tree.end.below is not None
        tree.steps, tree.end = tree.end.below.steps, tree.end.below.end

    def flipped(tree: Tree) -> None:
        leaf = next(t for t, _ in walk(tree) if isinstance(t.end, Leaf) and any(t.end.signs)).end
        assert isinstance(leaf, Leaf)
        for signs in leaf.signs:
            for vector in signs.values():
                np.negative(vector, out=vector)

    made = None if made is None else made.copy()
    assert forged(exchanged) in ("multiplier-sign", "not-refuted", "split-outside")
    assert forged(shifted) == "split-outside"
    assert forged(one_side) in ("multiplier-sign", "not-refuted")
    assert forged(flipped) == "multiplier-sign"
    assert forged(elsewhere) in ("multiplier-sign", "not-refuted", "split-outside")


@pytest.mark.parametrize("seed", range(3))
def test_bounds_under_signs_hold_where_the_signs_do(seed: int) -> None:
    graph = nets.dense(seed, inputs=5, width=8, layers=3)
    regions, rng = Regions(graph), np.random.default_rng(seed)
    lo, hi = -0.5 * np.ones((1, 5)), 0.5 * np.ones((1, 5))
    state = root_state(regions, lo, hi)
    for t in regions.affine:
        tighten(regions, state, make_lines(regions, state, {}, t), t)
    x = rng.uniform(-0.5, 0.5, (20000, 5))
    values, y = _values(regions, x)
    keep, signs = np.ones(len(x), bool), {}
    for u in regions.unary[:2]:
        t = regions.source[u]
        j = int(np.argmin(np.where(state.low[t][0] < 0.0, -state.high[t][0], np.inf)))
        sign = float(rng.choice([-1.0, 1.0]))
        keep &= sign * values[t][:, j] >= 0.0
        end = state.low if sign > 0.0 else state.high
        end[t][0, j] = 0.0
        signs[u] = Signs(np.zeros(1, np.intp), np.array([j]), np.array([sign]), np.zeros(1))
    rows = Combination(np.zeros((1, 1, 5)), WEIGHTS[None, None], np.zeros((1, 1)))
    plain, found = (improve_goals(regions, state, np.zeros(1, np.intp), rows, np.ones((1, 1)), steps,
                                  np.full(1, np.inf), None, signs) for steps in (1, 60))
    assert found.bound[0] >= plain.bound[0]
    if keep.any():
        assert found.bound[0] <= float((y @ WEIGHTS)[keep].min()) + 1e-9


def _values(regions: Regions, x: Any) -> tuple[dict[int, Any], Any]:
    """Pre-activations and output at points."""
    value, made = {0: x}, {}
    for u in regions.unary:
        made[regions.source[u]] = regions.of[regions.source[u]].push(value)
        value[u] = np.maximum(made[regions.source[u]], 0.0)
    y = regions.of[regions.graph.output].push(value)
    np.testing.assert_allclose(y, run(regions.graph, x[:, None]).reshape(y.shape), atol=1e-9)
    return made, y


def test_growth_is_that_of_the_tree_that_it_describes() -> None:
    one, two = np.array(1.0), np.array(2.0)
    assert growth(one, one, np.array(10.0)) == pytest.approx(np.log(2.0))
    golden = float(np.exp(growth(one, two, np.array(10.0))))
    assert golden == pytest.approx((1 + 5**0.5) / 2)
    assert growth(two, two, np.array(10.0)) < growth(one, two, np.array(10.0))


def test_the_queue_goes_deep_when_memory_runs_short() -> None:
    none = np.zeros(0, np.intp)
    state = root_state(Regions(nets.dense(0)), np.zeros((1, 3)), np.ones((1, 3)))

    def filled(limit: int) -> Queue:
        queue = Queue(limit)
        for bound in (-1.0, -3.0, -2.0):
            frame = Frame(state, {})
            queue.add(Domain(frame, Hole(0, None, False), bound, none, none, np.zeros(0), {}, (0,)), 100)
        return queue

    assert [d.bound for d in filled(1000).take(2)] == [-3.0, -2.0]
    short = filled(250)
    assert [d.bound for d in short.take(1)] == [-1.0]
    assert [d.bound for d in short.take(5)] == [-3.0, -2.0]
    assert len(short) == 0


def test_what_is_known_at_the_deadline_is_told() -> None:
    graph = nets.dense(1, inputs=40, width=60, layers=5)
    low = smallest(graph, -np.ones(40), np.ones(40), WEIGHTS)
    box = case(-np.ones(40), np.ones(40), (output((0, 1.0), (1, -1.0), at_most=low - 8.0),))
    events: list[dict[str, Any]] = []
    made = engine.search(graph, Property(40, 2, (box,)), timeout=2.0, report=events.append)
    assert made.kind == "timed-out"
    assert made.stats["bounds"]
    last = [e for e in events if e["event"] == "branching"]
    assert not last or last[-1]["open"] > 0


@pytest.mark.parametrize("first", [False, True])
def test_networks_without_signs_to_split_end_in_input_splits(first: bool) -> None:
    m = nets.Maker(0, (1, 16))
    graph = m.done(m.linear(m.relu(m.x) if first else m.x, 2))
    w, b = (n.value for n in graph.nodes if n.value is not None)
    low = float(b[0]) - float(np.abs(w[0]).sum() if not first else np.maximum(-w[0], 0.0).sum())
    strict = Row({}, {0: Fraction(1)}, Fraction(low - 1e-12), strict=True)
    prop = Property(16, 2, (case(-np.ones(16), np.ones(16), (strict,)),))
    assert engine.search(graph, prop, timeout=2.0).kind in ("unknown", "timed-out", "unsat", "sat")
