"""The soundness bench at larger sizes: planted counterexamples, and certificates bent towards them.

    python benchmarks/soundness.py [--seconds S] [--only WORD] [--small]

For every planted network: what gradients find in a second, what ``verify`` answers within S seconds, and how
many bent certificates of true properties nearby the checker accepts. Exit status 2 when a property with a
known counterexample is called unsat, or a bent certificate is accepted.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from provenn.bounds.regions import Regions
from provenn.ir.canonical import graph_words
from provenn.ir.property import boxes, property_words
from provenn.verify import checker
from provenn.verify.attack import Attack
from provenn.verify.goals import make_goals
from provenn.verify.verdict import verify
from tests.soundness.forged import forged, nearby
from tests.soundness.planted import Planted, large, small


def attacked(it: Planted) -> bool:
    """Whether projected gradients find a counterexample within a second."""
    attack = Attack(it.graph, it.prop, Regions(it.graph))
    return attack.sweep(make_goals(boxes(it.prop))[0], np.random.default_rng(0), 256, 40, 1.0)


def bent(it: Planted, seconds: float) -> tuple[int, int]:
    """Bent certificates tried and accepted."""
    tried = accepted = 0
    words, prop = graph_words(it.graph), property_words(it.prop)
    for _, near, index, cut in nearby(it, 0.2, seconds):
        for certificate in forged(it, near, index, cut) if near.answer == "unsat" else ():
            tried += 1
            accepted += checker.run(words, prop, certificate).accepted
    return tried, accepted


def main() -> int:
    options = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    options.add_argument("--seconds", type=float, default=20.0, help="time for each verification")
    options.add_argument("--only", default="", help="run what has this word in its name")
    options.add_argument("--small", action="store_true", help="the set of the tests")
    given = options.parse_args()
    wrong = 0
    print("| planted | inputs | values | margin | gradients | answer | seconds | bent, accepted |")
    print("|---|---:|---:|---:|---|---|---:|---|")
    for it in small() if given.small else large():
        if given.only not in it.name:
            continue
        it.check()
        begin = time.perf_counter()
        made = verify(it.graph, it.prop, timeout=given.seconds)
        spent = time.perf_counter() - begin
        tried, accepted = bent(it, given.seconds / 4)
        wrong += accepted + (made.answer == "unsat")
        values = sum(n.type.size for n in it.graph if n.op.tag == "relu")
        met = "found" if attacked(it) else "-"
        print(f"| {it.name} | {it.prop.inputs} | {values} | {it.margin:.1e} | {met} | {made.answer} | "
              f"{spent:.1f} | {tried}, {accepted} |", flush=True)
    print(f"\n{wrong} wrong" if wrong else "\nnone wrong")
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
