"""Lines that lead to the errors of workers."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from provenn.verify.workers import Cluster, Processes

Patch = pytest.MonkeyPatch


def a_deadly_task(tmp: Path, patch: Patch) -> None:
    with closing(Processes(1)) as workers:
        list(workers.map(os._exit, [1]))


def without_dask(tmp: Path, patch: Patch) -> None:
    patch.setitem(sys.modules, "distributed", None)
    Cluster("tcp://localhost:8786")


TRIGGERS: dict[str, Callable[[Path, Patch], Any]] = {
    "PNN-TOOL-710": a_deadly_task,
    "PNN-TOOL-711": without_dask,
}
