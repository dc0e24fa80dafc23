"""What certificates about binary32 cost: how much looser bounds are, and how much longer trees.

    python benchmarks/noise.py                        # bounds at the root of every published instance
    python benchmarks/noise.py --search 20            # besides, search with and without noise for so long
    python benchmarks/noise.py --family oval21

A bound loses to relaxation and to noise. ``cost`` is the second as a share of the first: (bound over the
reals - bound over executions) / (value at the middle of the box - bound over the reals), the largest of the
goals of the first case, one backward pass each after all layers were bounded. Times are processor times.
Uses the instances of $PROVENN_SHARED, or ../shared beside the repository.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenn.bounds.backward import root_state
from provenn.bounds.noise import Uncovered
from provenn.errors import UnsupportedError
from provenn.io import vnnlib
from provenn.io.instances import read
from provenn.io.network import read_network
from provenn.ir.graph import Graph
from provenn.ir.property import Property
from provenn.verify.branch import Brancher
from provenn.verify.pace import Clock
from provenn.verify.search import Outcome, Search, search
from provenn.verify.semantics import REAL, ULPS, Semantics

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PROVENN_SHARED") or ROOT.parent / "shared") / "bench/vnncomp"
BINARY32 = Semantics("binary32", ULPS)


@dataclass(frozen=True)
class Reached:
    """Bounds of the goals of one case, their values at its middle, and the processor time that took."""

    bound: np.ndarray
    middle: np.ndarray
    seconds: float


def reached(graph: Graph, prop: Property, semantics: Semantics) -> Reached | None:
    """Bounds at the root; None where there is nothing to show."""
    run = Search(graph, prop, Clock(np.inf), np.random.default_rng(0), lambda event: None, graph,
                 semantics=semantics)
    if not run.goals:
        return None
    goals, case, start = run.goals[0], np.zeros(1, np.intp), time.process_time()
    brancher = Brancher(run.regions, goals, run.clock)
    state = root_state(run.regions, goals.lo[:1], goals.hi[:1])
    brancher.stats.spoilt = 1
    brancher.tighten(state)
    bound = brancher.final(state, case).bound[0]
    x = (goals.lo[:1] + goals.hi[:1]) / 2
    y = run.attack.values(x)[0]
    middle = goals.cy[0] @ y[0] + goals.cx[0] @ x[0] - goals.d[0]
    return Reached(bound, middle, time.process_time() - start)


def timed(graph: Graph, prop: Property, semantics: Semantics, limit: float) -> tuple[Outcome, float]:
    """A search, and its processor time."""
    start = time.process_time()
    made = search(graph, prop, timeout=limit, semantics=semantics)
    return made, time.process_time() - start


def main() -> int:
    """Print a line an instance, then the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--family")
    parser.add_argument("--search", type=float, default=0.0, metavar="SECONDS")
    given = parser.parse_args()
    costs: list[float] = []
    ratios: list[float] = []
    for instance in read(SHARED / "instances.csv"):
        if given.family not in (None, instance.family):
            continue
        model, spec = instance.paths
        name = f"{instance.family}/{spec.stem}"[:56]
        try:
            graph = read_network(model).graph
            prop = vnnlib.load(spec, graph, None).property
            real, noisy = (reached(graph, prop, s) for s in (REAL, BINARY32))
        except (UnsupportedError, Uncovered) as e:
            print(f"{name:<57} not covered: {str(e)[:60]}")
            continue
        if real is None or noisy is None:
            continue
        lost = np.maximum(real.middle - real.bound, 1e-300)
        cost = float(((real.bound - noisy.bound) / lost).max())
        costs.append(cost)
        line = f"{name:<57} cost {100 * cost:9.4f} %   {noisy.seconds / max(real.seconds, 1e-3):5.2f} times"
        if given.search:
            (one, first), (two, second) = (timed(graph, prop, s, given.search) for s in (REAL, BINARY32))
            line += (f"   {one.kind} {first:.2f} s {one.stats.get('leaves', 0)} leaves,"
                     f" binary32 {two.kind} {second:.2f} s {two.stats.get('leaves', 0)}")
            if one.kind == two.kind == "unsat":
                ratios.append(second / first)
        print(line, flush=True)
    if costs:
        print(f"{len(costs)} instances: median cost {100 * np.median(costs):.4f} %, "
              f"{sum(c < 0.01 for c in costs)} below 1 %, largest {100 * max(costs):.2f} %")
    if ratios:
        print(f"{len(ratios)} proved in both: median {np.median(ratios):.2f} times as long, "
              f"largest {max(ratios):.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
