"""From a formula to a property: disjunctive normal form, boxes, grouping.

Every disjunct keeps all rows but the non-strict ones over a single input, which become its box; a
strict one widens the box to its closure and stays as a row. So the property holds at exactly the
points where the formula does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from provenn.errors import PropertyError, UnsupportedError
from provenn.io.vnnlib.formula import Formula, Some
from provenn.io.vnnlib.numbers import is_huge
from provenn.ir.property import Case, Disjunct, Property, Row

Box = tuple[tuple[Fraction, ...], tuple[Fraction, ...]]
MOST_ROWS = 1_000_000


@dataclass
class Bounds:
    """Ends of the inputs so far, by flat index."""

    lo: dict[int, Fraction] = field(default_factory=dict)
    hi: dict[int, Fraction] = field(default_factory=dict)

    def tighten(self, row: Row) -> bool:
        """Use a row over one input; False when it is not one or says more than a closed bound."""
        if row.y or len(row.x) != 1:
            return False
        ((i, c),) = row.x.items()
        end = row.bound / c if c != 1 else row.bound
        if c > 0:
            self.hi[i] = min(self.hi.get(i, end), end)
        else:
            self.lo[i] = max(self.lo.get(i, end), end)
        return not row.strict

    def copy(self) -> Bounds:
        """An independent copy."""
        return Bounds(dict(self.lo), dict(self.hi))


def to_property(
    formula: Formula, inputs: int, outputs: int, *, source: str, name_input: Callable[[int], tuple[str, str]]
) -> Property:
    """The property that holds exactly where ``formula`` does.

    ``name_input`` gives an input's name and place for messages. Raises PropertyError
    (PNN-VNNLIB-508: an input without a bound, -512: a number beyond 2**1000), UnsupportedError
    (PNN-VNNLIB-507: too many disjuncts).
    """
    fixed, choices = _split(formula)
    common = Bounds()
    kept = [row for row in fixed if not common.tighten(row)]
    grouped: dict[Box, list[Disjunct]] = {}
    common_group: list[Disjunct] | None = None

    def group(bounds: Bounds) -> list[Disjunct]:
        box = _ends(bounds.lo, inputs, "lower", name_input), _ends(bounds.hi, inputs, "upper", name_input)
        return grouped.setdefault(box, [])

    for rows in _disjuncts(choices, source, len(kept)):
        own = [row for row in rows if not row.y]
        bounds = common.copy() if own else common
        rest = kept + [row for row in rows if row.y or not bounds.tighten(row)]
        _check_size(rest, source)
        if own:
            group(bounds).append(tuple(rest))
        else:
            common_group = group(common) if common_group is None else common_group
            common_group.append(tuple(rest))
    cases = tuple(Case(lo, hi, tuple(disjuncts)) for (lo, hi), disjuncts in grouped.items())
    return Property(inputs, outputs, cases, source)


def _split(formula: Formula) -> tuple[list[Row], list[Some]]:
    """The rows and the choices of a conjunction, nested ones included."""
    if isinstance(formula, Row):
        return [formula], []
    if isinstance(formula, Some):
        return ([], [formula]) if len(formula.parts) != 1 else _split(formula.parts[0])
    rows: list[Row] = []
    choices: list[Some] = []
    for part in formula.parts:
        if isinstance(part, Row):
            rows.append(part)
        else:
            more, others = _split(part)
            rows += more
            choices += others
    return rows, choices


def _disjuncts(choices: list[Some], source: str, extra: int) -> list[list[Row]]:
    """The product of the choices: lists of rows, one of which must hold in full."""
    out: list[list[Row]] = [[]]
    for choice in choices:
        options: list[list[Row]] = []
        for part in choice.parts:
            rows, inner = _split(part)
            inside = _disjuncts(inner, source, extra) if inner else [[]]
            rows_now = sum(map(len, options)) + sum(map(len, inside)) + len(inside) * len(rows)
            _guard(rows_now + (extra + 1) * (len(options) + len(inside)), source)
            options += [rows + more for more in inside]
        rows_now = len(options) * sum(map(len, out)) + len(out) * sum(map(len, options))
        _guard(rows_now + (extra + 1) * len(out) * len(options), source)
        out = [a + b for a in out for b in options]
    return out


def _guard(rows: int, source: str) -> None:
    if rows > MOST_ROWS:
        raise UnsupportedError("PNN-VNNLIB-507", "the formula has too many combinations of its disjunctions",
                               where=source, expected=f"at most {MOST_ROWS} rows in disjunctive normal form",
                               got=f"{rows} and more", hint="split the query into several files")


def _ends(
    ends: Mapping[int, Fraction], inputs: int, side: str, name_input: Callable[[int], tuple[str, str]]
) -> tuple[Fraction, ...]:
    if len(ends) < inputs:
        missing = next(i for i in range(inputs) if i not in ends)
        name, place = name_input(missing)
        raise PropertyError("PNN-VNNLIB-508", f"the input {name} has no {side} bound", where=place,
                            expected=f"a {side} bound on {name} in every disjunct",
                            got=f"{inputs - len(ends)} of {inputs} inputs without one",
                            hint="bound every input")
    for i, end in ends.items():
        if is_huge(end):
            raise _too_large(*name_input(i))
    return tuple(ends[i] for i in range(inputs))


def _check_size(rows: list[Row], source: str) -> None:
    for row in rows:
        if any(is_huge(q) for q in (row.bound, *row.x.values(), *row.y.values())):
            raise _too_large("a constraint", source)


def _too_large(name: str, place: str) -> PropertyError:
    return PropertyError("PNN-VNNLIB-512", f"a number of {name} is too large", where=place,
                         expected="absolute values up to 2**1000", hint="scale the constraint")
