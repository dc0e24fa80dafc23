"""Fixtures of the forgery tests: the checker as a judge of many triples at a time."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

from judge import Judge  # noqa: E402


@pytest.fixture(scope="session")
def judge(checker_program: Path) -> Judge:
    """The compiled checker, in a shell with limits on memory and time."""
    return Judge(checker_program)
