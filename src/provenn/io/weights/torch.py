"""PyTorch state_dicts: a zip file with a pickle of references and one file a storage.

The pickle is written instruction by instruction and names three globals only, those that
torch.load(weights_only=True) allows. It is read by an unpickler that knows no others, so reading runs no
code.
"""

from __future__ import annotations

import io
import pickle
import struct
import zipfile
import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from provenn.io.weights.stored import ELEMENTS, Stored, Tensors, archive, entries_of, unreadable

KIND = "PyTorch state_dict"
ROOT = "archive"
STORAGES = {"F32": "FloatStorage", "F64": "DoubleStorage", "F16": "HalfStorage", "BF16": "BFloat16Storage",
            "I64": "LongStorage", "I32": "IntStorage", "I16": "ShortStorage", "I8": "CharStorage"}
DTYPES = {storage: dtype for dtype, storage in STORAGES.items()}
SIZES = {dtype: int(ELEMENTS[dtype][-1]) for dtype in STORAGES}


def write_torch(tensors: Tensors) -> bytes:
    """The bytes of a file that torch.load(weights_only=True) reads as a dictionary of tensors."""
    body = [pickle.PROTO, b"\x02", _global("collections OrderedDict"), pickle.EMPTY_TUPLE, pickle.REDUCE,
            pickle.MARK]
    files = {f"{ROOT}/byteorder": b"little"}
    for k, (name, t) in enumerate(tensors.items()):
        body += [_text(name), _tensor(k, t)]
        files[f"{ROOT}/data/{k}"] = t.data
    body += [pickle.SETITEMS, pickle.STOP]
    return archive({f"{ROOT}/data.pkl": b"".join(body), **files, f"{ROOT}/version": b"3\n"})


def _tensor(k: int, t: Stored) -> bytes:
    """``_rebuild_tensor_v2(storage k, 0, shape, strides, False, OrderedDict())``."""
    strides = [prod(t.shape[a + 1 :]) for a in range(len(t.shape))]
    storage = [pickle.MARK, _text("storage"), _global(f"torch {STORAGES[t.dtype]}"), _text(str(k)),
               _text("cpu"), _int(prod(t.shape)), pickle.TUPLE, pickle.BINPERSID]
    return b"".join([
        _global("torch._utils _rebuild_tensor_v2"), pickle.MARK, *storage, _int(0), _ints(t.shape),
        _ints(strides), pickle.NEWFALSE, _global("collections OrderedDict"), pickle.EMPTY_TUPLE,
        pickle.REDUCE, pickle.TUPLE, pickle.REDUCE])


def _global(name: str) -> bytes:
    return pickle.GLOBAL + name.replace(" ", "\n").encode() + b"\n"


def _text(value: str) -> bytes:
    return pickle.BINUNICODE + struct.pack("<I", len(value.encode())) + value.encode()


def _int(value: int) -> bytes:
    if value < 1 << 31:
        return pickle.BININT + struct.pack("<i", value)
    return pickle.LONG1 + b"\x08" + struct.pack("<q", value)


def _ints(values: Sequence[int]) -> bytes:
    return b"".join([pickle.MARK, *map(_int, values), pickle.TUPLE])


@dataclass(frozen=True, slots=True)
class _Storage:
    """A file of numbers in the archive."""

    dtype: str
    data: bytes


class _Reader(pickle.Unpickler):
    """Knows ordered dictionaries, storages and tensors, nothing else."""

    def __init__(self, data: bytes, files: dict[str, bytes]) -> None:
        super().__init__(io.BytesIO(data))
        self.files = files

    def find_class(self, module: str, name: str) -> Any:
        """The three globals of a state_dict."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _rebuilt
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        raise pickle.UnpicklingError(f"the pickle names {module}.{name}")

    def persistent_load(self, pid: Any) -> _Storage:
        """A storage by its key."""
        word, dtype, key, _, count = pid
        data = self.files[f"data/{key}"]
        if word != "storage" or len(data) != count * SIZES[dtype]:
            raise pickle.UnpicklingError(f"storage {key} holds {len(data)} bytes, not {count} {dtype}")
        return _Storage(dtype, data)


def _rebuilt(storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...],
             grad: bool, hooks: dict[str, Any]) -> Stored:
    """A tensor that fills its storage in row-major order, as this writer's do."""
    rows = tuple(prod(shape[a + 1 :]) for a in range(len(shape)))
    if offset or prod(shape) * SIZES[storage.dtype] != len(storage.data):
        raise pickle.UnpicklingError("a tensor is a part of its storage")
    moved = [a for a, n in enumerate(shape) if n != 1 and strides[a] != rows[a]]
    if moved or len(strides) != len(shape):
        raise pickle.UnpicklingError(f"a tensor of shape {list(shape)} has the strides {list(strides)}")
    return Stored(storage.dtype, tuple(shape), storage.data)


def read_torch(data: bytes, where: str = "") -> dict[str, Stored]:
    """The tensors of a state_dict. Raises FileError PNN-CERT-633 for a damaged file or another pickle."""
    try:
        files = {name.partition("/")[2]: content for name, content in entries_of(data).items()}
        if files.get("byteorder", b"little") != b"little":
            raise pickle.UnpicklingError("its numbers are big-endian")
        made = _Reader(files["data.pkl"], files).load()
        if not isinstance(made, dict) or not all(isinstance(t, Stored) for t in made.values()):
            raise pickle.UnpicklingError("it is no dictionary of tensors")
    except (zipfile.BadZipFile, zlib.error, pickle.UnpicklingError, EOFError, OSError, NotImplementedError,
            RuntimeError, ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error) as e:
        raise unreadable(KIND, where, e) from None
    return made
