"""Two builds of one checker: the fast one, and the one that uses Coq's own modules only."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from provenn.base.words import to_bytes
from provenn.verify import certificate
from tests.conftest import missing
from tests.coq import steps
from tests.coq.samples import Files, certified, damaged


@pytest.fixture(scope="module")
def slow_program(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The slow build; skips without Coq's OCaml libraries."""
    room = tmp_path_factory.mktemp("slow")
    found = shutil.which("ocamlfind") and subprocess.run(
        ["ocamlfind", "query", "coq-core.kernel"], capture_output=True, check=False).returncode == 0
    if not found:
        missing("Coq's OCaml libraries are missing: apt-get install libcoq-core-ocaml-dev ocaml-findlib")
    folder = repository / "checker"
    for path in [*(folder / "extracted" / "slow").glob("*.ml*"), folder / "slow" / "glue.ml",
                 folder / "driver.ml", folder / "farray.ml"]:
        shutil.copy(path, room)
    subprocess.run(["ocamlfind", "ocamlopt", "-rectypes", "-thread", "-w", "-a",
                    "-package", "unix,coq-core.kernel", "-linkpkg",
                    "checker.mli", "checker.ml", "gradient.mli", "gradient.ml", "glue.ml", "farray.ml",
                    "driver.ml", "-o", "slow"],
                   cwd=room, check=True, timeout=300)
    return room / "slow"


def says(program: Path, files: Files, folder: Path, *verb: str, processes: int = 1) -> list[str]:
    """All lines but the time, and how many processes there were."""
    paths = [folder / name for name in ("first", "second", "third")]
    for path, words in zip(paths, files):
        path.write_bytes(to_bytes(words))
    count = [str(processes)] if processes > 1 else []
    done = subprocess.run([str(program), *verb, *map(str, paths), *count], capture_output=True, text=True,
                          timeout=60, check=False)
    return [line for line in done.stdout.split("\n") if not line.startswith(("seconds", "processes"))]


@pytest.mark.parametrize("k", range(4))
def test_both_builds_say_the_same(k: int, slow_program: Path, checker_program: Path, tmp_path: Path) -> None:
    files = list(certified())[k]
    assert "accepted" in says(checker_program, files, tmp_path)
    for mutant in [files, *damaged(files, seed=k, count=60)]:
        fast, slow = says(checker_program, mutant, tmp_path), says(slow_program, mutant, tmp_path)
        assert fast == slow or "index-outside" in fast[-2]


def test_processes_change_nothing(
    slow_program: Path, checker_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The fast build on three processes, forks wherever there are splits; the slow build on one."""
    monkeypatch.setattr(certificate, "FORK_WORDS", 1)
    monkeypatch.setattr(certificate, "FORK_PARTS", 1)
    forked = [f for f in certified() if 6.0 in f[2][certificate.HEADER:]]
    assert forked
    for files in forked:
        for mutant in [files, *damaged(files, seed=7, count=40)]:
            fast = says(checker_program, mutant, tmp_path, processes=3)
            assert fast == says(checker_program, mutant, tmp_path)
            assert fast == says(slow_program, mutant, tmp_path) or "index-outside" in fast[-2]


@pytest.mark.parametrize("tag", ["conv", "logsumexp", "softplus"])
def test_both_builds_say_the_same_of_steps(
    tag: str, slow_program: Path, checker_program: Path, tmp_path: Path
) -> None:
    files = steps.of_op(tag, seed=1)
    assert "accepted" in says(checker_program, files, tmp_path, "gradient")
    for mutant in [files, *damaged(files, seed=1, count=60)]:
        fast = says(checker_program, mutant, tmp_path, "gradient")
        assert fast == says(slow_program, mutant, tmp_path, "gradient")
