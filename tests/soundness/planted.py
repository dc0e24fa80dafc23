"""Networks with a planted counterexample: a hidden input violates the property, by little, in a flat place.

A *needle* network is a random network plus a tent ``h * relu(1 - |g(x) - g(x*)|_1 / r)`` over a hidden input
x*, where g is a random linear map of the first layers' features. Outside of the tent nothing points to it. An
*interpolated* network is a random network whose last layer is solved for: low at many random inputs, high at
few hidden ones. Both follow the idea of SoundnessBench (Zhou et al., 2024): whoever calls such a property
safe is wrong, and here that is known without trusting any verifier.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from provenn.bounds.methods import Bounds
from provenn.bounds.regions import Regions
from provenn.eval.run import replay, run
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row
from provenn.ops import ALL
from provenn.verify.attack import Attack
from provenn.verify.ranges import sample
from provenn.verify.witness import violation

Array = Any
SAMPLES, GAP, MANY, ROUNDING = 20_000, 0.3, 16, 1e-4


@dataclass(frozen=True)
class Planted:
    """A network, a false property of it, and a hidden counterexample that goes too far by ``margin``."""

    name: str
    graph: Graph
    prop: Property
    x: Array
    margin: float

    @property
    def limit(self) -> float:
        """Outputs from here on are unsafe."""
        return float(-self.prop.cases[0].disjuncts[0][0].bound)

    def value(self, x: Array) -> Array:
        """Outputs in binary64 at points [points, inputs]."""
        return run(self.graph, np.asarray(x, np.float64).reshape(-1, *self.graph.input_type.shape)).ravel()

    def check(self) -> None:
        """Fails unless the hidden input violates the property, and by far more than rounding."""
        assert self.value(self.x)[0] >= self.limit + self.margin / 2 > self.limit
        assert violation(self.graph, self.prop, self.x, replay(self.graph, self.x)) is not None


class _Layers:
    """Appends layers to a graph and to a plain function alike."""

    def __init__(self, name: str, shape: tuple[int, ...]) -> None:
        self.builder = Builder(name)
        self.top = self.builder.add(ALL["input"], shape=shape)

    def parameter(self, value: Array) -> int:
        """A constant."""
        return self.builder.parameter(ALL["parameter"], np.asarray(value, np.float32))

    def linear(self, w: Array, b: Array, relu: bool = True) -> None:
        """A dense layer."""
        self.put("linear", self.parameter(w), self.parameter(b))
        if relu:
            self.put("relu")

    def put(self, tag: str, *operands: int, **attrs: Any) -> None:
        """An operation on the newest value."""
        self.top = self.builder.add(ALL[tag], self.top, *operands, **attrs)

    def values(self, x: Array) -> Array:
        """The newest values at points [points, inputs]; the graph stays open."""
        shape = self.builder.nodes[0].type.shape
        here = Graph(tuple(self.builder.nodes), (self.top,), "so far")
        made = run(here, np.asarray(x, np.float64).reshape(-1, *shape))
        return made.reshape(len(made), -1)


def _features(net: _Layers, rng: np.random.Generator, shape: tuple[int, ...], width: int, depth: int) -> None:
    """Random layers: a convolution first when the input is an image.

    Half of the weights are the others' negatives, so no input is lost to neurons that are off.
    """
    size = int(np.prod(shape))
    if len(shape) == 4:
        kernel, bias = rng.normal(size=(width, shape[1], 3, 3)) / 3.0, 0.2 * rng.normal(size=width)
        net.put("conv", net.parameter(_both(kernel)), net.parameter(_both(bias)), groups=1,
                stride=(2, 2), pad=(1, 1, 1, 1), dilation=(1, 1))
        net.put("relu")
        size = net.builder.nodes[net.top].type.size
        net.put("reshape", shape=(1, size))
        depth, width = depth - 1, size // 2
    for _ in range(depth):
        half = width // 2
        net.linear(_both(rng.normal(size=(half, size)) * np.sqrt(2.0 / size)),
                   _both(0.3 * rng.normal(size=half)))
        size = 2 * half


def _both(a: Array) -> Array:
    """Numbers and their negatives."""
    return np.concatenate([a, -a])


def needle(shape: tuple[int, ...], width: int, depth: int, seed: int, radius: float = 0.5,
           margin: float = 1e-3) -> Planted:
    """A network with a tent of L1 radius ``radius`` (in features) over a hidden input of [-1, 1]^n.

    The threshold is set by what the network with its rounded weights reaches there, less ``margin``, or less
    what rounding of binary32 could matter where values are large.
    """
    rng, name = np.random.default_rng([seed, *shape, width, depth]), "x".join(map(str, shape[1:]))
    inputs = int(np.prod(shape))
    hidden = rng.uniform(-0.9, 0.9, inputs).astype(np.float32)
    net = _Layers(f"needle {name}", shape)
    _features(net, rng, shape, width, depth)
    size = net.builder.nodes[net.top].type.size
    detectors, base = min(2 * inputs, 24), max(4, width // 2)
    g = rng.normal(size=(detectors, size)) / np.sqrt(size)
    target = (g.astype(np.float32).astype(np.float64) @ net.values(hidden[None])[0])
    rows = rng.normal(size=(base, size)) / np.sqrt(size)
    order = rng.permutation(2 * detectors + base)
    net.linear(np.concatenate([g, -g, rows])[order],
               np.concatenate([-target, target, 0.2 * rng.normal(size=base)])[order])
    tent, keep = np.zeros((1, len(order))), np.zeros((base, len(order)))
    tent[0, order < 2 * detectors] = -1.0 / radius
    for k in range(base):
        keep[k, np.flatnonzero(order == 2 * detectors + k)] = 1.0
    net.linear(np.concatenate([tent, keep]), np.array([1.0, *np.zeros(base)]))
    weights = 0.5 * rng.normal(size=base)
    y = _met(net, weights, rng)
    limit = float(np.float32(y.max() + GAP * np.ptp(y)))
    height = limit + margin - float(net.values(hidden[None])[0, 1:] @ weights)
    net.linear(np.array([[height, *weights]]), np.zeros(1), relu=False)
    graph = net.builder.finish(net.top)
    reached = float(run(graph, hidden.astype(np.float64).reshape(1, *shape)).ravel()[0])
    limit = float(np.float32(reached - max(margin, ROUNDING * abs(reached))))
    prop = never_from(inputs, limit)
    return Planted(f"needle {name} w{width} d{depth} s{seed}", graph, prop, hidden, reached - limit)


def _met(net: _Layers, weights: Array, rng: np.random.Generator) -> Array:
    """Values without the tent: at random inputs, and at inputs that gradients push up and down.

    With many inputs gradients go on for long, so a bound counts as a value there.
    """
    plain = copy.deepcopy(net)
    plain.linear(np.array([[0.0, *weights]]), np.zeros(1), relu=False)
    graph = plain.builder.finish(plain.top)
    inputs = graph.input_type.size
    x = rng.uniform(-1, 1, (SAMPLES, inputs))
    attack = Attack(graph, never_from(inputs, 0.0), Regions(graph))
    pushed = sample(attack, -np.ones(inputs), np.ones(inputs), rng, x[:200]).y
    above = []
    if inputs > MANY:
        bounds = Bounds(attack.regions, -np.ones((1, inputs)), np.ones((1, inputs)), "CROWN")
        above = [-bounds.lower(-np.ones((1, 1, 1)))[0]]
    return np.concatenate([plain.values(x).ravel(), pushed.ravel(), *above])


def interpolated(shape: tuple[int, ...], width: int, depth: int, seed: int, hidden: int = 3,
                 margin: float = 1e-2) -> Planted:
    """A random network whose last layer makes it 0 at many inputs and 1 at ``hidden`` ones."""
    rng, name = np.random.default_rng([seed, *shape, width, depth, 7]), "x".join(map(str, shape[1:]))
    inputs = int(np.prod(shape))
    net = _Layers(f"interpolated {name}", shape)
    _features(net, rng, shape, width, depth)
    secret = rng.uniform(-0.9, 0.9, (hidden, inputs)).astype(np.float32)
    x = np.concatenate([secret, rng.uniform(-1, 1, (width // 2, inputs))])
    f = np.concatenate([net.values(x), np.ones((len(x), 1))], 1)
    w = np.linalg.lstsq(f, np.concatenate([np.ones(hidden), np.zeros(len(x) - hidden)]), rcond=None)[0]
    net.linear(w[None, :-1], w[-1:], relu=False)
    graph = net.builder.finish(net.top)
    y = run(graph, secret.astype(np.float64).reshape(-1, *shape)).ravel()
    limit = float(np.float32(y.max() - margin))
    return Planted(f"interpolated {name} w{width} d{depth} s{seed}", graph, never_from(inputs, limit),
                   secret[int(y.argmax())], float(y.max()) - limit)


def never_from(inputs: int, limit: float, lo: Sequence[float] | None = None,
               hi: Sequence[float] | None = None) -> Property:
    """Y_0 >= ``limit`` never happens in the box, by default [-1, 1]^n."""
    rows = ((Row({}, {0: Fraction(-1)}, -Fraction(limit)),),)
    ends = [tuple(map(Fraction, e)) for e in (lo or [-1.0] * inputs, hi or [1.0] * inputs)]
    return Property(inputs, 1, (Case(ends[0], ends[1], rows),))


def small() -> list[Planted]:
    """The set that the tests run on."""
    return [
        *(needle((1, n), w, d, s) for n, w, d in ((2, 8, 1), (4, 12, 2), (8, 24, 2)) for s in (0, 1)),
        *(needle((1, 1, 6, 6), 3, d, s) for d, s in ((1, 0), (2, 1))),
        *(interpolated((1, n), w, d, s) for n, w, d in ((3, 32, 1), (6, 48, 2)) for s in (0, 1)),
        interpolated((1, 1, 6, 6), 3, 2, 0),
    ]


def large() -> Iterator[Planted]:
    """Larger sizes, for the benchmark, one after the other."""
    for n, w, d in ((5, 50, 3), (12, 64, 3), (32, 128, 3), (100, 256, 3)):
        yield from (needle((1, n), w, d, s) for s in (0, 1))
    for shape, w, d in (((1, 1, 12, 12), 4, 2), ((1, 3, 16, 16), 4, 2)):
        yield from (needle(shape, w, d, s) for s in (0, 1))
    for n, w, d in ((5, 128, 2), (20, 256, 3)):
        yield from (interpolated((1, n), w, d, s) for s in (0, 1))
    yield interpolated((1, 1, 12, 12), 4, 2, 0)
