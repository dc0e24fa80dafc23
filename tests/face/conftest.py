"""PyTorch as the judge: one thread, and seeds for both."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from threadpoolctl import threadpool_limits

import provenn

torch = pytest.importorskip("torch")


@pytest.fixture(autouse=True)
def _alone() -> Iterator[None]:
    torch.set_num_threads(1)
    provenn.manual_seed(0)
    with threadpool_limits(1):
        yield
