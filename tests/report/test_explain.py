"""What an explanation says: trees, layers, ranges, pictures, words; on the terminal, in JSON, in Python."""

from __future__ import annotations

import io
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import provenn
from provenn.cli.app import run as program
from provenn.eval.run import run
from provenn.ir.property import Case
from provenn.report.images import Layout, clean, image_layout, png, triple
from provenn.report.tables import explanation_tables
from provenn.verify import advice
from provenn.verify.certificate import Leaf, Split, Tree
from provenn.verify.outline import counted, outline, shape
from provenn.verify.verdict import Verdict
from tests.report.cases import never_above, wavy, write_files

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def split_up(checker_program: Path) -> Verdict:
    """A proof that needed splits, in two boxes."""
    net = wavy(2, 16, 0)
    return provenn.verify(net, never_above(net, 0.05, boxes=2), timeout=60, explain=True)


@pytest.fixture(scope="module")
def left_open(checker_program: Path) -> Verdict:
    """A property that is far from decided when time is up."""
    net = wavy(8, 64, 5, layers=4)
    return provenn.verify(net, never_above(net, 0.5), timeout=2.5, explain=True)


def test_the_tree_is_the_certificate(split_up: Verdict) -> None:
    said = split_up.explanation
    assert said is not None
    assert said.full
    assert sum(s.leaves for s in said.shapes.values()) == split_up.stats["leaves"]
    for s in said.shapes.values():
        assert s.open == 0
        assert s.leaves == s.splits + 1
        assert s.done == pytest.approx(1.0)
        assert s.least > 0.0
        assert sum(s.depths.values()) == s.leaves
        assert {node for node, _ in s.by_element} == {0}
    top = said.outline
    assert top is not None
    assert top.kind == "split"
    assert top.bound is not None
    assert top.bound < 0.0
    assert top.leaves == said.shapes[said.case].leaves == 1 + said.shapes[said.case].splits


def test_bounds_and_samples_do_not_cross(split_up: Verdict, left_open: Verdict) -> None:
    rng = np.random.default_rng(5)
    for verdict in (split_up, left_open):
        said = verdict.explanation
        assert said is not None
        assert said.ranges is not None
        case = verdict.prop.cases[said.case]
        lo, hi = (np.array([float(q) for q in ends]) for ends in (case.lo, case.hi))
        x = lo + rng.random((2000, len(lo))) * (hi - lo)
        y = run(verdict.graph, x.reshape(-1, *verdict.graph.input_type.shape)).reshape(len(x), -1)
        r = said.ranges
        assert (r.low <= r.least).all()
        assert (r.least <= r.most).all()
        assert (r.most <= r.high).all()
        assert (r.low <= y.min(0)).all()
        assert (y.max(0) <= r.high).all()
        for layer in said.drivers.layers:
            assert layer.width is not None
            assert layer.seen is not None
            assert layer.seen <= layer.width <= layer.interval + 1e-12
            assert layer.on + layer.off + layer.unknown == layer.size
        assert sum(layer.share or 0.0 for layer in said.drivers.layers) == pytest.approx(1.0)
        assert said.drivers.inputs is not None
        assert said.drivers.inputs.sum() == pytest.approx(1.0)


def test_an_input_that_does_not_matter_has_no_share(checker_program: Path) -> None:
    net = wavy(2, 16, 0)
    still = never_above(net, 0.05)
    case = still.cases[0]
    half = Case((Fraction(0), case.lo[1]), (Fraction(0), case.hi[1]), case.disjuncts)
    made = provenn.verify(net, provenn.Property(2, 1, (half,)), timeout=60, explain=True)
    assert made.explanation is not None
    assert made.explanation.drivers.inputs is not None
    assert made.explanation.drivers.inputs.tolist() == [0.0, 1.0]


def test_an_open_property_says_how_far_it_came(left_open: Verdict) -> None:
    here = left_open.frontier
    assert left_open.answer == "timed-out"
    assert here is not None
    assert here.open > 1
    assert here.bound is not None
    assert here.margin is not None
    assert here.root is not None or here.bound < 0.0
    assert here.bound <= 0.0 < here.margin
    why = "\n".join(advice.why(left_open))
    for part in ("Best bound reached: −", "The closest that an attack came", "Open: ", "Looseness: "):
        assert part in why
    tries = advice.tries(left_open)
    assert tries[0].startswith("More time: ")
    assert any("A smaller domain: about its middle" in line for line in tries)


def test_a_smaller_domain_needs_no_split(left_open: Verdict) -> None:
    """The share of the width that the explanation names is proved by a single leaf."""
    said = left_open.explanation
    assert said is not None
    assert said.shrunk is not None
    case = left_open.prop.cases[0]
    f = Fraction(said.shrunk)
    smaller = provenn.Property(8, 1, (Case(tuple(f * q for q in case.lo), tuple(f * q for q in case.hi),
                                           case.disjuncts),))
    made = provenn.verify(left_open.graph, smaller, timeout=60)
    assert made.answer == "unsat"
    assert made.stats["leaves"] == 1


def test_without_the_option_an_open_property_still_says_why(checker_program: Path) -> None:
    net = wavy(8, 64, 5, layers=4)
    made = provenn.verify(net, never_above(net, 0.5), timeout=5)
    assert made.explanation is not None
    assert not made.explanation.full
    assert made.explanation.outline is None
    assert any("Looseness" in line for line in advice.why(made))
    assert made.seconds["total"] + made.explanation.seconds < 7


def test_a_decided_property_is_not_explained_unasked(digits: Path, checker_program: Path) -> None:
    made = provenn.verify(digits / "mlp.onnx", digits / "mlp_robust.vnnlib", timeout=60)
    assert (made.explanation, made.frontier) == (None, None)
    assert advice.why(made) == advice.tries(made) == []


