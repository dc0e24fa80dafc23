"""Compiled graphs give what the kernels give: every op, its gradients, convolutions in all roles."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys

import numpy as np
import pytest

from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.base.views import Dim, Loops
from provenn.errors import ShapeError, UnsupportedError
from provenn.eval.backends import compile_graph
from provenn.eval.run import execute
from provenn.eval.stablehlo import products, text
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Have
from provenn.ops import ALL
from tests.autodiff.one_op import graph_of, operands
from tests.eval import graphs
from tests.laws import samples

pytest.importorskip("jax")
CONVOLUTIONS = [
    ((2, 2, 6, 5), (3, 2, 3, 2), {}),
    ((2, 3, 7, 7), (4, 3, 3, 3), {"stride": (2, 2), "pad": (1, 1, 1, 1)}),
    ((2, 2, 9, 8), (2, 2, 3, 3), {"dilation": (2, 2), "pad": (2, 0, 1, 2)}),
    ((2, 4, 7, 6), (6, 2, 3, 3), {"groups": 2, "stride": (2, 1), "pad": (1, 1, 1, 1)}),
    ((2, 3, 6, 6), (3, 1, 3, 3), {"groups": 3, "pad": (1, 1, 1, 1)}),
    ((3, 1, 6, 6), (4, 1, 3, 3), {"pad": (1, 1, 1, 1)}),
    ((2, 3, 5, 5), (4, 3, 1, 1), {"stride": (2, 2)}),
    ((20, 2, 5, 5), (2, 2, 3, 3), {"stride": (3, 2), "dilation": (1, 2), "pad": (3, 2, 0, 4)}),
    ((1, 2, 4, 4), (2, 2, 4, 4), {}),
]


def positive(tag: str, values: list[np.ndarray]) -> list[np.ndarray]:
    return [abs(v) + 0.1 for v in values] if tag in samples.POSITIVE else values


def of_one_op(tag: str, seeds: range) -> tuple[list[Graph], list[np.ndarray]]:
    """Samples of an op: as it is, by core operations, and the gradients."""
    made, given = list[Graph](), list[np.ndarray]()
    for seed in seeds:
        s = samples.sample(tag, seed)
        values = [v.astype(np.float32) for v in positive(tag, operands(s, seed))]
        weights = gradient(lower(graph_of(s, weights=True)))
        made += [graph_of(s), lower(graph_of(s)), weights]
        last = weights.nodes[weights.inputs[-1]].type.shape
        given += [*values, *values, *values,
                  np.random.default_rng(seed).normal(size=last).astype(np.float32)]
    return made, given


def agree(made: list[Graph], given: list[np.ndarray], backend: str = "xla") -> None:
    graph = graphs.joined(made)
    run = compile_graph(graph, backend)
    graphs.close(run.host(run(given)), execute(graph, given))


@pytest.mark.parametrize("tag", sorted(samples.MAKERS))
def test_every_op_and_its_gradient_by_xla(tag: str) -> None:
    agree(*of_one_op(tag, range(12 if tag in ("contract", "move", "conv") else 3)))


def test_every_op_has_a_stablehlo_form() -> None:
    assert {tag for tag, op in ALL.items() if not isinstance(op.stablehlo, Have)} == samples.LEAVES


@pytest.mark.parametrize("half", [0, 1])
def test_every_op_and_its_gradient_by_iree(half: int) -> None:
    pytest.importorskip("iree.compiler")
    made, given = list[Graph](), list[np.ndarray]()
    for tag in sorted(samples.MAKERS)[half::2]:
        more, values = of_one_op(tag, range(1))
        made, given = [*made, *more], [*given, *values]
    agree(made, given, "iree")


@pytest.mark.parametrize("case", range(len(CONVOLUTIONS)))
def test_convolutions_in_all_roles_and_their_second_derivatives(case: int) -> None:
    x, w, attrs = CONVOLUTIONS[case]
    first = gradient(lower(graphs.convolution(x, w, **attrs)))
    emit = GraphEmitter(Builder("", list(first.nodes)), ALL)
    twice = [gradient(emit.builder.finish(graphs.squared(emit, g))) for g in first.outputs[1:]]
    given = graphs.feeds(first, case)
    agree([first, *twice], given * 3)


def test_convolutions_become_convolutions() -> None:
    both = gradient(lower(graphs.convolution((2, 3, 7, 7), (4, 3, 3, 3), stride=(2, 2), pad=(1, 1, 1, 1))))
    written = text(both)
    assert written.count("stablehlo.convolution") == 3
    assert "lhs_dilate = [2, 2]" in written
    assert "rhs_dilate = [2, 2]" in written
    assert "dot_general" in text(gradient(lower(graphs.convolution((2, 1, 7, 7), (4, 1, 3, 3)))))


def test_random_graphs_and_their_gradients() -> None:
    made = [gradient(lower(graphs.random(seed))) for seed in range(30)]
    given = [v for seed, g in enumerate(made) for v in graphs.feeds(g, seed)]
    agree(made, given)


def test_backends_agree_on_random_graphs() -> None:
    pytest.importorskip("iree.compiler")
    made = [gradient(lower(graphs.random(seed))) for seed in range(6)]
    agree(made, [v for seed, g in enumerate(made) for v in graphs.feeds(g, seed)], "iree")


def pooled(size: int, step: int, image: int) -> Graph:
    """Maxima over windows of an image after a convolution, so many apart."""
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    x = builder.add(ALL["input"], shape=(2, 2, image, image))
    w = builder.add(ALL["input"], shape=(3, 2, 3, 3))
    y = emit.relu(emit.conv(x, w, groups=1, stride=(1, 1), pad=(1, 1, 1, 1), dilation=(1, 1)))
    count, parts = (image - size) // step + 1, list[int]()
    loops = Loops((2, 3, count, count))
    for i, j in itertools.product(range(size), repeat=2):
        src = loops.view(0, 1, Dim(image, loops.steps({2: step}), i), Dim(image, loops.steps({3: step}), j))
        parts.append(emit.move(y, shape=loops.sizes, loops=loops, out=loops.view(0, 1, 2, 3), src=src))
    top = parts[0]
    for part in parts[1:]:
        top = emit.maximum(top, part)
    return gradient(lower(builder.finish(graphs.squared(emit, top))))


@pytest.mark.parametrize(("size", "step", "image", "chosen", "beside"), [
    (2, 2, 6, True, False), (2, 1, 6, False, False), (3, 3, 6, True, False), (4, 4, 8, False, True)])
def test_pooling_after_a_convolution(size: int, step: int, image: int, chosen: bool, beside: bool) -> None:
    """Parts of the gradient that fill each other's gaps are chosen from, or laid side by side, not added."""
    graph = pooled(size, step, image)
    agree([graph], graphs.feeds(graph, 7))
    assert ("stablehlo.iota" in text(graph), "concatenate" in text(graph)) == (chosen, beside)


