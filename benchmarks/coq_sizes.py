"""Networks of a thousand to a million weights out of Coq and into Coq: seconds and memory.

    python benchmarks/coq_sizes.py [--sizes 1000,10000,100000] [--only out|in] [--numbers float|Z|Q]

out: a Coq file that defines the network, through ``provenn extract`` to safetensors and all other files, with
Coq's proof that their numbers are the network. in: a network, a property and a certificate, through
``provenn export --coq --compile`` to a theorem that Coq has accepted. Both are whole commands, with all that
they start; seconds are processor time, the peak is that of the largest process. The weights are random
binary32 numbers (float), whole numbers from -9 to 9 (Z), or decimals with two places (Q), which are rounded.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

import numpy as np

from provenn.coq.kernel import literal
from provenn.io.onnx.writer import onnx_bytes
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL

LITERALS = {"float": literal, "Z": lambda x: str(round(x)), "Q": lambda x: f"{x:.2f}"}
IMPORTS = {"float": "Floats", "Z": "ZArith", "Q": "QArith"}


@dataclass(frozen=True)
class Taken:
    """What a command took."""

    wall: float
    processor: float
    peak: int


def measured(command: list[str], folder: Path) -> Taken:
    """Run a command of provenn to its end; its output is shown where it fails."""
    start = time.perf_counter()
    with open(folder / "said.txt", "w+") as said:
        child = subprocess.Popen([sys.executable, "-m", "provenn", *command], stdout=said, stderr=said,
                                 cwd=folder)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            raise SystemExit(f"provenn {' '.join(command)} ended with {child.returncode}\n{said.read()}")
    return Taken(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss >> 10)


def layers(weights: int, numbers: str) -> list[tuple[np.ndarray, np.ndarray]]:
    """Two layers, the first one square, with about so many weights."""
    width = isqrt(weights)
    rng = np.random.default_rng(weights)
    made = []
    for n, m in ((width, width), (width, 2)):
        w, b = rng.normal(0, n**-0.5, (m, n)), rng.normal(0, 0.1, m)
        if numbers == "Z":
            w, b = rng.integers(-9, 10, (m, n)).astype(float), rng.integers(-9, 10, m).astype(float)
        made.append((w.astype(np.float32), b.astype(np.float32)))
    return made


def coq_source(parts: list[tuple[np.ndarray, np.ndarray]], numbers: str) -> str:
    """A file that defines the network as a list of layers."""
    def vector(row: np.ndarray) -> str:
        return "[" + "; ".join(map(LITERALS[numbers], row.tolist())) + "]"

    texts = []
    for (w, b), activation in zip(parts, ("Relu", "Identity")):
        rows = ";\n ".join(map(vector, w))
        texts.append(f"Layer ([{rows}])%{numbers} ({vector(b)})%{numbers} {activation}")
    return (f"From Coq Require Import List {IMPORTS[numbers]}.\nFrom Provenn Require Import Interface.\n"
            f"Import ListNotations.\nDefinition net : network {numbers} := [\n" + ";\n".join(texts) + " ].\n")


def graph_of(parts: list[tuple[np.ndarray, np.ndarray]]) -> Graph:
    """The same network as a graph."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, parts[0][0].shape[1]))
    for k, pair in enumerate(parts):
        x = builder.add(ALL["linear"], x, *(builder.parameter(ALL["parameter"], v) for v in pair))
        x = builder.add(ALL["relu"], x) if k == 0 else x
    return builder.finish(x)


def property_text(inputs: int) -> str:
    """The first result stays above -1000 for inputs from 0 to 1: settled at the root."""
    names = [f"X_{i}" for i in range(inputs)]
    lines = [f"(declare-const {n} Real)" for n in (*names, "Y_0", "Y_1")]
    lines += [f"(assert (>= {n} 0.0))\n(assert (<= {n} 1.0))" for n in names]
    return "\n".join([*lines, "(assert (<= Y_0 -1000.0))\n"])


def main() -> int:
    """One row a size and direction."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--only", choices=("out", "in"))
    parser.add_argument("--numbers", choices=sorted(LITERALS), default="float")
    given = parser.parse_args()
    print(f"{'direction':<34}{'weights':>10}{'processor s':>13}{'wall s':>9}{'peak MiB':>10}")
    for size in map(int, given.sizes.split(",")):
        parts = layers(size, given.numbers if given.only != "in" else "float")
        count = sum(w.size for w, _ in parts)
        with tempfile.TemporaryDirectory(prefix="provenn-") as name:
            folder = Path(name)
            (folder / "Net.v").write_text(coq_source(parts, given.numbers))
            (folder / "net.onnx").write_bytes(onnx_bytes(graph_of(parts)))
            (folder / "spec.vnnlib").write_text(property_text(parts[0][0].shape[1]))
            rows = {"out": (f"Coq ({given.numbers}) to safetensors", ["extract", "Net.v", "--network", "net",
                                                                      "--allow-rounding", "-o", "out"]),
                    "in": ("certificate to Coq theorem", ["export", "--coq", "net.onnx", "spec.vnnlib",
                                                          "proof.cert", "-o", "Theorem.v", "--compile"])}
            for word, (title, command) in rows.items():
                if given.only in (None, word):
                    if word == "in":
                        measured(["verify", "net.onnx", "spec.vnnlib", "--certificate", "proof.cert"], folder)
                    taken = measured(command, folder)
                    print(f"{title:<34}{count:>10}{taken.processor:>13.1f}{taken.wall:>9.1f}{taken.peak:>10}",
                          flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
