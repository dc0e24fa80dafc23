"""Branch and bound on signs of pre-activations, batched (beta-CROWN, Wang et al., NeurIPS 2021).

One round takes the open domains with the worst bounds and, for each,
1. improves slopes, output multipliers and split multipliers of its open disjuncts, from its parent's;
2. closes it when none is open any more: what an ancestor refuted is bounded again, with adaptive slopes
   where they do, since a leaf of the certificate must refute every disjunct on its own;
3. shows the bounds' minimisers, which may be counterexamples;
4. splits what is left on the sign that promises most.
A domain without undecided signs goes on as a box whose inputs are split.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from provenn.bounds.backward import State
from provenn.bounds.regions import Floats
from provenn.bounds.slopes import RATE, WARM, Ascent, Combination, Family, combined, forward, improve_goals
from provenn.verify.branch import Brancher
from provenn.verify.candidates import chosen
from provenn.verify.certificate import Leaf, Slopes, Tree
from provenn.verify.deep import Deepener, Found
from provenn.verify.domains import Domain, Dual, Frame, Packing, Queue
from provenn.verify.pool import Hole
from provenn.verify.root import Refined, averaged

ROOT_STEPS, STEPS, AGAIN = 60, 20, 12
CANDIDATES, STUCK = 4, 1e-2
Pairs = list[tuple[int, int]]


@dataclass
class SignBrancher:
    """Branch and bound on signs below the root of one case."""

    base: Brancher
    root: Refined
    case: int
    queue: Queue = field(default_factory=Queue)

    def __post_init__(self) -> None:
        self.regions, self.goals, self.stats = self.base.regions, self.base.goals, self.base.stats
        self.queue.limit = self.base.limit
        self.packing = Packing(self.regions, self.root.state)
        if self.regions.noise is not None:
            self.regions.noise.freeze(self.root.state)
        self.deepener = Deepener(self.base, self.packing, self.case)
        final = self.base.final(self.root.state, np.array([self.case]))
        self.enough = 2.0 * final.margin[0]
        duals, none = {}, np.zeros(0, np.intp)
        for p, (first, count) in enumerate(zip(self.goals.first.tolist(), self.goals.rows)):
            start = np.zeros(self.goals.widest)
            start[:count] = 0.9 * final.multipliers[0, first : first + count] + 0.1 / count
            duals[p] = self.packing.fresh(start)
        open_ = tuple(np.flatnonzero(final.value[0] <= 0.0).tolist())
        self.frame = Frame(self.root.state, averaged(self.root.steps))
        hole = Hole(self.case, None, False, self.root.steps)
        domain = Domain(self.frame, hole, -np.inf, none, none, np.zeros(0), duals, open_)
        self.bytes = 200 + len(open_) * (duals[0].slopes.nbytes + 200)
        self.queue.add(domain, self.bytes)

    def round(self, count: int) -> None:
        """Work on up to ``count`` domains. Raises OutOfTime."""
        batch = self.queue.take(count)
        self.stats.boxes += len(batch)
        state = self.packing.state(batch)
        pairs = [(i, p) for i, domain in enumerate(batch) for p in domain.open]
        found = self.improve(batch, state, pairs, STEPS if len(batch[0].node) else ROOT_STEPS)
        bound = [np.inf] * len(batch)
        open_: list[list[int]] = [[] for _ in batch]
        for (i, p), value in zip(pairs, found.bound.tolist()):
            if value <= self.enough[p]:
                open_[i].append(p)
                bound[i] = min(bound[i], value)
        for domain, value, still in zip(batch, bound, open_):
            domain.bound, domain.open = value, tuple(still)
        self._close(batch, state)
        left = [i for i, domain in enumerate(batch) if domain.open]
        if left:
            value_of = dict(zip(pairs, found.bound.tolist()))
            hardest = [min((value_of.get((i, p), 0.0), p) for p in batch[i].open)[1] for i in left]
            self._split([batch[i] for i in left], state.take(np.array(left)), hardest)

    def _rows(self, pairs: Pairs) -> Combination:
        disjunct = np.array([p for _, p in pairs])
        return Combination(*self.goals.padded(np.full(len(pairs), self.case), disjunct))

    def improve(self, batch: Sequence[Domain], state: State, pairs: Pairs, steps: int) -> Ascent:
        """Better parameters for (domain, disjunct) pairs; they replace the old ones."""
        domains = [batch[i] for i, _ in pairs]
        duals = [batch[i].duals[p] for i, p in pairs]
        owner, enough = np.array([i for i, _ in pairs]), np.array([self.enough[p] for _, p in pairs])
        found = improve_goals(self.regions, state, owner, self._rows(pairs),
                              np.stack([d.multipliers for d in duals]), steps, enough,
                              self.packing.slopes(duals), self.packing.signs(domains, duals),
                              RATE if steps == ROOT_STEPS else WARM)
        packed = self.packing.pack(domains, duals, found.multipliers, found.best)
        for (i, p), dual in zip(pairs, packed):
            batch[i].duals[p] = dual
        return found

    def _close(self, batch: Sequence[Domain], state: State) -> None:
        """Finish the domains without open disjuncts; what cannot be shown again is opened again."""
        which = np.array([i for i, domain in enumerate(batch) if not domain.open], np.intp)
        if not len(which):
            return
        done, here = [batch[i] for i in which.tolist()], state.take(which)
        final = self.base.final(here, np.full(len(done), self.case))
        pairs = [(i, p) for i, p in np.argwhere(final.value <= 0.0).tolist()]
        parts = [self.base.parts(m) for m in final.multipliers]
        signs: list[list[Slopes]] = [[{} for _ in self.goals.rows] for _ in done]
        found = self.improve(done, here, pairs, AGAIN) if pairs else None
        for k, (i, p) in enumerate(pairs):
            assert found is not None
            final.value[i, p] = found.bound[k]
            if found.bound[k] <= self.enough[p]:
                done[i].open = (*done[i].open, p)
                done[i].bound = min(done[i].bound, float(found.bound[k]))
            weights = found.multipliers[k, : self.goals.rows[p]]
            parts[i][p] = (weights, found.best.vectors(self.regions.sizes, k))
            signs[i][p] = self._multipliers(done[i], done[i].duals[p])
        for i, domain in enumerate(done):
            if not domain.open:
                leaf = Leaf(tuple(parts[i]), tuple(signs[i]))
                self.base.hang(domain.hole, Tree((), leaf, float(final.value[i].min())))
                self.stats.leaves += 1

    def _multipliers(self, domain: Domain, dual: Dual) -> Slopes:
        """Split multipliers of a leaf as full vectors, by the node that they are about."""
        made: dict[int, Floats] = {}
        for k in np.flatnonzero(dual.weights).tolist():
            t = self.regions.source[int(domain.node[k])]
            row = made.setdefault(t, np.zeros(self.regions.sizes[t]))
            row[domain.neuron[k]] -= domain.sign[k] * dual.weights[k]
        return made

    def _split(self, domains: Sequence[Domain], state: State, hardest: list[int]) -> None:
        """Two children for every domain."""
        pairs = list(enumerate(hardest))
        duals = [d.duals[p] for d, p in zip(domains, hardest)]
        rows, multipliers = self._rows(pairs), np.stack([d.multipliers for d in duals])
        family = Family(self.regions, state, self.base.output, np.arange(len(domains)), 1,
                        self.packing.slopes(duals), self.packing.signs(domains, duals))
        here = combined(self.regions, family, rows, multipliers, state.lo, state.hi)
        value, argument = forward(self.regions, here.lines, here.tape, state.lo, state.hi)
        self.base.on_corners(value[0], np.full(len(domains), self.case))
        choice = chosen(self.regions, state, family, rows, multipliers, here, argument, CANDIDATES)
        decided = np.flatnonzero(choice.node < 0)
        if len(decided):
            self.base.pool.add(state.take(decided), np.full(len(decided), self.case),
                               np.array([domains[i].bound for i in decided.tolist()]),
                               [domains[i].hole for i in decided.tolist()])
        for k in np.flatnonzero(choice.node >= 0).tolist():
            node, neuron = int(choice.node[k]), int(choice.neuron[k])
            stuck = bool(choice.bounds[k].min() <= domains[k].bound * (1.0 - STUCK))
            if domains[k].wait == 0 or stuck:
                found = self.deepener.better(domains[k], node, neuron, self.improve)
            else:
                found = self._children(domains[k], node, neuron, choice.bounds[k])
            self.base.hang(domains[k].hole, Tree((), found.split, domains[k].bound))
            for child in found.children:
                self.queue.add(child, self.bytes)

    def _children(self, domain: Domain, node: int, neuron: int, bounds: Floats) -> Found:
        """Both sides of a plain split."""
        found = self.deepener.children(domain, node, neuron, fresh=False)
        for child, bound in zip(found.children, bounds.tolist()):
            child.bound = max(domain.bound, min(bound, 0.0))
        return found
