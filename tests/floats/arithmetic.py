"""The arithmetic that was extracted from Coq, as functions on NumPy arrays of binary32 numbers."""

from __future__ import annotations

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from provenn.base.words import to_bytes
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.op import Array
from provenn.verify.compile import arithmetic_sources, compile_program

REPOSITORY = Path(__file__).resolve().parents[2]
CHUNK = 1 << 21
COMPARISONS = ("eq", "lt", "le")


def build(folder: Path) -> Path:
    """Compile the program into a folder."""
    return compile_program(arithmetic_sources(REPOSITORY / "checker"), folder / "provenn-float")


@dataclass
class Extracted:
    """Runs the program; ``seconds`` and ``operations`` add up what it says of itself.

    It is an Arithmetic too, so a whole network can be evaluated with its sums of products.
    """

    program: Path
    seconds: float = 0.0
    operations: int = 0

    def __call__(self, op: str, *operands: Array) -> Array:
        """One operation on each element; comparisons give 0 and 1, ``round`` takes binary64 numbers."""
        parts = [self._ask([op], *(x[k : k + CHUNK] for x in operands))
                 for k in range(0, len(operands[0]), CHUNK)]
        return np.concatenate(parts)

    def contract(self, x: Array, w: Array) -> Array:
        """``x[..., k] * w[m, k]`` summed over k in the reference order."""
        rows = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
        at_once = max(1, CHUNK // max(rows.shape[1], len(w)))
        parts = []
        for k in range(0, len(rows), at_once):
            some = rows[k : k + at_once]
            sizes = ["affine", str(len(some)), str(rows.shape[1]), str(len(w))]
            parts.append(self._ask(sizes, some.ravel(), np.ascontiguousarray(w).ravel()))
        return np.concatenate(parts).reshape(*x.shape[:-1], len(w))

    def network(self, graph: Graph, x: Array) -> list[Array] | None:
        """All nodes of a network at one input, flat; None where a library computes one of its functions."""
        with tempfile.TemporaryDirectory() as room:
            paths = [Path(room, name) for name in ("graph", "x", "y")]
            paths[0].write_bytes(to_bytes(graph_words(graph)))
            x.ravel().astype("<f8").tofile(paths[1])
            done = subprocess.run([self.program, "network", *paths], capture_output=True, text=True,
                                  check=False)
            if "a library computes" in done.stderr:
                return None
            if done.returncode:
                raise RuntimeError(done.stderr)
            with np.errstate(invalid="ignore"):
                made = np.fromfile(paths[2], "<f8").astype(np.float32)
        ends = np.cumsum([node.type.size for node in graph])
        assert ends[-1] == len(made)
        return np.split(made, ends[:-1])

    def _ask(self, arguments: list[str], *operands: Array) -> Array:
        with tempfile.TemporaryDirectory() as room:
            paths = [Path(room, str(k)) for k in range(len(operands) + 1)]
            for path, x in zip(paths, operands):
                with np.errstate(invalid="ignore"):  # a signalling NaN becomes a quiet one
                    x.astype("<f8").tofile(path)
            done = subprocess.run([self.program, *arguments, *paths], capture_output=True, text=True,
                                  check=False)
            if done.returncode:
                raise RuntimeError(done.stderr)
            facts = dict(line.split() for line in done.stdout.splitlines())
            self.seconds += float(facts["seconds"])
            self.operations += int(facts["operations"])
            made = np.fromfile(paths[-1], "<f8")
        with np.errstate(invalid="ignore"):
            single = made.astype(np.float32)
        assert np.array_equal(single.astype(np.float64), made, equal_nan=True), "no binary32 number"
        return single


def same(x: Array, y: Array) -> bool:
    """Equal bit for bit, any NaN being equal to any NaN."""
    x, y = np.asarray(x, np.float32), np.asarray(y, np.float32)
    if x.shape != y.shape:
        return False
    return bool(((x.view(np.uint32) == y.view(np.uint32)) | (np.isnan(x) & np.isnan(y))).all())


NUMPY = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "sqrt": np.sqrt,
         "eq": np.equal, "lt": np.less, "le": np.less_equal}


FLUSHING = {"addz": np.add, "mulz": np.multiply}


def reference(op: str, *operands: Array) -> Array:
    """The same by NumPy in binary32."""
    with np.errstate(all="ignore"):
        if op == "round":
            return operands[0].astype(np.float32)
        if op in FLUSHING:
            return flushed(FLUSHING[op](*map(flushed, operands)))
        return NUMPY[op](*operands).astype(np.float32)


def flushed(x: Array) -> Array:
    """Zeros with their sign instead of subnormal numbers."""
    small = np.abs(x) < np.finfo(np.float32).tiny
    return np.where(small, np.copysign(np.float32(0), x), x).astype(np.float32)


def patterns(rng: np.random.Generator, count: int) -> Array:
    """Random binary32 numbers: any bits, close exponents, subnormal numbers, specials."""
    bits = rng.integers(0, 2**32, count, dtype=np.uint32)
    kind = rng.integers(0, 8, count)
    near = (bits & 0x807FFFFF) | (rng.integers(120, 135, count).astype(np.uint32) << 23)
    bits = np.where((kind == 1) | (kind == 2), near, bits)
    bits = np.where(kind == 3, bits & 0x80FFFFFF, bits)
    special = np.array([0, 1, 0x7FFFFF, 0x800000, 0x7F7FFFFF, 0x7F800000, 0x7FC00000, 0x3F800000, 0x3F800001,
                        0x4B800000, 0x33800000], np.uint32)
    chosen = special[rng.integers(0, len(special), count)] | (bits & 0x80000000)
    bits = np.where(kind == 4, chosen, bits)
    return bits.astype(np.uint32).view(np.float32)
