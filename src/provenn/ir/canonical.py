"""Canonical form of a graph: 64-bit words whose SHA-256 names the network (docs/formats/graph.md).

Two graphs have the same words exactly when they have the same nodes in the same order with the
same attributes and bit-identical parameters; names are not part of it.
"""

from __future__ import annotations

import numpy as np

from provenn.base.types import DTYPE_CODES
from provenn.base.words import GRAPH_MAGIC, VERSION, Words, sha256
from provenn.ir.graph import Graph


def graph_words(graph: Graph) -> Words:
    """The words of ``graph``: header, then one block a node."""
    blocks: list[Words] = []
    for node in graph:
        ints = [node.op.code, DTYPE_CODES[node.type.dtype], len(node.type.shape), *node.type.shape]
        ints += [len(node.inputs), *node.inputs]
        attrs = node.op.encode(node.attrs)
        ints += [len(attrs), *attrs]
        data = np.zeros(0) if node.value is None else node.value.astype(np.float64).ravel()
        blocks += [np.array([*ints, data.size], np.float64), data]
    body = np.concatenate(blocks)
    more = graph.outputs[1:]
    size = 6 + len(more) + body.size
    head = np.array([GRAPH_MAGIC, VERSION, size, len(graph.nodes), graph.output, len(more), *more])
    return np.concatenate([head, body])


def graph_hash(graph: Graph) -> str:
    """SHA-256 of the canonical form, the network's name."""
    return sha256(graph_words(graph))
