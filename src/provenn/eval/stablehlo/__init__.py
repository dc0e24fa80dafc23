"""Graphs as StableHLO text, for any compiler that reads it."""

from provenn.eval.stablehlo.module import text

__all__ = ["text"]
