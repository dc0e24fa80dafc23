"""SavedModels load in TensorFlow and mean the same there; their constants are the weights, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.errors import FileError, ToolError, UnsupportedError
from provenn.eval.run import Ordered, execute
from provenn.io.onnx import load
from provenn.io.tensorflow import read_saved_model, write_saved_model
from provenn.io.weights import graph_tensors
from provenn.ir.graph import Builder, Graph
from provenn.ir.names import input_names
from provenn.ir.op import Have
from provenn.ops import ALL
from tests.io.onnx.test_writer import application, dense
from tests.laws import samples

WRITTEN = sorted(t for t in samples.MAKERS if isinstance(ALL[t].to_tensorflow, Have))
tf: Any = pytest.importorskip("tensorflow")


def elsewhere(graph: Graph, feeds: list[np.ndarray], folder: Path) -> dict[str, np.ndarray]:
    """What TensorFlow computes once it has loaded the file."""
    (folder / "saved_model.pb").write_bytes(write_saved_model(graph, {"provenn.claim": "exact"}))
    loaded = tf.saved_model.load(str(folder))
    made = loaded.signatures["serving_default"](
        **{name: tf.constant(x) for name, x in zip(input_names(graph), feeds)})
    return {name: value.numpy() for name, value in made.items()}


def test_what_leaves_as_onnx_leaves_as_saved_model() -> None:
    assert sorted(t for t in samples.MAKERS if isinstance(ALL[t].to_onnx, Have)) == WRITTEN


@pytest.mark.parametrize("tag", WRITTEN)
@pytest.mark.parametrize("seed", range(4))
def test_every_op_that_is_written_means_the_same_elsewhere(tag: str, seed: int, tmp_path: Path) -> None:
    graph, feeds = application(tag, seed)
    made = elsewhere(graph, feeds, tmp_path)["output"]
    wanted = execute(graph, feeds, Ordered())[0]
    assert made.shape == wanted.shape
    np.testing.assert_allclose(made, wanted, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_bundled_networks_mean_the_same(name: str, digits: Path, tmp_path: Path) -> None:
    graph = load(digits / f"{name}.onnx").exact
    x = np.random.default_rng(5).uniform(0, 1, graph.input_type.shape).astype(np.float32)
    made = elsewhere(graph, [x], tmp_path)["output"]
    np.testing.assert_allclose(made, execute(graph, [x], Ordered())[0], rtol=1e-5, atol=1e-5)


def test_small_integers_give_the_very_same_bits(tmp_path: Path) -> None:
    """Where no operation rounds, no order of additions shows."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 7))
    for n, m in ((7, 30), (30, 4)):
        w, b = (builder.parameter(ALL["parameter"], np.random.default_rng(m).integers(-9, 9, shape).astype(
            np.float32)) for shape in ((m, n), (m,)))
        layer = builder.add(ALL["linear"], x, w, b)
        x = builder.add(ALL["relu"], layer)
    graph = builder.finish(x)
    feed = np.arange(-3, 4, dtype=np.float32)[None]
    made = elsewhere(graph, [feed], tmp_path)["output"]
    assert made.tobytes() == execute(graph, [feed], Ordered())[0].tobytes()


def test_keras_takes_it_as_a_layer(tmp_path: Path) -> None:
    graph, x = dense(3, (3, 4, 2)), np.array([[0.5, -1, 2]], np.float32)
    wanted = elsewhere(graph, [x], tmp_path)["output"]
    layer = tf.keras.layers.TFSMLayer(str(tmp_path), call_endpoint="serving_default")
    np.testing.assert_array_equal(layer(x)["output"].numpy(), wanted)


def test_constants_are_the_weights_and_the_bytes_are_the_same_every_time() -> None:
    graph = dense(3, (3, 4, 2))
    data = write_saved_model(graph, {"b": "zwei", "a": "ä"})
    assert data == write_saved_model(graph, {"a": "ä", "b": "zwei"})
    model, found = read_saved_model(data)
    assert found == graph_tensors(graph)
    (meta,) = model.meta_graphs
    assert [n.op for n in meta.graph_def.node] == [
        "Placeholder", "MatMul", "AddV2", "Relu", "MatMul", "AddV2", "Sigmoid", "Identity"]
    assert meta.collection_def["a"].bytes_list.value[0].decode() == "ä"


def test_several_results_and_odd_bits(tmp_path: Path) -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(3,))
    value = np.array([-0.0, 1e-45, 3.4e38], np.float32)
    w = builder.parameter(ALL["parameter"], value, "w")
    graph = builder.finish(builder.add(ALL["add"], x, w), x, w)
    assert read_saved_model(write_saved_model(graph))[1]["w"].data == value.tobytes()
    made = elsewhere(graph, [np.ones(3, np.float32)], tmp_path)
    assert sorted(made) == ["output", "output1", "output2"]
    np.testing.assert_array_equal(made["output1"], 1)


@pytest.mark.parametrize("names", [("a b", "c"), ("w", "W"), ("", "_w")])
def test_names_that_tensorflow_does_not_take_are_refused(names: tuple[str, str]) -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(3,))
    for name in names:
        x = builder.add(ALL["add"], x, builder.parameter(ALL["parameter"], np.ones(3, np.float32), name))
    with pytest.raises(FileError, match="PNN-CERT-636"):
        write_saved_model(builder.finish(x))


def test_an_op_without_a_form_is_named() -> None:
    with pytest.raises(UnsupportedError, match="step has no to_tensorflow rule"):
        write_saved_model(application("step", 0)[0])


def test_without_tensorflow_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_saved_model(dense())
    monkeypatch.setitem(__import__("sys").modules, "tensorflow", None)
    for act in (lambda: write_saved_model(dense()), lambda: read_saved_model(data)):
        with pytest.raises(ToolError, match="PNN-TOOL-733"):
            act()


def test_what_tensorflow_saves_with_variables_is_another_kind(tmp_path: Path) -> None:
    module = tf.Module()
    module.f = tf.function(lambda x: x + tf.constant(1.0), input_signature=[tf.TensorSpec([3])])
    tf.saved_model.save(module, str(tmp_path))
    with pytest.raises(FileError, match="PNN-CERT-633"):
        read_saved_model((tmp_path / "saved_model.pb").read_bytes())
