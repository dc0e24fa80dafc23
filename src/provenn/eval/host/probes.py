"""Tests of the host: rounding, precision, contraction, subnormal numbers, in Python, NumPy and libraries.

Each probe computes something whose bits differ between what is wanted and each way of departing from it. A
finding ``holds`` or not; ``needed`` says whether the checker's theorem needs it, otherwise it tells which
executions of a network to expect.
"""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import add, mul, truediv
from typing import Any

import numpy as np

from provenn.eval.accuracy.libraries import version
from provenn.ir.op import Array

ONE = np.float32(1)
TINY = np.float32(2.0**-120)
# (1 + 2^-12)^2 = 1 + 2^-11 + 2^-24: rounded the last term is lost, fused it stays.
FACTOR = np.float32(1 + 2.0**-12)
PRODUCT = np.float32(1 + 2.0**-11)


@dataclass(frozen=True, slots=True)
class Finding:
    """One property of the host in plain words."""

    where: str
    what: str
    holds: bool
    needed: bool
    detail: str


def examine() -> Iterator[Finding]:
    """All findings; libraries that are not installed are left out."""
    yield from binary64()
    yield from singles("NumPy", lambda a, b: a + b, lambda a, b: a * b)
    yield _numpy_thread()
    for name, product in products().items():
        yield from library(name, product)


def binary64() -> Iterator[Finding]:
    """What the checker's theorem needs of the processor."""
    info = sys.float_info
    yield Finding("processor", "binary64 has 53 bits and exponents from -1022 to 1023",
                  (info.radix, info.mant_dig, info.max_exp, info.min_exp) == (2, 53, 1024, -1021), True,
                  f"{info.mant_dig} bits")
    cases = [(1.0, 2.0**-53, 1.0), (1.0 + 2.0**-52, 2.0**-53, 1.0 + 2.0**-51), (-1.0, -(2.0**-53), -1.0),
             (1.0, 2.0**-53 + 2.0**-80, 1.0 + 2.0**-52)]
    wrong = [f"{a!r} + {b!r}" for a, b, s in cases if add(a, b) != s]
    yield Finding("processor", "sums are rounded to the nearest number, ties to even", not wrong, True,
                  f"wrong: {wrong[0]}" if wrong else f"{len(cases)} sums at ties")
    # With 64-bit precision inside, the tie is gone before the second rounding (2^-53 + 2^-64).
    yield Finding("processor", "no excess precision: each operation is rounded to binary64",
                  add(add(1.0, 2.0**-53 + 2.0**-64), -1.0) == 2.0**-52, True,
                  "a sum that 64 bits inside would round differently")
    yield Finding("processor", "subnormal numbers are kept",
                  add(mul(2.0**-1022, 0.5), 2.0**-1023) == 2.0**-1022, True, "2^-1022 / 2, doubled again")
    yield Finding("processor", "square roots and quotients are correctly rounded",
                  math.sqrt(2.0) == float.fromhex("0x1.6a09e667f3bcdp+0")
                  and truediv(1.0, 3.0) == float.fromhex("0x1.5555555555555p-2"), True, "sqrt 2 and 1/3")


def singles(where: str, plus: Callable[[Array, Array], Array], times: Callable[[Array, Array], Array]
            ) -> Iterator[Finding]:
    """Elementwise binary32 arithmetic, on arrays long enough for vector instructions."""
    tie = np.full(67, 2.0**-24, np.float32)
    one = np.full(67, 1, np.float32)
    up = one + np.float32(2.0**-23)
    even = bool((plus(one, tie) == 1).all() and (plus(up, tie) == np.float32(1 + 2.0**-22)).all())
    yield Finding(where, "binary32 sums are rounded to the nearest number, ties to even", even, True,
                  "67 sums at ties")
    square = np.full(67, FACTOR)
    minus = plus(times(square, square), np.full(67, -PRODUCT))
    yield Finding(where, "a product and a sum are two roundings (no fused multiply-add)",
                  bool((minus == 0).all()), False, f"(1 + 2^-12)^2 - (1 + 2^-11) gives {float(minus[0]):g}")
    small = times(np.full(67, TINY), np.full(67, np.float32(2.0**-20)))
    yield Finding(where, "subnormal numbers are kept", bool((small == np.float32(2.0**-140)).all()), False,
                  f"2^-120 2^-20 gives {float(small[0]):g}")


