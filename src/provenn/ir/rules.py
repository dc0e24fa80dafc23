"""Rules that several ops share and that append nodes to a graph: moves, StableHLO, bounds as nodes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from provenn.base.views import Loops, View
from provenn.errors import UnsupportedError
from provenn.ir.op import Attrs, Emitter, EncloseRule, Ends, Have, LowerRule, Writer, WriteRule


def permuted(emit: Emitter, x: int, shape: tuple[int, ...], src: Callable[[Loops], View]) -> int:
    """A move whose loops are the axes of its result."""
    loops = Loops(shape)
    return emit.move(x, shape=shape, loops=loops, out=loops.view(*range(len(shape))), src=src(loops))


def written(name: str) -> Have[WriteRule]:
    """StableHLO facet of an elementwise op that StableHLO has."""

    def rule(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
        return writer.hlo(name, *args)

    return Have(rule)


def written_lowered(lower: LowerRule) -> Have[WriteRule]:
    """StableHLO facet of an op that is written by way of core operations."""

    def rule(writer: Writer, attrs: Attrs, args: Sequence[int]) -> int:
        return lower(writer, attrs, args)

    return Have(rule)


def both_ends(tag: str) -> Have[EncloseRule]:
    """Bounds as nodes of an op that increases in every operand: the op of the lower and of the upper ends."""

    def rule(emit: Emitter, attrs: Attrs, *xs: Ends) -> Ends:
        low, high = (getattr(emit, tag)(*(x[k] for x in xs), **attrs) for k in (0, 1))
        return low, high

    return Have(rule)


def by_centre(tag: str, slots: Sequence[int] = (0, 1)) -> Have[EncloseRule]:
    """Bounds as nodes of an op of two operands, linear in one that varies, the other being exact.

    The op of the centre, less and plus that of the radius with the other operand's absolute value. Raises
    UnsupportedError PNN-OP-203 when both vary, or one whose slot is not among ``slots``.
    """

    def rule(emit: Emitter, attrs: Attrs, *xs: Ends) -> Ends:
        varying = [k for k, (low, high) in enumerate(xs) if low != high]
        if len(varying) != 1 or varying[0] not in slots:
            raise UnsupportedError("PNN-OP-203", f"bounds of {tag} need one exact operand",
                                   expected=f"intervals for operand {' or '.join(map(str, slots))} only",
                                   got=f"intervals for operands {', '.join(map(str, varying))}")
        k = varying[0]
        low, high = xs[k]
        half = emit.fill(0.5, emit.type(low).shape)
        centre, radius = emit.mul(emit.add(low, high), half), emit.mul(emit.sub(high, low), half)
        exact, size = xs[1 - k][0], emit.abs(xs[1 - k][0])
        middle = getattr(emit, tag)(*((centre, exact) if k == 0 else (exact, centre)), **attrs)
        spread = getattr(emit, tag)(*((radius, size) if k == 0 else (size, radius)), **attrs)
        return emit.sub(middle, spread), emit.add(middle, spread)

    return Have(rule)
