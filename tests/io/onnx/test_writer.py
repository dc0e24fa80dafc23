"""ONNX files that we write are valid, mean the same elsewhere, and read back as the same function."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from provenn.errors import UnsupportedError
from provenn.eval.run import Ordered, execute, run
from provenn.io.onnx import load, parse
from provenn.io.onnx.writer import model_of, onnx_bytes
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.names import tensor_names
from provenn.ir.op import Have
from provenn.ops import ALL
from tests.laws import samples

WRITTEN = sorted(t for t in samples.MAKERS if isinstance(ALL[t].to_onnx, Have))
NOT_READ = {"erf"}


def dense(seed: int = 0, sizes: tuple[int, ...] = (3, 5, 2), last: str = "sigmoid") -> Graph:
    """Layers with relu between them, without names, as Coq's words give them."""
    rng, builder = np.random.default_rng(seed), Builder()
    x = builder.add(ALL["input"], shape=(1, sizes[0]))
    for k, (n, m) in enumerate(pairwise(sizes)):
        w = builder.parameter(ALL["parameter"], rng.normal(size=(m, n)).astype(np.float32))
        b = builder.parameter(ALL["parameter"], rng.normal(size=m).astype(np.float32))
        x = builder.add(ALL["linear"], x, w, b)
        x = builder.add(ALL[last if k == len(sizes) - 2 else "relu"], x)
    return builder.finish(x)


def elsewhere(data: bytes, feeds: list[np.ndarray]) -> np.ndarray:
    """The first output in onnxruntime."""
    runtime = pytest.importorskip("onnxruntime")
    session = runtime.InferenceSession(data, providers=["CPUExecutionProvider"])
    made: np.ndarray = session.run(None, dict(zip([i.name for i in session.get_inputs()], feeds)))[0]
    return made


def application(tag: str, seed: int) -> tuple[Graph, list[np.ndarray]]:
    """One op on its sample operands, and those that are inputs."""
    s, builder = samples.sample(tag, seed), Builder()
    values = [v[0] for v in s.operands(np.random.default_rng(seed), np.float32)]
    args = [builder.parameter(ALL["parameter"], values[k]) if k in s.parameters
            else builder.add(ALL["input"], shape=t.shape) for k, t in enumerate(s.types)]
    feeds = [v for k, v in enumerate(values) if k not in s.parameters]
    return builder.finish(builder.add(s.op, *args, **s.attrs)), feeds


@pytest.mark.parametrize("tag", WRITTEN)
@pytest.mark.parametrize("seed", range(4))
def test_every_op_that_is_written_means_the_same_elsewhere(tag: str, seed: int) -> None:
    graph, feeds = application(tag, seed)
    model = model_of(graph)
    onnx.checker.check_model(model, full_check=True)
    made = elsewhere(model.SerializeToString(), feeds)
    wanted = execute(graph, feeds, Ordered())[0]
    assert made.shape == wanted.shape
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-6)
    if len(feeds) == 1 and tag not in NOT_READ:
        back = parse(model.SerializeToString(), "made").exact
        np.testing.assert_allclose(run(back, feeds[0][None], Ordered())[0], wanted, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_bundled_networks_go_out_and_come_back(name: str, digits: Path) -> None:
    graph = load(digits / f"{name}.onnx").exact
    data = onnx_bytes(graph, {"b": "2", "a": "1"}, "about it")
    assert data == onnx_bytes(graph, {"a": "1", "b": "2"}, "about it")
    onnx.checker.check_model(data, full_check=True)
    x = np.random.default_rng(5).uniform(0, 1, (1, *graph.input_type.shape)).astype(np.float32)
    wanted = run(graph, x, Ordered())[0]
    np.testing.assert_allclose(elsewhere(data, [x[0]]), wanted, rtol=1e-5, atol=1e-5)
    back = parse(data, "made").exact
    np.testing.assert_array_equal(run(back, x, Ordered())[0], wanted)


def test_a_dense_network_comes_back_word_for_word() -> None:
    graph = dense()
    model = model_of(graph)
    back = parse(model.SerializeToString(), "made").graph
    assert graph_words(back).tobytes() == graph_words(graph).tobytes()
    kept = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    assert list(kept) == ["0.weight", "0.bias", "2.weight", "2.bias"]
    for i, name in tensor_names(graph).items():
        assert kept[name].tobytes() == graph.nodes[i].value.tobytes()  # type: ignore[union-attr]


def test_metadata_is_in_the_file() -> None:
    model = onnx.load_from_string(onnx_bytes(dense(), {"theorem": "never_wrong"}, "a network"))
    assert (model.doc_string, model.ir_version, model.opset_import[0].version) == ("a network", 8, 17)
    assert [(p.key, p.value) for p in model.metadata_props] == [("theorem", "never_wrong")]


def test_results_that_nothing_computes_and_several_ones() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(2,))
    w = builder.parameter(ALL["parameter"], np.array([1.0, 2.0], np.float32), "output")
    graph = builder.finish(builder.add(ALL["add"], x, w), x, w)
    model = model_of(graph)
    onnx.checker.check_model(model, full_check=True)
    assert [o.name for o in model.graph.output] == ["output", "output1", "output2"]
    assert [t.name for t in model.graph.initializer] == ["output_"]
    np.testing.assert_array_equal(elsewhere(model.SerializeToString(), [np.ones(2, np.float32)]), [2, 3])


def test_an_op_without_an_onnx_form_is_named() -> None:
    graph, _ = application("step", 0)
    with pytest.raises(UnsupportedError, match="step has no to_onnx rule"):
        model_of(graph)
