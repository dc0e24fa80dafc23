"""How two sets of tensors differ, in words: renamed, transposed, another element type, a flipped bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from provenn.io.weights import Stored, Tensors


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: in which file, in which tensor (empty for the file as a whole), and what it is."""

    file: str
    tensor: str
    what: str


def named(file: str, found: Mapping[str, str]) -> Iterator[Finding]:
    """Differences by tensor, as findings in a file."""
    yield from (Finding(file, tensor, what) for tensor, what in found.items())


def differences(wanted: Tensors, found: Tensors) -> dict[str, str]:
    """What is wrong with each tensor in ``found``, by name; empty when all are as ``wanted``, bit for bit.

    Example:
        >>> one = Stored("F32", (1,), bytes(4))
        >>> differences({"a": one}, {"b": one})
        {'a': 'is called b'}
    """
    lost = [n for n in wanted if n not in found]
    extra = [n for n in found if n not in wanted]
    made: dict[str, str] = {}
    for name in lost:
        twins = [n for n in extra if found[n] == wanted[name]]
        made[name] = f"is called {twins[0]}" if twins else "is missing"
        if twins:
            extra.remove(twins[0])
    made |= dict.fromkeys(extra, "is none of the network's tensors")
    for name in wanted:
        if name in found and found[name] != wanted[name]:
            made[name] = _difference(name, wanted, found[name])
    return made


def _difference(name: str, wanted: Tensors, got: Stored) -> str:
    """What is wrong with one tensor that is there under its name."""
    want = wanted[name]
    if got.dtype != want.dtype:
        return f"is {got.dtype} instead of {want.dtype}"
    turned = len(want.shape) == 2 and np.ascontiguousarray(want.array.T).tobytes() == got.data
    if turned and got.shape == want.shape[::-1]:
        return f"is transposed: {list(got.shape)} instead of {list(want.shape)}"
    if got.shape != want.shape:
        return f"has the shape {list(got.shape)} instead of {list(want.shape)}"
    twins = [n for n, t in wanted.items() if n != name and t == got]
    if twins:
        return f"holds what belongs to {twins[0]}"
    return _elements(want, got)


def _elements(want: Stored, got: Stored) -> str:
    """Which element differs first, and how many do."""
    size = len(want.data) // max(1, want.array.size)
    a, b = (np.frombuffer(t.data, f"<u{size}") for t in (want, got))
    bad = np.flatnonzero(a != b)
    first = int(bad[0])
    place = [int(k) for k in np.unravel_index(first, want.shape)]
    bits = int(a[first] ^ b[first]).bit_count() if bad.size == 1 else 0
    values = f"{got.array.flat[first]!r} instead of {want.array.flat[first]!r}"
    how = "one bit is flipped" if bits == 1 else f"{bad.size} of {a.size} numbers differ"
    was, now = (f"{int(t[first]):0{2 * size}x}" for t in (a, b))
    return f"{how}, first at {place}: {values} (bits {now}, not {was})"
