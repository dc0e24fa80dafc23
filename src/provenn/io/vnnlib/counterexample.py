"""Counterexamples in the form that VNN-COMP asks for."""

from __future__ import annotations

import numpy as np

from provenn.ir.op import Array


def counterexample(x: Array, y: Array) -> str:
    """A list ``((X_0 v) (X_1 v) … (Y_0 v) …)``, one element a line, of float32 values.

    Each decimal is the shortest that binary64 reads back as the very float32 number, so a reader in
    either precision gets the point that was found.
    """
    lines = [f"({name}_{i} {float(np.float32(v))!r})" for name, values in (("X", x), ("Y", y))
             for i, v in enumerate(np.asarray(values).ravel())]
    return "(" + "\n".join(lines) + ")"
