"""Fused multiply-add as executions have it, put to vectors inside Coq: TestFloat's mulAdd and FPgen's."""

from __future__ import annotations

import gzip
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.floats.test_arithmetic import fpgen_number

# Every so many of the cases: reading numbers is what takes Coq's time.
STRIDE, FPGEN_STRIDE = 53, 29
Case = tuple[int, ...]
ASKED = """From Coq Require Import ZArith List Bool.
From Flocq Require Import Core BinarySingleNaN IEEE754.Binary IEEE754.Bits.
From Provenn Require Import Float.Binary32.
Import ListNotations.
Definition of_bits (z : Z) : B32 := B2BSN 24 128 (b32_of_bits z).
Definition same (x y : B32) : bool :=
  match x, y with
  | BinarySingleNaN.B754_nan, BinarySingleNaN.B754_nan => true
  | BinarySingleNaN.B754_zero s, BinarySingleNaN.B754_zero t
  | BinarySingleNaN.B754_infinity s, BinarySingleNaN.B754_infinity t => Bool.eqb s t
  | BinarySingleNaN.B754_finite s m e _, BinarySingleNaN.B754_finite t n f _ =>
      Bool.eqb s t && Pos.eqb m n && Z.eqb e f
  | _, _ => false
  end.
Definition good (c : Z * Z * Z * Z) : bool :=
  let '(x, y, z, r) := c in same (fma32 false (of_bits x) (of_bits y) (of_bits z)) (of_bits r).
Definition wrong (l : list (Z * Z * Z * Z)) := length (filter (fun c => negb (good c)) l).
"""


def bits_of(word: str) -> int:
    value = np.float32(fpgen_number(word))
    return 0x7FC00000 if np.isnan(value) else int(value.view(np.uint32))


def of_testfloat(shared: Path) -> list[Case]:
    with gzip.open(shared / "vectors" / "testfloat_f32_mulAdd.txt.gz", "rt") as stream:
        return [tuple(int(w, 16) for w in line.split()[:4]) for k, line in enumerate(stream)
                if k % STRIDE == 0]


def of_fpgen(shared: Path) -> list[Case]:
    cases = []
    with gzip.open(shared / "vectors" / "fpgen_b32.txt.gz", "rt") as stream:
        for line in stream:
            words = line.split()
            arrow = words.index("->")
            if words[0] == "b32*+" and words[1] == "=0" and not set(words[2]) <= set("xuozi"):
                cases.append(tuple(map(bits_of, [*words[2:arrow], words[arrow + 1]])))
    return cases[::FPGEN_STRIDE]


@pytest.mark.parametrize("cases", [of_testfloat, of_fpgen], ids=lambda f: f.__name__)
def test_fused_multiply_add(cases: object, repository: Path, shared: Path, tmp_path: Path) -> None:
    if shutil.which("coqc") is None or not (repository / "theories" / "Float" / "Binary32.vo").is_file():
        pytest.skip("the proofs are not compiled: make coq")
    found = cases(shared)  # type: ignore[operator]
    assert len(found) > 1000
    broken = next((*c[:3], c[3] ^ 1) for c in found if c[3] == 0x3F800000 or 0 < c[3] < 0x7F000000)
    parts = [found[k : k + 500] for k in range(0, len(found), 500)]
    text = ASKED + "".join(
        f"Definition c{k} : list (Z * Z * Z * Z) := [{'; '.join(map(str, part))}]%Z.\n"
        f"Eval vm_compute in wrong c{k}.\n" for k, part in enumerate([*parts, [broken]]))
    (tmp_path / "Asked.v").write_text(text)
    done = subprocess.run(["coqc", "-R", str(repository / "theories"), "Provenn", "-w", "none", "Asked.v"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True)
    answers = [line.split()[1] for line in done.stdout.splitlines() if line.strip().startswith("=")]
    assert answers == ["0"] * len(parts) + ["1"]
