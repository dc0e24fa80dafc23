"""GGUF, version 3: metadata, a table of tensors, then their bytes, aligned (github.com/ggml-org/ggml).

Its programs know networks by architecture; this one is called provenn, so the file is read by the gguf
package and by whoever wants the tensors, and is no language model. Axes are listed from the innermost one.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from math import prod

from provenn.errors import FileError
from provenn.io.weights.stored import ELEMENTS, Stored, Tensors, unreadable

KIND = "GGUF"
MAGIC, VERSION, ALIGNMENT = b"GGUF", 3, 32
ARCHITECTURE = ("general.architecture", "provenn")
STRING = 8
TYPES = {"F32": 0, "F16": 1, "I8": 24, "I16": 25, "I32": 26, "I64": 27, "F64": 28, "BF16": 30}
DTYPES = {code: dtype for dtype, code in TYPES.items()}
LONGEST_NAME, MOST_AXES = 63, 4


def write_gguf(tensors: Tensors, metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a GGUF file; tensors lie in it in the order of their names.

    Raises FileError PNN-CERT-636 for names and shapes that GGUF has no room for.
    """
    pairs = [ARCHITECTURE, *sorted((metadata or {}).items())]
    head = [MAGIC, struct.pack("<IQQ", VERSION, len(tensors), len(pairs))]
    head += [_text(key) + struct.pack("<I", STRING) + _text(value) for key, value in pairs]
    parts, at = list[bytes](), 0
    for name, t in sorted(tensors.items()):
        if len(name.encode()) > LONGEST_NAME or not 1 <= len(t.shape) <= MOST_AXES or t.dtype not in TYPES:
            raise FileError("PNN-CERT-636", "this format has no room for a tensor", where=name,
                            expected=f"GGUF: names of {LONGEST_NAME} bytes, 1 to {MOST_AXES} axes, "
                                     f"{', '.join(TYPES)}", got=f"{t.dtype} {list(t.shape)}",
                            hint="leave the format out")
        head.append(_text(name) + struct.pack(f"<I{len(t.shape)}QIQ", len(t.shape), *t.shape[::-1],
                                              TYPES[t.dtype], at))
        parts.append(t.data + bytes(-len(t.data) % ALIGNMENT))
        at += len(parts[-1])
    made = b"".join(head)
    return b"".join([made, bytes(-len(made) % ALIGNMENT), *parts])


def _text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


class _Reader:
    """Numbers and strings, one after the other; struct.error and ValueError where the file ends first."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def number(self, kind: str) -> int:
        (value,) = struct.unpack_from(f"<{kind}", self.data, self.at)
        self.at += struct.calcsize(f"<{kind}")
        return int(value)

    def take(self, size: int) -> bytes:
        if size > len(self.data) - self.at:
            raise ValueError("the file ends too early")
        self.at += size
        return self.data[self.at - size : self.at]

    def text(self) -> str:
        return self.take(self.number("Q")).decode()


def read_gguf(data: bytes, where: str = "") -> tuple[dict[str, Stored], dict[str, str]]:
    """Tensors and metadata. Raises FileError PNN-CERT-633 for a damaged file and for one of other kinds.

    Only metadata that are text, and element types that are numbers of their own, are read.
    """
    try:
        return _read(_Reader(data))
    except (struct.error, ValueError, KeyError, OverflowError) as e:
        raise unreadable(KIND, where, e) from None


def _read(file: _Reader) -> tuple[dict[str, Stored], dict[str, str]]:
    """The file from its first byte to its last."""
    if file.take(4) != MAGIC or file.number("I") != VERSION:
        raise ValueError(f"it does not start with {MAGIC.decode()} and version {VERSION}")
    count, pairs = file.number("Q"), file.number("Q")
    metadata = {}
    for _ in range(pairs):
        key = file.text()
        if file.number("I") != STRING:
            raise ValueError(f"{key} is no text")
        metadata[key] = file.text()
    table = dict[str, tuple[str, tuple[int, ...], int]]()
    for _ in range(count):
        name, rank = file.text(), file.number("I")
        if rank > MOST_AXES:
            raise ValueError(f"{name} has {rank} axes")
        axes = [file.number("Q") for _ in range(rank)]
        table[name] = DTYPES[file.number("I")], tuple(reversed(axes)), file.number("Q")
    if len(table) != count or len(metadata) != pairs:
        raise ValueError("a name stands in it twice")
    start = file.at + -file.at % ALIGNMENT
    made, end = dict[str, Stored](), start
    for name, (dtype, shape, at) in table.items():
        size = prod(shape) * int(ELEMENTS[dtype][-1])
        if at % ALIGNMENT or start + at != end:
            raise ValueError(f"{name} does not lie behind the tensor before it")
        file.at = end
        made[name] = Stored(dtype, shape, file.take(size))
        end += size + -size % ALIGNMENT
    if end != len(file.data):
        raise ValueError("more or less follows than the tensors")
    return made, metadata
