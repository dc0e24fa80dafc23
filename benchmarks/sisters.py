"""Write a sister set: other instances of the families of the published ones, made from them.

    python benchmarks/sisters.py                          # writes build/sisters/instances.csv
    provenn bench build/sisters/instances.csv --out build/sisters/results

Networks are those of $PROVENN_SHARED/bench/vnncomp; properties are theirs on other networks, on boxes of
another size or at another place, on mirrored images, and robustness of MNIST digits where ``provenn data
mnist`` has fetched them. Nobody knows the answers; they must not depend on who gives them.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from provenn.eval.run import replay
from provenn.io import onnx, vnnlib
from provenn.ir.graph import Graph
from provenn.ir.property import Case, Property, Row
from provenn.train.dataset import load

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("PROVENN_SHARED") or ROOT.parent / "shared") / "bench" / "vnncomp"
OUT = ROOT / "build" / "sisters"
LIMIT = 60
ADVISORIES = 5


@dataclass(frozen=True)
class Sister:
    """A property under a new name, for a network of a family."""

    family: str
    net: str
    name: str
    prop: Property


def number(q: Fraction) -> str:
    """A decimal without exponent that is ``q``, or as near as sixteen digits come."""
    return f"{float(q):.17f}".rstrip("0").rstrip(".") if q.denominator > 1 else str(q.numerator)


def term(row: Row) -> str:
    """A row as a comparison of VNN-LIB 1.0."""
    parts = [f"(* {number(c)} {letter}_{k})" for letter, cs in (("X", row.x), ("Y", row.y))
             for k, c in cs.items()]
    left = parts[0] if len(parts) == 1 else f"(+ {' '.join(parts)})"
    return f"(<= {left} {number(row.bound)})"


def text(prop: Property) -> str:
    """A property of one case in VNN-LIB 1.0."""
    (case,) = prop.cases
    lines = [f"(declare-const X_{i} Real)" for i in range(prop.inputs)]
    lines += [f"(declare-const Y_{i} Real)" for i in range(prop.outputs)]
    for i, (low, high) in enumerate(zip(case.lo, case.hi)):
        lines += [f"(assert (>= X_{i} {number(low)}))", f"(assert (<= X_{i} {number(high)}))"]
    choices = [f"(and {' '.join(map(term, rows))})" for rows in case.disjuncts]
    return "\n".join([*lines, f"(assert (or {' '.join(choices)}))"]) + "\n"


def scaled(prop: Property, factor: str) -> Property:
    """The same property on a box of another size with the same centre."""
    case, f = prop.cases[0], Fraction(factor)
    middle = [(a + b) / 2 for a, b in zip(case.lo, case.hi)]
    radius = [(b - a) / 2 * f for a, b in zip(case.lo, case.hi)]
    return replace(prop, cases=(replace(case, lo=tuple(m - r for m, r in zip(middle, radius)),
                                        hi=tuple(m + r for m, r in zip(middle, radius))),))


def shifted(prop: Property, share: str, seed: int) -> Property:
    """The same property on a box that is moved by up to ``share`` of its width in every direction."""
    case, rng, f = prop.cases[0], np.random.default_rng(seed), Fraction(share)
    moves = [Fraction(float(t)) * f * (b - a)
             for t, a, b in zip(rng.uniform(-1, 1, len(case.lo)), case.lo, case.hi)]
    return replace(prop, cases=(replace(case, lo=tuple(a + m for a, m in zip(case.lo, moves)),
                                        hi=tuple(b + m for b, m in zip(case.hi, moves))),))


def rivals(label: int, classes: int) -> tuple[tuple[Row, ...], ...]:
    """Disjuncts: some other class reaches the label's output."""
    one = Fraction(1)
    return tuple((Row({}, {label: one, k: -one}, Fraction(0)),) for k in range(classes) if k != label)


def around(graph: Graph, x: np.ndarray, eps: str, outputs: int) -> Property:
    """Robustness of the network's own answer for one picture with values in [0, 1]."""
    e, flat = Fraction(eps), [Fraction(float(v)) for v in x.ravel()]
    label = int(np.argmax(replay(graph, x.astype(np.float32).ravel())))
    lo, hi = tuple(max(v - e, Fraction(0)) for v in flat), tuple(min(v + e, Fraction(1)) for v in flat)
    return Property(len(flat), outputs, (Case(lo, hi, rivals(label, outputs)),))


def mirrored(prop: Property, graph: Graph) -> Property:
    """A picture of three planes, left and right exchanged, with the network's own answer."""
    case, shape = prop.cases[0], (3, 32, 32)
    place = np.arange(prop.inputs).reshape(shape)[:, :, ::-1].ravel().tolist()
    lo, hi = tuple(case.lo[k] for k in place), tuple(case.hi[k] for k in place)
    middle = np.array([float(a + b) / 2 for a, b in zip(lo, hi)], np.float32)
    return replace(prop, cases=(Case(lo, hi, rivals(int(np.argmax(replay(graph, middle))), prop.outputs)),))


