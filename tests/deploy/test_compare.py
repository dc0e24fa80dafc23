"""Whatever is done to a file of weights, the comparison notices it and names the file and the tensor."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from provenn import deploy
from provenn.base.words import sha256 as words_sha256
from provenn.base.words import to_bytes
from provenn.cli.app import run
from provenn.deploy.compare import Recomputed
from provenn.deploy.files import (
    GGUF,
    MORE,
    NPZ,
    ONNX,
    SAFETENSORS,
    SAVED_MODEL,
    STABLEHLO,
    TORCH,
    WORDS,
    files_of,
)
from provenn.deploy.manifest import sha256
from provenn.deploy.programs import constants_in
from provenn.errors import FileError
from provenn.io.weights import (
    Stored,
    graph_tensors,
    read_gguf,
    read_npz,
    read_safetensors,
    read_torch,
    write_gguf,
    write_npz,
    write_safetensors,
    write_torch,
)
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.names import tensor_names
from provenn.ops import ALL
from tests.io.onnx.test_writer import dense

SOURCE = "the source"
Tensors = dict[str, Stored]


def manifest_for(graph: Graph, name: str = "net") -> deploy.Manifest:
    """The manifest of a network that some theorem is about."""
    facts = tuple(deploy.TensorFact(n, t.shape, t.dtype, "0", sha256(t.data))
                  for n, t in graph_tensors(graph).items())
    theorem = deploy.Theorem(f"{name}_is_safe", f"{name}_is_safe : forall x, run {name} x = x", ("A.b",))
    return deploy.Manifest("theorem", name, words_sha256(graph_words(graph)), "Net.v", sha256(SOURCE),
                           theorem, facts, {"provenn": "0"})


GRAPH, OTHER = dense(5, (3, 3, 2)), dense(6, (3, 3, 2))
MANIFEST = manifest_for(GRAPH)
NAMES = ["0.weight", "0.bias", "2.weight", "2.bias"]


@pytest.fixture(scope="module")
def stranger() -> dict[str, bytes]:
    """The files of another network."""
    return files_of(OTHER, manifest_for(OTHER, "other"), MORE)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as it was written."""
    folder = tmp_path_factory.mktemp("weights") / "net"
    deploy.write_folder(folder, GRAPH, MANIFEST, {}, MORE)
    return folder


@pytest.fixture
def folder(written: Path, tmp_path: Path) -> Path:
    """A copy to do things to."""
    return Path(shutil.copytree(written, tmp_path / "net"))


def now(graph: Graph = GRAPH, **changes: Any) -> Recomputed:
    """What Coq would say."""
    said = Recomputed(graph_words(graph), MANIFEST.theorem, ("0",) * 4, sha256(SOURCE))
    return replace(said, **changes)


def test_a_folder_as_it_was_written_agrees(folder: Path) -> None:
    assert deploy.compare(folder)[1] == []
    assert deploy.compare(folder, now())[1] == []
    assert run(["check", "--weights", str(folder)]) == 0


# -- what can be done to tensors, in any format: (name of the corruption, tensor that must be named, change)

def elements(name: str, change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Tensors], Tensors]:
    def corrupt(tensors: Tensors) -> Tensors:
        old = tensors[name]
        value = np.ascontiguousarray(change(old.array.copy()))
        return {**tensors, name: Stored(old.dtype, value.shape, value.tobytes())}

    return corrupt


