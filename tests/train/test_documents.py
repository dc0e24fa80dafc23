"""What docs/training.md shows works."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
import typer

from provenn.cli.program import program
from provenn.train import dataset, sources


def test_the_example_trains(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    sources.fetch("digits")
    train, _ = dataset.load("digits")
    images, labels = train.batch(slice(None))
    code = re.findall(r"```python\n(.*?)```", (repository / "docs/training.md").read_text(), re.DOTALL)[0]
    names = {"images": images, "labels": labels}
    exec(compile(code, "docs/training.md", "exec"), names)
    assert float((np.argmax(names["scores"], 1) == labels).mean()) > 0.93
    assert (tmp_path / "digits-model" / "model.safetensors").is_file()


@pytest.mark.parametrize("verb", ["data", "train", "show"])
def test_options_in_the_page_exist(repository: Path, verb: str) -> None:
    known = {o for p in typer.main.get_command(program()).commands[verb].params for o in p.opts}  # type: ignore[attr-defined]
    page = (repository / "docs/training.md").read_text()
    uses = re.findall(rf"provenn {verb} ([^`\n#]*)", page)
    if verb == "train":
        uses += [line for line in page.split("\n") if line.startswith("  --")]
    shown = {o for use in uses for o in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", use)}
    assert shown
    assert shown <= known


def test_the_step_in_the_page_about_gradients_is_the_one_that_is_made(
    repository: Path, checker_program: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (repository / "docs/gradients.md").read_text()
    code = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    exec(compile(code, "docs/gradients.md", "exec"), {})
    said = capsys.readouterr().out.split("\n")
    shown = re.findall(r"^  %\d+ = .*$", page, re.MULTILINE)
    assert len(shown) == 34
    assert set(shown) <= set(said)
    assert said[-2] == "True"


def test_the_theorem_in_the_page_about_gradients_is_the_one_that_is_proved(repository: Path) -> None:
    page = (repository / "docs/gradients.md").read_text()
    theorem = re.findall(r"```coq\n(.*?)```", page, re.DOTALL)[0]
    assert theorem in (repository / "theories/Autodiff/ReverseProof.v").read_text()
