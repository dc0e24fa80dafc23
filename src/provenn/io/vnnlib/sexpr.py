"""S-expressions with positions: the text form of VNN-LIB 1.0 (a subset of SMT-LIB 2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from provenn.errors import FileError, UnsupportedError

DEEPEST = 200
TOKEN = re.compile(r""";[^\n]*|([()]|[^\s();"|]+|\|[^|]*\||"(?:[^"]|"")*"|["|])""")


class Atom(NamedTuple):
    """A word of the text, at an offset."""

    text: str
    at: int


class Form(NamedTuple):
    """A parenthesised list, at the offset of its opening parenthesis."""

    items: list[Expr]
    at: int


Expr = Atom | Form


@dataclass(frozen=True)
class Source:
    """A text with its file name: where errors point."""

    file: str
    text: str

    def line(self, at: int) -> int:
        """Line of an offset, from 1."""
        return self.text.count("\n", 0, at) + 1

    def place(self, at: int) -> str:
        """``file:line:column``, both from 1."""
        return f"{self.file}:{self.line(at)}:{at - self.text.rfind(chr(10), 0, at)}"

    def malformed(self, at: int, what: str, expected: str, got: str,
                  code: str = "PNN-VNNLIB-505") -> FileError:
        """The error for text that is not VNN-LIB."""
        return FileError(code, what, where=self.place(at), expected=expected, got=shorten(got),
                         hint="see the VNN-LIB standard at www.vnnlib.org")

    def unsupported(self, at: int, what: str, hint: str, code: str = "PNN-VNNLIB-506") -> UnsupportedError:
        """The error for VNN-LIB that provenn does not read."""
        return UnsupportedError(code, what, where=self.place(at), hint=hint)


def shorten(text: str) -> str:
    """At most 60 characters, for messages."""
    text = " ".join(text[:200].split())
    return text if len(text) <= 60 else text[:59] + "…"


def show(expr: Expr) -> str:
    """The text of an expression, shortened."""
    if isinstance(expr, Atom):
        return shorten(expr.text)
    return shorten("(" + " ".join(show(e) for e in expr.items[:8]) + ")")


def parse(source: Source) -> list[Expr]:
    """The expressions of a text.

    Raises FileError (PNN-VNNLIB-502) for unbalanced parentheses, strange characters or nesting
    deeper than DEEPEST.
    """
    made: list[Expr] = []
    at = 0
    while (found := first(source, at)) is not None:
        made.append(found[0])
        at = found[1]
    return made


def first(source: Source, start: int) -> tuple[Expr, int] | None:
    """The first expression from an offset on, and where it ends; None without one. Raises as ``parse``."""
    items: list[Expr] = []
    open_forms: list[tuple[Form, list[Expr]]] = []

    def wrong(at: int, what: str, expected: str, got: str) -> FileError:
        return source.malformed(at, what, expected, got, "PNN-VNNLIB-502")

    for match in TOKEN.finditer(source.text, start):
        word = match[1]
        if word is None:
            continue
        if word == "(":
            if len(open_forms) == DEEPEST:
                raise wrong(match.start(), "the expressions are nested too deeply",
                            f"at most {DEEPEST} levels", "(")
            form = Form([], match.start())
            items.append(form)
            open_forms.append((form, items))
            items = form.items
            continue
        if word == ")":
            if not open_forms:
                raise wrong(match.start(), "a parenthesis closes nothing",
                            "an expression or the end of the file", ")")
            items = open_forms.pop()[1]
        elif word in '"|':
            raise wrong(match.start(), "a quotation never ends", f"a closing {word}",
                        source.text[match.start():])
        else:
            items.append(Atom(word, match.start()))
        if not open_forms:
            return items[0], match.end()
    if open_forms:
        raise wrong(open_forms[-1][0].at, "a parenthesis is never closed", ")", "the end of the file")
    return None
