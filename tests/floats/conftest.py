"""The extracted arithmetic, compiled once a session."""

from __future__ import annotations

import pytest

from provenn.errors import ToolError
from tests.conftest import missing
from tests.floats import arithmetic


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> arithmetic.Extracted:
    """The program; skips without an OCaml compiler."""
    try:
        return arithmetic.Extracted(arithmetic.build(tmp_path_factory.mktemp("float")))
    except ToolError as e:
        missing(f"no extracted arithmetic: {e.what}")
