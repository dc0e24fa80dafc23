"""Weights of every element type in every format: loaded and run in the frameworks, compared when changed."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, load_from_string

from provenn import deploy
from provenn.base.words import sha256 as words_sha256
from provenn.deploy import loading
from provenn.deploy.files import GGUF, MODULE, NPZ, ONNX, SAFETENSORS, SAVED_MODEL, STABLEHLO, TORCH, WORDS
from provenn.deploy.manifest import sha256
from provenn.errors import FileError, UnsupportedError
from provenn.io.tensorflow import write_saved_model
from provenn.io.weights import (
    DTYPES,
    Stored,
    computed,
    graph_tensors,
    read_safetensors,
    write_npz,
    write_safetensors,
    write_torch,
)
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.names import tensor_names
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.conftest import missing

EVERY = sorted(DTYPES)
X = np.array([[2.0, -1.0, 3.0]])


def network(dtype: str) -> Graph:
    """Three layers of small integers, which no program rounds; in F64 with numbers that binary32 lacks."""
    rng, builder, kind = np.random.default_rng(7), Builder(), computed(dtype)
    x, size = builder.add(ALL["input"], shape=(1, 3), dtype=kind), 3
    for k, width in enumerate((4, 3, 2)):
        w, b = (rng.integers(-7, 8, s).astype(np.float64) for s in ((width, size), (width,)))
        if dtype == "F64":
            w += 2.0**-40
        weights = (builder.parameter(ALL["parameter"], v, dtype=kind) for v in (w, b))
        x = builder.add(ALL["linear"], x, *weights)
        x, size = builder.add(ALL["relu"], x) if k < 2 else x, width
    return builder.finish(x)


def manifest_of(graph: Graph, dtype: str) -> deploy.Manifest:
    facts = tuple(deploy.TensorFact(n, t.shape, t.dtype, "0", sha256(t.data))
                  for n, t in graph_tensors(graph, dtype).items())
    return deploy.Manifest("exact", "net", words_sha256(graph_words(graph)), "Net.v", sha256("source"), None,
                           facts, {"provenn": "0"})


@pytest.fixture(scope="module", params=EVERY)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
            ) -> tuple[str, Graph, Path]:
    """Element type, network, and a folder of its files."""
    graph, folder = network(request.param), tmp_path_factory.mktemp(request.param) / "net"
    also = ["gguf", *(["tensorflow"] if has("tensorflow") else [])]
    deploy.write_folder(folder, graph, manifest_of(graph, request.param), {}, also)
    return request.param, graph, folder


def has(name: str) -> bool:
    import importlib.util

    return importlib.util.find_spec(name) is not None


def wanted(graph: Graph) -> list[float]:
    """The exact outputs: integers of any size do not round in Python."""
    from fractions import Fraction

    x = [Fraction(v) for v in X[0].tolist()]
    for node in graph:
        if node.op.tag == "linear":
            w, b = (graph.nodes[i].value for i in node.inputs[1:])
            assert w is not None
            assert b is not None
            x = [sum((Fraction(float(v)) * a for v, a in zip(row, x)), Fraction(float(c)))
                 for row, c in zip(w, b)]
        elif node.op.tag == "relu":
            x = [max(Fraction(0), a) for a in x]
    return [float(a) for a in x]


def agree(dtype: str, graph: Graph, got: Any) -> None:
    """Small integers are not rounded anywhere; binary64 is, in its last places."""
    assert got.dtype == computed(dtype)
    if dtype == "F64":
        np.testing.assert_allclose(got.ravel(), wanted(graph), rtol=1e-14)
        assert not np.allclose(got.ravel(), np.round(wanted(graph)), rtol=1e-14, atol=0)
    else:
        assert got.ravel().tolist() == wanted(graph)


def test_a_folder_agrees_and_says_its_type(written: tuple[str, Graph, Path]) -> None:
    dtype, graph, folder = written
    manifest, found = deploy.compare(folder)
    assert (manifest.dtype, found) == (dtype, [])
    assert (NPZ in manifest.files) == (dtype != "BF16")
    assert read_safetensors((folder / SAFETENSORS).read_bytes())[0] == graph_tensors(graph, dtype)
    words = np.frombuffer((folder / WORDS).read_bytes(), "<f8")
    assert graph_words(read_graph_words(words, ALL, dtype=computed(dtype))).tobytes() == words.tobytes()


def test_onnxruntime_runs_it(written: tuple[str, Graph, Path]) -> None:
    import onnxruntime

    dtype, graph, folder = written
    session = onnxruntime.InferenceSession(folder / ONNX, providers=["CPUExecutionProvider"])
    agree(dtype, graph, session.run(None, {"input": X.astype(computed(dtype))})[0])


def test_pytorch_loads_and_runs_it(written: tuple[str, Graph, Path]) -> None:
    torch = pytest.importorskip("torch")
    dtype, graph, folder = written
    names: dict[str, Any] = {"__file__": str(folder / MODULE), "__name__": "model"}
    exec(compile((folder / MODULE).read_text(), MODULE, "exec"), names)
    with torch.no_grad():
        agree(dtype, graph, names["build"]()(torch.from_numpy(X.astype(computed(dtype)))).numpy())
    state = torch.load(folder / TORCH, weights_only=True)
    for name, t in graph_tensors(graph, dtype).items():
        assert str(state[name].dtype) == f"torch.{DTYPES[dtype]}"
        assert state[name].view(torch.uint8).numpy().tobytes() == t.data


def test_safetensors_package_loads_it(written: tuple[str, Graph, Path]) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file

    dtype, graph, folder = written
    state = load_file(folder / SAFETENSORS)
    for name, t in graph_tensors(graph, dtype).items():
        assert str(state[name].dtype) == f"torch.{DTYPES[dtype]}"
        assert state[name].view(torch.uint8).numpy().tobytes() == t.data


def test_numpy_loads_it(written: tuple[str, Graph, Path]) -> None:
    dtype, graph, folder = written
    if dtype == "BF16":
        assert not (folder / NPZ).exists()
        return
    loaded = np.load(io.BytesIO((folder / NPZ).read_bytes()), allow_pickle=False)
    for name, t in graph_tensors(graph, dtype).items():
        assert (loaded[name].dtype, loaded[name].tobytes()) == (np.dtype(DTYPES[dtype]), t.data)


def test_tensorflow_runs_it(written: tuple[str, Graph, Path]) -> None:
    tf = pytest.importorskip("tensorflow")
    dtype, graph, folder = written
    run = tf.saved_model.load(str((folder / SAVED_MODEL).parent)).signatures["serving_default"]
    agree(dtype, graph, run(input=tf.constant(X.astype(computed(dtype))))["output"].numpy())


def test_xla_runs_it(written: tuple[str, Graph, Path]) -> None:
    jax = pytest.importorskip("jax")
    from jax.extend import backend
    from jax.extend.backend import get_compile_options

    dtype, graph, folder = written
    client = backend.get_backend("cpu")
    devices = client.local_devices()[:1]
    run = client.compile_and_load((folder / STABLEHLO).read_text(), devices,
                                  get_compile_options(num_replicas=1, num_partitions=1))
    with jax.enable_x64(True):
        feed = jax.device_put(X.astype(computed(dtype)), devices[0])
        made = run.execute_sharded([feed]).disassemble_into_single_device_arrays()[0][0]
        agree(dtype, graph, np.asarray(made))


def test_gguf_package_loads_it(written: tuple[str, Graph, Path]) -> None:
    gguf = pytest.importorskip("gguf")
    dtype, graph, folder = written
    found = {t.name: t for t in gguf.GGUFReader(folder / GGUF).tensors}
    for name, t in graph_tensors(graph, dtype).items():
        assert (found[name].tensor_type.name, found[name].data.tobytes()) == (dtype, t.data)


def test_every_program_holds_the_bits(written: tuple[str, Graph, Path]) -> None:
    dtype, _, folder = written
    made = deploy.checked(folder)
    assert made.findings == ()
    loaded = {link.start: link.status for link in made.links if link.start in loading.PROGRAMS}
    unable = {ONNX, GGUF, STABLEHLO} if dtype == "BF16" else set()
    for file, status in loaded.items():
        assert status in ({loading.UNABLE} if file in unable else {loading.SAME, loading.ABSENT}), file
    assert loaded.keys() == loading.PROGRAMS.keys() & made.manifest.files.keys()
    if dtype == "BF16":
        (found,) = deploy.checked(folder, require=["onnxruntime", "safetensors"]).findings
        assert found.file == ONNX
        assert found.what == "onnxruntime must load it (not loaded: it gives no BF16 to NumPy)"


def test_our_reader_reads_the_onnx_file(written: tuple[str, Graph, Path]) -> None:
    from provenn.io import onnx as reader

    dtype, graph, folder = written
    if dtype == "F64":
        with pytest.raises(UnsupportedError, match="no theorem is about runs in binary64") as caught:
            reader.read(folder / ONNX)
        assert caught.value.code == "PNN-ONNX-407"
        return
    read = reader.read(folder / ONNX)
    assert {n: v.tolist() for n, v in read.parameters.items()} == {
        n: t.array.astype(np.float32).tolist() for n, t in graph_tensors(graph, dtype).items()}


# -- what is changed is found, and named

@pytest.mark.parametrize("other", ["F32", "F64", "I16"])
def test_another_element_type_is_named(other: str, written: tuple[str, Graph, Path], tmp_path: Path) -> None:
    dtype, graph, folder = written
    if dtype in (other, "F64"):
        return
    copy = clone(folder, tmp_path)
    tensors = graph_tensors(graph, dtype)
    tensors["2.weight"] = Stored.of(tensors["2.weight"].array, other)
    (copy / SAFETENSORS).write_bytes(write_safetensors(tensors, deploy.read_manifest(copy).metadata))
    found = [f for f in deploy.compare(copy)[1] if f.tensor]
    assert [(f.file, f.tensor) for f in found] == [(SAFETENSORS, "2.weight")]
    assert f"is {other} instead of {dtype}" in found[0].what


@pytest.mark.parametrize("file", [SAFETENSORS, ONNX, GGUF, STABLEHLO])
def test_a_flipped_bit_is_named(file: str, written: tuple[str, Graph, Path], tmp_path: Path) -> None:
    dtype, graph, folder = written
    copy = clone(folder, tmp_path)
    data, t = bytearray((copy / file).read_bytes()), graph_tensors(graph, dtype)["2.weight"]
    at = data.find(t.data.hex().upper().encode() if file == STABLEHLO else t.data)
    assert at >= 0
    if file == STABLEHLO:
        data[at] = ord("1") if data[at] == ord("0") else ord("0")
    else:
        data[at] ^= 1
    (copy / file).write_bytes(bytes(data))
    assert (file, "2.weight") in {(f.file, f.tensor) for f in deploy.compare(copy)[1]}


@pytest.mark.parametrize("file", [NPZ, TORCH, SAVED_MODEL])
def test_a_changed_number_is_named(file: str, written: tuple[str, Graph, Path], tmp_path: Path) -> None:
    dtype, graph, folder = written
    if (dtype, file) == ("BF16", NPZ):
        assert NPZ not in deploy.read_manifest(folder).files
        return
    if file not in deploy.read_manifest(folder).files:
        missing("TensorFlow is not installed")
    copy, tensors = clone(folder, tmp_path), graph_tensors(graph, dtype)
    changed = dict(tensors, **{"2.weight": replace(tensors["2.weight"], data=tensors["2.weight"].data[::-1])})
    if file == SAVED_MODEL:
        nodes = list(graph.nodes)
        k = next(i for i, name in tensor_names(graph).items() if name == "2.weight")
        nodes[k] = replace(nodes[k], value=1 - np.asarray(nodes[k].value))
        data = write_saved_model(replace(graph, nodes=tuple(nodes)), deploy.read_manifest(copy).metadata,
                                 dtype)
    else:
        data = write_npz(changed) if file == NPZ else write_torch(changed)
    (copy / file).write_bytes(data)
    assert (file, "2.weight") in {(f.file, f.tensor) for f in deploy.compare(copy)[1]}


def test_a_cast_that_is_another_is_found(written: tuple[str, Graph, Path], tmp_path: Path) -> None:
    dtype, _, folder = written
    copy = clone(folder, tmp_path)
    model = load_from_string((copy / ONNX).read_bytes())
    casts = [n for n in model.graph.node if n.op_type == "Cast"]
    assert bool(casts) == (DTYPES[dtype] != computed(dtype))
    for node in casts[:1]:
        node.attribute[0].CopyFrom(helper.make_attribute("to", TensorProto.DOUBLE))
        (copy / ONNX).write_bytes(model.SerializeToString())
        assert any("node 0 is" in f.what for f in deploy.compare(copy)[1] if f.file == ONNX)


def test_a_manifest_of_two_types_is_damaged(written: tuple[str, Graph, Path], tmp_path: Path) -> None:
    _, _, folder = written
    copy = clone(folder, tmp_path)
    for word in ("F8", "F32" if written[0] != "F32" else "F64"):
        said = json.loads((folder / "manifest.json").read_text())
        said["tensors"][0]["dtype"] = word
        (copy / "manifest.json").write_text(json.dumps(said))
        with pytest.raises(FileError) as caught:
            deploy.compare(copy)
        assert caught.value.code == "PNN-CERT-632"


def test_a_manifest_that_claims_a_type_without_these_numbers_is_rejected(tmp_path: Path) -> None:
    graph = network("F64")
    manifest = manifest_of(graph, "F64")
    deploy.write_folder(tmp_path / "net", graph, manifest, {})
    for dtype in ("F32", "I8"):
        facts = tuple(replace(t, dtype=dtype) for t in manifest.tensors)
        said = replace(manifest, tensors=facts, files=deploy.read_manifest(tmp_path / "net").files)
        (tmp_path / "net" / "manifest.json").write_text(said.text())
        assert WORDS in {f.file for f in deploy.compare(tmp_path / "net")[1]}


def clone(folder: Path, room: Path) -> Path:
    import shutil

    return Path(shutil.copytree(folder, room / "net"))