def test_on_the_command_line(digits: Path, checker_program: Path, capsys: Captured, tmp_path: Path) -> None:
    files = [str(digits / "conv.onnx"), str(digits / "conv_fooled.vnnlib")]
    assert program(["verify", *files, "--explain", "-q"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sat\n")
    for title in ("What the outputs can be", "Margins", "Layers", "Inputs"):
        assert f"\n  {title}\n" in out
    assert out.rstrip().endswith("))")
    assert program(["verify", *files, "--explain", "--json", "-q"]) == 0
    data = json.loads(capsys.readouterr().out)["explanation"]
    assert data["full"]
    assert len(data["ranges"]["low"]) == 10
    assert len(data["drivers"]["inputs"]) == 64
    assert min(data["margins"]) <= 0.0


def test_time_runs_out_aloud(checker_program: Path, tmp_path: Path, capsys: Captured) -> None:
    """Narration, answer, JSON and report name the best bound when time is up."""
    net, spec, page = tmp_path / "net.onnx", tmp_path / "spec.vnnlib", tmp_path / "r.html"
    graph = wavy(8, 64, 5, layers=4)
    write_files(graph, never_above(graph, 0.5), net, spec)
    assert program(["verify", str(net), str(spec), "--timeout", "2.5", "--report", str(page)]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("timed-out\n")
    best = next(line for line in said.out.split("  why ") if "Best bound reached" in line).strip()
    data = json.loads(page.with_suffix(".json").read_text())
    assert best in data["why"]
    assert best in said.err
    assert best in page.read_text()
    assert data["frontier"]["bound"] < 0.0 < data["frontier"]["margin"]
    assert data["frontier"]["open"] > 1
    assert "  to try " in said.out


def test_counts_of_a_tree_by_hand() -> None:
    def leaf(bound: float) -> Tree:
        return Tree((), Leaf(()), bound)

    left = Tree((), Split(1, 0.0, leaf(0.5), None, node=2), -1.0)
    tree = Tree((), Split(0, 0.25, left, leaf(0.125)), -2.0)
    found = shape(tree)
    assert (found.leaves, found.open, found.splits, found.deepest) == (2, 1, 2, 2)
    assert found.depths == {1: 1, 2: 2}
    assert (found.least, found.done) == (0.125, None)
    assert (counted(tree)[id(tree)].leaves, counted(tree)[id(tree)].open) == (2, 1)
    tree.end = Split(0, 0.25, Tree((), Split(1, 0.0, leaf(0.5), None)), leaf(0.125))
    assert shape(tree).done == pytest.approx(0.75)
    assert shape(None).open == 1
    drawn = outline(tree, wavy(2, 4, 0), 10)
    assert [b.cut for b in drawn.below] == ["X_0 ≤ 0.25", "X_0 ≥ 0.25"]
    assert [b.kind for b in drawn.below[0].below] == ["proved", "open"]
    folded = outline(tree, wavy(2, 4, 0), 1)
    assert (folded.below[0].kind, folded.below[0].below) == ("folded", [])


def test_what_looks_like_an_image() -> None:
    assert image_layout((1, 3, 32, 32)) == Layout(32, 32, 3)
    assert image_layout((1, 32, 48, 3)) == Layout(32, 48, 3, True)
    assert image_layout((1, 28, 28, 1)) == image_layout((1, 784)) == image_layout((784,)) == Layout(28, 28, 1)
    for other in ((1, 5), (1, 1, 1, 5), (1, 25), (1, 7, 20, 20), (1, 16)):
        assert image_layout(other) is None
    smooth = np.add.outer(np.arange(32.0), np.arange(32.0))[:, :, None] * [1.0, -1.0, 0.5]
    assert image_layout((1, 3072), smooth.ravel()) == Layout(32, 32, 3, True)
    assert image_layout((1, 3072), smooth.transpose(2, 0, 1).ravel()) == Layout(32, 32, 3)
    for last in (False, True):
        layout = Layout(32, 32, 3, last)
        flat = smooth if last else smooth.transpose(2, 0, 1)
        assert (layout.pixels(flat.ravel()) == smooth).all()


def test_the_clean_image_is_found_where_the_ball_was_cut() -> None:
    x = np.random.default_rng(0).random(64)
    x[:20], x[20:30] = 0.0, 1.0
    lo, hi = np.maximum(x - 0.1, 0.0), np.minimum(x + 0.1, 1.0)
    case = Case(tuple(map(Fraction, lo)), tuple(map(Fraction, hi)), ())
    assert np.allclose(clean(case, Layout(8, 8, 1)), x)
    assert np.allclose(clean(case), (lo + hi) / 2)


def test_png_bytes_are_what_other_programs_read() -> None:
    rng = np.random.default_rng(0)
    for channels in (1, 3):
        pixels = rng.integers(0, 256, (5, 7, channels)).astype(np.uint8)
        read = np.asarray(Image.open(io.BytesIO(png(pixels))))
        assert (read.reshape(pixels.shape) == pixels).all()


def test_a_faint_difference_is_enlarged_until_it_is_seen() -> None:
    before = np.linspace(0, 1, 64).reshape(8, 8, 1)
    for step, times in ((0.03, 10), (0.002, 100), (0.00005, 10_000)):
        made = triple(before, before + step)
        assert made[2].title == f"difference × {times}"


def test_tables_hold_no_empty_cell(split_up: Verdict, left_open: Verdict) -> None:
    for verdict in (split_up, left_open):
        for table in explanation_tables(verdict):
            assert all(len(row) == len(table.head) and all(row) for row in table.rows)
