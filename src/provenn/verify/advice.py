"""Why a property stayed open and what to try, in sentences; and what a bound depends on, in one."""

from __future__ import annotations

import math

from provenn.verify.drivers import Drivers, Layer
from provenn.verify.explanation import Frontier
from provenn.verify.prose import number_of, rounding
from provenn.verify.verdict import Verdict

CLOSE, LITTLE = 0.05, 0.02
PATIENCE, SPARE = 5.0, 1.5
RIPE = 0.05
REALS = "--semantics auto settles for a proof over the reals, which does not cover the rounding of a run."


def why(verdict: Verdict) -> list[str]:
    """What is known about an open property: the best bound, what is open, where it is loose."""
    if verdict.answer not in ("unknown", "timed-out"):
        return []
    lines = []
    if verdict.problem is not None:
        lines.append("The search found an answer, but its evidence did not pass the check.")
    elif verdict.given_up:
        lines.append(f"There is {rounding(verdict)}.")
    elif verdict.certificate is not None:
        lines.append("A certificate was found; what was left of the time was not enough to check it.")
    elif verdict.answer == "unknown":
        lines.append("The search came to a part that is neither refuted nor wide enough to split further.")
    here = verdict.frontier
    if here is not None:
        lines += [_reached(verdict, here), *_attacked(here), _open(verdict, here)]
    said = looseness(verdict) if here is not None else None
    return [*lines, *([f"Looseness: {said}."] if said else [])]


def _reached(verdict: Verdict, here: Frontier) -> str:
    """The best bound, and what it was at the root."""
    if here.bound is None:
        return "Time ran out before the first bound."
    if verdict.given_up and here.bound > 0.0:
        return f"Best bound reached: {number_of(here.bound)}, which is positive over the reals only."
    text = f"Best bound reached: {number_of(here.bound)}; the property is proved once it is positive."
    if here.root is not None and here.root < here.bound:
        text += f" Before any split it was {number_of(here.root)}."
    return text


def _attacked(here: Frontier) -> list[str]:
    if here.margin is None:
        return []
    text = f"The closest that an attack came misses a violation by {number_of(here.margin)}"
    between = ""
    if here.bound is not None and here.cases == 1:
        between = f", so the true margin lies between {number_of(here.bound)} and {number_of(here.margin)}"
    return [text + between + "."]


def _open(verdict: Verdict, here: Frontier) -> str:
    """What is open and what is closed."""
    boxes = len(verdict.prop.cases)
    where = f" in {here.cases} of {boxes} boxes" if boxes > 1 else ""
    text = f"Open: {here.open:,} part{'s' if here.open > 1 else ''}{where}; closed: {here.closed:,}"
    if here.done is not None and 0.0 < here.done < 1.0:
        text += f", which is {_percent(here.done)} of the volume" + (" of that box" if boxes > 1 else "")
    return text + "."


def looseness(verdict: Verdict) -> str | None:
    """Where the looseness sits, in one sentence without a full stop; None where nothing is known."""
    found = None if verdict.explanation is None else verdict.explanation.drivers
    if found is None or not found.layers:
        return None
    k = found.loosest
    if k is not None:
        layer = found.layers[k]
        what = f"where the sign of {layer.unknown:,} of {layer.size:,} values is not known"
        if layer.curved:
            what = f"where values lie in intervals up to {number_of(layer.widest or 0.0)} wide"
        return f"{_percent(layer.share or 0.0)} of what relaxation costs is lost at {place(found, k)}, {what}"
    grown = _growth(found) if found.value is None else None
    if grown is None:
        return None
    return f"by interval bounds alone, bounds grow most into {place(found, grown)}"


def _growth(found: Drivers) -> int | None:
    """The layer whose median interval grew most over that of the layer before it."""
    widths = [layer.interval for layer in found.layers]
    if len(widths) < 2 or not all(math.isfinite(w) and w > 0.0 for w in widths):
        return None
    return max(range(1, len(widths)), key=lambda k: widths[k] / widths[k - 1])


def place(found: Drivers, k: int) -> str:
    """How sentences name a layer."""
    layer: Layer = found.layers[k]
    return f"layer {k + 1} of {len(found.layers)} (node {layer.node}, {layer.made_by} into {layer.reads})"


def tries(verdict: Verdict) -> list[str]:
    """What may help, the most promising first."""
    if verdict.answer not in ("unknown", "timed-out"):
        return []
    if verdict.problem is not None:
        return ["Report this with the model, the property and the seed; another seed (--seed) may help."]
    lines, here = [REALS] if verdict.given_up else [], verdict.frontier
    if verdict.certificate is not None:
        return [f"More time: the certificate was there after {verdict.seconds['search']:.0f} s, so --timeout "
                f"{_round(PATIENCE * verdict.timeout)} leaves several times that for its check."]
    if verdict.answer == "timed-out":
        lines.append(_longer(verdict, here))
    if _nearly_false(verdict):
        lines.append(f"An attack came close, so it may be false: --seed {verdict.seed + 1} and further try "
                     "other ones.")
    if verdict.answer == "unknown":
        lines.append("The property may hold with equality only, or by less than rounding allows to show: "
                     "move its threshold by a margin that can be spared.")
    lines += _smaller(verdict)
    found = None if verdict.explanation is None else verdict.explanation.drivers
    unknown = 0 if found is None else sum(layer.unknown for layer in found.layers if not layer.curved)
    if found is not None and found.loosest is not None and unknown:
        lines.append(f"A network with fewer than these {unknown:,} values of unknown sign is easier: "
                     "certified training (provenn train --certify) makes such networks.")
    return lines


def _longer(verdict: Verdict, here: Frontier | None) -> str:
    """A time limit that is more than a guess where the closed volume tells how fast it went."""
    if here is not None and here.done is not None and here.done > LITTLE:
        needed = max(2.0 * verdict.timeout, SPARE * verdict.timeout / here.done)
        return (f"More time: {_percent(here.done)} of the volume took {verdict.seconds['search']:.0f} s, so "
                f"--timeout {_round(needed)} may do if the rest is no harder.")
    longer = f"More time: --timeout {_round(PATIENCE * verdict.timeout)}"
    if here is not None and not here.closed and here.bound is None:
        return longer + "; the first bounds of a network of this size were not finished."
    return longer + "."


def _smaller(verdict: Verdict) -> list[str]:
    """A smaller domain that is proved at once, when one was found."""
    shrunk = None if verdict.explanation is None else verdict.explanation.shrunk
    if not shrunk:
        return ["A smaller domain (smaller eps): every bound tightens faster than the box shrinks."]
    case = verdict.prop.cases[verdict.explanation.case if verdict.explanation else 0]
    radius = max(float(b - a) for a, b in zip(case.lo, case.hi)) / 2
    return [f"A smaller domain: about its middle, {_percent(shrunk)} of the width (largest radius "
            f"{number_of(shrunk * radius)} instead of {number_of(radius)}) needs no split at all."]


def _nearly_false(verdict: Verdict) -> bool:
    """Whether an attack came near, as measured by how far the outputs vary over the box."""
    here, said = verdict.frontier, verdict.explanation
    if here is None or here.margin is None or said is None or said.ranges is None:
        return False
    return here.margin < CLOSE * float((said.ranges.most - said.ranges.least).max())


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %" if share < RIPE else f"{100 * share:.0f} %"


def _round(seconds: float) -> int:
    """Seconds rounded up to one leading digit or two."""
    unit = 10 ** max(0, int(math.log10(max(1.0, seconds))) - 1)
    return int(math.ceil(seconds / unit) * unit)