def _numpy_thread() -> Finding:
    """Another thread has its own control word, which a library may have changed."""
    seen: list[float] = []
    thread = threading.Thread(target=lambda: seen.append(float(TINY * np.float32(2.0**-20))))
    thread.start()
    thread.join()
    return Finding("NumPy", "subnormal numbers are kept in other threads", seen == [2.0**-140], False,
                   f"2^-120 2^-20 gives {seen[0]:g}")


Product = Callable[[Array, Array], Array]


def products() -> dict[str, Product]:
    """Matrix products of the libraries that are installed, by name."""
    made: dict[str, Product] = {"NumPy's BLAS": _matmul}
    for name, build in (("torch", _torch), ("onnxruntime", _onnxruntime), ("xla", _xla)):
        if version(name):
            made[f"{name} {version(name)}"] = build()
    return made


def _matmul(a: Array, b: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.asarray(a @ b)


def library(where: str, product: Product) -> Iterator[Finding]:
    """What a library's matrix products do, all entries equal, enough of them for vectors and threads."""
    try:
        # A fused product shows after the other term, whichever of the two a library takes first.
        fused = max(float(product(_spread(a), _spread(b).T).max()) for a, b in (
            ([FACTOR, 1], [FACTOR, -PRODUCT]), ([1, FACTOR], [-PRODUCT, FACTOR])))
        tiny = float(product(_spread([TINY]), _spread([2.0**-20]).T).min())
        order = product(_spread([2.0**24, *[1] * 64, -(2.0**24)]), _spread([1] * 66).T)
        finite = product(_spread([2.0**127, 2.0**127, -(2.0**127), -(2.0**127)]), _spread([1] * 4).T)
    except Exception as e:  # noqa: BLE001 - a foreign library: whatever it says is only reported
        yield Finding(where, "matrix products can be examined", False, False, str(e).split("\n")[0][:200])
        return
    yield Finding(where, "products and sums are two roundings (no fused multiply-add)", fused == 0, False,
                  f"(1 + 2^-12)^2 - (1 + 2^-11) gives {fused:g}")
    yield Finding(where, "subnormal results are kept", tiny == 2.0**-140, False,
                  f"2^-120 2^-20 gives {tiny:g}")
    one_by_one = float(order[0, 0]) == 0.0
    yield Finding(where, "sums are added one by one in index order", one_by_one, False,
                  f"2^24 + 64 ones - 2^24 gives {float(order[0, 0]):g}: 0 one by one, 64 exactly")
    yield Finding(where, "overflow in a sum shows in the result", not np.isfinite(finite[0, 0]), False,
                  f"2^127 + 2^127 - 2^127 - 2^127 gives {float(finite[0, 0]):g}")


def _spread(row: Any, count: int = 256) -> Array:
    """The row, so many times, as binary32."""
    return np.tile(np.asarray(row, np.float32), (count, 1))


def _torch() -> Product:
    import torch

    return lambda a, b: np.asarray((torch.tensor(a) @ torch.tensor(b)).numpy())


def _onnxruntime() -> Product:
    import onnxruntime
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, None]) for n in "aby"]
    graph = helper.make_graph([helper.make_node("MatMul", ["a", "b"], ["y"])], "one", ends[:2], ends[2:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return lambda a, b: np.asarray(session.run(None, {"a": a, "b": b})[0])


def _xla() -> Product:
    import jax.numpy as jnp

    return lambda a, b: np.asarray(jnp.asarray(a) @ jnp.asarray(b))
