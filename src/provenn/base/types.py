"""Tensor types: an element type and a static shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

DTYPE_CODES = {"float32": 1}


@dataclass(frozen=True, slots=True)
class TensorType:
    """The type of a tensor: element type and shape, both known before anything runs.

    Example:
        >>> TensorType((2, 3)).size
        6
        >>> str(TensorType((2, 3)))
        'float32[2, 3]'
    """

    shape: tuple[int, ...]
    dtype: str = "float32"

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.shape))}]"