def test_convolutions_of_a_batch_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """With parts of a batch that its size is no multiple of; the result is the same."""
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    x = builder.add(ALL["input"], shape=(5, 4, 6, 6))
    w = builder.add(ALL["input"], shape=(6, 2, 3, 3))
    y = emit.conv(x, w, groups=2, stride=(2, 1), pad=(1, 1, 1, 1), dilation=(1, 1))
    graph = gradient(lower(builder.finish(graphs.squared(emit, y))))
    whole = text(graph).count("stablehlo.convolution")
    monkeypatch.setattr(products, "WORK", 1)
    assert text(graph).count("stablehlo.convolution") == whole + 2
    agree([graph], graphs.feeds(graph, 7))


def test_what_is_neither_is_refused() -> None:
    builder, loops = Builder(), Loops((300, 300))
    x = builder.add(ALL["input"], shape=(300 * 300,))
    skew = loops.view(Dim(90_000, (7, 11)))
    y = builder.add(ALL["contract"], x, x, shape=(90_000,), loops=loops, out=skew, left=skew, right=skew)
    with pytest.raises(UnsupportedError, match="PNN-OP-221"):
        text(builder.finish(y))


def test_feeds_are_checked_and_copied() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1024,), name="x")
    run = compile_graph(builder.finish(builder.add(ALL["add"], x, x)))
    mine = np.ones(1024, np.float32)
    device = run([mine])
    mine[:] = 5
    assert (run.host(device)[0] == 2).all()
    assert (run.host(run(device))[0] == 4).all()
    for wrong in ([np.ones(1024, np.int32)], [np.ones(1024)]):
        with pytest.raises(ShapeError, match="PNN-SHAPE-121"):
            run(wrong)
    for wrong in ([np.ones((1, 1024), np.float32)], [mine, mine], []):
        with pytest.raises(ShapeError, match="PNN-SHAPE-103"):
            run(wrong)
    with pytest.raises(ShapeError, match="PNN-SHAPE-103"):
        run([compile_graph(run.graph)([mine])[0].reshape(2, 512)])


