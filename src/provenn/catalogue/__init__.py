"""Every error code with its long text; ``provenn explain CODE`` prints it.

One module an area: graphs (SHAPE, GRAPH, OP), files of others (ONNX, VNNLIB, PROP), certificates
(CERT, CHECK), benchmarks (BENCH) and the program itself (TOOL, CLI). A test compares the codes with
those in the source.
"""

from __future__ import annotations

import difflib

from provenn.catalogue import (
    benchmarks,
    certificates,
    compilation,
    face,
    graphs,
    networks,
    program,
    properties,
    training,
    weights,
)
from provenn.catalogue.entry import Entry
from provenn.errors import UsageError

__all__ = ["ENTRIES", "Entry", "explain"]

ENTRIES: dict[str, Entry] = {
    e.code: e
    for area in (graphs, compilation, face, properties, networks, certificates, training, program,
                 benchmarks, weights)
    for e in area.ENTRIES
}


def explain(code: str) -> Entry:
    """The entry of a code, upper or lower case, with or without ``PNN-``.

    Raises UsageError (PNN-CLI-805) for a code that does not exist, with the nearest one.

    Example:
        >>> explain("shape-104").title
        'A weight does not fit its operand'
    """
    wanted = code.strip().upper()
    wanted = wanted if wanted.startswith("PNN-") else f"PNN-{wanted}"
    if wanted not in ENTRIES:
        near = difflib.get_close_matches(wanted, ENTRIES, n=1, cutoff=0.0)
        raise UsageError("PNN-CLI-805", "there is no such error code", got=code,
                         hint=f"nearest: {near[0]}; provenn explain lists all codes")
    return ENTRIES[wanted]
