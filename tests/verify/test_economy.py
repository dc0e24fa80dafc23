"""What saves work changes no result: games where rows combine, copies bounded once, slopes left out."""

from __future__ import annotations

from array import array

import numpy as np
import pytest

from provenn.base.types import TensorType
from provenn.bounds.backward import State, make_lines, root_state, tighten
from provenn.bounds.interval import intervals
from provenn.bounds.noise import Noise
from provenn.bounds.regions import Floats, Regions
from provenn.bounds.slopes import Ascent, Best
from provenn.ops import ALL
from provenn.ops.conv import conv
from provenn.ops.families import Fast
from provenn.verify import reduce
from provenn.verify.branch import Brancher
from provenn.verify.certificate import PER_WORD, Again, Sides, Tighten, _add_mask
from provenn.verify.goals import Goals
from provenn.verify.pace import Clock, OutOfTime
from provenn.verify.pool import Hole
from provenn.verify.reduce import Ascended, improved, sized
from provenn.verify.root import Refined, opening, refine, thinned
from provenn.verify.starts import begun, best_starts
from tests.bounds import nets
from tests.bounds.test_sound import assert_inside, samples


def goals(rows: tuple[int, ...], inputs: int) -> Goals:
    """One case with disjuncts of so many rows."""
    none, ends = np.zeros((1, sum(rows), inputs)), np.zeros((2, 1, inputs))
    return Goals((0,), ends[0], ends[1], none, none, np.zeros((1, sum(rows))), rows)


def test_combinations_are_worth_what_they_are_said_to_be() -> None:
    rng, rows = np.random.default_rng(3), (1, 3, 2)
    made = goals(rows, 4)
    entry = rng.normal(size=(50, 6, 4))
    lo, hi = -rng.random((50, 4)), rng.random((50, 4))
    constant = rng.normal(size=(50, 6)) * 0.5
    low = constant + np.minimum(entry * lo[:, None], entry * hi[:, None]).sum(2)
    weights, value = made.mixed(entry, low, lo, hi)
    gained = 0
    for p, (first, count) in enumerate(zip(made.first.tolist(), rows)):
        w = weights[:, first : first + count]
        assert (w >= 0.0).all()
        np.testing.assert_allclose(w.sum(1), 1.0)
        total = np.einsum("bt,btx->bx", w, entry[:, first : first + count])
        reached = (w * constant[:, first : first + count]).sum(1) + np.minimum(total * lo, total * hi).sum(1)
        np.testing.assert_allclose(value[:, p], reached, atol=1e-9)
        assert (value[:, p] >= low[:, first : first + count].max(1) - 1e-12).all()
        gained += int((value[:, p] > low[:, first : first + count].max(1) + 1e-6).sum())
    assert gained > 10


