"""Examples with proofs of three kinds: by hand, by certificate inside Coq, over the real numbers."""

from __future__ import annotations

import json
import runpy
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn import deploy
from provenn.cli.app import run
from tests.coq.test_export import needs_coq
from tests.deploy.conftest import Running
from tests.deploy.test_examples import claim


def carries_its_theorem(folder: Path, network: str) -> None:
    manifest, found = deploy.compare(folder)
    assert (manifest.claim, found) == ("theorem", [])
    assert manifest.theorem is not None
    assert network in manifest.theorem.statement
    assert manifest.theorem.assumed == ()


def test_the_controller_is_monotone_where_it_runs(deployed: Callable[[str], Path]) -> None:
    folder = deployed("monotone")
    carries_its_theorem(folder, "controller")
    running = Running(folder)
    grid = [np.array([c, f], np.float32) for c in np.linspace(-1, 3, 9) for f in np.linspace(-1, 3, 9)]
    values = np.array([[*running(x).values()] for x in grid]).reshape(9, 9, 4)
    assert (np.diff(values, axis=0) >= 0).all()
    assert (np.diff(values, axis=1) >= 0).all()
    assert values.min() < values.max()
    assert (values == values[..., :1]).all()


BOXES = [((0, 0.18), (-1, -0.05), 2), ((0, 0.18), (0.05, 1), 1), ((0.7, 1), (-1, 1), 0)]


def test_the_advisory_network_is_safe_where_it_runs(deployed: Callable[[str], Path]) -> None:
    folder = deployed("advisory")
    carries_its_theorem(folder, "advisory")
    running, rng = Running(folder), np.random.default_rng(0)
    for distance, bearing, advice in BOXES:
        low, high = np.array([distance, bearing, (0, 1)]).T
        for _ in range(8):
            x = rng.uniform(low, high).astype(np.float32)
            assert {int(np.argmax(y)) for y in running(x).values()} == {advice}


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
