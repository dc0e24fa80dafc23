"""Whether files that hold a program beside its weights are those of a graph: ONNX, TensorFlow, StableHLO.

Weights are compared tensor by tensor, what is left of the program with the one that is written again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import prod

from provenn.deploy.differences import Finding, differences, named
from provenn.deploy.files import ONNX, SAVED_MODEL, STABLEHLO, about
from provenn.deploy.manifest import Manifest
from provenn.io.onnx.stored import read_stored
from provenn.io.onnx.writer import model_of
from provenn.io.tensorflow import model_in, read_saved_model, saved_model_of
from provenn.io.weights import Stored, Tensors, unreadable
from provenn.io.weights.stored import ELEMENTS as BYTES
from provenn.ir.graph import Graph

CONSTANT = re.compile(r'^ *(%\w+) = stablehlo\.constant dense<("?)0x([0-9A-F]*)"?> : '
                      r"tensor<((?:\d+x)*)(\w+)>$", re.MULTILINE)
ELEMENTS = {"f32": "F32", "f64": "F64", "f16": "F16", "bf16": "BF16", "i64": "I64", "i32": "I32",
            "i16": "I16", "i8": "I8"}
LARGEST = 1 << 31


def metadata_findings(file: str, metadata: Mapping[str, str], manifest: Manifest) -> Iterator[Finding]:
    """What a file says of itself."""
    wanted = manifest.metadata
    for key in sorted(wanted.keys() | {k for k in metadata if k.startswith("provenn.")}):
        if metadata.get(key) != wanted.get(key):
            yield Finding(file, "", f"says {key} = {metadata.get(key, 'nothing')}, "
                                    f"the manifest {wanted.get(key, 'nothing')}")


def of_onnx(graph: Graph, tensors: Tensors, data: bytes, manifest: Manifest) -> Iterator[Finding]:
    """Initialisers, then the graph node by node, then metadata."""
    model, found = read_stored(data)
    wanted = model_of(graph, manifest.metadata, about(manifest), manifest.dtype)
    constants = read_stored(wanted.SerializeToString())[1]
    wanted.graph.ClearField("initializer")
    yield from metadata_findings(ONNX, {str(p.key): str(p.value) for p in model.metadata_props}, manifest)
    yield from named(ONNX, differences({**constants, **tensors}, found))
    yield from _nodes(ONNX, model.graph.node, wanted.graph.node)
    for part in ("input", "output"):
        if list(getattr(model.graph, part)) != list(getattr(wanted.graph, part)):
            yield Finding(ONNX, "", f"declares another {part}")
    if (model.ir_version, list(model.opset_import)) != (wanted.ir_version, list(wanted.opset_import)):
        yield Finding(ONNX, "", "declares another version of ONNX")


def of_saved_model(graph: Graph, tensors: Tensors, data: bytes, manifest: Manifest) -> Iterator[Finding]:
    """Constants, then the graph node by node, then signature and metadata.

    Versions of TensorFlow are not compared: the hash of the file has them.
    """
    model, found = read_saved_model(data)
    wanted, constants = model_in(saved_model_of(graph, manifest.metadata, manifest.dtype))
    meta, ours = model.meta_graphs[0], wanted.meta_graphs[0]
    texts = {key: value.bytes_list.value[0].decode(errors="replace")
             for key, value in meta.collection_def.items() if value.bytes_list.value}
    yield from metadata_findings(SAVED_MODEL, texts, manifest)
    yield from named(SAVED_MODEL, differences({**constants, **tensors}, found))
    yield from _nodes(SAVED_MODEL, meta.graph_def.node, ours.graph_def.node)
    if dict(meta.signature_def) != dict(ours.signature_def):
        yield Finding(SAVED_MODEL, "", "declares another signature")
    if list(meta.meta_info_def.tags) != list(ours.meta_info_def.tags):
        yield Finding(SAVED_MODEL, "", "declares other tags")


def _nodes(file: str, found: Sequence[object], wanted: Sequence[object]) -> Iterator[Finding]:
    """Nodes of two graphs, one after the other."""
    for k, (a, b) in enumerate(zip(found, wanted)):
        if a != b:
            yield Finding(file, "", f"node {k} is {_node(a)} instead of {_node(b)}")
    if len(found) != len(wanted):
        yield Finding(file, "", f"has {len(found)} nodes instead of {len(wanted)}")


def _node(node: object) -> str:
    return " ".join(str(node).split())[:80]


def of_stablehlo(tensors: Tensors, data: bytes, written: bytes) -> Iterator[Finding]:
    """Constants that are tensors, by their names; then the text as a whole."""
    if data == written:
        return
    ours = constants_in(written)
    # Equal tensors share a constant; a constant that is no tensor keeps its own name.
    names = {key: [n for n, t in tensors.items() if t == value] or [key] for key, value in ours.items()}
    wanted = {name: value for key, value in ours.items() for name in names[key]}
    found = {name: value for key, value in constants_in(data).items() for name in names.get(key, [key])}
    made = list(named(STABLEHLO, differences(wanted, found)))
    yield from made or [Finding(STABLEHLO, "", "is not the program of this network")]


def constants_in(program: bytes) -> dict[str, Stored]:
    """The constants of a StableHLO text that are written bit by bit; FileError PNN-CERT-633 for no text."""
    try:
        made = {}
        for name, quote, digits, shape, element in CONSTANT.findall(program.decode()):
            axes = tuple(int(n) for n in shape.split("x")[:-1])
            data = bytes.fromhex(digits)
            if not quote and prod(axes) * len(data) <= LARGEST:
                data = data[::-1] * prod(axes)
            if element in ELEMENTS and len(data) != prod(axes) * int(BYTES[ELEMENTS[element]][-1]):
                raise ValueError(f"{name} holds {len(data)} bytes, not a tensor {list(axes)} of {element}")
            made[name] = Stored(ELEMENTS.get(element, element), axes, data)
        return made
    except ValueError as e:
        raise unreadable("StableHLO", STABLEHLO, e) from None