def test_few_outputs_scatter_as_many_do() -> None:
    rng = np.random.default_rng(0)
    plain = ((0, 0, 0, 0), (1, 1))
    for groups, size, kernel, stride, pad, dilation in (
            (1, (8, 8), (4, 4), (4, 4), *plain), (2, (9, 8), (5, 4), (2, 3), (1, 0, 2, 1), (1, 2)),
            (2, (5, 5), (5, 5), (1, 1), *plain), (1, (6, 6), (2, 2), (1, 1), (1, 1, 1, 1), (1, 1))):
        attrs = {"groups": groups, "stride": stride, "pad": pad, "dilation": dilation}
        w, x = rng.normal(size=(1, 6, 4 // groups, *kernel)), rng.normal(size=(3, 4, *size))
        y = conv.need("kernel")(Fast(), attrs, x, w)
        ct = rng.normal(size=y.shape)
        types = [TensorType((1, 4, *size)), TensorType(w.shape[1:])]
        back = conv.need("transpose")(attrs, 0, ct, [None, w], types)
        np.testing.assert_allclose((y * ct).sum((1, 2, 3)), (x * back).sum((1, 2, 3)))


def test_masks_are_words_of_bits() -> None:
    rng = np.random.default_rng(1)
    for size in (1, 5, PER_WORD, PER_WORD + 1, 3 * PER_WORD, 200):
        mask = rng.random(size) < 0.5
        made = array("d")
        _add_mask(made, mask)
        words = [int(w) for w in made]
        assert len(words) == -(-size // PER_WORD)
        assert [bool(words[i // PER_WORD] >> (i % PER_WORD) & 1) for i in range(size)] == mask.tolist()


def test_starts_hand_on_the_hardest_disjunct() -> None:
    graph = nets.dense(0)
    regions = Regions(graph)
    lo, hi = nets.box(graph, 0, 0.5)
    state = root_state(regions, lo[None], hi[None]).take(np.zeros(2, np.intp))
    box, disjunct = np.array([0, 0, 1]), np.array([0, 1, 1])
    columns = {u: np.arange(regions.sizes[u]) for u in regions.unary}
    slopes = {u: np.tile(np.array([[0.25], [0.5], [0.75]]), (1, regions.sizes[u])) for u in regions.unary}
    found = Ascent(np.array([-1.0, -2.0, -0.5]), np.array([[1.0], [2.0], [3.0]]), Best(columns, slopes, {}))
    starts = best_starts(regions, box, disjunct, found)
    assert {i: (s.disjunct, float(s.multipliers[0]), float(s.slopes[0])) for i, s in starts.items()} == {
        0: (1, 2.0, 0.5), 1: (1, 3.0, 0.75)}
    multipliers = np.ones((2, 1))
    made = begun(regions, state, np.array([0, 1]), np.array([0, 1]), [starts[0], None], multipliers)
    assert made is not None
    assert (multipliers == 1.0).all()
    for u in regions.unary:
        assert (made[u][0] == 0.5).all()
        assert not (made[u][1] == 0.75).any()
    assert begun(regions, state, box, disjunct, [None, None, None], multipliers) is None


def test_default_slopes_are_taken_where_they_do() -> None:
    graph = nets.dense(0)
    regions = Regions(graph)
    lo, hi = nets.box(graph, 0, 0.5)
    state = root_state(regions, lo[None], hi[None])
    columns = {u: np.arange(regions.sizes[u]) for u in regions.unary}
    given = {u: np.full((2, regions.sizes[u]), 0.3) for u in regions.unary}
    found = Ascent(np.ones(2), np.ones((2, 1)), Best(columns, given, {}))
    made = Ascended(np.zeros(2, np.intp), np.arange(2), found, np.array([0.0, 0.0]))
    first = regions.unary[0]

    def bound(slopes: dict[int, Floats]) -> Floats:
        return np.array([1.0, 1.0 if (slopes[first][1] == 0.3).all() else -1.0])

    slopes = {u: a.copy() for u, a in given.items()}
    plain = made.plain(regions, state, slopes, bound)
    assert plain[first].tolist() == [True, False]
    assert all(plain[u].tolist() == [True, True] for u in regions.unary[1:])
    assert (slopes[first][1] == 0.3).all()
    assert set(slopes[first][0].tolist()) <= {0.0, 1.0}


def test_curves_keep_only_the_bounds_that_goals_need(monkeypatch: pytest.MonkeyPatch) -> None:
    """A single box of curves, with goals that have much to spare or little: fewer bounds than there are.

    Once the first layers show that too few can go, all are kept.
    """
    graph = nets.curved(0)
    lo, hi = (end[None] for end in nets.box(graph, 0, 0.2))
    regions = Regions(graph)
    old = root_state(regions, lo, hi)
    new = old.take(np.zeros(1, np.intp))
    for t in regions.affine:
        tighten(regions, new, make_lines(regions, new, {}, t), t)
    every = sum(step.lower.sum() + step.upper.sum() for step in improved(regions, old, new).steps(0)
                if isinstance(step, Sides))
    size, counts = graph.nodes[graph.output].type.size, []
    plain = Brancher(regions, Goals((0,), lo, hi, np.zeros((1, 1, lo.shape[1])), np.ones((1, 1, size)),
                                    np.zeros((1, 1)), (1,)), Clock(1e300))
    reached = plain.final(new, np.zeros(1, np.intp)).bound[0, 0]
    for spare, little in ((1e6, reduce.LITTLE), (1e-6, reduce.LITTLE), (1e6, 2.0)):
        monkeypatch.setattr(reduce, "LITTLE", little)
        d = np.array([[reached - spare]])
        goals_ = Goals((0,), lo, hi, np.zeros((1, 1, lo.shape[1])), np.ones((1, 1, size)), d, (1,))
        made = Brancher(regions, goals_, Clock(1e300))
        final = made.final(new, np.zeros(1, np.intp))
        one = np.zeros(1, np.intp)
        made.close_reduced(old, new, final, one, [Hole(0, None, False)], one)
        steps = [step for step in made.trees[0].steps if isinstance(step, Sides)]
        counts.append(sum(int(step.lower.sum() + step.upper.sum()) for step in steps))
    assert counts[0] == 0 < min(counts[1:])
    assert max(counts) <= every


def test_sizes_are_sharpened_and_hold() -> None:
    """Upper bounds of neurons known to be positive come down, not below values, and noise with them."""
    graph = nets.dense(0)
    regions = Regions(graph)
    lo, hi = (end[None] for end in nets.box(graph, 0, 0.05))
    regions.noise = Noise(regions, 1.0, np.maximum(np.abs(lo), np.abs(hi)).max(0))
    regions.noise.begin(lo, hi)
    state = root_state(regions, lo, hi)
    before, noise = state.take(np.zeros(1, np.intp)), regions.noise.output(state)
    count = sum(sized(regions, state, make_lines(regions, state, {}, t), t) for t in regions.affine)
    x = lo + (hi - lo) * np.random.default_rng(0).random((500, lo.shape[1]))
    values = [low for low, _ in intervals(graph, x, x)]
    assert count > 0
    assert any((state.high[t] < before.high[t]).any() for t in regions.affine)
    for t in regions.affine:
        assert (values[t] <= state.high[t]).all()
    assert (regions.noise.output(state) <= noise).all()
    assert (regions.noise.output(state) < noise).any()


def test_copies_get_the_bounds_of_their_originals() -> None:
    m = nets.Maker(0, (1, 3))
    left = m.relu(m.linear(m.x, 4))
    twice = m.b.add(ALL["concat"], left, left, axis=1)
    graph = m.done(m.linear(m.put("mul", m.put("add", twice, twice), m.linear(m.x, 8)), 2))
    regions = Regions(graph)
    (target,) = regions.copies
    assert regions.copies[target].tolist() == [0, 1, 2, 3] * 2
    lo, hi = np.full((1, 3), -1.0), np.full((1, 3), 1.0)
    once, all_ = (root_state(regions, lo, hi) for _ in range(2))
    rows = tighten(regions, once, make_lines(regions, once, {}, target), target)
    assert sorted(rows.neuron.tolist()) == [0, 1, 2, 3]
    regions.copies = {}
    tighten(regions, all_, make_lines(regions, all_, {}, target), target)
    np.testing.assert_allclose(once.low[target], all_.low[target])
    np.testing.assert_allclose(once.high[target], all_.high[target])


def test_copies_are_written_down_once() -> None:
    """Bounds of the node that is repeated, then a step for each node on the way to the copies."""
    m = nets.Maker(0, (1, 3))
    once = m.linear(m.relu(m.linear(m.x, 4)), 4)
    turned = m.b.add(ALL["reshape"], once, shape=(1, 1, 4))
    many = m.b.add(ALL["reshape"], m.b.add(ALL["concat"], turned, turned, axis=1), shape=(1, 8))
    graph = m.done(m.linear(m.put("mul", many, m.linear(m.x, 8)), 2))
    regions = Regions(graph)
    source = regions.origins[many]
    assert (source.node, source.path) == (once, tuple(range(turned, many + 1)))
    assert source.index.tolist() == [0, 1, 2, 3] * 2
    old = root_state(regions, np.full((1, 3), -1.0), np.full((1, 3), 1.0))
    new = old.take(np.arange(1))
    new.low[many][:, [1, 5]] += 1e-3
    new.high[many][:, [2, 6]] -= 1e-3
    kept = improved(regions, old, new)
    first, *others = kept.steps(0)
    assert isinstance(first, Sides)
    assert first.node == once
    assert np.flatnonzero(first.lower).tolist() == [1]
    assert np.flatnonzero(first.upper).tolist() == [2]
    assert others == [Again(i) for i in source.path]
    assert kept.all_steps()[0][1:] == kept.steps(0)[1:]
    assert opening(regions, many) == [Tighten(once, every=True), *others]


def test_sums_of_copies_have_no_origin() -> None:
    """A value that something else was added to is no copy, and a difference that is 0 carries no bounds."""
    m = nets.Maker(0, (1, 3))
    once = m.linear(m.x, 4)
    twice = m.b.add(ALL["concat"], once, once, axis=1)
    other = m.linear(m.x, 8)
    nothing = m.put("sub", other, other)
    graph = m.done(m.linear(m.put("mul", m.put("add", twice, nothing), m.linear(m.x, 8)), 2))
    regions = Regions(graph)
    assert regions.copies
    assert not regions.origins


def test_roots_keep_as_few_single_neurons_as_are_needed() -> None:
    graph = nets.dense(5, inputs=6, width=24, layers=4)
    regions = Regions(graph)
    lo, hi = np.full((1, 6), -0.4), np.full((1, 6), 0.4)
    before, last = root_state(regions, lo, hi), regions.affine[-1]
    plain = before.take(np.zeros(1, np.intp))
    for t in regions.affine:
        tighten(regions, plain, make_lines(regions, plain, {}, t), t)
    worth = {t: (plain.high[t] - plain.low[t])[0] for t in regions.targets}
    refined = refine(regions, before.take(np.zeros(1, np.intp)), worth)

    def width(state: State) -> float:
        return float((state.high[last] - state.low[last]).sum())

    def single(made: Refined) -> int:
        return sum(isinstance(s, Tighten) and bool(s.slopes) for s in made.steps)

    allowed = 0.7 * width(refined.state) + 0.3 * width(plain)
    assert width(refined.state) < allowed < width(plain)
    fewer = thinned(regions, before, plain, refined, worth, lambda s: width(s) <= allowed)
    assert width(fewer.state) <= allowed
    assert 0 < single(fewer) < single(refined)
    assert thinned(regions, before, plain, refined, worth, lambda s: False) is refined

    def late(state: State) -> bool:
        raise OutOfTime

    assert thinned(regions, before, plain, refined, worth, late) is refined
    found = samples(graph, lo[0], hi[0])
    for t in regions.affine:
        assert_inside(fewer.state.low[t], fewer.state.high[t], found[t])
