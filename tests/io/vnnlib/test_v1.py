"""VNN-LIB 1.0: what is read, exactly, and what is refused, where."""

from __future__ import annotations

import gzip
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from provenn.errors import FileError, PropertyError, ProvennError, UnsupportedError
from provenn.io.vnnlib import load, read, v1
from provenn.io.vnnlib.sexpr import Source
from provenn.ir.property import Property, property_words

HEAD = "".join(f"(declare-const {name} Real)\n" for name in ("X_0", "X_1", "Y_0", "Y_1"))
BOX = "(assert (and (<= X_0 1) (>= X_0 -1.5) (<= X_1 0.1) (>= X_1 1e-3)))\n"
F = Fraction


@pytest.fixture
def parse(write: Any, graph_of: Any) -> Any:
    return lambda text, n=2, m=2: read(write(text), graph_of(n, m))


def test_boxes_are_exact(parse: Any) -> None:
    prop: Property = parse(HEAD + BOX + "(assert (<= Y_0 Y_1)) ; robust\n")
    (case,) = prop.cases
    assert case.lo == (F(-3, 2), F(1, 1000))
    assert case.hi == (F(1), F(1, 10))
    ((row,),) = case.disjuncts
    assert (row.x, row.y, row.bound, row.strict) == ({}, {0: 1, 1: -1}, 0, False)
    assert prop.source.endswith("spec.vnnlib")


@pytest.mark.parametrize(("text", "x", "y", "bound", "strict"), [
    ("(<= (+ X_0 (* 2 Y_0) -3 1) (- Y_1 4))", {0: 1}, {0: 2, 1: -1}, -2, False),
    ("(>= (* 0.5 (+ X_0 X_1) 4) 1.25)", {0: -2, 1: -2}, {}, F(-5, 4), False),
    ("(< (- X_0) (- Y_0 Y_1 1e1))", {0: -1}, {0: -1, 1: 1}, -10, True),
    ("(> (/ Y_0 4) (/ 1 3))", {}, {0: F(-1, 4)}, F(-1, 3), True),
    ("(not (<= Y_0 .5))", {}, {0: -1}, F(-1, 2), True),
    ("(<= 7. Y_0)", {}, {0: -1}, -7, False),
    ("(>= (- (* Y_0 3) Y_0) Y_0)", {}, {0: -1}, 0, False),
])
def test_linear_terms(parse: Any, text: str, x: Any, y: Any, bound: Any, strict: bool) -> None:
    ((row,),) = parse(f"{HEAD}{BOX}(assert {text})").cases[0].disjuncts
    assert (dict(row.x), dict(row.y), row.bound, row.strict) == (x, y, bound, strict)


def test_connectives(parse: Any) -> None:
    def shape(text: str) -> list[int]:
        return [len(d) for d in parse(f"{HEAD}{BOX}(assert {text})").cases[0].disjuncts]

    assert shape("(or (<= Y_0 0) (and (<= Y_0 1) (<= Y_1 1)))") == [1, 2]
    assert shape("(and (or (<= Y_0 0) (<= Y_0 1)) (or (<= Y_1 0) (<= Y_1 1)))") == [2, 2, 2, 2]
    assert shape("(= Y_0 Y_1)") == [2]
    assert shape("(not (= Y_0 Y_1))") == [1, 1]
    assert shape("(=> (<= Y_0 0) (<= Y_1 0))") == [1, 1]
    assert shape("(not (=> (<= Y_0 0) (<= Y_1 0)))") == [2]
    assert shape("(not (or (<= Y_0 0) (not (and (<= Y_1 0) (<= Y_0 1)))))") == [3]
    assert shape("(<= 0 Y_0 Y_1 1)") == [3]
    assert shape("(or false (and true (<= Y_0 0)) (<= 1 0))") == [1]
    assert shape("true") == [0]
    assert parse(f"{HEAD}{BOX}(assert (< 1 1))").cases == ()


def test_boxes_are_grouped(parse: Any) -> None:
    two = ("(assert (or (and (<= X_0 1) (>= X_0 0)) (and (<= X_0 3) (>= X_0 2))))"
           "(assert (and (<= X_1 1) (>= X_1 0)))(assert (or (<= Y_0 0) (<= Y_1 0) (<= Y_0 Y_1)))")
    prop = parse(HEAD + two)
    assert [(c.lo[0], c.hi[0], len(c.disjuncts)) for c in prop.cases] == [(0, 1, 3), (2, 3, 3)]
    property_words(prop)


