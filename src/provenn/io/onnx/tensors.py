"""ONNX tensors as arrays: embedded data, and data in files beside the model."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import NDArray

from provenn.errors import FileError, UnsupportedError

TYPES: dict[int, type[np.generic]] = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64,
    9: np.bool_, 10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
    16: ml_dtypes.bfloat16,
}
EXTERNAL = 1


def element_type(code: int) -> np.dtype[Any] | None:
    """The NumPy type of an ONNX element type, None for one that is not read."""
    return np.dtype(TYPES[code]) if code in TYPES else None


def array_of(tensor: Any, file: str, name: str) -> NDArray[Any]:
    """The elements of a TensorProto.

    Raises FileError: PNN-ONNX-408 when the data do not fill the shape, PNN-ONNX-410 for external data
    that are missing or outside the model's folder; UnsupportedError (PNN-ONNX-417) for element types
    that are not read.
    """
    where = f"{file}, tensor {tensor.name or name!r}"
    dtype = element_type(tensor.data_type)
    if dtype is None:
        raise UnsupportedError("PNN-ONNX-417", f"element type {tensor.data_type} of a tensor is not read",
                               where=where, expected="floats of 16, 32 or 64 bits, integers or bool",
                               hint="export the network in float32")
    shape = tuple(tensor.dims)
    if min(shape, default=0) < 0 or math.prod(n or 1 for n in shape) >= 1 << 40 or tensor.HasField("segment"):
        raise _damaged("a tensor has an impossible shape or is cut into segments", where, ">= 0", list(shape))
    size = math.prod(shape)
    if tensor.data_location == EXTERNAL:
        raw = _external(tensor, Path(file), where)
    elif tensor.HasField("raw_data"):
        raw = bytes(tensor.raw_data)
    else:
        return _listed(tensor, dtype, size, where).reshape(shape)
    if len(raw) != size * dtype.itemsize:
        raise _damaged("the data of a tensor do not fill its shape", where,
                       f"{size * dtype.itemsize} bytes for {dtype}{list(shape)}", f"{len(raw)} bytes")
    return np.frombuffer(raw, dtype.newbyteorder("<")).astype(dtype).reshape(shape)


def _damaged(what: str, where: str, expected: object, got: object) -> FileError:
    return FileError("PNN-ONNX-408", what, where=where, expected=expected, got=got,
                     hint="export the model again; the file is damaged")


def _listed(tensor: Any, dtype: np.dtype[Any], size: int, where: str) -> NDArray[Any]:
    """Elements from the typed lists of the message: small integers are in int32_data, and so on."""
    field = {"float32": "float_data", "float64": "double_data", "int64": "int64_data",
             "uint32": "uint64_data", "uint64": "uint64_data"}.get(dtype.name, "int32_data")
    items = getattr(tensor, field)
    if len(items) != size:
        raise _damaged("the data of a tensor do not fill its shape", where, f"{size} elements", len(items))
    wide = np.array(items,
                    {"float_data": np.float32, "double_data": np.float64, "uint64_data": np.uint64}.get(
        field, np.int64))
    if dtype in (np.float16, ml_dtypes.bfloat16):
        return wide.astype(np.uint16).view(dtype)
    out = wide.astype(dtype)
    if not np.array_equal(out, wide, equal_nan=dtype.kind == "f"):
        raise _damaged("an element is outside its type", where, dtype, "a larger number")
    return out


def _external(tensor: Any, model: Path, where: str) -> bytes:
    """Bytes of a file in the model's folder or below it; links must not lead out of it."""

    def refuse(what: str, got: object) -> FileError:
        return FileError("PNN-ONNX-410", what, where=where, got=got, expected="a file in the model's folder",
                         hint="keep the data files beside the model, or save it with its data inside")

    entries = {e.key: e.value for e in tensor.external_data}
    location = entries.get("location", "")
    folder = model.resolve().parent
    try:
        data = (folder / location).resolve()
        if not location or not data.is_relative_to(folder) or Path(location).is_absolute():
            raise refuse("external data lie outside the model's folder", location)
        start, length = int(entries.get("offset", 0)), int(entries.get("length", -1))
        if not data.is_file():
            raise refuse("a file of external data is missing", location)
        with data.open("rb") as f:
            end = f.seek(0, 2)
            if start < 0 or start > end or (length >= 0 and start + length > end) or length < -1:
                raise refuse("a file of external data is too short", f"{location}: {end} bytes")
            f.seek(start)
            found: bytes = f.read(length)
            return found
    except (OSError, ValueError) as e:
        if isinstance(e, FileError):
            raise
        raise refuse("a file of external data cannot be read", f"{location}: {e}") from None
