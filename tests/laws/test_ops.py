"""Laws that hold for every op, checked on random samples with fixed seeds."""

from __future__ import annotations

import numpy as np
import pytest

from provenn.errors import UnsupportedError
from provenn.eval.run import Ordered, execute
from provenn.ir.emit import composed
from provenn.ir.graph import Builder
from provenn.ir.op import Have, Lacks
from provenn.ops import ALL
from provenn.ops.families import Fast
from tests.laws import samples

SEEDS = range(6)
EACH = pytest.mark.parametrize("tag", sorted(samples.MAKERS))


def having(facet: str) -> pytest.MarkDecorator:
    """Every op with this facet."""
    tags = [t for t in samples.MAKERS if isinstance(getattr(ALL[t], facet), Have)]
    return pytest.mark.parametrize("tag", tags)


SEEDED = pytest.mark.parametrize("seed", SEEDS)
FACETS = ("kernel", "interval", "transpose", "slope", "lines", "grad", "lower", "composed", "stablehlo",
          "to_onnx", "to_tensorflow", "onnx")


def test_every_op_has_samples() -> None:
    assert set(samples.MAKERS) | samples.LEAVES == set(ALL)


@EACH
@SEEDED
def test_kernel_has_the_shape_that_the_shape_rule_says(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    made = s.op.shape.rule(s.types, s.attrs)
    operands = s.operands(np.random.default_rng(seed), np.float32)
    out = s.op.need("kernel")(Fast(), s.attrs, *operands)
    assert out.shape == (3, *made.shape)
    assert out.dtype == np.float32


@having("transpose")
@SEEDED
def test_transposes_are_adjoint(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    rng = np.random.default_rng(seed)
    operands = s.operands(rng)
    kernel = s.op.need("kernel")
    known = [v if k in s.parameters else None for k, v in enumerate(operands)]
    for k in set(range(len(operands))) - s.parameters:
        zeroed = [np.zeros_like(v) if j == k else v for j, v in enumerate(operands)]
        change = kernel(Fast(), s.attrs, *operands) - kernel(Fast(), s.attrs, *zeroed)
        ct = rng.normal(size=change.shape)
        back = s.op.transpose.rule(s.attrs, k, ct, known, s.types)
        assert back.shape == operands[k].shape
        np.testing.assert_allclose((ct * change).sum(), (back * operands[k]).sum(), rtol=1e-10, atol=1e-10)


@having("interval")
@SEEDED
def test_intervals_contain_samples(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    rng = np.random.default_rng(seed)
    low = s.operands(rng, batch=1)
    high = [v if k in s.parameters else v + rng.uniform(0, 2, v.shape) for k, v in enumerate(low)]
    lo, hi = s.op.need("interval")(s.attrs, *zip(low, high))
    for mix in [*rng.uniform(0, 1, 20), 0.0, 1.0]:
        inside = [a + (b - a) * (rng.uniform(0, 1, a.shape) if 0 < mix < 1 else mix)
                  for a, b in zip(low, high)]
        out = s.op.need("kernel")(Fast(), s.attrs, *inside)
        assert (out >= lo - 1e-12 * (1 + abs(lo))).all()
        assert (out <= hi + 1e-12 * (1 + abs(hi))).all()


@having("lines")
@SEEDED
def test_lines_contain_samples(tag: str, seed: int) -> None:
    op = ALL[tag]
    rng = np.random.default_rng(seed)
    lo = rng.normal(size=(4, 5))
    lo = np.abs(lo) + 0.1 if tag in samples.POSITIVE else lo
    hi = lo + rng.uniform(0, 3, lo.shape)
    a, b, c, d = op.lines.rule(lo, hi, rng.uniform(0, 1, lo.shape))
    for t in np.linspace(0, 1, 21):
        x = lo + (hi - lo) * t
        y = op.need("kernel")(Fast(), {}, x)
        assert (a * x + b <= y + 1e-12).all()
        assert (y <= c * x + d + 1e-12).all()


@having("slope")
@SEEDED
def test_slope_is_the_derivative(tag: str, seed: int) -> None:
    op = ALL[tag]
    x = np.random.default_rng(seed).normal(size=50)
    x, step = x[abs(x) > 1e-3], 1e-6
    x = np.abs(x) + 0.1 if tag in samples.POSITIVE else x
    kernel = op.need("kernel")
    numeric = (kernel(Fast(), {}, x + step) - kernel(Fast(), {}, x - step)) / (2 * step)
    np.testing.assert_allclose(op.slope.rule(x), numeric, atol=1e-5)


@having("composed")
@SEEDED
def test_an_op_equals_what_it_is_composed_of(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    builder = Builder()
    args = [builder.add(ALL["input"], shape=t.shape) for t in s.types]
    graph = builder.finish(builder.add(s.op, *args, **s.attrs))
    other = composed(graph, ALL)
    assert tag not in {n.op.tag for n in other}
    feeds = [v[0] for v in s.operands(np.random.default_rng(seed), batch=1)]
    for want, got in zip(execute(graph, feeds), execute(other, feeds)):
        np.testing.assert_allclose(got, want, rtol=1e-12, atol=1e-12)


@EACH
@SEEDED
def test_reference_and_fast_kernels_agree(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    operands = s.operands(np.random.default_rng(seed), np.float32)
    kernel = s.op.need("kernel")
    fixed, fast = (kernel(arith, s.attrs, *operands) for arith in (Ordered(), Fast()))
    assert fixed.dtype == fast.dtype == np.float32
    np.testing.assert_allclose(fixed, fast, rtol=1e-4, atol=1e-4)


@EACH
@SEEDED
def test_attributes_encode_as_integers(tag: str, seed: int) -> None:
    s = samples.sample(tag, seed)
    assert all(type(v) is int for v in s.op.encode(s.attrs))


@pytest.mark.parametrize("tag", sorted(ALL))
@pytest.mark.parametrize("facet", FACETS)
def test_what_an_op_lacks_is_said_in_its_own_words(tag: str, facet: str) -> None:
    state = getattr(ALL[tag], facet)
    if isinstance(state, Have):
        assert ALL[tag].need(facet) is state.rule
        return
    with pytest.raises(UnsupportedError) as caught:
        ALL[tag].need(facet, "node 7")
    assert caught.value.code == "PNN-OP-201"
    assert tag in caught.value.what
    assert caught.value.where == "node 7"
    if isinstance(state, Lacks):
        assert state.why in caught.value.what
        assert state.why == state.why.strip()
        assert not state.why.endswith(".")