def test_inputs_mixed_with_outputs_stay_rows(parse: Any) -> None:
    prop = parse(HEAD + BOX + "(assert (<= X_0 X_1))(assert (< X_0 0.5))(assert (<= X_0 Y_0))")
    ((mixed, strict, both),) = prop.cases[0].disjuncts
    assert (mixed.x, strict.x, strict.strict, both.y) == ({0: 1, 1: -1}, {0: 1}, True, {0: -1})
    assert prop.cases[0].hi[0] == F(1, 2)


def test_empty_boxes_are_kept(parse: Any) -> None:
    (case,) = parse(HEAD + BOX + "(assert (<= X_0 -2))").cases
    assert case.lo[0] > case.hi[0]


def test_compression_and_commands_without_meaning_here(tmp_path: Path, graph_of: Any) -> None:
    text = "(set-logic LRA)\n(declare-fun X_0 () Real)(declare-const Y_0 Real)(assert (= X_0 1))(check-sat)"
    (tmp_path / "a.vnnlib.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    reading = load(tmp_path / "a.vnnlib.gz", graph_of(1, 1))
    assert (reading.version, reading.element_type) == (1, "real")
    assert reading.property.cases[0].lo == reading.property.cases[0].hi == (F(1),)


BAD = [
    ("(assert (<= X_0 1)", "PNN-VNNLIB-502", "6:1"),
    ("(assert (<= X_0 1)))", "PNN-VNNLIB-502", "6:20"),
    ('(set-info "abc)', "PNN-VNNLIB-502", "6:11"),
    ("(" * 300, "PNN-VNNLIB-502", "6:201"),
    ("assert", "PNN-VNNLIB-503", "6:1"),
    ("(define-fun f () Real 1)", "PNN-VNNLIB-503", "6:1"),
    ("()", "PNN-VNNLIB-503", "6:1"),
    ("(declare-const Z_0 Real)", "PNN-VNNLIB-504", "6:1"),
    ("(declare-const X_2 Int)", "PNN-VNNLIB-504", "6:1"),
    ("(declare-const X_0 Real)", "PNN-VNNLIB-504", "6:1"),
    ("(declare-const)", "PNN-VNNLIB-504", "6:1"),
    ("(assert (<= X_7 1))", "PNN-VNNLIB-504", "6:13"),
    ("(assert)", "PNN-VNNLIB-505", "6:1"),
    ("(assert X_0)", "PNN-VNNLIB-505", "6:9"),
    ("(assert (xor true true))", "PNN-VNNLIB-505", "6:9"),
    ("(assert (not true true))", "PNN-VNNLIB-505", "6:9"),
    ("(assert (<= X_0))", "PNN-VNNLIB-505", "6:9"),
    ("(assert (<= X_0 one))", "PNN-VNNLIB-505", "6:17"),
    ("(assert (<= X_0 1e999999))", "PNN-VNNLIB-505", "6:17"),
    ("(assert (<= X_0 .))", "PNN-VNNLIB-505", "6:17"),
    ("(assert (<= X_0 (sin 1)))", "PNN-VNNLIB-505", "6:17"),
    ("(assert (<= X_0 (/ X_1 0)))", "PNN-VNNLIB-505", "6:17"),
    ("(assert (<= X_0 (+)))", "PNN-VNNLIB-505", "6:17"),
]


@pytest.mark.parametrize(("text", "code", "place"), BAD)
def test_malformed_text(write: Any, graph_of: Any, text: str, code: str, place: str) -> None:
    with pytest.raises(FileError) as caught:
        read(write(f"{HEAD}\n{text}"), graph_of(2, 2))
    assert (caught.value.code, caught.value.where.split("vnnlib:")[1]) == (code, place)
    assert caught.value.expected
    assert caught.value.hint


def refused(write: Any, graph: Any, text: str, kind: type[ProvennError], code: str) -> ProvennError:
    with pytest.raises(kind) as caught:
        read(write(text), graph)
    assert caught.value.code == code
    assert caught.value.hint
    return caught.value


def test_terms_that_are_not_linear(write: Any, graph_of: Any) -> None:
    for term in ("(* X_0 Y_0)", "(/ 1 X_0)", "(* X_0 2 (- X_0 1))"):
        e = refused(write, graph_of(2, 2), f"{HEAD}(assert (<= {term} 1))", UnsupportedError,
                    "PNN-VNNLIB-506")
        assert e.where.endswith(":5:13")


def test_too_many_combinations(write: Any, graph_of: Any) -> None:
    for part in ("(or (<= Y_0 0) (<= Y_1 0))", "(or true true)"):
        text = HEAD + BOX + f"(assert {part})\n" * 40
        refused(write, graph_of(2, 2), text, UnsupportedError, "PNN-VNNLIB-507")
    nested = "(<= Y_0 0)"
    for _ in range(40):
        nested = f"(and (or {nested} (<= Y_1 1)) (or (<= Y_0 2) (<= Y_1 3)))"
    refused(write, graph_of(2, 2), f"{HEAD}{BOX}(assert {nested})", UnsupportedError, "PNN-VNNLIB-507")


def test_unbounded_inputs_are_named_with_their_line(write: Any, graph_of: Any) -> None:
    text = HEAD + "(assert (and (<= X_0 1) (>= X_0 0)))(assert (or (>= X_1 0) (and (>= X_1 2) (<= X_1 3))))"
    e = refused(write, graph_of(2, 2), text, PropertyError, "PNN-VNNLIB-508")
    assert "X_1 has no upper bound" in e.what
    assert e.where.endswith("spec.vnnlib:2:1")


def test_sizes_must_be_those_of_the_network(write: Any, graph_of: Any) -> None:
    for n, m in ((1, 2), (3, 2), (2, 1), (2, 3)):
        refused(write, graph_of(n, m), HEAD + BOX, PropertyError, "PNN-VNNLIB-509")
    gap = HEAD.replace("X_1", "X_2")
    e = refused(write, graph_of(2, 2), gap, PropertyError, "PNN-VNNLIB-509")
    assert "X_1 is missing" in e.got


def test_huge_numbers(write: Any, graph_of: Any) -> None:
    for text in ("(assert (<= X_0 1e350))", "(assert (<= Y_0 (* 1e200 1e200)))",
                 "(assert (<= (* 1e350 Y_0) Y_1))"):
        box = BOX.replace("(<= X_0 1)", "") if "X_0" in text else BOX
        refused(write, graph_of(2, 2), HEAD + box + text, PropertyError, "PNN-VNNLIB-512")


def test_files_that_are_no_text(tmp_path: Path, graph_of: Any) -> None:
    with pytest.raises(FileError, match="PNN-VNNLIB-501"):
        read(tmp_path / "absent.vnnlib", graph_of(1, 1))
    (tmp_path / "binary").write_bytes(b"(assert \xff\xfe)")
    with pytest.raises(FileError, match="PNN-VNNLIB-502"):
        read(tmp_path / "binary", graph_of(1, 1))


def test_plain_lines_are_read_as_any_others(monkeypatch: pytest.MonkeyPatch) -> None:
    text = ("; a comment\n(declare-const X_1 Real) ; another\n\n(declare-const X_0 Real)"
            "(declare-const Y_0 Real)\n(declare-fun Y_1 () Real)\n(assert (<= X_0 0.5))\n"
            "(assert (>= X_0 -1e-1))(assert (<= X_1 12))\n(assert  (>= X_1 0.))\n"
            "(assert (<= 0.25 X_1))\n(assert (>= Y_0 -3.0E+2))\n(assert (<= Y_0 Y_1))\n")
    source = Source("plain", text)
    made = v1.read_query(source)
    monkeypatch.setattr(v1, "PLAIN", re.compile("(?!)" + 6 * "()"))
    assert v1.read_query(source) == made
    assert [text[at : at + 17] for at in made.inputs.values()] == ["(declare-const X_"] * 2


@pytest.mark.parametrize(("line", "code"), [
    ("(declare-const X_0 Real)", "PNN-VNNLIB-504"), ("(assert (<= X_7 1))", "PNN-VNNLIB-504"),
    ("(assert (<= X_0 1.2.3))", "PNN-VNNLIB-505"), ("(assert (<= X_0 1e))", "PNN-VNNLIB-505"),
    ("(assert (<= X_0 1)", "PNN-VNNLIB-502"),
])
def test_what_is_wrong_with_a_plain_line(line: str, code: str) -> None:
    with pytest.raises(ProvennError) as caught:
        v1.read_query(Source("plain", f"(declare-const X_0 Real)\n{line}"))
    assert caught.value.code == code
    assert "plain:2:" in str(caught.value.where)
