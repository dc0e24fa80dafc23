"""The same certificates inside Coq's kernel: what the extracted checker accepts is a theorem there."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from provenn.coq.kernel import HEADER, MAX_WORDS, definition, kernel_theorem
from provenn.errors import CertificateError
from provenn.verify import checker
from tests.conftest import missing
from tests.coq.samples import Files, certified, damaged

NAMES = ("graph", "property", "certificate")


def coqc(folder: Path, text: str, theories: Path) -> subprocess.CompletedProcess[str]:
    """Compile one Coq file; skips where Coq or the compiled theories are missing."""
    if shutil.which("coqc") is None or not (theories / "Checker" / "Sound.vo").is_file():
        missing("Coq or the compiled theories are missing: make coq")
    (folder / "Net.v").write_text(text)
    return subprocess.run(["coqc", "-R", str(theories), "Provenn", "-w", "none", "Net.v"], cwd=folder,
                          capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("k", range(3))
def test_an_accepted_certificate_is_a_theorem(k: int, tmp_path: Path, repository: Path) -> None:
    done = coqc(tmp_path, kernel_theorem(*list(certified())[k]), repository / "theories")
    assert done.returncode == 0, done.stderr
    assert "Admitted" not in done.stdout


def broken(files: Files) -> Files:
    """The first certificate with its property's threshold moved to where it is false."""
    prop = files[1].copy()
    prop[-1] = 100.0
    return files[0], prop, files[2]


def test_a_rejected_certificate_is_no_theorem(tmp_path: Path, repository: Path) -> None:
    done = coqc(tmp_path, kernel_theorem(*broken(next(certified()))), repository / "theories")
    assert done.returncode != 0
    assert "accepted" in done.stderr or "true" in done.stderr


def test_the_kernel_agrees_on_damaged_files(tmp_path: Path, repository: Path, checker_program: Path) -> None:
    theories = repository / "theories"
    mutants = list(damaged(next(certified()), seed=5, count=12))
    parts = [HEADER]
    for i, files in enumerate(mutants):
        parts += [definition(f"{name}{i}", words) for name, words in zip(NAMES, files)]
        parts.append(f"Eval vm_compute in accepts graph{i} property{i} certificate{i}.")
    done = coqc(tmp_path, "\n".join(parts), theories)
    assert done.returncode == 0, done.stderr
    answers = [line.split("=")[1].strip() for line in done.stdout.split("\n") if line.strip().startswith("=")]
    kernel = [answer == "true" for answer in answers]
    assert kernel == [checker.run(*files).accepted for files in mutants]
    assert not all(kernel)


def test_too_large_for_the_kernel() -> None:
    with pytest.raises(CertificateError) as caught:
        kernel_theorem(np.zeros(MAX_WORDS), np.zeros(1), np.zeros(1))
    assert caught.value.code == "PNN-CERT-621"
