"""The page for readers of PyTorch runs as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest


def test_the_page_runs(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (repository / "docs" / "pytorch.md").read_text()
    code = "\n".join(re.findall(r"```python\n(.*?)```", page, re.DOTALL))
    exec(compile(code, "pytorch.md", "exec"), {})
    said = capsys.readouterr().out
    assert said.startswith("True\n['1.weight', '1.bias', '3.weight', '3.bias']\ngraph 'network'")
    assert said.endswith("Tensor([ 6., 12.])\nunsat\n")
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert (repository / "docs" / target).exists()
