"""Open domains and trees on their way between processes.

A *portion* holds open boxes and domains with everything known about them. Whoever gives it away keeps the
holes where its trees belong; they come back as flat lists, since pickle would recurse into them, in which
numbers stand for what is still open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from provenn.bounds.backward import State
from provenn.bounds.regions import Floats, Indices
from provenn.verify.certificate import Empty, Leaf, Split, Step, Tree
from provenn.verify.domains import Domain, Frame
from provenn.verify.pool import Hole, Pool
from provenn.verify.signs import SignBrancher

Piece = int | tuple[tuple[Step, ...], Leaf | Split | Empty, float]
NOWHERE = Frame(State(np.zeros((0, 0)), np.zeros((0, 0)), {}, {}), {})
NO_HOLE = Hole(0, None, False)


@dataclass
class Portion:
    """Open domains on their way, boxes first; tree number k belongs to the k-th.

    ``frames`` are those of the domains, None for the root's, which everyone has. ``holes`` say, of each, the
    steps that go before its tree, its level, and where ascents begin.
    """

    state: State
    case: Indices
    bound: Floats
    domains: list[Domain]
    frames: list[Frame | None]
    holes: list[Hole]

    def __len__(self) -> int:
        return len(self.holes)

    @property
    def worst(self) -> float:
        """The smallest bound."""
        return min([*self.bound.tolist(), *(d.bound for d in self.domains)], default=np.inf)

    def take(self, which: Sequence[int]) -> Portion:
        """Some of them, in this order; boxes must come first."""
        count = len(self.case)
        rows = np.array([i for i in which if i < count], np.intp)
        some = [i - count for i in which if i >= count]
        return Portion(self.state.take(rows), self.case[rows], self.bound[rows],
                       [self.domains[i] for i in some], [self.frames[i] for i in some],
                       [self.holes[i] for i in which])

    def numbered(self, first: int = 0) -> list[Hole]:
        """Holes for whoever works on it: the k-th is the root of tree ``first`` + k."""
        return [Hole(k, None, False, level=h.level, start=h.start) for k, h in enumerate(self.holes, first)]


def removed(pool: Pool, signs: SignBrancher | None, count: int) -> tuple[Portion, list[Hole]]:
    """Take up to ``count`` of the worst open domains; the holes for their trees stay here."""
    domains = [] if signs is None else signs.queue.take(count)
    state, case, bound, boxes = pool.remove(count - len(domains))
    holes = boxes + [d.hole for d in domains]
    frames = [None if signs is None or d.frame is signs.frame else d.frame for d in domains]
    bare = [replace(d, hole=NO_HOLE, frame=NOWHERE) for d in domains]
    known = [replace(h, case=0, split=None, above=False) for h in holes]
    return Portion(state, case, bound, bare, frames, known), holes


def added(pool: Pool, signs: SignBrancher | None, portion: Portion, holes: Sequence[Hole]) -> None:
    """Put a portion back, with these holes."""
    boxes = len(portion.case)
    pool.add(portion.state, portion.case, portion.bound, list(holes[:boxes]))
    for domain, frame, hole in zip(portion.domains, portion.frames, holes[boxes:]):
        assert signs is not None
        signs.queue.add(replace(domain, hole=hole, frame=frame or signs.frame), signs.bytes)


def dealt(pool: Pool, signs: SignBrancher | None, count: int,
          hands: int) -> list[tuple[Portion, list[Hole]]]:
    """Take up to ``count`` of the worst open domains, dealt out so that everyone gets good and bad ones."""
    portion, holes = removed(pool, signs, count)
    bounds = np.concatenate([portion.bound, [d.bound for d in portion.domains]])
    order = np.argsort(bounds, kind="stable")
    shares = [np.sort(order[k::hands]).tolist() for k in range(hands)]
    return [(portion.take(some), [holes[i] for i in some]) for some in shares]


def spared(pool: Pool, signs: SignBrancher | None, have: int, count: int) -> tuple[Portion, list[Hole]]:
    """Take ``count`` of ``have`` open domains: every other one of the worst, if there are so many."""
    if have < 2 * count:
        return removed(pool, signs, count)
    some, mine = dealt(pool, signs, 2 * count, 2)
    added(pool, signs, *mine)
    return some


def packed(root: Tree | int, places: Mapping[tuple[int, bool], int]) -> list[Piece]:
    """A tree in the order of the file; ``places`` numbers the open sides of splits (by identity).

    Sides that are open and have no number get -1.
    """
    made: list[Piece] = []
    todo = [root]
    while todo:
        here = todo.pop()
        if isinstance(here, int):
            made.append(here)
        elif isinstance(end := here.end, Split):
            made.append((here.steps, Split(end.index, end.value, node=end.node), here.bound))
            for child, above in ((end.above, True), (end.below, False)):
                todo.append(places.get((id(end), above), -1) if child is None else child)
        else:
            made.append((here.steps, end, here.bound))
    return made


def hung(pieces: Sequence[Piece], hole: Hole, hang: Callable[[Hole, Tree], None],
         open_: dict[int, Hole]) -> None:
    """Build a tree again where it belongs; ``open_`` gets the holes that it leaves, by number."""
    todo = [hole]
    for piece in pieces:
        here = todo.pop()
        if isinstance(piece, int):
            open_[piece] = here
            continue
        steps, end, bound = piece
        hang(here, Tree(steps, end, bound))
        if isinstance(end, Split):
            todo += [Hole(hole.case, end, True), Hole(hole.case, end, False)]
