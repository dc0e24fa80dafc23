"""What the theorems about the binary32 arithmetic rest on, asked from Coq where the proofs are compiled."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from provenn.coq.trust import NAME, STANDARD

OPERATIONS = ("add", "sub", "mul", "div", "sqrt", "eqb", "ltb", "leb")
THEOREMS = ("KernelProof.r32_correct", "ReferenceProof.dot32_correct",
            "ReferenceGraphProof.reference_is_execution", "ReferenceGraphProof.reference_correct",
            "ReferenceSound.reference_sound", "FlushProof.addz32_correct", "FlushProof.mulz32_correct",
            *(f"OperationsProof.{op}32_correct" for op in OPERATIONS))


@pytest.mark.parametrize("theorem", THEOREMS)
def test_only_standard_axioms(theorem: str, repository: Path, tmp_path: Path) -> None:
    module, name = theorem.split(".")
    if shutil.which("coqc") is None or not (repository / "theories" / "Float" / f"{module}.vo").is_file():
        pytest.skip("the proofs are not compiled: make coq")
    (tmp_path / "Asked.v").write_text(f"From Provenn Require Float.{module}.\n"
                                      f"Print Assumptions Provenn.Float.{theorem}.\n")
    done = subprocess.run(["coqc", "-R", str(repository / "theories"), "Provenn", "-w", "none", "Asked.v"],
                          cwd=tmp_path, capture_output=True, text=True, timeout=120, check=True)
    names = set(NAME.findall(done.stdout)) - {"Axioms"}
    assert names
    own = {n for n in names if "." in n and not n.startswith(STANDARD)}
    assert own == set(), f"{name} rests on more than Coq's own axioms"


def test_nothing_is_admitted(repository: Path) -> None:
    for path in (repository / "theories" / "Float").glob("*.v"):
        assert not re.search(r"\b(Admitted|Axiom|Parameter|Extract)\b", path.read_text()), path.name
