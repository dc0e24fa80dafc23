"""IDX files, the format of MNIST: a magic number, the sizes, then one unsigned byte an element.

    magic   4 bytes: 0, 0, 8 (unsigned byte), number of dimensions
    sizes   4 bytes a dimension, big-endian
    data    row-major, nothing after it

Source: Y. LeCun, C. Cortes, C. Burges, The MNIST database of handwritten digits (1998).
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.errors import FileError
from provenn.io.files import read_bytes

Bytes = NDArray[np.uint8]
UNSIGNED = 8
KINDS = {1: "labels", 3: "images"}


def read(path: str | Path, dimensions: int) -> Bytes:
    """The array in the IDX file at ``path``, plain or compressed with gzip.

    Raises FileError: PNN-DATA-951 when it cannot be read, PNN-DATA-952 when it is no IDX file of unsigned
    bytes or has another number of dimensions, PNN-DATA-953 when it is shorter or longer than its sizes say.
    """
    return parse(read_bytes(path, "PNN-DATA-951", "IDX"), dimensions, str(path))


def parse(data: bytes, dimensions: int, where: str = "") -> Bytes:
    """The array that the bytes of an IDX file hold; raises as ``read`` does.

    Example:
        >>> parse(bytes([0, 0, 8, 1, 0, 0, 0, 2, 7, 9]), 1)
        array([7, 9], dtype=uint8)
    """
    magic = bytes([0, 0, UNSIGNED, dimensions])
    wanted = f"{KINDS.get(dimensions, 'data')}: magic number {magic.hex(' ')}"
    if data[:4] != magic:
        is_other = len(data) >= 4 and data[:3] == magic[:3] and data[3] in KINDS
        got = f"a file of {KINDS[data[3]]}" if is_other else data[:4].hex(" ") or "an empty file"
        raise FileError("PNN-DATA-952", "this is not the IDX file that was expected", where=where,
                        expected=wanted, got=got,
                        hint="images and labels may be swapped, or the download failed")
    head = 4 + 4 * dimensions
    sizes = tuple(int.from_bytes(data[k : k + 4], "big") for k in range(4, min(head, len(data)), 4))
    size = head + math.prod(sizes)
    if len(data) != size or min(sizes, default=1) == 0:
        said = " x ".join(map(str, sizes))
        word = "truncated" if len(data) < size else "longer than its sizes say"
        raise FileError("PNN-DATA-953", f"the IDX file is {word if len(data) != size else 'empty'}",
                        where=where,
                        expected=f"{size} bytes ({head} of header, {said} of data)", got=f"{len(data)} bytes",
                        hint="copy or download it again")
    return np.frombuffer(data, np.uint8, offset=head).reshape(sizes)


def to_bytes(array: NDArray[Any]) -> bytes:
    """The IDX file of an array of unsigned bytes.

    Example:
        >>> parse(to_bytes(np.eye(2, dtype=np.uint8)), 2).tolist()
        [[1, 0], [0, 1]]
    """
    sizes = b"".join(int(n).to_bytes(4, "big") for n in array.shape)
    return bytes([0, 0, UNSIGNED, array.ndim]) + sizes + np.ascontiguousarray(array, np.uint8).tobytes()
