"""Reports in a real browser: they load in silence, fold, show pictures, fit the window, and print cleanly."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import provenn
from tests.conftest import missing
from tests.report.browser import MARGIN, Browser, program
from tests.report.cases import never_above, wavy

OVERHANG = """[...document.querySelectorAll('body *')].filter(e => !e.closest('SCROLL, svg') &&
  e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 99))"""
LINES = "[...document.querySelectorAll('.tree b')].filter(e => e.checkVisibility()).length"
DOTS = 50


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests; they skip where there is none."""
    if program() is None:
        missing("no chromium: apt-get install chromium")
    with Browser() as made:
        yield made


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory, digits: Path, checker_program: Path) -> dict[str, Path]:
    """Explained reports: a tree in two boxes, a counterexample that is an image, one that stays open."""
    room = tmp_path_factory.mktemp("pages")
    two = wavy(2, 16, 0)
    big = wavy(8, 64, 5, layers=4)
    made = {
        "tree": provenn.verify(two, never_above(two, 0.05, boxes=2), timeout=60, explain=True,
                               certificate=room / ("a-very-long-name-without-any-break" * 4 + ".cert")),
        "image": provenn.verify(digits / "conv.onnx", digits / "conv_fooled.vnnlib", timeout=60,
                                explain=True),
        "open": provenn.verify(big, never_above(big, 0.5), timeout=2.5, explain=True),
    }
    assert [v.answer for v in made.values()] == ["unsat", "sat", "timed-out"]
    for name, verdict in made.items():
        provenn.write_report(verdict, room / f"{name}.html")
    return {name: room / f"{name}.html" for name in made}


NAMES = ("tree", "image", "open")


