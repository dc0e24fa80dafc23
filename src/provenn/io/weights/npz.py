"""NumPy's .npz: a zip file with one .npy a tensor."""

from __future__ import annotations

import io
import zipfile
import zlib

import numpy as np

from provenn.io.weights.stored import ELEMENTS, Stored, Tensors, archive, entries_of, unreadable

KIND = "NumPy .npz"
SUFFIX = ".npy"
NAMES = {np.dtype(code): name for name, code in ELEMENTS.items() if name not in ("BF16", "BOOL")}


def write_npz(tensors: Tensors) -> bytes:
    """The bytes of an .npz file."""
    def entry(t: Stored) -> bytes:
        stream = io.BytesIO()
        np.lib.format.write_array(stream, t.array, allow_pickle=False)
        return stream.getvalue()

    return archive({f"{name}{SUFFIX}": entry(t) for name, t in sorted(tensors.items())})


def read_npz(data: bytes, where: str = "") -> dict[str, Stored]:
    """The tensors; pickled objects are refused. Raises FileError PNN-CERT-633 for a damaged file."""
    made = {}
    try:
        for name, content in entries_of(data).items():
            stream = io.BytesIO(content)
            value = np.lib.format.read_array(stream, allow_pickle=False)
            if not name.endswith(SUFFIX) or stream.read(1):
                raise unreadable(KIND, where, f"entry {name} holds more than an array")
            little = np.ascontiguousarray(value, value.dtype.newbyteorder("<"))
            made[name.removesuffix(SUFFIX)] = Stored(NAMES.get(little.dtype, little.dtype.name), value.shape,
                                                     little.tobytes())
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
            SyntaxError, TypeError, KeyError) as e:
        raise unreadable(KIND, where, e) from None
    return made
