"""What ties a run to the theorem: the checker's word on the very step graph that trained, and its record.

The checker makes the step once more, by the transformation extracted from Coq, and compares all words.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from provenn.errors import ToolError
from provenn.io.output import write_atomically
from provenn.train.step import Shapes, TrainStep
from provenn.verify import checker
from provenn.verify.checker import CheckResult

RECORD = "checked.json"
TRANSFORMATION = "Provenn.Autodiff.Step.train_step"
# Refusals that say nothing about the step, only about its size.
LIMITS = ("stack-overflow", "out-of-memory", "too-large")


def tie(step: TrainStep, shapes: Shapes) -> dict[str, Any]:
    """Ask the checker about the step for these shapes.

    ``accepted`` is None where no checker can be asked or the step is too large for it; ``reason`` says why.
    """
    try:
        return record(step.check(shapes))
    except ToolError as e:
        return {"accepted": None, "reason": f"{e.code}: {e.what}", "theorem": checker.STEP_THEOREM}


def record(said: CheckResult) -> dict[str, Any]:
    """What the checker said as plain data."""
    accepted = None if said.reason in LIMITS else said.accepted
    return {"accepted": accepted, "reason": said.reason, "detail": said.detail, "facts": said.facts,
            "seconds": said.seconds, "checker_sha256": said.binary_sha256, "theorem": checker.STEP_THEOREM}


def sentence(tied: dict[str, Any]) -> str:
    """One line for people."""
    if tied["accepted"] is None:
        return f"not compared with the proved transformation: {tied['reason']}"
    if tied["accepted"]:
        return f"step graph equals what {TRANSFORMATION} makes (checker accepted, {tied['seconds']:.2g} s)"
    return f"NOT THE PROVED ONE: the checker rejected the step graph ({tied['reason']})"


def keep(tied: dict[str, Any], folder: Path) -> Path:
    """Store the fact beside the graphs in ``folder``."""
    write_atomically(folder / RECORD, json.dumps(tied, indent=2) + "\n")
    return folder / RECORD
