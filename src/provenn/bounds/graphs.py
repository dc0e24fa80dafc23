"""Bounds as part of a graph: nodes that compute lower and upper ends of other nodes.

What these nodes compute is interval arithmetic, or backward relaxation over interval bounds, in operations of
the differentiable core. So bounds are differentiated, compiled and trained like any other value, under the
same theorem about gradients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from provenn.base.views import Loops
from provenn.errors import UnsupportedError
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Graph
from provenn.ir.op import Ends, Have


def enclose(emit: GraphEmitter, boxes: Mapping[int, Ends], wanted: Sequence[int]) -> list[Ends]:
    """Append bounds of the nodes ``wanted``, given those of earlier ones; returns (lower, upper) of each.

    ``boxes`` maps nodes to the nodes of their ends, of the same shape. Nodes that depend on none of them are
    exact: both of their ends are the node itself. Rounding is ignored, as everywhere in training.
    Raises UnsupportedError: PNN-OP-201 for an op that cannot be enclosed, PNN-OP-203 for a product of two
    intervals.

    Example: the ends of relu(x) for x in [lo, hi] are relu(lo) and relu(hi).
    """
    nodes = emit.builder.nodes
    count = max(wanted, default=-1) + 1
    needed = [False] * count
    for i in range(count - 1, -1, -1):
        needed[i] |= i in wanted
        if needed[i] and i not in boxes:
            for k in nodes[i].inputs:
                needed[k] = True
    ends: dict[int, Ends] = dict(boxes)
    for i in range(count):
        if not needed[i] or i in boxes:
            continue
        operands = [ends[k] for k in nodes[i].inputs]
        if all(low == high for low, high in operands):
            ends[i] = (i, i)
        else:
            ends[i] = _node(emit, i, operands)
    return [ends[i] for i in wanted]


def _node(emit: GraphEmitter, i: int, operands: Sequence[Ends]) -> Ends:
    """Bounds of node ``i`` from those of its operands."""
    node = emit.builder.nodes[i]
    where = f"node {i} {node.name!r} ({node.op.tag})" if node.name else f"node {i} ({node.op.tag})"
    try:
        made: Ends = node.op.need("enclose", where)(emit, node.attrs, *operands)
    except UnsupportedError as e:
        raise UnsupportedError(e.code, e.what, where=e.where or where, expected=e.expected, got=e.got,
                               hint=e.hint) from None
    return made


def relaxed(emit: GraphEmitter, graph: Graph, given: Sequence[int], ends: Mapping[int, Ends], box: Ends,
            rows: int) -> int:
    """Append lower bounds of linear rows of a network's output, by backward relaxation (CROWN).

    ``graph`` is a core graph whose first input varies over ``box``; ``given`` are nodes for its other inputs,
    which are exact. The first axis counts rows: row r of node ``rows`` holds the coefficients of row r of the
    output, and the result [count] its lower bound. ``ends`` bounds what each relaxed node reads, by number in
    ``graph``. Lower lines have slope 1 where the positive side dominates, else 0, as the checker's own.
    Zhang et al., NeurIPS 2018 and (CROWN-IBP) ICLR 2020. Raises UnsupportedError PNN-OP-201 for an op that is
    neither affine nor has lines as a graph.
    """
    place = _copied(emit, graph, [box[0], *given])
    varies: list[bool] = []
    for i, node in enumerate(graph):
        varies.append(i == graph.inputs[0] or any(varies[k] for k in node.inputs))
    back, constants = {graph.output: rows}, list[int]()

    def send(k: int, part: int) -> None:
        if varies[k]:
            back[k] = emit.add(back[k], part) if k in back else part
        else:
            constants.append(_per_row(emit, emit.mul(part, place[k])))

    for i in range(graph.output, graph.inputs[0], -1):
        node = graph.nodes[i]
        if i not in back or not varies[i]:
            continue
        c = back.pop(i)
        if isinstance(node.op.relax, Have):
            lower, upper, offset = node.op.relax.rule(emit, *ends[node.inputs[0]])
            down = emit.sub(c, emit.relu(c))
            constants.append(_per_row(emit, emit.mul(down, offset)))
            send(node.inputs[0], emit.add(emit.mul(emit.relu(c), lower), emit.mul(down, upper)))
            continue
        if "affine" not in node.op.facts:
            node.op.need("relax", graph.where(i))
        if "sum" not in node.op.facts and sum(varies[k] for k in node.inputs) > 1:
            raise UnsupportedError("PNN-OP-203", f"bounds of {node.op.tag} need one exact operand",
                                   where=graph.where(i), got="several that depend on the box")
        for slot, k in enumerate(node.inputs):
            if varies[k] or "sum" in node.op.facts:
                rule = node.op.need("grad", graph.where(i))
                send(k, rule(emit, slot, [place[j] for j in node.inputs], place[i], c))
    entry = back[graph.inputs[0]]
    positive = emit.relu(entry)
    total = _per_row(emit, emit.add(emit.mul(positive, box[0]), emit.mul(emit.sub(entry, positive), box[1])))
    for constant in constants:
        total = emit.add(total, constant)
    return total


def _copied(emit: GraphEmitter, graph: Graph, given: Sequence[int]) -> list[int]:
    """The nodes of ``graph`` appended, with ``given`` as its inputs; their numbers."""
    values, place = iter(given), list[int]()
    for node in graph:
        if node.is_input:
            place.append(next(values))
        elif node.value is not None:
            place.append(emit.builder.parameter(node.op, node.value, node.name))
        else:
            place.append(emit.builder.add(node.op, *(place[k] for k in node.inputs), **node.attrs))
    return place


def _per_row(emit: GraphEmitter, x: int) -> int:
    """Sums over all axes but the first."""
    shape = emit.type(x).shape
    loops = Loops(shape)
    return emit.move(x, shape=shape[:1], loops=loops, out=loops.view(0), src=loops.view(*range(len(shape))))
