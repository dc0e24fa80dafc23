"""How far a train step in binary32 may be from the same step over the real numbers, for one batch.

Forward pass, gradient and update start from the very weights, states and examples of the step; the bound
holds for sums in any order, fused or not, subnormal numbers kept or flushed (provenn.bounds.running). It is
tested, not proved. Where a pre-activation may have either sign, its part of the gradient may be there or not,
and the bound says so. A bound that is not smaller than what it is about is *vacuous*.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.bounds.running import apart, enclosures
from provenn.train.step import StepGraph, TrainStep

ULPS = 4
COVERED = ("sums in any order, fused or not, subnormal numbers kept or flushed, elementary functions within "
           f"{ULPS} ulps; tested, not proved")


@dataclass(frozen=True, slots=True)
class Deviation:
    """One result of a step: its size, the bound of its error, and the error of the run itself (all 2-norms).

    For a parameter, size is that of its change in the step. ``largest`` bounds the error of any one element.
    """

    name: str
    size: float
    bound: float
    largest: float
    seen: float

    @property
    def vacuous(self) -> bool:
        """The bound does not tell the result from 0."""
        return not self.bound < self.size

    def data(self) -> dict[str, Any]:
        """As JSON, where infinity is null."""
        numbers = {k: v if np.isfinite(v) else None for k in ("size", "bound", "largest", "seen")
                   if (v := getattr(self, k)) is not None}
        return {"name": self.name, **numbers, "vacuous": self.vacuous}


def measure(step: TrainStep, *batch: Any, lr: float) -> list[Deviation]:
    """Bounds for the step that ``step`` would take now, beside that step itself, which changes nothing.

    Loss, norm of the gradient if it is measured, ``gradient KEY`` and ``update KEY`` for each parameter, then
    all gradients and all updates together. Raises what ``TrainStep`` raises.
    """
    arrays = [np.asarray(x, np.float32) for x in batch]
    plan, run = step.compiled(*(x.shape for x in arrays))
    extras, rates = step.extras(), [group["lr"] for group in step.optimizer.param_groups]
    step.count += 1
    try:
        for group in step.optimizer.param_groups:
            group["lr"] = lr
        feeds = step.host(step.feeds(plan, arrays, extras))
    finally:
        step.count -= 1
        for group, rate in zip(step.optimizer.param_groups, rates):
            group["lr"] = rate
    outputs = run.host(run([np.array(f) for f in feeds]))
    return _deviations(plan, feeds, outputs)


def _deviations(plan: StepGraph, feeds: Sequence[NDArray[Any]],
                outputs: Sequence[NDArray[Any]]) -> list[Deviation]:
    """Everything that is wanted of one step, from two enclosures of its graph."""
    graph, first = plan.graph, 1 + plan.plan.measured
    gradients = plan.backward.outputs[len(plan.forward.outputs):]
    wanted = {*graph.outputs[:first + len(plan.trained)], *gradients}
    runs = enclosures(graph, feeds, wanted, ulps=ULPS)
    reals = enclosures(graph, feeds, wanted, unit=0.0)
    ran = dict(zip(graph.outputs, outputs))
    start = {k: feeds[plan.trace.parameters[k]] for k in plan.trained}
    made: list[Deviation] = []
    parts: dict[str, list[NDArray[Any]]] = {"gradient": [], "update": []}

    def add(name: str, node: int, before: NDArray[Any] | float = 0.0) -> None:
        exact = _middle(*reals[node])
        far = np.ravel(apart(runs[node], reals[node]))
        seen = np.ravel(ran[node] - exact) if node in ran else np.full(far.shape, np.nan)
        size = np.ravel(exact - before)
        made.append(_deviation(name, size, far, seen))
        kind = name.split()[0]
        if kind in parts:
            parts[kind].append(np.stack([size, far, seen]))

    for name, node in zip(("loss", "norm"), graph.outputs[:first]):
        add(name, node)
    for key, node in zip(plan.trained, gradients):
        add(f"gradient {key}", node)
    for key, node in zip(plan.trained, graph.outputs[first:]):
        add(f"update {key}", node, start[key])
    made += [_deviation(f"all {kind}s", *np.concatenate(found, 1)) for kind, found in parts.items()]
    return made


def _middle(low: NDArray[Any], high: NDArray[Any]) -> NDArray[Any]:
    """Between two ends; NaN where there is no bound."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(low) & np.isfinite(high), low + (high - low) / 2, np.nan)


def _deviation(name: str, size: NDArray[Any], far: NDArray[Any], seen: NDArray[Any]) -> Deviation:
    with np.errstate(over="ignore", invalid="ignore"):
        norms = [float(np.linalg.norm(v)) for v in (size, far, seen)]
    return Deviation(name, norms[0], norms[1], float(far.max(initial=0)), norms[2])


def sentence(d: Deviation) -> str:
    """One line for people."""
    what = f"{d.name}: {d.size:.6g}, in binary32 within {d.bound:.2g}"
    share = "" if d.vacuous or not d.size else f" ({d.bound / d.size:.1e} of it)"
    seen = "" if np.isnan(d.seen) else f"; this run: off by {d.seen:.1g}"
    return f"{what}{share}{seen}{'; VACUOUS: the bound says nothing about it' if d.vacuous else ''}"