def bit(name: str, place: int) -> Callable[[Tensors], Tensors]:
    def corrupt(tensors: Tensors) -> Tensors:
        old = tensors[name]
        data = bytearray(old.data)
        data[place // 8] ^= 1 << place % 8
        return {**tensors, name: replace(old, data=bytes(data))}

    return corrupt


def renamed(old: str, new: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {(new if n == old else n): t for n, t in tensors.items()}


def exchanged(a: str, b: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {**tensors, a: tensors[b], b: tensors[a]}


def typed(name: str, dtype: str) -> Callable[[Tensors], Tensors]:
    """The same numbers, as far as they go, in another element type."""
    def corrupt(tensors: Tensors) -> Tensors:
        value = np.round(tensors[name].array * 4) / 4
        return {**tensors, name: Stored.of(value, dtype)}

    return corrupt


def without(name: str) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {n: t for n, t in tensors.items() if n != name}


def shaped(name: str, *shape: int) -> Callable[[Tensors], Tensors]:
    return lambda tensors: {**tensors, name: replace(tensors[name], shape=shape)}


def scaled(by: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda a: (a * np.float32(by)).astype(np.float32)


def next_number(a: np.ndarray) -> np.ndarray:
    a.flat[0] = np.nextafter(a.flat[0], np.float32(np.inf), dtype=np.float32)
    return a


def filled(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(a: np.ndarray) -> np.ndarray:
        a.flat[-1] = value
        return a

    return change


ONES: list[tuple[str, str, Callable[[Tensors], Tensors]]] = [
    *((f"bit {place} of {name}", name, bit(name, place)) for name in NAMES for place in (0, 13, 31)),
    *((f"{name} by one unit", name, elements(name, next_number)) for name in NAMES),
    *((f"{name} renamed", name, renamed(name, f"{name}s")) for name in NAMES),
    *((f"{name} left out", name, without(name)) for name in NAMES),
    *((f"{name} in {dtype}", name, typed(name, dtype)) for name in NAMES[:2] for dtype in ("F64", "F16")),
    ("a square matrix transposed", "0.weight", elements("0.weight", np.transpose)),
    ("a matrix transposed", "2.weight", elements("2.weight", np.transpose)),
    ("a matrix under another shape", "2.weight", shaped("2.weight", 3, 2)),
    ("a matrix as vector", "2.weight", shaped("2.weight", 6)),
    ("a bias as row", "2.bias", shaped("2.bias", 1, 2)),
    ("rows reversed", "0.weight", elements("0.weight", lambda a: a[::-1])),
    ("two elements exchanged", "0.bias", elements("0.bias", lambda a: a[[1, 0, 2]])),
    ("a sign", "2.bias", elements("2.bias", np.negative)),
    ("a factor", "0.weight", elements("0.weight", scaled(1.0001))),
    ("a NaN", "0.weight", elements("0.weight", filled(np.nan))),
    ("an infinity", "2.weight", elements("2.weight", filled(np.inf))),
    ("a zero", "2.bias", elements("2.bias", filled(0.0))),
    ("a row less", "2.weight", elements("2.weight", lambda a: a[:1])),
    ("a row more", "2.bias", elements("2.bias", lambda a: np.append(a, np.float32(0)))),
    ("names exchanged", "0.weight", exchanged("0.weight", "2.weight")),
    ("biases exchanged", "2.bias", exchanged("0.bias", "2.bias")),
    ("a weight in place of a bias", "0.bias", lambda t: {**t, "0.bias": t["0.weight"]}),
    ("a tensor too many", "extra", lambda t: {**t, "extra": t["0.bias"]}),
]


def rewrite_onnx(data: bytes, corrupt: Callable[[Tensors], Tensors]) -> bytes:
    """An ONNX file with other initialisers."""
    model = onnx.load_from_string(data)
    tensors = {t.name: Stored.of(numpy_helper.to_array(t)) for t in model.graph.initializer}
    del model.graph.initializer[:]
    for name, t in corrupt(tensors).items():
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(t.array), name))
    changed: bytes = model.SerializeToString()
    return changed


def rewrite_saved_model(data: bytes, corrupt: Callable[[Tensors], Tensors]) -> bytes:
    """A SavedModel with other constants."""
    tf = pytest.importorskip("tensorflow")
    from tensorflow.core.protobuf import saved_model_pb2

    model = saved_model_pb2.SavedModel.FromString(data)
    nodes = model.meta_graphs[0].graph_def.node
    old = {n.name: Stored.of(tf.make_ndarray(n.attr["value"].tensor)) for n in nodes if n.op == "Const"}
    new = corrupt(old)
    for k in reversed([k for k, n in enumerate(nodes) if n.op == "Const"]):
        del nodes[k]
    for name, t in new.items():
        node = nodes.add(name=name, op="Const")
        node.attr["dtype"].type = tf.as_dtype(t.array.dtype).as_datatype_enum
        node.attr["value"].tensor.CopyFrom(tf.make_tensor_proto(t.array))
    changed: bytes = model.SerializeToString()
    return changed


def rewrite_stablehlo(data: bytes, corrupt: Callable[[Tensors], Tensors]) -> bytes:
    """A StableHLO text with other constants."""
    found = constants_in(data)
    keys = {name: key for name, t in graph_tensors(GRAPH).items() for key, c in found.items() if c == t}
    start, signature, *lines = data.decode().splitlines()
    kept = [line for line in lines if line.split(" = ")[0].strip() not in keys.values()]
    made = []
    for name, t in corrupt({name: found[key] for name, key in keys.items()}).items():
        key = keys.get(name, "%" + name.replace(".", "_"))
        kind = "".join(f"{n}x" for n in t.shape) + t.dtype.lower()
        made.append(f'    {key} = stablehlo.constant dense<"0x{t.data.hex().upper()}"> : tensor<{kind}>')
    return "\n".join([start, signature, *made, *kept, ""]).encode()


def tensor_of(finding: deploy.Finding) -> str:
    """The tensor that a finding names; StableHLO has names of its own for what is none of ours."""
    name = finding.tensor
    return name.removeprefix("%").replace("_", ".") if finding.file == STABLEHLO else name


REWRITE: dict[str, Callable[[bytes, Callable[[Tensors], Tensors]], bytes]] = {
    SAFETENSORS: lambda data, corrupt: write_safetensors(
        corrupt(read_safetensors(data)[0]), read_safetensors(data)[1]),
    NPZ: lambda data, corrupt: write_npz(corrupt(read_npz(data))),
    TORCH: lambda data, corrupt: write_torch(corrupt(read_torch(data))),
    ONNX: rewrite_onnx, SAVED_MODEL: rewrite_saved_model, STABLEHLO: rewrite_stablehlo,
    GGUF: lambda data, corrupt: write_gguf(corrupt(read_gguf(data)[0]), {
        key: text for key, text in read_gguf(data)[1].items() if key.startswith("provenn.")}),
}
FORMATS = pytest.mark.parametrize("file", sorted(REWRITE))


@FORMATS
def test_rewriting_nothing_changes_nothing(file: str, folder: Path) -> None:
    path = folder / file
    path.write_bytes(REWRITE[file](path.read_bytes(), lambda t: t))
    assert [f.tensor for f in deploy.compare(folder)[1] if f.tensor] == []


@FORMATS
@pytest.mark.parametrize(("what", "tensor", "corrupt"), ONES, ids=[one[0] for one in ONES])
def test_a_corrupted_tensor_is_named(
    file: str, what: str, tensor: str, corrupt: Callable[[Tensors], Tensors], folder: Path
) -> None:
    path = folder / file
    path.write_bytes(REWRITE[file](path.read_bytes(), corrupt))
    found = deploy.compare(folder)[1]
    assert {f.file for f in found} == {file}
    assert tensor in {tensor_of(f) for f in found}
    assert {tensor_of(f) for f in found} <= {tensor, *NAMES, ""}


def test_the_list_of_corruptions_is_long_enough() -> None:
    """At least thirty for each format that differ in what they make of the tensors."""
    tensors = graph_tensors(GRAPH)
    made = {tuple(sorted((n, t.dtype, t.shape, t.data) for n, t in corrupt(tensors).items()))
            for _, _, corrupt in ONES}
    assert len(made) >= 30
    assert tuple(sorted((n, t.dtype, t.shape, t.data) for n, t in tensors.items())) not in made
    assert len(IN_WORDS) >= 30


# Words have no names and no element types, and other shapes are no network: what is left to corrupt.
IN_WORDS = [
    *((f"bit {k} of {name}", name, bit(name, k)) for name in NAMES for k in (0, 1, 9, 13, 22, 31)),
    *(one for one in ONES if one[0].startswith((
        *(f"{name} by one unit" for name in NAMES), "a square matrix transposed", "rows reversed",
        "two elements exchanged", "a sign", "a factor", "a zero")))]


@pytest.mark.parametrize(("what", "tensor", "corrupt"), IN_WORDS, ids=[one[0] for one in IN_WORDS])
def test_a_corrupted_tensor_in_the_words_is_named(
    what: str, tensor: str, corrupt: Callable[[Tensors], Tensors], folder: Path
) -> None:
    tensors = corrupt(graph_tensors(GRAPH))
    names = dict(tensor_names(GRAPH))
    nodes = tuple(n if n.value is None else replace(n, value=tensors[names[i]].array)
                  for i, n in enumerate(GRAPH.nodes))
    (folder / WORDS).write_bytes(to_bytes(graph_words(replace(GRAPH, nodes=nodes))))
    found = deploy.compare(folder)[1]
    assert {f.tensor for f in found if f.file == WORDS} == {tensor, ""}


@FORMATS
@pytest.mark.parametrize("size", [0, 1, 7, 8, 0.25, 0.5, 0.75, -1])
def test_a_truncated_file_is_named(file: str, size: float, folder: Path) -> None:
    path = folder / file
    data = path.read_bytes()
    path.write_bytes(data[: size if isinstance(size, int) else int(size * len(data))])
    found = deploy.compare(folder)[1]
    assert {f.file for f in found} == {file}


@FORMATS
def test_swapped_missing_and_foreign_files_are_named(
    file: str, folder: Path, stranger: dict[str, bytes]
) -> None:
    path = folder / file
    others = [(folder / name).read_bytes() for name in (WORDS, "model.py")]
    for content in (stranger[file], b"", b"<html>", *others):
        path.write_bytes(content)
        assert {f.file for f in deploy.compare(folder)[1]} == {file}
    path.unlink()
    assert [(f.file, f.tensor) for f in deploy.compare(folder)[1]] == [(file, "")]


@FORMATS
def test_every_flipped_bit_of_a_file_is_noticed(file: str, folder: Path) -> None:
    path = folder / file
    data = path.read_bytes()
    for k in range(0, 8 * len(data), max(1, 8 * len(data) // 60)):
        bad = bytearray(data)
        bad[k // 8] ^= 1 << k % 8
        path.write_bytes(bytes(bad))
        assert {f.file for f in deploy.compare(folder)[1]} == {file}, f"bit {k}"


def words(change: Callable[[np.ndarray], None]) -> bytes:
    made = graph_words(GRAPH)
    change(made)
    return to_bytes(made)


@pytest.mark.parametrize("at", range(0, graph_words(GRAPH).size, 2))
def test_changed_words_are_noticed(at: int, folder: Path) -> None:
    def change(made: np.ndarray) -> None:
        made[at] = 0.0 if made[at] else 1.0

    (folder / WORDS).write_bytes(words(change))
    assert WORDS in {f.file for f in deploy.compare(folder)[1]}


@pytest.mark.parametrize("tag", ["step", "gauss"])
def test_words_of_operations_that_no_file_can_hold_are_findings(tag: str, folder: Path) -> None:
    builder = Builder()
    builder.add(ALL["input"], shape=(1, 3))
    (folder / WORDS).write_bytes(to_bytes(graph_words(builder.finish(builder.add(ALL[tag], 0)))))
    found = deploy.compare(folder)[1]
    assert {WORDS, ONNX} <= {f.file for f in found}
    assert any(f"{tag} has no to_onnx rule" in f.what for f in found)


@pytest.mark.parametrize("size", [0, 8, 12, 48, 100, -8, -4])
def test_truncated_words_are_named(size: int, folder: Path) -> None:
    (folder / WORDS).write_bytes((folder / WORDS).read_bytes()[:size])
    assert WORDS in {f.file for f in deploy.compare(folder)[1]}


# -- what can be done to the rest of an ONNX file

def changed_node(model: ModelProto) -> None:
    model.graph.node[1].op_type = "Tanh"


def exchanged_operands(model: ModelProto) -> None:
    model.graph.node[2].input[0] = model.graph.node[0].output[0]


def dropped_node(model: ModelProto) -> None:
    model.graph.node[2].input[0] = model.graph.node[0].output[0]
    del model.graph.node[1]


def scaled_product(model: ModelProto) -> None:
    model.graph.node[0].attribute.append(helper.make_attribute("alpha", 2.0))


def wider_input(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 4


def other_opset(model: ModelProto) -> None:
    model.opset_import[0].version = 13


def another_theorem(model: ModelProto) -> None:
    next(p for p in model.metadata_props if p.key == "provenn.theorem").value = "everything"


def no_metadata(model: ModelProto) -> None:
    del model.metadata_props[:]


def doubled_tensor(model: ModelProto) -> None:
    model.graph.initializer.append(model.graph.initializer[0])


def integers(model: ModelProto) -> None:
    t = model.graph.initializer[0]
    t.data_type = TensorProto.INT32


@pytest.mark.parametrize("change", [
    changed_node, exchanged_operands, dropped_node, scaled_product, wider_input, other_opset, another_theorem,
    no_metadata, doubled_tensor, integers])
def test_a_changed_onnx_graph_is_named(change: Callable[[ModelProto], None], folder: Path) -> None:
    model = onnx.load(folder / ONNX)
    change(model)
    onnx.save(model, folder / ONNX)
    found = deploy.compare(folder)[1]
    assert {f.file for f in found} == {ONNX}
    assert not any("SHA-256" in f.what for f in found)


@pytest.mark.parametrize(("file", "read", "write"), [
    (SAFETENSORS, read_safetensors, write_safetensors), (GGUF, read_gguf, write_gguf)])
def test_metadata_are_compared(
    file: str, read: Callable[[bytes], Any], write: Callable[..., bytes], folder: Path
) -> None:
    path = folder / file
    tensors, about = read(path.read_bytes())
    about.pop("general.architecture", None)
    path.write_bytes(write(tensors, {**about, "provenn.theorem_sha256": "0" * 64}))
    (found,) = deploy.compare(folder)[1]
    assert "provenn.theorem_sha256" in found.what


# -- what can be done to the rest of a SavedModel

def another_operation(meta: Any) -> None:
    next(n for n in meta.graph_def.node if n.op == "Relu").op = "Tanh"


def another_operand(meta: Any) -> None:
    next(n for n in meta.graph_def.node if n.op == "Sigmoid").input[0] = "MatMul"


def transposed_product(meta: Any) -> None:
    next(n for n in meta.graph_def.node if n.op == "MatMul").attr["transpose_b"].b = False


def one_node_more(meta: Any) -> None:
    meta.graph_def.node.add(name="more", op="NoOp")


def another_result(meta: Any) -> None:
    meta.signature_def["serving_default"].outputs["output"].name = "Relu:0"


def second_signature(meta: Any) -> None:
    meta.signature_def["other"].CopyFrom(meta.signature_def["serving_default"])


def other_tags(meta: Any) -> None:
    meta.meta_info_def.tags.append("train")


def a_function(meta: Any) -> None:
    meta.graph_def.library.function.add().signature.name = "f"


def other_claim(meta: Any) -> None:
    meta.collection_def["provenn.claim"].bytes_list.value[0] = b"exact"


def doubled_constant(meta: Any) -> None:
    meta.graph_def.node.append(next(n for n in meta.graph_def.node if n.op == "Const"))


@pytest.mark.parametrize("change", [
    another_operation, another_operand, transposed_product, one_node_more, another_result, second_signature,
    other_tags, a_function, other_claim, doubled_constant])
def test_a_changed_saved_model_is_named(change: Callable[[Any], None], folder: Path) -> None:
    pytest.importorskip("tensorflow")
    from tensorflow.core.protobuf import saved_model_pb2

    path = folder / SAVED_MODEL
    model = saved_model_pb2.SavedModel.FromString(path.read_bytes())
    change(model.meta_graphs[0])
    path.write_bytes(model.SerializeToString())
    found = deploy.compare(folder)[1]
    assert {f.file for f in found} == {SAVED_MODEL}
    assert not any("SHA-256" in f.what for f in found)


@pytest.mark.parametrize("name", ["saved_model/saved_model.pbtxt", "saved_model/saved_model.cpb",
                                  "saved_model/variables/variables.index"])
def test_files_that_would_be_loaded_instead_are_named(name: str, folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(b"")
    assert [(f.file, f.what) for f in deploy.compare(folder)[1]] == [(name, "the manifest does not list it")]


def test_a_folder_that_is_written_again_keeps_nothing_of_before(folder: Path) -> None:
    (folder / "manifest.sig").write_bytes(bytes(64))
    deploy.write_folder(folder, OTHER, manifest_for(OTHER), {})
    assert deploy.compare(folder)[1] == []
    assert not any((folder / name).exists() for name in (GGUF, SAVED_MODEL, "manifest.sig"))


@pytest.mark.parametrize("name", ["../net/model.onnx", "/etc/hostname", "a/../model.onnx", "..", ""])
def test_a_manifest_that_leads_out_of_its_folder_is_damaged(name: str, folder: Path) -> None:
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    said["files"][name] = "0" * 64
    path.write_text(json.dumps(said))
    with pytest.raises(FileError, match="PNN-CERT-632"):
        deploy.compare(folder)


@pytest.mark.parametrize("file", ["model.py", "model.mlir"])
def test_programs_are_compared(file: str, folder: Path) -> None:
    path = folder / file
    path.write_text(path.read_text() + "// more\n")
    (found,) = deploy.compare(folder)[1]
    assert (found.file, found.what) == (file, "is not the program of this network")


# -- the manifest, and what Coq says now

@pytest.mark.parametrize(("key", "value"), [
    ("network_sha256", "0" * 64), ("claim", "exact"), ("network", "another"), ("source_sha256", "0" * 64),
    ("theorem", {"name": "t", "statement": "t : False", "axioms": []})])
def test_a_changed_manifest_is_noticed(key: str, value: Any, folder: Path) -> None:
    path = folder / "manifest.json"
    said = json.loads(path.read_text())
    said[key] = value
    if key == "claim":
        said["meaning"] = deploy.CLAIMS[value]
    path.write_text(json.dumps(said))
    assert deploy.compare(folder)[1]
    assert run(["check", "--weights", str(folder)]) == 2


@pytest.mark.parametrize("text", [
    "", "{}", "[1]", "null", '{"format": "provenn-weights", "version": 2}', "[" * 9999])
def test_a_damaged_manifest_is_an_error(text: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(text)
    with pytest.raises(FileError, match="PNN-CERT-632"):
        deploy.compare(folder)


@pytest.mark.parametrize(("changes", "place", "tensor"), [
    ({"graph": OTHER}, WORDS, "0.weight"), ({"source_sha256": "1"}, "Net.v", ""),
    ({"theorem": None}, "Net.v", ""),
    ({"errors": ("0", "1/3", "0", "0")}, "manifest.json", "0.bias")])
def test_what_coq_says_decides(changes: dict[str, Any], place: str, tensor: str, folder: Path) -> None:
    found = deploy.compare(folder, now(**changes))[1]
    assert (place, tensor) in {(f.file, f.tensor) for f in found}


def test_words_that_agree_with_nothing_but_each_other_are_caught_by_coq(folder: Path) -> None:
    deploy.write_folder(folder, OTHER, manifest_for(OTHER), {})
    assert deploy.compare(folder)[1] == []
    found = deploy.compare(folder, now())[1]
    assert {f.tensor for f in found} == set(NAMES)
    assert all("according to Coq" in f.what for f in found)


def test_the_answer_names_tensor_and_bits(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / NPZ
    path.write_bytes(REWRITE[NPZ](path.read_bytes(), bit("2.bias", 32)))
    assert run(["check", "--weights", str(folder)]) == 2
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "rejected"
    assert "weights.npz" in said[1]
    assert "tensor 2.bias one bit is flipped, first at [1]" in said[1]
    assert run(["check", "--weights", str(folder), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["findings"][0]["tensor"] == "2.bias"


def test_show_prints_the_manifest(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "ASSUMED            A.b: axioms" in said
    for part in ("net_is_safe : forall x", "0.weight", MANIFEST.network_sha256, "provenn check"):
        assert part in said
    assert run(["show", str(folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["claim"] == "theorem"


def test_files_load_in_numpy_and_safetensors_as_the_tensors_of_the_words(folder: Path) -> None:
    import safetensors.numpy

    for loaded in (dict(np.load(io.BytesIO((folder / NPZ).read_bytes()))),
                   safetensors.numpy.load((folder / SAFETENSORS).read_bytes())):
        wanted = {n: t.data for n, t in graph_tensors(GRAPH).items()}
        assert {n: v.tobytes() for n, v in loaded.items()} == wanted
