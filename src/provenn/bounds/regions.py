"""A graph seen as affine regions between nonlinear elementwise nodes.

A *leaf* is the network input or a unary node with lines (an activation). A *region* belongs to one
node, its target, and is the affine map from the leaves to that target:

    target = sum over leaves of A_leaf @ value(leaf) + offset          (everything flat)

Small dense regions are one matrix a leaf; the others (convolutions, large images) go through the
``transpose`` and ``kernel`` facets of their nodes, so a convolution never becomes a matrix.

Joints (provenn.bounds.joints) are leaves as well, so that coefficients on them add up before they go on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.copies import Origin, firsts, origin
from provenn.bounds.joints import flops, inside, joints
from provenn.errors import UnsupportedError
from provenn.ir.graph import Graph, check_constants
from provenn.ir.op import Array, Have
from provenn.ops.families import Fast

if TYPE_CHECKING:
    from provenn.bounds.noise import Noise

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Coefficients = dict[int, Floats]
Widths = tuple[Floats, Floats]

SMALL, LARGE, CACHED = 1 << 14, 1 << 19, 1 << 23
DENSE_SHARE = 0.25
NARROW = 16
ROWS_AT_ONCE = 256
IN_CACHE = 1 << 17
ODD = 0.9375


@dataclass
class Region:
    """The affine map that makes node ``target``; see the module for its meaning.

    ``joints`` are the regions of those leaves that are joints.
    """

    graph: Graph
    target: int
    nodes: tuple[int, ...]
    leaves: tuple[int, ...]
    fixed: dict[int, Array]
    sizes: dict[int, int]
    joints: dict[int, Region]
    tick: Callable[[], None] = lambda: None
    offset: Floats = field(init=False)
    matrices: Coefficients | None = field(init=False, default=None)
    _rows: Coefficients | None = field(init=False, default=None)
    _known: NDArray[np.bool_] | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.size = self.sizes[self.target]
        zeros = {leaf: np.zeros((1, self.sizes[leaf])) for leaf in self.leaves}
        self.offset = np.zeros(self.size)
        self.offset = self.push(zeros)[0].copy()
        entries = self.size * sum(self.sizes[leaf] for leaf in self.leaves)
        dense = self._share_of_nonzeros() >= DENSE_SHARE if entries > SMALL else True
        if dense and entries <= LARGE:
            few = NARROW * sum(self.sizes[leaf] for leaf in self.leaves) <= self.size
            self.matrices = self._push_units() if few else self._pull_units(np.arange(self.size))
        elif dense and entries <= CACHED:
            self._rows = {leaf: np.empty((self.size, self.sizes[leaf])) for leaf in self.leaves}
            self._known = np.zeros(self.size, bool)

    def _share_of_nonzeros(self) -> float:
        some = distinct(np.linspace(0, self.size - 1, 8).astype(np.intp))
        pulled = self._pull_units(some)
        count = sum(np.count_nonzero(c) for c in pulled.values())
        return count / max(1, sum(c.size for c in pulled.values()))

    def _push_units(self) -> Coefficients:
        """The matrices column by column, for far fewer leaves' elements than rows."""
        made = {}
        for leaf in self.leaves:
            values = {k: np.zeros((self.sizes[leaf], self.sizes[k])) for k in self.leaves}
            np.fill_diagonal(values[leaf], 1.0)
            made[leaf] = np.ascontiguousarray((self.push(values) - self.offset).T)
        return made

    def _pull_units(self, rows: Indices) -> Coefficients:
        parts = []
        for start in range(0, len(rows), ROWS_AT_ONCE):
            self.tick()
            some = rows[start : start + ROWS_AT_ONCE]
            unit = np.zeros((len(some), self.size))
            unit[np.arange(len(some)), some] = 1.0
            parts.append(self._walk_back(unit))
        return {leaf: np.concatenate([p[leaf] for p in parts]) for leaf in self.leaves}

    def start(self, rows: Indices) -> tuple[Coefficients, Floats]:
        """Coefficients [len(rows), leaf size] and constants of the rows e_j @ target, j in ``rows``."""
        if self.matrices is not None:
            return {leaf: w.take(rows, 0) for leaf, w in self.matrices.items()}, self.offset[rows]
        if self._rows is None or self._known is None:
            return self._pull_units(rows), self.offset[rows]
        new = distinct(rows[~self._known[rows]])
        if new.size:
            for leaf, c in self._pull_units(new).items():
                self._rows[leaf][new] = c
            self._known[new] = True
        return {leaf: w[rows] for leaf, w in self._rows.items()}, self.offset[rows]

    def pull(self, ct: Floats) -> tuple[Coefficients, Floats]:
        """``ct @ target`` as coefficients on the leaves and a constant; ``ct`` is [rows, size]."""
        self.tick()
        constant = ct @ self.offset
        if self.matrices is not None:
            return {leaf: ct @ w for leaf, w in self.matrices.items()}, constant
        return self._walk_back(ct), constant

    def push(self, values: Coefficients) -> Floats:
        """The target's value [rows, size] from the leaves' values [rows, leaf size]; adds those of joints."""
        self.tick()
        for leaf in self.leaves:
            if leaf not in values:
                values[leaf] = self.joints[leaf].push(values)
        if self.matrices is not None:
            total: Floats = self.offset
            for leaf, w in self.matrices.items():
                total = values[leaf] @ w.T + total
            return total
        given, step = {leaf: values[leaf] for leaf in self.leaves}, self._block()
        rows = max(len(v) for v in given.values())
        parts = [self._block_on({k: v[i : i + step] if len(v) == rows else v for k, v in given.items()})
                 for i in range(0, max(1, rows), step)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _block(self) -> int:
        """Rows that stay in the processor's cache together: twice as fast as all rows at once."""
        return max(8, IN_CACHE // max(self.size, *(self.sizes[leaf] for leaf in self.leaves)))

    def _block_on(self, values: Coefficients) -> Floats:
        return self.values(values)[self.target]

    def values(self, values: Coefficients) -> Coefficients:
        """The values [rows, size] of all nodes of the region, from those of its leaves."""
        here: dict[int, Array] = {}
        for leaf in self.leaves:
            here[leaf] = values[leaf].reshape(-1, *self.graph.nodes[leaf].type.shape)
        for i in self.nodes:
            node = self.graph.nodes[i]
            operands = [here[k] if k in here else self.fixed[k] for k in node.inputs]
            here[i] = node.op.need("kernel", self.graph.where(i))(Fast(), node.attrs, *operands)
        return {i: a.reshape(len(a), -1).astype(np.float64, copy=False) for i, a in here.items()}

    def _walk_back(self, ct: Floats) -> Coefficients:
        step = self._block()
        parts = [self._block_back(ct[i : i + step]) for i in range(0, max(1, len(ct)), step)]
        if len(parts) == 1:
            return parts[0]
        return {leaf: np.concatenate([p[leaf] for p in parts]) for leaf in self.leaves}

    def _block_back(self, ct: Floats) -> Coefficients:
        shape = self.graph.nodes[self.target].type.shape
        here: dict[int, Array] = {self.target: ct.reshape(-1, *shape)}
        for i in reversed(self.nodes):
            if i not in here:
                continue
            node, c = self.graph.nodes[i], here.pop(i)
            rule = node.op.need("transpose", self.graph.where(i))
            operands = [self.fixed.get(k) for k in node.inputs]
            types = [self.graph.nodes[k].type for k in node.inputs]
            for k, source in enumerate(node.inputs):
                if source not in self.fixed:
                    part = rule(node.attrs, k, c, operands, types)
                    here[source] = here[source] + part if source in here else part
        return {leaf: here[leaf].reshape(len(ct), -1).astype(np.float64, copy=False) for leaf in self.leaves}


class Pair:
    """Both sources of a product, side by side, as one region."""

    def __init__(self, left: Region, right: Region) -> None:
        self.parts = (left, right)
        self.leaves = tuple(sorted({*left.leaves, *right.leaves}))
        self.nodes = (*left.nodes, *right.nodes)

    def pull(self, ct: Floats) -> tuple[Coefficients, Floats]:
        """See ``Region.pull``; the halves of ``ct`` belong to the two sources."""
        (made, constant), (more, other) = (r.pull(c) for r, c in zip(self.parts, np.split(ct, 2, axis=1)))
        for leaf, c in more.items():
            made[leaf] = made[leaf] + c if leaf in made else c
        return made, constant + other

    def push(self, values: Coefficients) -> Floats:
        """See ``Region.push``."""
        return np.concatenate([r.push(values) for r in self.parts], 1)

    def start(self, rows: Indices) -> tuple[Coefficients, Floats]:
        """A pair is no target of its own."""
        raise NotImplementedError


class Regions:
    """All regions of a graph that bounds need: one for every unary node's source, and the output's.

    ``unary`` lists the unary nodes in topological order, ``source`` gives the node each reads,
    ``targets`` the pre-activation nodes in order (``affine`` those that are no unary nodes themselves,
    ``relays`` those that are),
    ``above`` the unary nodes below each target, ``passed`` the joints, ``curved`` the nodes that functions
    with curves read. Of a target that is a joint the region in ``of`` is the joint itself, that in ``joints``
    the map.
    ``tick`` runs before every product and may raise to stop the work.
    ``copies`` tells, of operands of products that repeat elements, the first of each kind, ``origins`` of
    which node's elements they are copies, where one holds all of them.
    ``products`` are nodes with planes; each counts as unary with a source of its own, the pair of its
    operands, which has a negative number. Raises UnsupportedError (PNN-OP-201) for a node that is neither
    affine nor has lines. ``noise``, where there is one, widens what is made of states: bounds then hold for
    executions in binary32.
    """

    noise: Noise | None = None

    def __init__(self, graph: Graph, tick: Callable[[], None] = lambda: None) -> None:
        self.graph, self.tick = check_constants(graph), tick
        self.sizes = {i: n.type.size for i, n in enumerate(graph)}
        self.fixed = _constants(graph)
        self.unary: list[int] = []
        self.products: list[int] = []
        self.source: dict[int, int] = {}
        for i, node in enumerate(graph):
            if i == 0 or i in self.fixed:
                continue
            if isinstance(node.op.planes, Have) and not any(k in self.fixed for k in node.inputs):
                self.products.append(i)
                self.source[i] = -i
            elif isinstance(node.op.lines, Have):
                self.unary.append(i)
                self.source[i] = node.inputs[0]
            elif not isinstance(node.op.transpose, Have):
                node.op.need("lines", graph.where(i))
        factors = {k for u in self.products for k in graph.nodes[u].inputs}
        self.targets = sorted({self.source[u] for u in self.unary} | factors - {0})
        if 0 in self.targets:
            self.targets.remove(0)
        self.of: dict[int, Any] = {}
        self.joints: dict[int, Region] = {}
        self.leaves = frozenset({0, *self.unary, *self.products})
        wanted = sorted({*self.targets, *factors, graph.output})
        for i in joints(graph, self.fixed, self.leaves, wanted):
            self.joints[i] = self._region(i, self.leaves | set(self.joints))
        for target in wanted:
            self.of[target] = self._region(target, self.leaves | set(self.joints))
        for u in self.products:
            self.of[-u] = Pair(*(self.of[k] for k in graph.nodes[u].inputs))
        self.affine = [t for t in self.targets if t not in self.leaves]
        self.relays = [t for t in self.targets if t in self.leaves]
        self.curved = factors | {self.source[u] for u in self.unary if graph.nodes[u].op.hint is not None}
        met = {t: self._upstream(t) for t in self.of}
        self.above = {t: tuple(u for u in found if u not in self.joints) for t, found in met.items()}
        self.passed = {t: tuple(u for u in found if u in self.joints) for t, found in met.items()}
        self.copies: dict[int, Indices] = {}
        self.origins: dict[int, Origin] = {}
        for t in self.affine:
            if t in factors:
                self._compare(t)

    def _region(self, target: int, leaves: Collection[int]) -> Region:
        if target in self.fixed:
            raise UnsupportedError("PNN-OP-202", "part of the network does not depend on its input",
                                   where=self.graph.where(target), hint="fold constants before verifying")
        nodes, found = inside(self.graph, self.fixed, leaves, target)
        return Region(self.graph, target, nodes, found, self.fixed, self.sizes, self.joints, self.tick)

    def _compare(self, target: int) -> None:
        """Note which elements of a target always have the same value, and where their values come from.

        Found by trying: values that agree at random leaves, bit for bit, are taken for equal.
        """
        rng, region = np.random.default_rng(0), self.of[target]
        values = region.values({leaf: rng.normal(size=(2, self.sizes[leaf])) for leaf in region.leaves})
        first = firsts(values[target])
        if first is not None:
            self.copies[target] = first
            found = origin(self.graph, {i: values[i] for i in region.nodes}, set(self.fixed), target)
            if found is not None:
                self.origins[target] = found

    def _upstream(self, target: int) -> tuple[int, ...]:
        found: set[int] = set()
        todo = [u for u in self.of[target].leaves if u]
        while todo:
            u = todo.pop()
            if u not in found:
                found.add(u)
                todo.extend(v for v in (self.below(u).leaves if self.source.get(u, u) else ()) if v)
        return tuple(sorted(found))

    def below(self, u: int) -> Any:
        """The region of what unary node ``u`` reads, if that is not the input; of joint ``u`` its own one."""
        return self.joints[u] if u in self.joints else self.of[self.source[u]]

    def last(self) -> tuple[int, ...]:
        """Targets whose bounds no other target's rows meet: only the output depends on them."""
        met = {k for t in self.targets for u in self.above[t] for k in self.graph.nodes[u].inputs}
        return tuple(t for t in self.affine if t not in met)

    def lines(self, u: int, lo: Floats, hi: Floats, alpha: Floats,
              noise: Widths | None = None) -> tuple[Floats, Floats, Floats, Floats]:
        """Lower slope, lower offset, upper slope, upper offset of unary node ``u`` (flat arrays).

        Slopes and bounds of a product are those of both operands, side by side; ties may follow the bounds
        (provenn.bounds.ties). ``noise``, of what the node
        reads and its own (``Noise.line``), moves the offsets away from the function.
        """
        if noise is not None:
            a, b, c, d = self.lines(u, lo, hi, alpha)
            under, over = (np.abs(k) * noise[0] for k in (a, c))
            if under.shape[1] != b.shape[1]:
                under, over = (np.add(*np.split(part, 2, axis=1)) for part in (under, over))
            return a, b - under - noise[1], c, d + over + noise[1]
        if self.source[u] < 0:
            size = self.sizes[u]
            x, y, *ties = ((lo[..., i : i + size], hi[..., i : i + size])
                           for i in range(0, lo.shape[-1], size))
            tied = [(m, *ends) for m, ends in zip(ties[-1], ties)] if ties else []
            rule = self.graph.nodes[u].op.need("planes")
            a, b, low, c, d, high = np.broadcast_arrays(*rule(x, y, alpha, *tied))
            return np.concatenate([a, b], -1), low, np.concatenate([c, d], -1), high
        made: tuple[Floats, Floats, Floats, Floats] = self.graph.nodes[u].op.need("lines")(lo, hi, alpha)
        return made

    def free(self, u: int) -> bool:
        """Whether the parameter of the lines of ``u`` is a hint, in which they are not affine."""
        return self.source[u] < 0 or self.graph.nodes[u].op.hint is not None

    def hint(self, u: int, lo: Floats, hi: Floats) -> Floats:
        """The parameter of the lines of unary node ``u`` that the checker takes unless told otherwise."""
        if self.source[u] < 0:
            return np.full((len(lo), self.sizes[u]), 0.5)
        rule = self.graph.nodes[u].op.hint
        made: Floats = adaptive(lo, hi) if rule is None else rule(lo, hi).astype(np.float64)
        return made

    def flops(self, target: int) -> float:
        """Multiplications and additions of one backward row from ``target`` to the input, roughly."""
        met = [*self.above[target], *self.passed[target]]
        regions = [self.of[target], *(self.below(u) for u in met if self.source.get(u, u))]
        parts = [r for p in regions for r in getattr(p, "parts", (p,))]
        return float(sum(flops(r.graph, r.nodes, r.fixed) for r in parts))


def distinct(indices: Indices) -> Indices:
    """Sorted, each once; ``np.unique`` would load masked arrays for it, which takes longer."""
    ordered = np.sort(indices)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def adaptive(low: Floats, high: Floats) -> Floats:
    """Lower slope 1 where the positive side dominates, else 0; the odd threshold avoids exact ties."""
    return (high >= -ODD * low).astype(np.float64)


def _constants(graph: Graph) -> dict[int, Array]:
    """Binary64 values (batch axis 1) of every node that does not depend on the input."""
    fixed: dict[int, Array] = {}
    for i, node in enumerate(graph):
        if node.value is not None:
            fixed[i] = node.value[None].astype(np.float64)
        elif i and node.inputs and all(k in fixed for k in node.inputs):
            fixed[i] = node.op.need("kernel")(Fast(), node.attrs, *(fixed[k] for k in node.inputs))
    return fixed

