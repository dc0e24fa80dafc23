"""Small networks that real arithmetic proves safe and some binary32 run violates: our own constructions.

After Jia and Rinard (Exploiting verified neural networks via floating point numerical error, SAS 2021) and
Szász et al. (No soundness in the real world, 2025). Each attack is a file, a domain, and a bound that no
exact output reaches. ``safe_run`` and ``violating_run`` are executions of that file that disagree: they
add in another order, keep subnormal numbers or flush them, keep NaN or lose it in a max, fold or do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from provenn.ir.op import Array

Layer = tuple[Array, Array]
Execution = Callable[[Array], Array]
LEAST_NORMAL = np.float32(2.0**-126)
ORDERS: dict[str, Callable[[int], list[int]]] = {
    "forward": lambda n: list(range(n)),
    "backward": lambda n: list(range(n))[::-1],
    "ends first": lambda n: [k // 2 if k % 2 == 0 else n - 1 - k // 2 for k in range(n)],
}


@dataclass(frozen=True)
class Dense:
    """Layers ``relu(W x + b)``, the last without ReLU, run in one order, every step rounded to binary32."""

    layers: list[Layer]
    order: str = "forward"
    flush: bool = False
    nan_lost: bool = False

    def __call__(self, x: Array) -> Array:
        value = np.asarray(x, np.float32)
        for k, (w, b) in enumerate(self.layers):
            with np.errstate(all="ignore"):
                value = self._kept(np.array([self._row(row, value) for row in w], np.float32) + b)
                if k < len(self.layers) - 1:
                    value = (np.fmax if self.nan_lost else np.maximum)(value, np.float32(0))
        return value

    def _row(self, row: Array, x: Array) -> Array:
        first, *rest = [self._kept(row[k] * x[k]) for k in ORDERS[self.order](len(row))]
        for term in rest:
            first = self._kept(first + term)
        return first

    def _kept(self, v: Array) -> Array:
        """Subnormal results, or zeros instead."""
        return np.where(np.abs(v) < LEAST_NORMAL, np.float32(0) * v, v) if self.flush else np.asarray(v)

    def exact(self, x: float) -> Fraction:
        """The exact output."""
        value = [Fraction(x)]
        for k, (w, b) in enumerate(self.layers):
            value = [sum((Fraction(float(c)) * v for c, v in zip(row, value)), Fraction(float(bias)))
                     for row, bias in zip(w, b)]
            value = [max(v, Fraction(0)) for v in value] if k < len(self.layers) - 1 else value
        return value[0]


@dataclass(frozen=True)
class Attack:
    """A file, a domain, and the question whether ``Y_0 <= limit`` there: over the reals, never."""

    name: str
    how: str
    nodes: list[Any]
    tensors: dict[str, Array]
    domain: tuple[float, float]
    limit: float
    x: float
    exact: Callable[[float], Fraction]
    safe_run: Execution
    violating_run: Execution

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The network (x [1, 1] to y [1, 1]) and the property."""
        ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 1]) for n in "xy"]
        graph = helper.make_graph(self.nodes, self.name, ends[:1], ends[1:],
                                  [numpy_helper.from_array(v, n) for n, v in self.tensors.items()])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
        onnx.checker.check_model(model)
        network, spec = folder / f"{self.name}.onnx", folder / f"{self.name}.vnnlib"
        network.write_bytes(model.SerializeToString())
        low, high = self.domain
        spec.write_text(f"; {self.how}\n(declare-const X_0 Real)\n(declare-const Y_0 Real)\n"
                        f"(assert (>= X_0 {low!r}))\n(assert (<= X_0 {high!r}))\n"
                        f"(assert (<= Y_0 {self.limit!r}))\n")
        return network, spec


def layer(w: Any, b: Any = None) -> Layer:
    """Weights [out, in] and bias, 0 by default, in binary32."""
    weight = np.array(w, np.float32)
    return weight, np.zeros(len(weight), np.float32) if b is None else np.array(b, np.float32)


