"""Reports: self-contained, complete, readable by machines too."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

import provenn
from provenn.coq import trust
from provenn.report.data import plain, verdict_data

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Balanced(HTMLParser):
    """Fails on tags that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def made(digits: Path, tmp_path: Path, name: str, net: str) -> tuple[str, dict[str, object]]:
    """Page and data of a report."""
    verdict = provenn.verify(digits / f"{net}.onnx", digits / f"{name}.vnnlib", timeout=60,
                             certificate=tmp_path / "proof.cert")
    beside = provenn.write_report(verdict, tmp_path / "report.html")
    return (tmp_path / "report.html").read_text(), json.loads(beside.read_text())


@pytest.mark.parametrize(("name", "net", "title"), [("mlp_robust", "mlp", "HOLDS"),
                                                    ("conv_fooled", "conv", "VIOLATED")])
def test_pages(name: str, net: str, title: str, digits: Path, tmp_path: Path, checker_program: Path) -> None:
    page, data = made(digits, tmp_path, name, net)
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    assert f"<h1>{title}</h1>" in page
    assert data["title"] == title
    assert "<script" not in page
    assert not re.search(r'(href|src)="(?!#|data:)', page)
    assert "class " in page
    assert len(page) < 200_000
    if title == "HOLDS":
        assert "What is not proved" in page
        assert "provenn check " in page
        for module, names in trust.grouped().items():
            assert module in page
            assert ", ".join(names) in page
    else:
        assert page.count("<svg") == 2
        assert page.count("<img") == 3
        assert "binary32, fixed order" in page


def test_names_from_files_are_escaped(digits: Path, tmp_path: Path, checker_program: Path) -> None:
    verdict = provenn.verify(digits / "mlp.onnx", digits / "mlp_robust.vnnlib", timeout=60)
    nasty = provenn.Graph(verdict.graph.nodes, verdict.graph.outputs, "<script>alert(1)</script>")
    again = provenn.verify(nasty, verdict.prop, timeout=60)
    provenn.write_report(again, tmp_path / "r.html")
    assert "<script" not in (tmp_path / "r.html").read_text()
    assert verdict_data(again)["recheck"] is None


def test_data_is_plain() -> None:
    odd = {"a": np.float32(0.5), "b": float("nan"), "c": (np.int64(3), [np.inf]), "d": np.arange(2),
           "e": None}
    assert plain(odd) == {"a": 0.5, "b": "nan", "c": [3, ["inf"]], "d": [0, 1], "e": None}
