"""What the documents promise is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGES = ["README.md", "CONTRIBUTING.md", "TRUST.md", "CHANGELOG.md",
         *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md")),
         *sorted(str(p.relative_to(ROOT)) for p in (ROOT / "examples" / "proofs").rglob("README.md"))]


def test_the_quick_start_runs(
    repository: Path, checker_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "examples").symlink_to(repository / "examples")
    monkeypatch.chdir(tmp_path)
    code = "".join(re.findall(r"```python\n(.*?)```", (repository / "README.md").read_text(), re.DOTALL))
    exec(compile(code, "README.md", "exec"), {})
    said = capsys.readouterr().out.split("\n")
    assert said[:3] == ["unsat", "True", "sat"]
    assert said[-2] == "unsat"
    assert (tmp_path / "report.html").is_file()


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str, repository: Path) -> None:
    text = (repository / page).read_text()
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert (repository / page).parent.joinpath(target).exists(), target


def test_make_targets_that_documents_name_exist(repository: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (repository / "Makefile").read_text(), re.MULTILINE))
    for page in ("README.md", "CONTRIBUTING.md", "TRUST.md"):
        for name in re.findall(r"(?:`|^)make ([a-z]+)", (repository / page).read_text(), re.MULTILINE):
            assert name in targets, f"{page}: make {name}"


def test_the_packages_for_the_proofs_are_listed(repository: Path) -> None:
    assert {"coq", "libcoq-flocq", "ocaml-nox"} <= set((repository / "apt.txt").read_text().split())