def dense(name: str, how: str, layers: list[Layer], domain: tuple[float, float], limit: float, x: float,
          safe: dict[str, Any], violating: dict[str, Any]) -> Attack:
    """An attack made of dense layers."""
    nodes, tensors, value = [], {}, "x"
    for k, (w, b) in enumerate(layers):
        last = k == len(layers) - 1
        tensors |= {f"w{k}": w, f"b{k}": b}
        made = ["y" if last else f"h{k}"]
        nodes.append(helper.make_node("Gemm", [value, f"w{k}", f"b{k}"], made, transB=1))
        if not last:
            nodes.append(helper.make_node("Relu", [f"h{k}"], [f"r{k}"]))
        value = f"r{k}"
    return Attack(name, how, nodes, tensors, domain, limit, x, Dense(layers).exact,
                  Dense(layers, **safe), Dense(layers, **violating))


def cancelling() -> Attack:
    """2^30 x + x - 2^30 x is x if the large terms meet first, and 0 in the order of the file."""
    return dense("cancelling", "large weights cancel, and what they swallow is the answer",
                 [layer([[2.0**30], [1], [2.0**30]]), layer([[1, 1, -1]])], (1.0, 2.0), 0.5, 1.25,
                 {"order": "ends first"}, {"order": "forward"})


def detecting() -> Attack:
    """2^25 x - 2^25 x + 1 is 1 from the left and 0 from the right; the last layer amplifies that."""
    return dense("detecting", "a sum that tells in which order it is added",
                 [layer([[2.0**25], [2.0**25], [0]], [0, 0, 1]), layer([[1, -1, 1]]),
                  layer([[1000]], [-500])],
                 (1.0, 1.5), 0.0, 1.25, {"order": "forward"}, {"order": "backward"})


def overflowing() -> Attack:
    """-m x - m x + m x + m x with m = 2^127 ends at minus or plus infinity; a ReLU hides the first."""
    m = 2.0**127
    return dense("overflowing", "partial sums overflow to one infinity or the other",
                 [layer([[1]] * 4), layer([[-m, -m, m, m]]), layer([[-1]], [1])],
                 (1.0, 1.75), 0.0, 1.5, {"order": "forward"}, {"order": "backward"})


def masked() -> Attack:
    """Infinity minus infinity is NaN, which a max that loses NaN turns into the forbidden 0."""
    m = 2.0**127
    return dense("masked", "overflow to NaN, hidden by a ReLU that gives max(NaN, 0) = 0",
                 [layer([[1]] * 4), layer([[m, m, -m, -m]] * 2, [1, 0]), layer([[1, -1]]), layer([[1]])],
                 (1.0, 1.75), 0.5, 1.5, {"order": "ends first"}, {"nan_lost": True})


def underflowing() -> Attack:
    """A product x 2^-140 is a subnormal number: kept, it is scaled back to x; flushed, to 0."""
    return dense("underflowing", "a subnormal number switches the output where it is flushed to zero",
                 [layer([[2.0**e]]) for e in (-100, -40, 100, 40)], (1.0, 2.0), 0.5, 1.25,
                 {"flush": False}, {"flush": True})


def normalised() -> Attack:
    """Batch normalisation with variance 2^-40: 0.5 + 2^20 (x - m) is at least 0.5, folded it may be 0."""
    mean, scale, bias = np.float32(1000.5), np.float32(2.0**20), np.float32(0.5)
    tensors = {"gamma": [1], "beta": [0.5], "mean": [1000.5], "variance": [2.0**-41]}
    node = helper.make_node("BatchNormalization", ["x", *tensors], ["y"], epsilon=2.0**-41)
    return Attack("normalised", "batch normalisation with tiny variance, its factors folded or not",
                  [node], {n: np.array(v, np.float32) for n, v in tensors.items()},
                  (1000.5, 1000.625), 0.25, 1000.5,
                  lambda x: 2**20 * (Fraction(x) - Fraction("1000.5")) + Fraction(1, 2),
                  lambda x: (x - mean) * scale + bias, lambda x: x * scale + (bias - mean * scale))


ZOO = (cancelling, detecting, overflowing, masked, underflowing, normalised)