@pytest.mark.parametrize("name", NAMES)
def test_loads_in_silence(name: str, pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages[name])
    assert browser.complaints() == []
    assert browser.run("document.querySelectorAll('script').length") == 0
    assert browser.run("document.title").endswith("provenn report")
    repeated = browser.run("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(repeated) == len(set(repeated))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [1400, 1000, 420])
def test_nothing_hangs_over(name: str, width: int, pages: dict[str, Path], browser: Browser) -> None:
    """Wide tables scroll on a narrow screen; everything else fits, with all parts unfolded."""
    browser.open(pages[name], width=width)
    browser.run("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert browser.run(OVERHANG.replace("SCROLL", ".scroll")) == []
    assert browser.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["tree", "open"])
def test_the_tree_folds(name: str, pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages[name])
    before, seen = browser.run(LINES), browser.picture(".tree")
    assert before >= 3
    browser.click(".tree summary")
    assert browser.run(LINES) == 1
    folded = browser.picture(".tree")
    assert folded.height < seen.height / 2
    browser.click(".tree summary")
    assert browser.run(LINES) == before
    assert browser.picture(".tree").tobytes() == seen.tobytes()
    browser.run("document.querySelectorAll('.tree details').forEach(e => e.open = true)")
    assert browser.run(LINES) == browser.run("document.querySelectorAll('.tree b').length") > before
    kinds = browser.run("[...document.querySelectorAll('.tree .end')].map(e => e.textContent)")
    assert any(("open" if name == "open" else "proved") in k for k in kinds)
    assert all("bound" in k for k in kinds)


@pytest.mark.parametrize("name", NAMES)
def test_charts_are_drawn(name: str, pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages[name])
    labels = browser.run("[...document.querySelectorAll('svg')].map(e => e.getAttribute('aria-label'))")
    expected = {"tree": 4, "image": 2, "open": 4}[name]
    assert len(labels) == len(set(labels)) == expected
    for label in labels:
        shown = browser.picture(f'svg[aria-label="{label}"]')
        assert shown.width > 300
        assert len(colours(shown)) >= 2, label
        assert 0.02 < ink(shown) < 0.9, label


def test_pictures_show_what_they_say(pages: dict[str, Path], browser: Browser) -> None:
    browser.open(pages["image"])
    loaded = browser.run("[...document.images].map(e => [e.complete, e.naturalWidth, e.alt.length > 0])")
    assert loaded == [[True, 8, True]] * 4
    clean, moved, gap, heat = (
        browser.picture(f".pictures figure:nth-child({k}) img") for k in range(1, 5))
    assert clean.tobytes() != moved.tobytes()
    assert all(len(np.unique(rgb(p), axis=0)) > 8 for p in (clean, moved, heat))
    grey = np.asarray(clean, int)[2:-2, 2:-2]
    assert int(np.ptp(grey, axis=2).max()) == 0
    assert int(grey.max()) - int(grey.min()) > 200
    tints = {("orange" if r > b else "blue" if b > r else "white") for r, _, b in rgb(gap)}
    assert {"orange", "blue"} <= tints
    captions = browser.run("[...document.querySelectorAll('figcaption b')].map(e => e.textContent)")
    assert captions[:3] == ["clean", "adversarial", "difference × 10"]


@pytest.mark.parametrize("name", NAMES)
def test_fits_on_paper(name: str, pages: dict[str, Path], browser: Browser) -> None:
    """In print style at the width of A4 nothing is cut off, and text is dark on white."""
    browser.open(pages[name])
    browser.as_printed()
    assert browser.run(OVERHANG.replace("SCROLL", ".nothing")) == []
    assert browser.run("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    dark = browser.run("[...document.querySelectorAll('p, li, td, th, h1, h2, summary')].map(e => "
                       "Math.max(...getComputedStyle(e).color.match(/\\d+/g).slice(0, 3).map(Number)))")
    assert max(dark) < 190
    assert not browser.run("[...document.querySelectorAll('.screen')].some(e => e.checkVisibility())")


@pytest.mark.parametrize("name", NAMES)
def test_prints_on_clean_pages(name: str, pages: dict[str, Path], browser: Browser, tmp_path: Path) -> None:
    browser.open(pages[name])
    headings = browser.run("[...document.querySelectorAll('h1, h2')].map(e => e.textContent)")
    data = browser.pdf()
    count = len(re.findall(rb"/Type\s*/Page\b", data))
    assert 2 <= count <= 8
    if not shutil.which("pdftotext") or not shutil.which("pdftoppm"):
        missing("no pdftotext and pdftoppm: apt-get install poppler-utils")
    (tmp_path / "r.pdf").write_bytes(data)
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "r.pdf", "-"], capture_output=True, text=True,
                          check=True).stdout
    assert all(h in text for h in headings)
    assert provenn.__version__ in text
    subprocess.run(["pdftoppm", "-r", str(DOTS), "-png", tmp_path / "r.pdf", tmp_path / "p"], check=True)
    sheets = [Image.open(p).convert("L") for p in sorted(tmp_path.glob("p-*.png"))]
    assert len(sheets) == count
    edge = int((MARGIN - 2) / 25.4 * DOTS)
    for sheet in sheets:
        a = np.asarray(sheet)
        rim = np.concatenate([a[:edge].ravel(), a[-edge:].ravel(), a[:, :edge].ravel(), a[:, -edge:].ravel()])
        assert rim.min() > 250
        assert (a < 200).mean() > 0.002


def rgb(picture: Image.Image) -> Any:
    """The pixels, [pixels, 3]."""
    return np.asarray(picture, int).reshape(-1, 3)


def colours(picture: Image.Image) -> set[int]:
    """Hues, in steps of 30 degrees, of what is clearly coloured."""
    hue, saturation, _ = (np.asarray(c, int) for c in picture.convert("HSV").split())
    return set((hue[saturation > 40] // 21).tolist()) | {-1}


def ink(picture: Image.Image) -> float:
    """The share of pixels that are not white."""
    return float((np.asarray(picture.convert("L")) < 245).mean())
