"""Tensors as files store them: an element type, a shape, and little-endian bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from provenn.errors import FileError
from provenn.ir.graph import Graph
from provenn.ir.names import tensor_names

ELEMENTS = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4", "I16": "<i2",
            "I8": "<i1", "U8": "<u1", "BOOL": "<u1"}
# What weights may be written as, with the names that NumPy, TensorFlow and StableHLO's writer have for it.
DTYPES = {"F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
          "I32": "int32", "I16": "int16", "I8": "int8"}
FIRST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stored:
    """One tensor in a file. ``dtype`` is safetensors' word for the element type: F32, F64, F16, BF16, …"""

    dtype: str
    shape: tuple[int, ...]
    data: bytes

    @classmethod
    def of(cls, value: NDArray[Any], dtype: str = "F32") -> Stored:
        """A tensor in an element type that holds each of its numbers exactly.

        Raises FileError PNN-CERT-634 where a number would have to be rounded.
        """
        exact = np.asarray(value, order="C")
        if dtype == "BF16":
            # The upper halves of binary32 numbers whose lower halves are 0.
            words = exact.astype("<f4").view("<u4")
            made, back = (words >> 16).astype("<u2"), (words & 0xFFFF0000).view("<f4")
        else:
            with np.errstate(over="ignore"):
                made = exact.astype(ELEMENTS[dtype])
            back = made
        if np.asarray(back, np.float64).tobytes() != exact.astype(np.float64).tobytes():
            bad = np.flatnonzero(np.asarray(back, np.float64) != exact.astype(np.float64))
            raise FileError("PNN-CERT-634", f"a number is not exact in {dtype}",
                            got=repr(float(exact.flat[bad[0]])) if bad.size else "",
                            expected="tensors whose numbers all keep their value", hint="write F32")
        return cls(dtype, exact.shape, made.tobytes())

    @property
    def array(self) -> NDArray[Any]:
        """The elements as NumPy has them; BF16 as binary32."""
        flat = np.frombuffer(self.data, ELEMENTS[self.dtype])
        if self.dtype == "BF16":
            flat = (flat.astype("<u4") << 16).view("<f4")
        return flat.reshape(self.shape)


Tensors = Mapping[str, Stored]


def computed(dtype: str) -> str:
    """The NumPy type that programs compute with when weights are stored as ``dtype``.

    binary64 numbers stay binary64. All others are converted to float32, which changes none of them.
    """
    return "float64" if dtype == "F64" else "float32"


def graph_tensors(graph: Graph, dtype: str = "F32") -> dict[str, Stored]:
    """The parameters of a graph by the names that files give them (``tensor_names``)."""
    return {name: Stored.of(value, dtype) for i, name in tensor_names(graph).items()
            if (value := graph.nodes[i].value) is not None}


def unreadable(kind: str, where: str, why: object) -> FileError:
    """The error for a file of weights that is damaged or something else."""
    text = f"{type(why).__name__}: {why}" if isinstance(why, Exception) else str(why)
    return FileError("PNN-CERT-633", f"this is no {kind} file that can be read", where=where, got=text[:200],
                     expected=f"a {kind} file of tensors", hint="write it again: provenn extract")


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A zip file of these entries, uncompressed, that holds nothing of the moment it was written."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        for name, data in entries.items():
            made.writestr(zipfile.ZipInfo(name, FIRST), data)
    return stream.getvalue()


def entries_of(data: bytes) -> dict[str, bytes]:
    """The entries of a zip file; what zipfile raises for a damaged one, ValueError for one that repeats."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        names = opened.namelist()
        if len(set(names)) != len(names):
            raise ValueError("an entry stands in the archive twice")
        return {name: opened.read(name) for name in names}
