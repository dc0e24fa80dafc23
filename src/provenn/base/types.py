"""Tensor types: an element type and a static shape."""

from __future__ import annotations

import math
from dataclasses import dataclass

# The code says that a tensor holds numbers. Which ones a program computes with is not in canonical files: the
# checker takes all of them as real numbers.
DTYPE_CODES = {"float32": 1, "float64": 1}


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
