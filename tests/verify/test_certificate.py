"""Certificates as words: round trips, order, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from provenn.errors import CertificateError
from provenn.verify import certificate
from provenn.verify.certificate import (
    HEADER,
    Again,
    Empty,
    Leaf,
    Sides,
    Split,
    Tie,
    Tighten,
    Tree,
    certificate_words,
    read_trees,
)

HASHES = ("0123456789abcdef" * 4, "fedcba9876543210" * 4)
SIZES = [2, 3, 3, 1]
KINDS = [(2, 1), (1,)]


def leaf(*rows: int) -> Leaf:
    return Leaf(tuple((np.linspace(0.0, 1.0, n), {2: np.array([0.0, 0.5, 1.0])}) for n in rows))


def forest() -> list[Tree]:
    steps = (Tighten(1), Tighten(1, np.array([0, 2]), {2: np.array([1.0, 0.0, 0.25])}),
             Sides(1, np.array([True, False, True]), np.zeros(3, bool), {2: np.ones(3)}), Again(1),
             Tie(2, np.array([0.0, 0.5, 2.0]), np.ones(3), {1: np.zeros(3)}))
    inner = Split(1, -0.5, Tree((), leaf(2, 1)), Tree((Tighten(1),), leaf(2, 1)))
    return [Tree(steps, Split(0, 0.25, Tree(steps[:1], inner), Tree((), leaf(2, 1)))), Tree((), Empty(1))]


def words() -> Any:
    return certificate_words(forest(), *HASHES)


def test_reading_gives_back_what_was_written() -> None:
    once = words()
    again = certificate_words(read_trees(once, SIZES, KINDS), *HASHES)
    np.testing.assert_array_equal(once, again)


def test_the_header_counts_words_and_depth() -> None:
    head = words()[:HEADER]
    assert head[2] == len(words())
    assert head[4] == 10.0
    assert head[6] == float(0x01234567)
    assert head[14] == float(0xFEDCBA98)


def test_long_trees_say_how_long_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = words()
    monkeypatch.setattr(certificate, "FORK_WORDS", 1)
    monkeypatch.setattr(certificate, "FORK_PARTS", 1)
    once = words()
    np.testing.assert_array_equal(certificate_words(read_trees(once, SIZES, KINDS), *HASHES), once)
    assert len(once) == len(plain) + 2
    forks = [i for i in range(HEADER, len(once)) if once[i] == 6.0 and once[i + 1] == 0.0]
    assert len(forks) == 2
    without = np.delete(once, [i + 4 for i in forks])
    without[[forks[0], forks[1] - 1]] = 1.0
    np.testing.assert_array_equal(without[3:], plain[3:])
    for at in forks:
        for other in (once[at + 4] - 1, once[at + 4] + 1, len(once) + 1.0, 0.5):
            broken = once.copy()
            broken[at + 4] = other
            with pytest.raises(CertificateError) as caught:
                read_trees(broken, SIZES, KINDS)
            assert caught.value.code == "PNN-CERT-603"


def test_short_trees_are_not_worth_it() -> None:
    assert 6.0 not in words()[HEADER:]


def test_deep_trees_need_no_recursion() -> None:
    tree = Tree((), leaf(1))
    for _ in range(5000):
        tree = Tree((), Split(0, 0.0, Tree((), leaf(1)), tree))
    made = certificate_words([tree], *HASHES)
    back = read_trees(made, SIZES, [(1,)])
    np.testing.assert_array_equal(certificate_words(back, *HASHES), made)


def test_an_open_end_is_refused() -> None:
    with pytest.raises(CertificateError, match="PNN-CERT-601"):
        certificate_words([Tree((), Split(0, 0.0, Tree((), leaf(1))))], *HASHES)


def test_every_shorter_file_is_refused() -> None:
    full = words()
    for n in range(HEADER, len(full)):
        cut = full[:n].copy()
        cut[2] = n
        with pytest.raises(CertificateError, match="PNN-CERT-60"):
            read_trees(cut, SIZES, KINDS)


@pytest.mark.parametrize(("at", "value", "code"), [
    (0, 1.0, "604"), (1, 2.0, "604"), (2, 5.0, "604"), (HEADER, 7.0, "603"), (HEADER, 0.5, "603"),
    (HEADER + 1, 9.0, "603"), (HEADER + 2, -4.0, "603"), (HEADER, np.nan, "603"),
])
def test_impossible_numbers_are_refused(at: int, value: float, code: str) -> None:
    bad = words()
    bad[at] = value
    with pytest.raises(CertificateError, match=f"PNN-CERT-{code}"):
        read_trees(bad, SIZES, KINDS)


def test_words_after_the_end_are_refused() -> None:
    long = np.append(words(), 0.0)
    long[2] = len(long)
    with pytest.raises(CertificateError, match="PNN-CERT-604"):
        read_trees(long, SIZES, KINDS)
