"""Nodes that a certificate encloses again, so that noise becomes as small as sharper bounds allow.

Magnitudes of activations follow from bounds that were sharpened; those of affine nodes on the way to the
next activation stay as they were first enclosed, which in deep networks is larger by orders. So do the
bounds of what that activation reads (provenn.bounds.enclosures).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provenn.bounds.noise import Inner
from provenn.verify.certificate import Again, Step


@dataclass
class Renewals:
    """The steps in between, while targets are sharpened one after the other; ``changed`` are those so far."""

    inner: Mapping[int, Inner]
    changed: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)

    def before(self, target: int) -> list[Step]:
        """What to enclose again before ``target`` is sharpened, or before the leaf when it is the output."""
        here = self.inner.get(target)
        if here is None or self.changed.isdisjoint(here.sources):
            return []
        todo = [i for i in here.nodes if i not in self.done]
        self.done.update(todo)
        if target in todo:
            self.changed.add(target)
        return [Again(i) for i in todo]
