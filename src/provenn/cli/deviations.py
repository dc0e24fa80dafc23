"""``provenn train --bound``: the rounding errors of one more step, bounded, stored and printed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from provenn.cli.console import narrate, say
from provenn.io.output import write_atomically

if TYPE_CHECKING:
    from provenn.train.rounding import Deviation
    from provenn.train.session import Session

FILE = "rounding.json"


def of_one_step(made: Session) -> list[Deviation]:
    """Bounds for the step that would come next, at the largest rate of the run. It is not kept."""
    from provenn.train import rounding
    from provenn.train.dataset import DataLoader

    narrate("bounding the rounding errors of one more step")
    s = made.settings
    loader = DataLoader(made.train, s.batch_size, shuffle=True, seed=s.seed, drop_last=True)
    return rounding.measure(made.step, *next(loader.epoch(s.epochs)), lr=s.rate)


def keep(made: Session, found: list[Deviation]) -> list[Path]:
    """Write what was found, if anything, to the run's folder."""
    from provenn.train.rounding import COVERED

    if not found or made.folder is None:
        return []
    facts = {"covers": COVERED, "rate": made.settings.rate, "bounds": [d.data() for d in found]}
    write_atomically(made.folder / FILE, json.dumps(facts, indent=1) + "\n")
    return [made.folder / FILE]


def show(found: list[Deviation]) -> None:
    """Loss, norm and the whole of gradients and updates; of their parts those that have no useful bound."""
    from provenn.train.rounding import COVERED, sentence

    if not found:
        return
    say()
    say("one more step, in binary32 and over the reals (2-norms):")
    parts = [d for d in found if d.name.startswith(("gradient ", "update "))]
    for d in found:
        if d not in parts:
            say("  " + sentence(d))
    if empty := [d.name for d in parts if d.vacuous]:
        say(f"  vacuous for {len(empty)} of {len(parts)} parts: {', '.join(empty)}")
    say(f"  {COVERED}")
