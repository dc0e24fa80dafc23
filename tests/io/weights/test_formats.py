"""Files of weights load in the frameworks they are for, bit for bit, and come back through our readers."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from safetensors import safe_open

from provenn.errors import FileError
from provenn.eval.run import Ordered, run
from provenn.io.onnx import load
from provenn.io.weights import (
    Stored,
    graph_tensors,
    read_gguf,
    read_npz,
    read_safetensors,
    read_torch,
    torch_module,
    write_gguf,
    write_npz,
    write_safetensors,
    write_torch,
)
from tests.io.onnx.test_writer import dense

GRAPH = dense(3, (3, 4, 2))
WRITERS: dict[str, tuple[Callable[..., bytes], Callable[..., Any]]] = {
    "safetensors": (write_safetensors, lambda data: read_safetensors(data)[0]),
    "npz": (write_npz, read_npz), "pt": (write_torch, read_torch),
    "gguf": (write_gguf, lambda data: read_gguf(data)[0])}
FORMATS = pytest.mark.parametrize("kind", sorted(WRITERS))


@FORMATS
def test_tensors_come_back_bit_for_bit(kind: str) -> None:
    write, read = WRITERS[kind]
    tensors = graph_tensors(GRAPH)
    tensors["odd"] = Stored.of(np.array([-0.0, 1e-45, 3.4e38], np.float32))
    if kind != "gguf":  # has no tensor without axes
        tensors["none"] = Stored.of(np.array(2.5, np.float32))
    assert write(tensors) == write(tensors)
    assert read(write(tensors)) == tensors


@FORMATS
@pytest.mark.parametrize("name", ["mlp", "conv"])
def test_bundled_networks_come_back(kind: str, name: str, digits: Path) -> None:
    write, read = WRITERS[kind]
    tensors = graph_tensors(load(digits / f"{name}.onnx").graph)
    assert read(write(tensors)) == tensors


@FORMATS
def test_every_cut_and_most_changes_are_noticed(kind: str) -> None:
    write, read = WRITERS[kind]
    data = write(graph_tensors(GRAPH))
    good = read(data)
    for size in range(0, len(data), 7):
        with pytest.raises(FileError, match="PNN-CERT-633"):
            read(data[:size])
    rng = np.random.default_rng(1)
    for _ in range(300):
        bad = bytearray(data)
        bad[int(rng.integers(len(bad)))] ^= 1 << int(rng.integers(8))
        try:
            made = read(bytes(bad))
        except FileError as e:
            assert e.code == "PNN-CERT-633"
        else:
            assert all(isinstance(t, Stored) for t in made.values())
    assert read(data) == good


def test_safetensors_load_in_the_package(tmp_path: Path) -> None:
    data = write_safetensors(graph_tensors(GRAPH), {"b": "zwei", "a": "ä"})
    assert data == write_safetensors(graph_tensors(GRAPH), {"a": "ä", "b": "zwei"})
    loaded = safetensors.numpy.load(data)
    for name, t in graph_tensors(GRAPH).items():
        assert (loaded[name].dtype, loaded[name].tobytes()) == (np.float32, t.data)
    (tmp_path / "m.safetensors").write_bytes(data)
    with safe_open(tmp_path / "m.safetensors", "numpy") as opened:
        assert opened.metadata() == {"a": "ä", "b": "zwei"}
    assert read_safetensors(data)[1] == {"a": "ä", "b": "zwei"}


@pytest.mark.parametrize("dtype", ["F64", "F16", "BF16"])
def test_other_element_types_where_they_are_exact(dtype: str) -> None:
    torch = pytest.importorskip("torch")
    import safetensors.torch

    value = np.array([[1.5, -2.0], [0.0, -0.0], [0.25, 96.0]], np.float32)
    t = Stored.of(value, dtype)
    assert t.array.astype(np.float32).tobytes() == value.tobytes()
    wanted = {"F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16}[dtype]
    for loaded in (safetensors.torch.load(write_safetensors({"w": t}))["w"],
                   torch.load(io.BytesIO(write_torch({"w": t})), weights_only=True)["w"]):
        assert loaded.dtype == wanted
        assert loaded.float().numpy().tobytes() == value.tobytes()


@pytest.mark.parametrize("dtype", ["F16", "BF16"])
@pytest.mark.parametrize("number", [1.0001, 1e-10, 1e20 + 1e13])
def test_what_is_not_exact_is_refused(dtype: str, number: float) -> None:
    with pytest.raises(FileError, match="PNN-CERT-634"):
        Stored.of(np.array([1.0, number], np.float32), dtype)


def test_npz_loads_in_numpy() -> None:
    loaded = np.load(io.BytesIO(write_npz(graph_tensors(GRAPH))), allow_pickle=False)
    for name, t in graph_tensors(GRAPH).items():
        assert (loaded[name].dtype, loaded[name].shape) == (np.float32, t.shape)
        assert loaded[name].tobytes() == t.data


def test_state_dicts_load_in_torch_and_run_to_the_same_outputs() -> None:
    torch = pytest.importorskip("torch")
    state = torch.load(io.BytesIO(write_torch(graph_tensors(GRAPH))), weights_only=True)
    for name, t in graph_tensors(GRAPH).items():
        assert state[name].numpy().tobytes() == t.data
        assert tuple(state[name].shape) == t.shape
    layers = torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2), torch.nn.Sigmoid()
    model = torch.nn.Sequential(*layers)
    model.load_state_dict(state)
    x = np.random.default_rng(0).normal(size=(1, 1, 3)).astype(np.float32)
    with torch.no_grad():
        made = model(torch.from_numpy(x[0])).numpy()
    np.testing.assert_allclose(made, run(GRAPH, x, Ordered())[0], rtol=1e-6)


def test_what_torch_saves_is_read_too() -> None:
    torch = pytest.importorskip("torch")
    stream = io.BytesIO()
    torch.save(torch.nn.Linear(3, 2).state_dict(), stream)
    assert {n: t.shape for n, t in read_torch(stream.getvalue()).items()} == {"weight": (2, 3), "bias": (2,)}


def test_a_pickle_with_code_in_it_is_not_run() -> None:
    import pickle

    class Bad:
        def __reduce__(self) -> Any:
            return (print, ("run",))

    from provenn.io.weights.stored import archive

    with pytest.raises(FileError, match=r"names \w+\.print"):
        read_torch(archive({"archive/data.pkl": pickle.dumps(Bad(), 2)}))


def test_the_module_runs(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    (tmp_path / "model.pt").write_bytes(write_torch(graph_tensors(GRAPH)))
    text = torch_module(GRAPH, "A network.")
    assert text is not None
    (tmp_path / "model.py").write_text(text)
    done = subprocess.run([sys.executable, str(tmp_path / "model.py"), "0.5", "-1", "2"], capture_output=True,
                          text=True, check=True)
    made = np.array([float(v) for v in done.stdout.split()])
    x = np.array([[[0.5, -1, 2]]], np.float32)
    np.testing.assert_allclose(made, run(GRAPH, x, Ordered())[0, 0], rtol=1e-6)


def test_graphs_that_are_no_sequence_get_no_module(digits: Path) -> None:
    assert torch_module(load(digits / "conv.onnx").graph, "A network.") is None
