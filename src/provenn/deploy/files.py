"""The files of one network: canonical words, weights in every format, programs that run them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from provenn.base.words import to_bytes
from provenn.deploy.manifest import CLAIMS, MANIFEST, SIGNATURE, Manifest, read_manifest, sha256
from provenn.errors import ProvennError, ToolError
from provenn.eval import stablehlo
from provenn.io import tensorflow
from provenn.io.onnx.writer import onnx_bytes
from provenn.io.output import write_atomically
from provenn.io.weights import (
    DTYPES,
    computed,
    graph_tensors,
    torch_module,
    write_gguf,
    write_npz,
    write_safetensors,
    write_torch,
)
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.names import tensor_names

WORDS, SAFETENSORS, ONNX = "network.pvn", "model.safetensors", "model.onnx"
NPZ, TORCH, MODULE, STABLEHLO = "weights.npz", "model.pt", "model.py", "model.mlir"
GGUF, SAVED_MODEL = "model.gguf", "saved_model/saved_model.pb"
SPECIFICATION, PROPERTY, CERTIFICATE = "spec.vnnlib", "property.pvp", "proof.cert"

# Formats that are written when they are asked for: the word for each, and its file.
MORE = {"gguf": GGUF, "tensorflow": SAVED_MODEL}


def always(dtype: str) -> tuple[str, ...]:
    """The files that every folder of weights of this element type has: NumPy has no bfloat16."""
    return (WORDS, SAFETENSORS, ONNX, *(() if dtype == "BF16" else (NPZ,)), TORCH, STABLEHLO)


def about(manifest: Manifest) -> str:
    """One sentence for people, in the files that have room for it."""
    text = f"{manifest.network} from {manifest.source}: {CLAIMS[manifest.claim]}."
    return text.replace('"', "'").replace("\\", "/")


def files_of(graph: Graph, manifest: Manifest, also: Collection[str] = ()) -> dict[str, bytes]:
    """The content of every file by name; the same for the same graph and manifest.

    ``also`` names keys of ``MORE``. Raises FileError PNN-CERT-636 where such a format has no room for a
    tensor, ToolError PNN-TOOL-733 without TensorFlow for its own.
    """
    dtype = manifest.dtype
    tensors = graph_tensors(graph, dtype)
    made = {
        WORDS: to_bytes(graph_words(graph)), SAFETENSORS: write_safetensors(tensors, manifest.metadata),
        ONNX: onnx_bytes(graph, manifest.metadata, about(manifest), dtype), TORCH: write_torch(tensors)}
    if NPZ in always(dtype):
        made[NPZ] = write_npz(tensors)
    if "gguf" in also:
        made[GGUF] = write_gguf(tensors, manifest.metadata)
    if "tensorflow" in also:
        made[SAVED_MODEL] = tensorflow.write_saved_model(graph, manifest.metadata, dtype)
    return made | programs_of(graph, manifest)


def programs_of(graph: Graph, manifest: Manifest) -> dict[str, bytes]:
    """The files that are text: StableHLO, and a module of PyTorch where the graph is a sequence of layers."""
    dtype = manifest.dtype
    tensors = graph_tensors(graph, dtype) if DTYPES[dtype] != computed(dtype) else {}
    stored = {i: (DTYPES[dtype], tensors[name].data) for i, name in tensor_names(graph).items()
              if name in tensors}
    made = {STABLEHLO: stablehlo.text(graph, stored=stored).encode()}
    module = torch_module(graph, about(manifest), TORCH, MODULE, dtype)
    return made if module is None else {**made, MODULE: module.encode()}


def write_folder(folder: Path, graph: Graph, manifest: Manifest, more: Mapping[str, bytes],
                 also: Collection[str] = ()) -> Manifest:
    """Write all files, those in ``more`` too, and the manifest last; what it says is returned.

    A folder with a manifest always has the files of that manifest, and none of those of one before it, whose
    signature goes too. Raises ToolError PNN-TOOL-703.
    """
    files = {**files_of(graph, manifest, also), **more}
    manifest = replace(manifest, files={name: sha256(data) for name, data in sorted(files.items())})
    try:
        for name in files:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
        for name in (MANIFEST, SIGNATURE, *_before(folder).difference(files)):
            (folder / name).unlink(missing_ok=True)
    except OSError as e:
        raise ToolError("PNN-TOOL-703", "the folder could not be written", where=str(folder),
                        got=e.strerror or str(e), hint="name another folder with -o") from None
    for name, data in files.items():
        write_atomically(folder / name, data)
    write_atomically(folder / MANIFEST, manifest.text())
    return manifest


def _before(folder: Path) -> set[str]:
    """Files of ours that the manifest in the folder lists, if there is one that can be read."""
    try:
        return {WORDS, SAFETENSORS, ONNX, NPZ, TORCH, MODULE, STABLEHLO, GGUF, SAVED_MODEL, SPECIFICATION,
                PROPERTY, CERTIFICATE} & read_manifest(folder).files.keys()
    except ProvennError:
        return set()
