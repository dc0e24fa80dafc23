"""Binary32: the arithmetic extracted from Coq against NumPy on ten million operations and on networks.

    python benchmarks/floats.py [--operations 10000000]

Times are processor times. Needs an OCaml compiler; uses the networks of $PROVENN_SHARED if they are there.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from provenn.errors import UnsupportedError  # noqa: E402
from provenn.eval.run import Ordered, replay, run, values  # noqa: E402
from provenn.io.onnx import load  # noqa: E402
from provenn.ir.emit import composed  # noqa: E402
from provenn.ir.graph import Graph  # noqa: E402
from provenn.ops import ALL  # noqa: E402
from tests.floats.arithmetic import FLUSHING, NUMPY, Extracted, build, patterns, reference, same  # noqa: E402
from tests.floats.test_networks import layered  # noqa: E402


def operations(program: Path, count: int) -> bool:
    """Random bit patterns through every operation; true when all bits agree."""
    ops = [*NUMPY, *FLUSHING, "round"]
    each, all_same = -(-count // len(ops)), True
    for k, op in enumerate(ops):
        rng = np.random.default_rng(k)
        operands = [patterns(rng, each) for _ in range(1 if op in ("sqrt", "round") else 2)]
        if op == "round":
            operands = [rng.integers(0, 2**64, each, dtype=np.uint64).view(np.float64)]
        extracted = Extracted(program)
        equal = same(extracted(op, *operands), reference(op, *operands))
        all_same &= equal
        print(f"{op:<8} {each:>9} operations  {'same bits' if equal else 'DIFFERENT'}  "
              f"{extracted.operations / extracted.seconds / 1e6:7.1f} million a second, extracted")
    return all_same


def products(program: Path) -> None:
    """Sums of products of 1024 terms."""
    rng = np.random.default_rng(1)
    x, w = (rng.standard_normal((n, 1024)).astype(np.float32) for n in (64, 512))
    extracted = Extracted(program)
    start = time.process_time()
    y = Ordered().contract(x, w)
    spent = time.process_time() - start
    equal = same(extracted.contract(x, w), y)
    print(f"sums     {extracted.operations:>9} operations  {'same bits' if equal else 'DIFFERENT'}  "
          f"{extracted.operations / extracted.seconds / 1e6:7.1f} million a second, extracted; "
          f"{extracted.operations / spent / 1e6:.0f} by NumPy")


NODES = {True: "same bits at every node, evaluated in Coq's order", False: "NODES DIFFER",
         None: "a library's functions, or too large"}


def every_node(program: Path, graph: Graph, x: np.ndarray) -> bool | None:
    """Whether the whole graph, evaluated by the extraction, has NumPy's bits; None where it cannot be."""
    graph = composed(graph, ALL)
    try:
        found = Extracted(program).network(graph, x)
    except RuntimeError:
        return None
    if found is None:
        return None
    return all(same(a, b.ravel()) for a, b in zip(found, values(graph, x, Ordered())))


def networks(program: Path, shared: Path) -> bool:
    """Every network that is read, at one input, in both."""
    all_same = True
    for path in sorted((shared / "bench/vnncomp").glob("*/onnx/*.onnx")):
        try:
            graph = load(path).graph
        except UnsupportedError:
            continue
        x = np.random.default_rng(0).uniform(0, 1, (1, *graph.input_type.shape)).astype(np.float32)
        with np.errstate(all="ignore"):
            start = time.process_time()
            y = run(graph, x, Ordered())
            spent = time.process_time() - start
            equal = same(run(graph, x, Extracted(program)), y)
            nodes = every_node(program, graph, x)
        all_same &= equal and nodes is not False
        print(f"{path.name:<50} {spent:6.2f} s  {'same bits' if equal else 'DIFFERENT'}"
              f"  {NODES[nodes]}")
    return all_same


def main() -> int:
    """Print the table; status 1 when any bit differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000_000)
    count = parser.parse_args().operations
    shared = Path(os.environ.get("PROVENN_SHARED") or ROOT.parent / "shared")
    with tempfile.TemporaryDirectory() as room:
        program = build(Path(room))
        good = operations(program, count)
        products(program)
        start = time.process_time()
        replay(layered([784, *[256] * 6, 10]), np.ones((1, 784), np.float32))
        print(f"784-256x6-10 in the reference order: {time.process_time() - start:.3f} s")
        good &= networks(program, shared)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
