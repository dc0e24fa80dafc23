"""Reverse mode: from a graph of core operations to the graph that also holds its cotangents.

The transformation is the one of theories/Autodiff/Reverse.v, node for node: nodes are visited from the
last to the first, and each active operand of a visited node receives what the op's ``grad`` rule emits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenn.errors import GraphError
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph, Node
from provenn.ir.op import Zero
from provenn.ops import ALL


def active(nodes: Sequence[Node], wrt: Sequence[int]) -> list[bool]:
    """For each node, whether its value depends on the nodes ``wrt``."""
    flags: list[bool] = []
    for i, node in enumerate(nodes):
        flags.append(i in wrt or any(flags[k] for k in node.inputs))
    return flags


def vjp(builder: Builder, wrt: Sequence[int], seeds: Mapping[int, int]) -> list[int]:
    """Append the cotangents of the inputs ``wrt``; returns their node numbers, in that order.

    ``seeds`` maps a node to the node that holds its cotangent, of the same shape. An input on which no
    seeded node depends gets zeros. Theorem: Provenn.Autodiff.ReverseProof.vjp_correct.

    Raises GraphError PNN-GRAPH-104 when a node of ``wrt`` is no input, UnsupportedError PNN-OP-201 for an
    op without a gradient.
    """
    emit = GraphEmitter(builder, ALL)
    count = len(builder.nodes)
    for i in wrt:
        if not builder.nodes[i].is_input:
            raise GraphError("PNN-GRAPH-104", "gradients are taken with respect to inputs of the graph",
                             where=f"node {i}", expected="an input", got=builder.nodes[i].op.tag)
    flags = active(builder.nodes, wrt)
    cotangents = dict(seeds)
    for i in range(count - 1, -1, -1):
        node = builder.nodes[i]
        if i not in cotangents or not flags[i] or not node.inputs or isinstance(node.op.grad, Zero):
            continue
        rule = node.op.need("grad", f"node {i} {node.name!r}")
        for slot, k in enumerate(node.inputs):
            if flags[k]:
                ct = rule(emit, slot, node.inputs, i, cotangents[i])
                cotangents[k] = emit.add(cotangents[k], ct) if k in cotangents else ct
    return [cotangents[i] if i in cotangents else emit.fill(0.0, builder.nodes[i].type.shape) for i in wrt]


def gradient(graph: Graph, wrt: Sequence[int] | None = None) -> Graph:
    """``graph``, whose first output is a scalar, with the gradient of that output as further outputs.

    ``wrt`` lists inputs, all of them unless told otherwise. Outputs: those of ``graph``, then one gradient
    for each input of ``wrt``. Theorem: Provenn.Autodiff.ReverseProof.loss_gradient_correct.
    """
    wrt = graph.inputs if wrt is None else wrt
    if graph.output_type.shape != ():
        raise GraphError("PNN-GRAPH-105", "only a scalar has a gradient", where=graph.where(graph.output),
                         expected="shape []", got=graph.output_type,
                         hint="sum or average the result, or use vjp with a cotangent of its shape")
    builder = Builder(graph.name, list(graph.nodes))
    seed = GraphEmitter(builder, ALL).scalar(1.0)
    grads = vjp(builder, wrt, {graph.output: seed})
    return Graph(tuple(builder.nodes), (*graph.outputs, *grads), graph.name)
