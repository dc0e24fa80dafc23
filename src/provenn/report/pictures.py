"""The pictures of a report, for inputs that look like images."""

from __future__ import annotations

import numpy as np

from provenn.report.images import Picture, clean, heat, image_layout, picture, shade, triple
from provenn.verify.verdict import Verdict


def pictures(verdict: Verdict) -> list[Picture]:
    """The clean image, the counterexample with its difference, and what the bound depends on."""
    shape = verdict.graph.input_type.shape
    if not verdict.prop.cases or image_layout(shape) is None:
        return []
    cx, said = verdict.counterexample, verdict.explanation
    case = verdict.prop.cases[cx.case if cx else said.case if said else 0]
    middle = np.array([float(a + b) / 2 for a, b in zip(case.lo, case.hi)])
    layout = image_layout(shape, middle)
    assert layout is not None
    before = layout.pixels(clean(case, layout))
    made = []
    if cx is not None:
        made += triple(before, layout.pixels(cx.x))
    else:
        span = float(before.max() - before.min()) or 1.0
        made.append(picture(shade((before - before.min()) / span), "clean", "what the box is around"))
    if said is not None and said.drivers.inputs is not None:
        made.append(heat(said.drivers.inputs, layout))
    return made