def smallest(k: int) -> tuple[Row, ...]:
    """Advisory k has the smallest score."""
    one = Fraction(1)
    return tuple(Row({}, {k: one, j: -one}, Fraction(0)) for j in range(ADVISORIES) if j != k)


def acas() -> Iterator[tuple[str, Case]]:
    """Properties 8 and 10 of Katz et al. (CAV 2017), in the networks' normalised inputs."""
    mean = [Fraction(v) for v in ("19791.091", "0", "0", "650", "600")]
    span = [Fraction(v) for v in ("60261", "6.28318530718", "6.28318530718", "1100", "1200")]
    boxes = {"prop_8": ([0, "-3.141592", "-0.1", 600, 600], [60760, "-2.356194", "0.1", 1200, 1200],
                        (0, 1)),
             "prop_10": ([36000, "0.7", "-3.141592", 900, 600],
                         [60760, "3.141592", "-3.131592", 1200, 1200], (0,))}
    for name, (low, high, allowed) in boxes.items():
        lo, hi = (tuple((Fraction(str(v)) - m) / s for v, m, s in zip(end, mean, span))
                  for end in (low, high))
        yield name, Case(lo, hi, tuple(smallest(k) for k in range(ADVISORIES) if k not in allowed))


def sisters() -> Iterator[Sister]:
    """The whole set."""
    with (SHARED / "instances.csv").open(newline="") as stream:
        listed = [(r["benchmark"], r["net"], r["vnnlib"]) for r in csv.DictReader(stream)]
    graphs = {net: onnx.read(SHARED / net) for family, net, _ in listed if family not in ("cgan", "vit")}
    known = {(net, spec) for _, net, spec in listed}
    yield from networks(listed, graphs, known)
    for family, net, spec in listed:
        if net not in graphs or family in ("acasxu_2023", "test"):
            continue
        graph, name = graphs[net], Path(spec).stem[:40]
        prop = vnnlib.read(SHARED / spec, graph)
        if len(prop.cases) > 1:
            continue
        if family in ("oval21", "cifar10_resnet"):
            for f in ("0.8", "1.1"):
                yield Sister(family, net, f"{name}-x{f}", scaled(prop, f))
            yield Sister(family, net, f"{name}-mirrored", mirrored(prop, graph))
        elif family in ("cifar_biasfield", "metaroom_2023", "collins_rul_cnn", "dist_shift_2023"):
            for f in ("0.5", "0.75", "1.5"):
                yield Sister(family, net, f"{name}-x{f}", scaled(prop, f))
        elif family not in ("mnist_fc", "cora", "eran", "verivital"):
            for seed in (1, 2, 3):
                yield Sister(family, net, f"{name}-moved{seed}", shifted(prop, "0.2", seed))
    yield from digits(graphs)


def networks(listed: Sequence[tuple[str, str, str]], graphs: dict[str, Graph],
             known: set[tuple[str, str]]) -> Iterator[Sister]:
    """Published properties on the family's other networks."""
    for family in ("acasxu_2023", "mnist_fc"):
        nets = [net for net in graphs if net.startswith(family)]
        for spec in dict.fromkeys(s for f, _, s in listed if f == family):
            if family == "acasxu_2023" and Path(spec).stem in ("prop_5", "prop_6", "prop_7"):
                continue
            for net in nets:
                if (net, spec) not in known:
                    prop = vnnlib.read(SHARED / spec, graphs[net])
                    yield Sister(family, net, f"{Path(net).stem}-{Path(spec).stem}", prop)
    for net in [net for net in graphs if net.startswith("acasxu")][::3]:
        for name, case in acas():
            yield Sister("acasxu_2023", net, f"{Path(net).stem}-{name}", Property(5, 5, (case,)))


def digits(graphs: dict[str, Graph]) -> Iterator[Sister]:
    """Robustness of MNIST test digits."""
    images = load("mnist")[1].batch(slice(0, 200))[0].reshape(200, -1)
    settings = {"mnist_fc": ("0.03", "0.05"), "eran": ("0.012", "0.015"), "verivital": ("0.02",),
                "cora": ("0.1",)}
    for k, (net, graph) in enumerate(graphs.items()):
        family = net.partition("/")[0]
        if family not in settings:
            continue
        for j in range(3):
            image = images[(17 * k + 41 * j) % 200]
            for eps in settings[family]:
                prop = around(graph, image, eps, graph.nodes[graph.output].type.size)
                yield Sister(family, net, f"{Path(net).stem}-digit{j}-{eps}", prop)


def main() -> int:
    """Write files and list."""
    (OUT / "vnnlib").mkdir(parents=True, exist_ok=True)
    rows = []
    for s in sisters():
        path = OUT / "vnnlib" / f"{s.name}.vnnlib"
        path.write_text(text(s.prop))
        rows.append((s.family, os.path.relpath(SHARED / s.net, OUT), f"vnnlib/{path.name}", LIMIT, ""))
    with (OUT / "instances.csv").open("w", newline="") as stream:
        csv.writer(stream).writerows([("benchmark", "net", "vnnlib", "timeout", "expected"), *rows])
    print(f"{len(rows)} instances in {OUT / 'instances.csv'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
