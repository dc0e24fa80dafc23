"""Bounds of networks over boxes, called as in auto_LiRPA.

    from provenn.bounded import BoundedModule, BoundedTensor, PerturbationLpNorm

    model = BoundedModule(network, x)
    ball = BoundedTensor(x, PerturbationLpNorm(norm=np.inf, eps=0.03))
    lower, upper = model.compute_bounds(x=(ball,), method="alpha-CROWN")

These bounds are tested, not certified: binary64 numbers whose rounding is ignored. A claim that rests on a
theorem is made by ``provenn.verify(network, provenn.robustness(network, x, eps, label))``, or by any property
in VNN-LIB: its ``unsat`` comes with a certificate that the verified checker has accepted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from provenn.bounds.methods import METHODS, Bounds, Method
from provenn.bounds.regions import Floats, Regions
from provenn.errors import PropertyError, ShapeError, UnsupportedError
from provenn.eval.run import run
from provenn.io.network import Network, read_network

ALIASES: dict[str, Method] = {**{m: m for m in METHODS}, "backward": "CROWN",
                              "CROWN-Optimized": "alpha-CROWN"}


@dataclass(frozen=True)
class PerturbationLpNorm:
    """How inputs vary: every coordinate within ``eps`` of its value, or between ``x_L`` and ``x_U``.

    ``eps`` is a number or an array that broadcasts against the inputs, in their units; ``x_L`` and ``x_U``
    have the shape of the inputs and go before ``eps``. ``norm`` must be infinity: other norms are refused
    with UnsupportedError PNN-OP-231.
    """

    eps: Any = 0.0
    norm: float = np.inf
    x_L: Any = None  # noqa: N815
    x_U: Any = None  # noqa: N815

    def __post_init__(self) -> None:
        if self.norm != np.inf:
            raise UnsupportedError("PNN-OP-231", "only boxes are bounded", expected="norm=numpy.inf",
                                   got=f"norm={self.norm}",
                                   hint="the box of the same eps contains the ball of any other norm")


@dataclass(frozen=True)
class BoundedTensor:
    """Inputs [batch, …] that vary: the values and their perturbation."""

    x: Any
    ptb: PerturbationLpNorm

    def box(self) -> tuple[Floats, Floats]:
        """Lower and upper ends, binary64, in the shape of the inputs.

        Raises ShapeError PNN-SHAPE-131 for ends of another shape, PropertyError PNN-PROP-302 for an empty
        box.
        """
        x, ptb = _array(self.x), self.ptb
        try:
            low, high = (np.broadcast_to(_array(end), x.shape) if end is not None
                         else np.broadcast_to(x + sign * _array(ptb.eps), x.shape)
                         for sign, end in ((-1.0, ptb.x_L), (1.0, ptb.x_U)))
        except ValueError:
            given = {k: list(_array(v).shape) for k, v in vars(ptb).items() if k != "norm" and v is not None}
            raise ShapeError("PNN-SHAPE-131", "the ends of the boxes do not have the shape of the inputs",
                             expected=list(x.shape), got=given,
                             hint="x_L and x_U are [batch, …] like x") from None
        wrong = np.argwhere(~((low <= high) & np.isfinite(low) & np.isfinite(high)))
        if len(wrong):
            at = tuple(wrong[0].tolist())
            raise PropertyError("PNN-PROP-302", "a box holds no point, or is not finite",
                                where=f"input {list(at)}", expected="lower end <= upper end",
                                got=f"[{low[at]:.9g}, {high[at]:.9g}]",
                                hint="eps must not be negative")
        return low, high


class BoundedModule:
    """A network whose outputs can be bounded over boxes of inputs.

    ``model`` is a module of provenn.nn or torch.nn, an ONNX file or a Graph; ``x`` an input [batch, …] of any
    batch size, which tells the shape of a module's input. Each row of a batch is bounded on its own, so the
    network must treat rows alike, as networks in use do. Weights are those of now. Raises what reading the
    model raises, and UnsupportedError PNN-OP-201 for an operation without linear bounds.
    """

    def __init__(self, model: Network, x: Any) -> None:
        self.graph = read_network(model, (1, *np.shape(_array(x))[1:])).graph
        self._regions = Regions(self.graph)
        shape = self.graph.input_type.shape
        self._row = shape[1:] if shape[:1] == (1,) else shape
        self._rows(_array(x))

    def __call__(self, x: Any) -> Floats:
        """The outputs [batch, outputs] in binary64."""
        given = self._rows(_array(x))
        made = run(self.graph, given.reshape(-1, *self.graph.input_type.shape))
        return made.astype(np.float64, copy=False).reshape(len(given), -1)

    def compute_bounds(
        self, x: BoundedTensor | Sequence[BoundedTensor], C: Any = None, method: str = "backward", *,
        iterations: int = 20, bound_lower: bool = True, bound_upper: bool = True,
    ) -> tuple[Floats | None, Floats | None]:
        """Lower and upper bounds, in binary64, of the outputs or of linear rows of them.

        ``x`` is one BoundedTensor [batch, …], every row with a box of its own, alone or in a tuple. ``C``
        [batch, specs, outputs] (or [1, specs, outputs] for all of the batch) holds the rows' coefficients:
        the results are [batch, specs], without C [batch, outputs], flat. What is not asked for is None.

        ``method``: "IBP" (interval arithmetic), "CROWN-IBP", "CROWN" or "backward" (backward relaxation; by
        two choices of slopes, the better one counts), "alpha-CROWN" or "CROWN-Optimized" (slopes chosen by
        ``iterations`` bounds each; slow, tight). See provenn.bounds.methods. They are listed from loose to
        tight. The bounds are those of a search: tested, not certified, rounding ignored; ``provenn.verify``
        gives a certified answer.

        Raises ShapeError PNN-SHAPE-131 and -132 for inputs and rows of another shape, PropertyError
        PNN-PROP-302 for an empty box, UnsupportedError PNN-OP-232 for another method.

        Example: rows ``np.eye(10)[[y]] - np.eye(10)[others]`` bound the margins of class y.
        """
        if method not in ALIASES:
            raise UnsupportedError("PNN-OP-232", "there is no such method", expected=", ".join(ALIASES),
                                   got=repr(method), hint="alpha-CROWN is the tightest, IBP the fastest")
        ball = x if isinstance(x, BoundedTensor) else next(iter(x))
        lo, hi = (self._rows(end) for end in ball.box())
        c = self._matrix(C, len(lo))
        made = Bounds(self._regions, lo, hi, ALIASES[method], iterations)
        return made.lower(c) if bound_lower else None, -made.lower(-c) if bound_upper else None

    def _rows(self, x: Floats) -> Floats:
        """Inputs [batch, …] in the network's shape, or flat, as [batch, inputs]."""
        size = self.graph.input_type.size
        if x.ndim == 0 or len(x) == 0 or x.shape[1:] not in (self._row, (size,)):
            raise ShapeError("PNN-SHAPE-131", "these are no inputs of the network",
                             expected=f"[{', '.join(map(str, ('batch', *self._row)))}]", got=list(x.shape),
                             hint="the first axis counts inputs; one input is x[None]")
        return x.reshape(len(x), size)

    def _matrix(self, c: Any, batch: int) -> Floats:
        outputs = self.graph.output_type.size
        if c is None:
            return np.eye(outputs)[None]
        rows = _array(c)
        if rows.ndim != 3 or rows.shape[0] not in (1, batch) or rows.shape[2] != outputs:
            raise ShapeError("PNN-SHAPE-132", "C does not hold rows of coefficients of the outputs",
                             expected=f"[{batch}, specs, {outputs}]", got=list(rows.shape),
                             hint="one row [outputs] for all of the batch is row[None, None]")
        return rows


def _array(x: Any) -> Floats:
    """A tensor or an array in binary64."""
    return np.asarray(x.detach() if hasattr(x, "detach") else x, np.float64)
