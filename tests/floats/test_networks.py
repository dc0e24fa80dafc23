"""Whole networks: the NumPy reference evaluator against the arithmetic that was extracted from Coq."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from provenn.errors import UnsupportedError
from provenn.eval.run import Ordered, replay, run, values
from provenn.io.onnx import load
from provenn.ir.emit import composed
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from tests.floats.arithmetic import Extracted, patterns, same

LARGEST = 2_000_000


def test_sums_of_products(extracted: Extracted) -> None:
    rng = np.random.default_rng(0)
    for n in (1, 2, 7, 300):
        x, w = rng.standard_normal((5, n)).astype(np.float32), rng.standard_normal((3, n)).astype(np.float32)
        x[0, 0], w[1, 0] = 1e30, 1e30
        with np.errstate(all="ignore"):
            assert same(extracted.contract(x, w), Ordered().contract(x, w))
    any_x, any_w = patterns(rng, 400).reshape(20, 20), patterns(rng, 600).reshape(30, 20)
    with np.errstate(all="ignore"):
        assert same(extracted.contract(any_x, any_w), Ordered().contract(any_x, any_w))


def test_networks_that_others_published(extracted: Extracted, shared: Path) -> None:
    """Every network that is read and not too large for a test, at one random input each."""
    seen = 0
    for path in sorted((shared / "bench/vnncomp").glob("*/onnx/*.onnx")):
        if path.stat().st_size > LARGEST:
            continue
        try:
            graph = load(path).graph
        except UnsupportedError:
            continue
        x = np.random.default_rng(seen).uniform(0, 1, (1, *graph.input_type.shape)).astype(np.float32)
        with np.errstate(all="ignore"):
            assert same(run(graph, x, extracted), run(graph, x, Ordered())), path
        seen += 1
    assert seen >= 10


def test_every_node_of_whole_networks(extracted: Extracted, shared: Path) -> None:
    """The graph evaluated in Coq's reference order, from its canonical words: the same bits at every node."""
    seen = 0
    for path in sorted((shared / "bench/vnncomp").glob("*/onnx/*.onnx")):
        if path.stat().st_size > LARGEST or path.name.startswith("cGAN"):
            continue
        try:
            graph = composed(load(path).graph, ALL)
        except UnsupportedError:
            continue
        x = np.random.default_rng(seen).uniform(-1, 1, (1, *graph.input_type.shape)).astype(np.float32)
        found = extracted.network(graph, x)
        if found is None:
            continue
        with np.errstate(all="ignore"):
            wanted = values(graph, x, Ordered())
        for i, (got, want) in enumerate(zip(found, wanted)):
            assert same(got, want.ravel()), f"{path.name}, {graph.where(i)}"
        seen += 1
    assert seen >= 10


@pytest.mark.parametrize("seed", range(4))
def test_every_node_of_a_network_of_all_kinds_of_sums(extracted: Extracted, seed: int) -> None:
    """Padded, strided, dilated and grouped convolutions, moves, sums, products; any bits as input."""
    rng = np.random.default_rng(seed)
    builder = Builder()

    def parameter(*shape: int) -> int:
        value = rng.standard_normal(shape).astype(np.float32) * (rng.random(shape) < 0.7)
        return builder.parameter(ALL["parameter"], value.astype(np.float32), f"p{len(builder.nodes)}")

    x = builder.add(ALL["input"], shape=(1, 4, 5, 6))
    y = builder.add(ALL["conv"], x, parameter(6, 2, 3, 2), parameter(6), groups=2, stride=(2, 1),
                    pad=(1, 2, 0, 1), dilation=(1, 2))
    shape = builder.nodes[y].type.shape
    y = builder.add(ALL["transpose"], builder.add(ALL["relu"], y), perm=(0, 2, 1, 3))
    moved = parameter(shape[0], shape[2], shape[1], shape[3])
    y = builder.add(ALL["mul"], y, builder.add(ALL["sub"], y, moved))
    y = builder.add(ALL["concat"], builder.add(ALL["slice"], y, axis=2, start=1, stop=4), y, axis=2)
    flat = builder.nodes[y].type.size
    y = builder.add(ALL["reshape"], y, shape=(2, flat // 2))
    y = builder.add(ALL["linear"], y, parameter(3, flat // 2))
    graph = builder.finish(builder.add(ALL["square"], builder.add(ALL["abs"], y)))
    given = patterns(rng, 120) if seed % 2 else rng.standard_normal(120).astype(np.float32)
    given = given.reshape(1, 1, 4, 5, 6)
    found = extracted.network(graph, given)
    assert found is not None
    with np.errstate(all="ignore"):
        for i, (got, want) in enumerate(zip(found, values(graph, given, Ordered()))):
            assert same(got, want.ravel()), graph.where(i)


def test_functions_of_libraries_are_left_to_them(extracted: Extracted) -> None:
    builder = Builder()
    graph = builder.finish(builder.add(ALL["tanh"], builder.add(ALL["input"], shape=(2,))))
    assert extracted.network(graph, np.ones((1, 2), np.float32)) is None


def layered(widths: list[int]) -> Graph:
    """Dense layers with ReLUs between them."""
    rng = np.random.default_rng(1)
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, widths[0]))
    for k, (n, m) in enumerate(pairwise(widths)):
        values = (rng.standard_normal((m, n)) / n**0.5, rng.standard_normal(m))
        w, b = (builder.parameter(ALL["parameter"], v.astype(np.float32), f"{name}{k}")
                for name, v in zip("wb", values))
        x = builder.add(ALL["linear"], x, w, b)
        x = builder.add(ALL["relu"], x) if k < len(widths) - 2 else x
    return builder.finish(x)


def test_the_reference_is_fast(extracted: Extracted) -> None:
    """The size of mnist-net_256x6 in well under a second; processor time, for busy machines."""
    graph = layered([784, *[256] * 6, 10])
    x = np.random.default_rng(2).uniform(0, 1, (1, 784)).astype(np.float32)
    start = time.process_time()
    y = replay(graph, x)
    assert time.process_time() - start < 1
    assert same(y, run(graph, x[None], extracted).ravel())


@pytest.mark.parametrize("order", ["as stored", "reversed"])
def test_the_order_is_by_increasing_index(order: str, extracted: Extracted) -> None:
    """2^24 swallows ones that come after it, one by one; before it they count."""
    row = np.array([[2.0**24, 1, 1, 1]], np.float32)
    row = row if order == "as stored" else row[:, ::-1]
    wanted = 2.0**24 if order == "as stored" else 2.0**24 + 4
    ones = np.ones((1, 4), np.float32)
    assert Ordered().contract(row, ones)[0, 0] == extracted.contract(row, ones)[0, 0] == wanted
