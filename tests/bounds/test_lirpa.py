"""Bounds against those of auto_LiRPA on the same boxes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.bounds.backward import State, concretise, make_lines, root_state, tighten, walk
from provenn.bounds.interval import intervals
from provenn.bounds.regions import Regions
from provenn.eval.run import run
from provenn.io import onnx
from provenn.verify.root import refine

NETS = {"mnistfc_256x4": ("mnist_fc/onnx/mnist-net_256x4.onnx", "mnist"),
        "oval21_cifar_base_kw": ("oval21/onnx/cifar_base_kw.onnx", "cifar")}
# Which slopes adaptive rules pick is luck where bounds are loose, so there they are chosen by ascent.
CHOSEN = {"mnistfc_256x4"}
RELATIVE = 1e-5


def margins(regions: Regions, state: State, label: int) -> Any:
    """CROWN lower bounds of f_label - f_j for the other j."""
    count = regions.sizes[regions.graph.output]
    c = np.delete(np.eye(count)[label] - np.eye(count), label, 0)
    start, constant = regions.of[regions.graph.output].pull(c)
    owner = np.zeros(len(c), np.intp)
    lines = make_lines(regions, state, {}, regions.graph.output)
    entry, constant = walk(regions, lines, owner, start, constant)
    return concretise(entry, constant, state.lo, state.hi)


@pytest.mark.parametrize("name", NETS)
def test_bounds_are_no_looser_than_auto_lirpa(shared: Path, name: str) -> None:
    folder = shared / "bench"
    known = json.loads((folder / "lirpa_bounds.json").read_text())["results"]
    file, family = NETS[name]
    inputs = np.load(folder / "lirpa_inputs.npz")
    graph = onnx.read(folder / "vnncomp" / file)
    regions = Regions(graph)
    lo, hi = (inputs[f"{family}_{end}"][0] for end in ("lo", "hi"))
    expected = known[f"{name}|float64|batch1|CROWN|margins"]
    box = ((lo + hi) / 2).reshape(1, *graph.input_type.shape)
    label = int(run(graph, box).argmax())
    assert label == expected["labels"][0]
    state = root_state(regions, lo[None], hi[None])
    if name in CHOSEN:
        refine(regions, state)
    else:
        for t in regions.affine:
            tighten(regions, state, make_lines(regions, state, {}, t), t)
    theirs = np.array(expected["lb"][0])
    assert (margins(regions, state, label) >= theirs - RELATIVE * np.abs(theirs)).all()


def test_intervals_equal_those_of_auto_lirpa(shared: Path) -> None:
    folder = shared / "bench"
    known = json.loads((folder / "lirpa_bounds.json").read_text())["results"]
    inputs = np.load(folder / "lirpa_inputs.npz")
    graph = onnx.read(folder / "vnncomp" / NETS["mnistfc_256x4"][0])
    lo, hi = intervals(graph, inputs["mnist_lo"][:1], inputs["mnist_hi"][:1])[graph.output]
    theirs = known["mnistfc_256x4|float64|batch1|IBP|outputs"]
    np.testing.assert_allclose(lo, np.array(theirs["lb"]), rtol=1e-6)
    np.testing.assert_allclose(hi, np.array(theirs["ub"]), rtol=1e-6)
