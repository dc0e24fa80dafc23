"""Graphs from their canonical words (docs/formats/graph.md): the inverse of ``graph_words``.

Whatever these words do not settle, a word that is no node number, a shape that the operation does not give,
is an error that names the node; nothing is repaired.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from provenn.base.types import DTYPE_CODES
from provenn.base.words import GRAPH_MAGIC, VERSION, Words
from provenn.errors import FileError, UnsupportedError
from provenn.ir.attributes import decode
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Op

COUNT = 1 << 21
OFFSET = 1 << 40
HEADER = 6
PARAMETER = "parameter"


def read_graph_words(words: Words, ops: Mapping[str, Op], where: str = "", name: str = "network",
                     dtype: str = "float32") -> Graph:
    """The graph whose canonical words these are; ``graph_words`` of it gives them back, bit for bit.

    ``ops`` are the operations by tag, ``where`` names the words in errors. Nodes have no names, since words
    have none. ``dtype`` is what the network computes with, float32 or float64; words do not say it. Raises
    FileError PNN-GRAPH-111 for words that are no graph and PNN-GRAPH-113 for a parameter that binary32 cannot
    hold, where it must, UnsupportedError PNN-GRAPH-112 for an operation that is not known, ShapeError for
    operands that do not fit.
    """
    by_code = {op.code: op for op in ops.values()}
    return _Reader(np.asarray(words, np.float64), by_code, where, dtype).graph(name)


@dataclass
class _Reader:
    """A place in a sequence of words."""

    words: Words
    ops: Mapping[int, Op]
    where: str
    dtype: str
    at: int = 0

    def graph(self, name: str) -> Graph:
        """Header, nodes, and nothing behind them."""
        nodes, outputs = self._header()
        builder = Builder(name)
        for k in range(nodes):
            self._node(builder, k)
        if self.at != self.words.size:
            self._fail("words follow the last node", self.words.size, self.at)
        return Graph(tuple(builder.nodes), outputs, name)

    def _header(self) -> tuple[int, tuple[int, ...]]:
        head = self.words[:3].tolist()
        if len(self.words) < HEADER or head[0] != GRAPH_MAGIC:
            self._fail("these words are no graph", "eight bytes pvnGRAPH and a header of 6 words",
                       f"{self.words.size} words")
        if head[1] != VERSION:
            self._fail("a canonical graph of another version", VERSION, f"{head[1]:g}")
        if head[2] != self.words.size:
            self._fail("the header counts other words than there are", f"{self.words.size} words",
                       f"{head[2]:g}")
        self.at = 3
        nodes = self._count("number of nodes", low=1)
        outputs = [self._count("output node", high=nodes - 1)]
        more = self._count("number of further outputs")
        outputs += [self._count("output node", high=nodes - 1) for _ in range(more)]
        return nodes, tuple(outputs)

    def _node(self, builder: Builder, k: int) -> None:
        """One block; the node must come out with the type that the block declares."""
        op = self._op(k)
        dtype = self._count(f"element type of node {k}", 1, max(DTYPE_CODES.values()))
        shape = tuple(self._count(f"size of node {k}", low=1)
                      for _ in range(self._count(f"rank of node {k}")))
        operands = [self._count(f"operand of node {k}", high=k - 1)
                    for _ in range(self._count(f"number of operands of node {k}"))]
        ints = [self._count(f"attribute of node {k}", -OFFSET, OFFSET)
                for _ in range(self._count(f"number of attributes of node {k}"))]
        data = self._take(self._count(f"number of data words of node {k}", high=self.words.size), k)
        attrs = decode(op.attrs, ints, len(shape))
        if attrs is None:
            self._fail(f"the attributes of node {k} ({op.tag}) do not fit", ", ".join(op.attrs) or "none",
                       ints)
        if (op.tag == PARAMETER) != bool(data.size) or (data.size and data.size != math.prod(shape)):
            self._fail(f"node {k} ({op.tag}) has the wrong number of data words",
                       math.prod(shape) if op.tag == PARAMETER else 0, data.size)
        if data.size:
            self._parameter(builder, op, data.reshape(shape), k)
        else:
            self._computed(builder, op, operands, attrs, shape)
        made = builder.nodes[-1].type
        if made.shape != shape or DTYPE_CODES[made.dtype] != dtype:
            self._fail(f"node {k} ({op.tag}) has another type than its operands give", made, list(shape))

    def _op(self, k: int) -> Op:
        code = self._count(f"operation of node {k}")
        if code not in self.ops:
            raise UnsupportedError("PNN-GRAPH-112", "an operation that this version does not know",
                                   where=self._place(f"node {k}"), got=f"operation code {code}",
                                   expected="a code of docs/formats/graph.md",
                                   hint="another program, or a newer version, wrote the file")
        return self.ops[code]

    def _parameter(self, builder: Builder, op: Op, data: Words, k: int) -> None:
        """A constant tensor, whose numbers must be binary32 numbers where those are computed with."""
        if self.dtype == "float64":
            builder.parameter(op, data, dtype=self.dtype)
            return
        with np.errstate(over="ignore"):
            single = data.astype(np.float32)
        bad = np.flatnonzero(single.astype(np.float64).view(np.uint64) != data.view(np.uint64))
        if bad.size:
            raise FileError("PNN-GRAPH-113", "a parameter is no binary32 number",
                            where=self._place(f"node {k}, element {bad[0]} of {data.size}"),
                            expected="a finite number that binary32 holds",
                            got=repr(float(data.flat[bad[0]])),
                            hint="round the weights on purpose before they are written")
        builder.parameter(op, single)

    def _computed(self, builder: Builder, op: Op, operands: list[int], attrs: dict[str, Any],
                  shape: tuple[int, ...]) -> None:
        """A node; where an op's shape is an attribute of its own, that is the one the block declares."""
        try:
            builder.add(op, *operands, **attrs)
        except KeyError as e:
            if e.args != ("shape",):
                raise
            kind = {"dtype": self.dtype} if not operands and self.dtype != "float32" else {}
            builder.add(op, *operands, shape=shape, **kind, **attrs)

    def _take(self, count: int, k: int) -> Words:
        if self.at + count > self.words.size:
            self._fail(f"the words stop inside node {k}", f"{count} more words", self.words.size - self.at)
        self.at += count
        return self.words[self.at - count : self.at].copy()

    def _count(self, what: str, low: int = 0, high: int = COUNT) -> int:
        """The next word as a whole number in a range."""
        if self.at >= self.words.size:
            self._fail("the words end too early", what, "nothing")
        word = float(self.words[self.at])
        if not (low <= word <= high and word == int(word)):
            self._fail("a word is no such number", f"{what}: a whole number from {low} to {high}", repr(word))
        self.at += 1
        return int(word)

    def _place(self, at: str) -> str:
        return f"{self.where}, {at}" if self.where else at

    def _fail(self, what: str, expected: object, got: object) -> NoReturn:
        raise FileError("PNN-GRAPH-111", what, where=self._place(f"word {self.at}"), expected=expected,
                        got=got, hint="the file was cut off or changed; see docs/formats/graph.md")