@pytest.mark.parametrize("offset", [0, 4])
@pytest.mark.parametrize("donate", [{}, {0: 0}])
def test_host_memory_is_never_the_devices(offset: int, donate: dict[int, int]) -> None:
    count = 1 << 18
    builder = Builder()
    x = builder.add(ALL["input"], shape=(count,))
    run = compile_graph(builder.finish(builder.add(ALL["add"], x, x)), donate=donate)
    memory = np.empty(4 * count + 128, np.uint8)
    start = -memory.ctypes.data % 64 + offset  # XLA could take over what is aligned to 64 bytes
    mine = memory[start : start + 4 * count].view(np.float32)
    for _ in range(20):
        mine[:] = 1
        made = run([mine])
        mine[:] = 5
        assert (run.host(made)[0] == 2).all()
        assert (mine == 5).all()


@pytest.mark.parametrize("backend", ["xla", "iree", "numpy"])
def test_donated_memory_and_fed_back_outputs(backend: str) -> None:
    if backend == "iree":
        pytest.importorskip("iree.compiler")
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    x, y = (builder.add(ALL["input"], shape=(4,)) for _ in range(2))
    run = compile_graph(builder.finish(emit.add(x, y), emit.mul(x, y)), backend, donate={0: 0})
    one = np.ones(4, np.float32)
    state = run([one, one])[0]
    for _ in range(3):
        state = run([state, one])[0]
    assert (run.host([state])[0] == 5).all()
    assert (one == 1).all()


REPRODUCED = """
import hashlib, os, sys
os.sched_setaffinity(0, [int(k) for k in sys.argv[2:]])
from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient
from provenn.eval.backends import compile_graph
from tests.eval import graphs
g = gradient(lower(graphs.convolution((64, 8, 16, 16), (16, 8, 3, 3), pad=(1, 1, 1, 1))))
run = compile_graph(g, sys.argv[1], reproducible=True)
print(hashlib.sha256(b"".join(v.tobytes() for v in run.host(run(graphs.feeds(g, 0))))).hexdigest())
"""


@pytest.mark.parametrize("backend", ["xla", "iree"])
def test_reproducible_runs_have_the_same_bits_on_any_number_of_cores(backend: str) -> None:
    if backend == "iree":
        pytest.importorskip("iree.compiler")
    cores = sorted(os.sched_getaffinity(0))
    hashes = set()
    for used in (cores[:1], cores):
        done = subprocess.run([sys.executable, "-c", REPRODUCED, backend, *map(str, used)], text=True,
                              capture_output=True, check=True,
                              env={k: v for k, v in os.environ.items() if k != "NPROC"})
        hashes.add(done.stdout)
    assert len(hashes) == 1
