"""Examples with proofs of three kinds: by hand, by certificate inside Coq, over the real numbers."""

from __future__ import annotations

import json
import runpy
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.io import onnx
from provenn.ir.graph import Graph
from tests.coq.test_export import needs_coq
from tests.deploy.test_examples import claim, outputs


def extracted(room: Path, source: str, network: str, theorem: str, folder: Path) -> Graph:
    """The network of an example whose theorem its files carry."""
    assert run(["extract", str(room / source), "--network", network, "--theorem", theorem,
                "-o", str(folder)]) == 0
    manifest, found = deploy.compare(folder)
    assert (manifest.claim, found) == ("theorem", [])
    assert manifest.theorem is not None
    assert network in manifest.theorem.statement
    assert manifest.theorem.assumed == ()
    return onnx.read(folder / "model.onnx")


def exactly(graph: Graph, x: list[Fraction]) -> list[Fraction]:
    """The value over the rationals, layer by layer."""
    stored = graph.parameters
    layers = sorted({int(name.split(".")[0]) for name in stored})
    for k in layers:
        x = [sum((Fraction(float(w)) * v for w, v in zip(row, x)), Fraction(float(b)))
             for row, b in zip(stored[f"{k}.weight"], stored[f"{k}.bias"].ravel())]
        if k != layers[-1]:
            x = [max(v, Fraction(0)) for v in x]
    return x


def test_the_controller_is_monotone_where_it_runs(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    extracted(repository / "examples" / "proofs" / "monotone", "Monotone.v", "controller",
              "colder_is_not_heated_less", tmp_path)
    grid = [np.array([c, f], np.float32) for c in np.linspace(-1, 3, 9) for f in np.linspace(-1, 3, 9)]
    values = np.array([outputs(tmp_path, x) for x in grid]).reshape(9, 9, 3)
    assert (np.diff(values, axis=0) >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()
    assert values.min() < values.max()
    assert (values == values[..., :1]).all()


BOXES = [((0, 0.18), (-1, -0.05), 2), ((0, 0.18), (0.05, 1), 1), ((0.7, 1), (-1, 1), 0)]


def test_the_advisory_network_is_safe_where_it_runs(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    graph = extracted(repository / "examples" / "proofs" / "advisory", "Advisory.v", "advisory",
                      "advice_is_safe", tmp_path)
    rng = np.random.default_rng(0)
    for distance, bearing, advice in BOXES:
        low, high = np.array([distance, bearing, (0, 1)]).T
        for _ in range(8):
            x = rng.uniform(low, high).astype(np.float32)
            exact = exactly(graph, [Fraction(float(v)) for v in x])
            for y in outputs(tmp_path, x):
                assert int(np.argmax(y)) == advice
                assert max(abs(Fraction(float(a)) - b) for a, b in zip(y, exact)) < Fraction(1, 10**4)


def test_the_advisory_network_is_the_one_that_the_script_trains(repository: Path) -> None:
    """The script's rule, the file's template, and the weights' grid; training itself takes longer."""
    room = repository / "examples" / "proofs" / "advisory"
    script = runpy.run_path(str(room / "train.py"), run_name="train")
    x = np.array([[0.1, -0.5, 0], [0.1, 0.5, 0], [0.5, 0.5, 0.5], [0.5, 0.5, 1]])
    assert script["rule"](x).tolist() == [2, 1, 0, 1]
    written, template = (room / "Advisory.v").read_text(), (room / "Advisory.v.in").read_text()
    parts = template.split("@")
    assert parts[1::2] == ["LAYERS", "SPECIFICATION", "PROPERTY", "CERTIFICATE"]
    assert all(part.strip() in written for part in parts[::2])


@pytest.mark.parametrize(("spec", "status", "said"), [
    ("exact.vnnlib", 2, "nothing"), ("close.vnnlib", 0, "certificate")])
def test_thirds_do_not_survive_rounding_and_what_is_weaker_does(
    spec: str, status: int, said: str, repository: Path, tmp_path: Path, checker_program: Path
) -> None:
    needs_coq()
    room = repository / "examples" / "proofs" / "shares"
    assert run(["extract", str(room / "Shares.v"), "--network", "shares", "--theorem", "nothing_is_left",
                "-o", str(tmp_path), "--spec", str(room / spec)]) == status
    assert claim(tmp_path) == said
    facts = json.loads((tmp_path / "manifest.json").read_text())
    third = abs(Fraction(1, 3) - Fraction(float(np.float32(1 / 3))))
    assert [t["error"] for t in facts["tensors"]] == [str(third), "0", "0", "0"]
    assert deploy.compare(tmp_path)[1] == []
