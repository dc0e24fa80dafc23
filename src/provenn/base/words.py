"""Canonical files are sequences of 64-bit words, each a little-endian binary64 number.

Integers are stored by value, so a reader needs one kind of word only. The first word of a file is
a magic number: eight ASCII bytes that happen to be a finite binary64.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.float64]

GRAPH_MAGIC = float(np.frombuffer(b"pvnGRAPH", "<f8")[0])
PROPERTY_MAGIC = float(np.frombuffer(b"pvnPROPS", "<f8")[0])
CERTIFICATE_MAGIC = float(np.frombuffer(b"pvnPROOF", "<f8")[0])
VERSION = 1


def to_bytes(words: Words) -> bytes:
    """The bytes of a canonical file."""
    return np.ascontiguousarray(words, "<f8").tobytes()


def sha256(words: Words) -> str:
    """Hexadecimal SHA-256 of a canonical file; it names the graph, property or certificate."""
    return hashlib.sha256(to_bytes(words)).hexdigest()


def hash_words(digest: str) -> list[float]:
    """A SHA-256 digest as eight words of 32 bits."""
    return [float(int(digest[i : i + 8], 16)) for i in range(0, 64, 8)]
