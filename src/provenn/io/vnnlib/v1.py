"""VNN-LIB 1.0: declare-const of X_i and Y_j, and asserts over them.

    (declare-const X_0 Real)
    (assert (<= X_0 0.5))
    (assert (or (and (>= Y_0 Y_1)) (and (>= Y_2 Y_1))))

Read here: and, or, not, =>, <=, <, >=, >, =, and linear terms with +, -, * and / by a constant.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

from provenn.io.vnnlib.formula import All, Formula, Linear, Some, compare, total
from provenn.io.vnnlib.numbers import LONGEST, decimal
from provenn.io.vnnlib.sexpr import Atom, Expr, Form, Source, first, show

IGNORED = ("set-logic", "set-info", "set-option", "check-sat", "get-model", "exit")
COMPARISONS = ("<=", "<", ">=", ">", "=")
ONE = Fraction(1)
VARIABLE = re.compile(r"([XY])_(\d{1,9})", re.ASCII)
# What most lines are, of which a file may have a hundred thousand.
PLAIN = re.compile(r"(?:\s|;[^\n]*\n)*\((?:declare-const ([XY])_(\d{1,9}) Real"
                   r"|assert \((<=|>=) ([XY])_(\d{1,9}) (-?\d[\d.eE+-]*)\))\)", re.ASCII)


@dataclass
class Query:
    """What a file declares and asserts: offsets of the variables by index, and the conjunction."""

    source: Source
    inputs: dict[int, int] = field(default_factory=dict)
    outputs: dict[int, int] = field(default_factory=dict)
    asserted: list[Formula] = field(default_factory=list)

    @property
    def formula(self) -> All:
        """The conjunction of all asserts."""
        return All(tuple(self.asserted))


def read_query(source: Source) -> Query:
    """The declarations and asserts of a text.

    Raises FileError (PNN-VNNLIB-502 to -505, -512) for malformed text, UnsupportedError
    (PNN-VNNLIB-506) for what is valid SMT-LIB but not read; both with line and column.
    """
    query, at = Query(source), 0
    while True:
        at = _plain(query, at)
        if (found := first(source, at)) is None:
            return query
        expr, at = found
        if isinstance(expr, Atom) or not expr.items or not isinstance(expr.items[0], Atom):
            raise source.malformed(expr.at, "a command was expected", "(declare-const …) or (assert …)",
                                   show(expr), "PNN-VNNLIB-503")
        command = expr.items[0].text
        if command in ("declare-const", "declare-fun"):
            _declare(query, expr)
        elif command == "assert":
            if len(expr.items) != 2:
                raise source.malformed(expr.at, "assert takes one formula", "(assert FORMULA)", show(expr))
            query.asserted.append(_formula(query, expr.items[1], False))
        elif command not in IGNORED:
            raise source.malformed(expr.at, "an unknown command", "(declare-const …) or (assert …)",
                                   show(expr), "PNN-VNNLIB-503")


def _plain(query: Query, at: int) -> int:
    """Read plain declarations and bounds of single variables from an offset on; returns where they end.

    Whatever is wrong with one of them is left for others to say.
    """
    while (match := PLAIN.match(query.source.text, at)) is not None:
        name, number, op, letter, place, value = match.groups()
        known = query.inputs if "X" in (name, letter) else query.outputs
        index = int(number or place)
        if name:
            if index in known:
                break
            known[index] = match.start(1) - len("(declare-const ")
        else:
            end = decimal(value)
            if index not in known or end is None:
                break
            one = {index: ONE}
            left = Linear(x=one) if letter == "X" else Linear(y=one)
            query.asserted.append(compare(op, left, Linear(constant=end)))
        at = match.end()
    return at


def _declare(query: Query, form: Form) -> None:
    words = [e.text if isinstance(e, Atom) else "()" if not e.items else "(…)" for e in form.items]
    name, match = (words[1], VARIABLE.fullmatch(words[1])) if len(words) > 1 else ("", None)
    if match is None or words not in (["declare-const", name, "Real"], ["declare-fun", name, "()", "Real"]):
        raise query.source.malformed(form.at, "a declaration is not of the form that is read",
                                     "(declare-const X_i Real) or (declare-const Y_j Real)", show(form),
                                     "PNN-VNNLIB-504")
    known, index = query.inputs if match[1] == "X" else query.outputs, int(match[2])
    if index in known:
        earlier = f"{name}, first in line {query.source.line(known[index])}"
        raise query.source.malformed(form.at, "a variable is declared twice", "each variable once", earlier,
                                     "PNN-VNNLIB-504")
    known[index] = form.at


def _formula(query: Query, expr: Expr, negated: bool) -> Formula:
    """A formula, or its negation, with the negations pushed to the comparisons."""
    if isinstance(expr, Atom):
        if expr.text in ("true", "false"):
            return All(()) if (expr.text == "true") != negated else Some(())
        raise query.source.malformed(expr.at, "a formula was expected", "(and …), (or …) or a comparison",
                                     show(expr))
    head = expr.items[0] if expr.items else None
    if not isinstance(head, Atom):
        raise query.source.malformed(expr.at, "a formula was expected", "(and …), (or …) or a comparison",
                                     show(expr))
    op, args = head.text, expr.items[1:]
    if op in COMPARISONS:
        return _comparison(query, expr, op, negated)
    if op in ("and", "or"):
        parts = tuple(_formula(query, e, negated) for e in args)
        return All(parts) if (op == "and") != negated else Some(parts)
    if op == "not" and len(args) == 1:
        return _formula(query, args[0], not negated)
    if op == "=>" and len(args) >= 2:
        parts = (*(_formula(query, e, not negated) for e in args[:-1]), _formula(query, args[-1], negated))
        return All(parts) if negated else Some(parts)
    known = op in ("not", "=>")
    raise query.source.malformed(expr.at, f"{op} takes other operands" if known else "an unknown operator",
                                 "and, or, not, =>, <=, <, >=, > or =", show(expr))


def _comparison(query: Query, expr: Form, op: str, negated: bool) -> Formula:
    """``(op a b …)``: each operand against the next."""
    if len(expr.items) < 3:
        raise query.source.malformed(expr.at, f"{op} compares at least two terms", f"({op} TERM TERM)",
                                     show(expr))
    terms = [_term(query, e) for e in expr.items[1:]]
    if len(terms) == 2:
        return compare(op, terms[0], terms[1], negated)
    parts = tuple(compare(op, a, b, negated) for a, b in pairwise(terms))
    return Some(parts) if negated else All(parts)


def _term(query: Query, expr: Expr) -> Linear:
    """A linear term."""
    if isinstance(expr, Atom):
        return _atom(query, expr)
    head = expr.items[0] if expr.items else None
    op, args = head.text if isinstance(head, Atom) else "", [_term(query, e) for e in expr.items[1:]]
    if op not in ("+", "-", "*", "/") or not args:
        raise query.source.malformed(expr.at, "a term was expected",
                                     "a number, a variable, (+ …), (- …) or (* …)", show(expr))
    if op == "+":
        return total(args)
    if op == "-":
        return args[0].plus(total(args[1:]), -1) if len(args) > 1 else args[0].times(Fraction(-1))
    return _scaled(query, expr, op, args)


def _scaled(query: Query, expr: Form, op: str, args: list[Linear]) -> Linear:
    """A product with at most one factor that is not constant, or a quotient by constants."""
    out = args[0]
    for other in args[1:]:
        if op == "/" and other.is_constant and other.constant == 0:
            raise query.source.malformed(expr.at, "a division by zero", "a divisor other than 0", show(expr))
        if op == "/" and other.is_constant:
            out = out.times(1 / other.constant)
        elif op == "*" and other.is_constant:
            out = out.times(other.constant)
        elif op == "*" and out.is_constant:
            out = other.times(out.constant)
        else:
            raise query.source.unsupported(expr.at, f"a term is not linear: {show(expr)}",
                                           "provenn reads linear constraints; multiply by numbers only")
    return out


def _atom(query: Query, atom: Atom) -> Linear:
    match = VARIABLE.fullmatch(atom.text) if atom.text[0] in "XY" else None
    if match is not None:
        index, is_input = int(match[2]), match[1] == "X"
        if index not in (query.inputs if is_input else query.outputs):
            raise query.source.malformed(atom.at, "a variable is not declared",
                                         f"(declare-const {atom.text} Real) before",
                                         atom.text, "PNN-VNNLIB-504")
        one = {index: ONE}
        return Linear(x=one) if is_input else Linear(y=one)
    value = decimal(atom.text)
    if value is None:
        raise query.source.malformed(atom.at, "a number or a variable was expected",
                                     f"X_i, Y_j or a decimal of at most {LONGEST} characters", atom.text)
    return Linear(constant=value)
