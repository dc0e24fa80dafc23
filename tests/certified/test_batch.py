"""Boxes around images, their properties and certificates, attacks, and surveys that can be interrupted."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.bounds.regions import Regions
from provenn.errors import FileError
from provenn.eval.run import run
from provenn.ir.canonical import graph_words
from provenn.ir.property import property_words
from provenn.verify import checker, survey
from provenn.verify.balls import Balls
from provenn.verify.batch import WAYS, Batches, Proof, Prover
from provenn.verify.perturb import classes_of, perturbed
from provenn.verify.survey import Settings, Survey
from tests.certified.nets import conv_net, dense_net

EPS = Fraction(1, 50)


def balls(graph, count: int = 24, eps: Fraction = EPS) -> Balls:
    """Random images with the classes that the network gives them."""
    pixels = np.random.default_rng(3).integers(0, 256, (count, graph.input_type.size)).astype(np.uint8)
    return Balls(pixels, classes_of(graph, points(pixels)), 4, 255, eps)


def points(pixels: np.ndarray) -> np.ndarray:
    return (pixels / 255).astype(np.float32)


def test_words_equal_those_of_the_exact_property() -> None:
    some = balls(dense_net(0), 5)
    np.testing.assert_array_equal(some.words(), property_words(some.property()))


def test_boxes_hold_the_exact_ones_and_the_float32_image() -> None:
    some = balls(dense_net(0), 5, Fraction(1, 10))
    low, high = some.box()
    for pixel, a, b in zip(some.pixels.ravel().tolist(), low.ravel(), high.ravel()):
        middle = Fraction(pixel, 255)
        assert Fraction(a) <= max(0, middle - some.eps) < Fraction(np.nextafter(a, 2))
        assert Fraction(b) >= min(1, middle + some.eps) > Fraction(np.nextafter(b, -1))
    assert (low <= points(some.pixels)).all()
    assert (points(some.pixels) <= high).all()


@pytest.mark.parametrize("make", [dense_net, conv_net])
def test_the_checker_accepts_what_the_prover_shows(make) -> None:
    graph = make(2)
    some = balls(graph)
    shown = []
    for effort in range(4):
        made = list(Batches(graph, some, effort, 2).run([np.arange(12), np.arange(12, 24)]))
        assert [m.tried for m in made] == [12, 12]
        assert not any(m.rejected for m in made)
        assert {w for m in made for w in m.ways} <= set(WAYS[: effort + 1])
        assert all(len(m.certified) == len(m.ways) for m in made)
        shown.append({k for m in made for k in m.certified})
    assert shown[0]
    assert len(shown[0]) <= len(shown[1]) <= len(shown[3])
    _, margin = perturbed(Regions(graph), some, 10, 2)
    assert (margin[sorted(set().union(*shown))] > 0).all()


def test_files_that_are_kept_are_accepted_again(tmp_path: Path) -> None:
    graph = conv_net(2)
    made = next(Batches(graph, balls(graph), 1, 1, tmp_path).run([np.arange(24)]))
    name = made.files[0][0][:16]
    names = ("network.pvn", f"{name}.pvp", f"{name}.cert")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names)
    assert checker.run_files(*(tmp_path / n for n in names)).accepted


def test_a_box_that_is_not_shown_spoils_only_itself() -> None:
    graph = dense_net(2)
    some = balls(graph, 8)
    proof = Prover(Regions(graph), some, 0).proof()
    assert len(proof.which) >= 3
    wrong = int(proof.which[1])
    labels = some.labels.copy()
    labels[wrong] = (labels[wrong] + 1) % 4
    batches = Batches(graph, replace(some, labels=labels), 0, 1)
    made = batches._checked(np.arange(8), Proof(proof.which, proof.trees, proof.ways), 0.0)
    assert made.rejected == ("not-refuted",)
    assert sorted(made.certified) == [k for k in proof.which.tolist() if k != wrong]


def test_attacks_stay_in_the_box_and_fool_the_network() -> None:
    graph = dense_net(2)
    some = balls(graph, 24, Fraction(1, 5))
    x, margin = perturbed(Regions(graph), some, 20, 2)
    low, high = some.box()
    assert (low <= x).all()
    assert (x <= high).all()
    fooled = classes_of(graph, x) != some.labels
    assert fooled.any()
    np.testing.assert_array_equal(fooled, margin < 0)


def test_the_ordinary_search_settles_what_is_open() -> None:
    graph = dense_net(2)
    wide = balls(graph, 24, Fraction(1, 25))
    batches = Batches(graph, wide, 0, 1)
    made = next(batches.run([np.arange(24)]))
    k = next(k for k in range(24) if k not in made.certified)
    found, witness = batches.search(k, 5.0, 0)
    if witness is None:
        assert found.certified == (k,)
        assert found.ways == ("search",)
    else:
        z = run(graph, witness.reshape(1, *graph.input_type.shape)).ravel()
        assert z[wide.labels[k]] <= np.delete(z, wide.labels[k]).max()


def survey_of(path: Path, progress=lambda s: None, effort: int = 1, search: float = 1.0) -> Survey:
    graph = dense_net(2)
    some = balls(graph)
    about = {"images": len(some), "eps": str(EPS)}
    return survey.survey(graph, points(some.pixels), some, survey.read(path, about),
                         Settings(5, 1, effort, search, 5, 1), path, progress=progress)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """A survey that nothing interrupted."""
    path = tmp_path_factory.mktemp("whole") / "results.json"
    made = survey_of(path)
    assert json.loads(path.read_text())["accuracy"]["certified"] == len(made.certified) / 24
    return made


@pytest.mark.parametrize("stop", [1, 2, 4])
def test_an_interrupted_survey_goes_on_where_it_was(whole: Survey, stop: int, tmp_path: Path) -> None:
    assert whole.correct == list(range(24))
    assert whole.certified
    assert set(whole.certified) <= set(whole.withstood)
    calls: list[Survey] = []

    def halt(made: Survey) -> None:
        calls.append(made)
        if len(calls) == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        survey_of(tmp_path / "results.json", halt)
    again = survey_of(tmp_path / "results.json")
    for name in ("correct", "attacked", "fooled", "certified", "tried", "searched", "ways", "words"):
        assert getattr(again, name) == getattr(whole, name), name


def test_more_effort_tries_what_is_open_again(tmp_path: Path) -> None:
    first = survey_of(tmp_path / "r.json", effort=0, search=0.0)
    assert len(first.certified) < len(first.withstood)
    second = survey_of(tmp_path / "r.json", effort=3, search=0.0)
    assert set(first.certified) <= set(second.certified)
    assert sorted(second.tried) == second.withstood
    assert len(second.files) > len(first.files) or second.certified == first.certified


def test_results_of_something_else_are_not_continued(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    survey_of(path)
    with pytest.raises(FileError, match="expected  eps 1/10"):
        survey.read(path, {"images": 24, "eps": "1/10"})
    for text in ("", "[]", "{}", '{"about": 3}'):
        path.write_text(text)
        with pytest.raises(FileError, match="PNN-CERT-616"):
            survey.read(path, {"images": 24, "eps": "1/10"})


def test_graph_words_are_those_that_the_checker_reads() -> None:
    graph = conv_net(0)
    np.testing.assert_array_equal(Batches(graph, balls(graph, 2)).network, graph_words(graph))
