"""Fixtures that every test may use."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import NoReturn

import pytest

from provenn.errors import ToolError
from provenn.verify import checker

REPOSITORY = Path(__file__).resolve().parents[1]


# What make test installs and tests import where it is there.
INSTALLED = ("cryptography", "distributed", "gguf", "gmpy2", "iree.compiler", "jax", "onnxruntime", "sklearn",
             "softfloatpy", "tensorflow", "torch", "vnnlib", "vnntest")


def pytest_configure(config: pytest.Config) -> None:
    """Under CI no test may skip because a package is missing."""
    absent = [m for m in INSTALLED if importlib.util.find_spec(m) is None]
    if os.environ.get("CI") and absent:
        raise pytest.UsageError(f"not installed: {', '.join(absent)}")


def missing(what: str) -> NoReturn:
    """Skip where a tool that ``make test`` installs is missing; under CI that is a failure."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def shared_path() -> Path:
    """The folder of instances that other people published: $PROVENN_SHARED, or shared/ beside the repository.

    Skips the calling test, saying why, where there is none.
    """
    folder = Path(os.environ.get("PROVENN_SHARED") or REPOSITORY.parent / "shared")
    if not (folder / "bench").is_dir():
        pytest.skip(f"no benchmark instances: {folder}/bench does not exist (set PROVENN_SHARED)")
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """See shared_path."""
    return shared_path()


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture(scope="session")
def digits() -> Path:
    """The bundled example: networks and specifications."""
    return REPOSITORY / "examples" / "digits"


@pytest.fixture(scope="session")
def checker_program() -> Path:
    """The compiled checker; skips where it can neither be found nor compiled."""
    try:
        return checker.find()
    except ToolError as e:
        missing(f"no certificate checker: {e.what}")
