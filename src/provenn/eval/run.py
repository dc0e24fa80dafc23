"""Run a graph over an arithmetic.

    run(graph, x)                    fast: BLAS order, the dtype of ``x``
    run(graph, x, Ordered())         the binary32 reference: one fixed order, every step rounded

The reference order of a sum of products is: start from the first product, add the others one by one
in increasing index order, then the bias. No fused multiply-add. For a dense layer the index is that of the
input; for a convolution it runs over the weight as stored, channel first, then row, then column, and the
products with padding are added like any other. Every product and every sum is rounded to binary32, to
nearest, ties to even, subnormal numbers kept; the same order is [dot32] in theories/Float/Reference.v,
which is proved to be Flocq's binary32. Elementwise +, -, *, / and square roots are correctly rounded; exp,
log, tanh, sin, cos and what is made of them are NumPy's, as accurate as ``provenn sweep`` measures.
Operations of training graphs that sum by themselves (contract, logsumexp) have no fixed order here.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.errors import ShapeError
from provenn.ir.graph import Graph
from provenn.ir.op import Arithmetic, Array
from provenn.ops.families import Fast


class Ordered:
    """Sums of products in increasing index order, each product and each sum rounded."""

    def contract(self, x: Array, w: Array) -> Array:
        """``x[..., k] * w[m, k]`` added for k = 0, 1, 2, …"""
        columns = np.ascontiguousarray(w.T)
        total = x[..., 0, None] * columns[0]
        product = np.empty_like(total)
        for k in range(1, len(columns)):
            np.multiply(x[..., k, None], columns[k], out=product)
            np.add(total, product, out=total)
        out: Array = total
        return out


def values(graph: Graph, x: Array, arith: Arithmetic | None = None) -> list[Array]:
    """Value of every node for a batch ``x`` [batch, *input shape]; parameters take the dtype of ``x``.

    Raises ShapeError (PNN-SHAPE-103) when ``x`` is not a batch of inputs.
    """
    if x.shape[1:] != graph.input_type.shape:
        raise ShapeError("PNN-SHAPE-103", "the input does not have the network's shape",
                         expected=f"[batch, {', '.join(map(str, graph.input_type.shape))}]",
                         got=list(x.shape))
    arith = arith or Fast()
    out: list[Array] = [x]
    for node in graph.nodes[1:]:
        if node.value is not None:
            out.append(node.value[None].astype(x.dtype))
        else:
            out.append(node.op.need("kernel")(arith, node.attrs, *(out[i] for i in node.inputs)))
    return out


def execute(graph: Graph, feeds: Sequence[Array], arith: Arithmetic | None = None) -> list[Array]:
    """Outputs of a graph with any number of inputs, given in the order of ``graph.inputs``.

    All arrays have exactly the shapes of the graph, without a batch axis; constants take the type of the
    first feed. Raises ShapeError (PNN-SHAPE-103) for a wrong count or shape.
    """
    if [np.shape(x) for x in feeds] != [graph.nodes[i].type.shape for i in graph.inputs]:
        raise ShapeError("PNN-SHAPE-103", "the inputs do not have the graph's shapes",
                         expected=[list(graph.nodes[i].type.shape) for i in graph.inputs],
                         got=[list(np.shape(x)) for x in feeds])
    arith = arith or Fast()
    dtype = feeds[0].dtype if feeds else np.dtype(np.float32)
    given = iter(feeds)
    out: list[Array] = []
    for node in graph:
        if node.value is not None:
            out.append(node.value[None].astype(dtype))
        elif node.is_input:
            out.append(np.asarray(next(given))[None])
        else:
            out.append(node.op.need("kernel")(arith, node.attrs, *(out[i] for i in node.inputs)))
    return [out[i][0] for i in graph.outputs]


def run(graph: Graph, x: Array, arith: Arithmetic | None = None) -> Array:
    """The network's output for a batch of inputs: [batch, *output shape]."""
    return values(graph, x, arith)[graph.output]


def replay(graph: Graph, x: Array) -> Array:
    """Binary32 reference value at one input of any shape with the right number of elements; flat result."""
    batch = np.asarray(x, np.float32).reshape(1, *graph.input_type.shape)
    with np.errstate(over="ignore", invalid="ignore"):
        return run(graph, batch, Ordered()).ravel()
