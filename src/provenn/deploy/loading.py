"""What the frameworks hold in memory once they have loaded the files of a folder, bit for bit.

A reader of ours that agrees with a file says nothing about the program that will load it. Here each program
loads the file itself: safetensors, NumPy, PyTorch, onnxruntime, jax, gguf, TensorFlow, as far as they are
installed. Only files without a finding are loaded.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from provenn.deploy.differences import Finding, differences
from provenn.deploy.files import GGUF, NPZ, ONNX, SAFETENSORS, SAVED_MODEL, STABLEHLO, TORCH
from provenn.deploy.programs import constants_in
from provenn.errors import UsageError
from provenn.io.onnx.stored import read_stored
from provenn.io.tensorflow.library import tensorflow
from provenn.io.tensorflow.writer import SIGNATURE
from provenn.io.weights import Stored, Tensors

TYPES = {"float64": "F64", "float32": "F32", "float16": "F16", "bfloat16": "BF16", "int64": "I64",
         "int32": "I32", "int16": "I16", "int8": "I8", "uint8": "U8", "bool": "BOOL"}
NAMED = re.compile(r"(%\w+) = stablehlo\.constant ")
SAME, DIFFERS, ABSENT, UNABLE = "same bits", "differs", "not installed", "not loaded"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What one program made of one file: ``status`` is SAME, DIFFERS, ABSENT or UNABLE; seconds it took."""

    file: str
    program: str
    status: str
    detail: str = ""
    seconds: float = 0.0


def loaded_by_frameworks(folder: Path, tensors: Mapping[str, Tensors]) -> tuple[list[Loaded], list[Finding]]:
    """Load every file in ``tensors``, which says what each must hold, and compare; differences are findings.

    A program that is not installed is no finding: the caller shows its status.
    """
    made, found = list[Loaded](), list[Finding]()
    for file, wanted in tensors.items():
        program = PROGRAMS[file]
        said, differ = _one(folder / file, file, program, wanted)
        made.append(said)
        found += differ
    return made, found


@dataclass(frozen=True, slots=True)
class Program:
    """Who loads a format: package, how people call it, the function, element types that it gives NumPy."""

    package: str
    name: str
    load: Callable[[Path, Tensors], Iterable[tuple[str, Any]]]
    types: frozenset[str] = frozenset(TYPES.values())


def _one(path: Path, file: str, program: Program, wanted: Tensors) -> tuple[Loaded, list[Finding]]:
    """One program and one file."""
    if importlib.util.find_spec(program.package) is None:
        return Loaded(file, program.name, ABSENT, f"pip install {program.package}"), []
    name = f"{program.name} {_version(program.package)}".strip()
    foreign = {t.dtype for t in wanted.values()} - program.types
    if foreign:
        return Loaded(file, name, UNABLE, f"it gives no {', '.join(sorted(foreign))} to NumPy"), []
    start = time.perf_counter()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            got = {key: _stored(value) for key, value in program.load(path, wanted)}
    except Exception as e:  # noqa: BLE001 - whatever a framework raises, it has not loaded the file
        why = " ".join(f"{type(e).__name__}: {e}".split())[:200]
        return Loaded(file, name, DIFFERS, why), [Finding(file, "", f"{name} does not load it: {why}")]
    bad = differences(wanted, got)
    seconds = time.perf_counter() - start
    return (Loaded(file, name, DIFFERS if bad else SAME, seconds=seconds),
            [Finding(file, tensor, f"{what}, once {name} has loaded it") for tensor, what in bad.items()])


def _version(package: str) -> str:
    for name in (package, f"{package}-cpu"):
        try:
            return importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return ""


def _stored(value: Any) -> Stored:
    """A loaded array as its bytes, the lowest first."""
    array = np.asarray(value, order="C")
    kind = TYPES.get(array.dtype.name, array.dtype.name)
    if array.dtype.byteorder == ">":
        array = array.astype(array.dtype.newbyteorder("<"))
    return Stored(kind, array.shape, array.tobytes())


def _safetensors(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    from safetensors.numpy import load_file

    yield from load_file(path).items()


def _npz(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    with np.load(path, allow_pickle=False) as opened:
        yield from opened.items()


def _torch(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    import torch

    for name, value in torch.load(path, map_location="cpu", weights_only=True).items():
        if value.dtype == torch.bfloat16:
            import ml_dtypes

            yield name, value.view(torch.uint16).numpy().view(ml_dtypes.bfloat16)
        else:
            yield name, value.numpy()


def _onnx(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    """Initialisers become results of the model, so that onnxruntime hands out what it has of them."""
    import onnx
    import onnxruntime

    model = onnx.load_from_string(path.read_bytes())
    names = [t.name for t in model.graph.initializer]
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_tensor_value_info(t.name, t.data_type, list(t.dims))
                              for t in model.graph.initializer)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    feeds = {x.name: np.zeros([n if isinstance(n, int) else 1 for n in x.shape],
                              np.float64 if x.type == "tensor(double)" else np.float32)
             for x in session.get_inputs()}
    yield from zip(names, session.run(names, feeds))


def _stablehlo(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    """Constants as MLIR parses them, in the order of the text; their names are those in the text."""
    from jax.interpreters import mlir
    from jaxlib.mlir import ir

    data = path.read_bytes()

    def constants(block: Any) -> Iterator[Any]:
        for op in block.operations:
            if op.operation.name == "stablehlo.constant":
                yield np.array(ir.DenseElementsAttr(op.attributes["value"]))
            for region in op.regions:
                for inner in region:
                    yield from constants(inner)

    with mlir.make_ir_context():
        values = list(constants(ir.Module.parse(data.decode()).body))
    names = NAMED.findall(data.decode())
    yield from ((name, value) for name, value in zip(names, values, strict=True) if name in wanted)


def _gguf(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    from gguf import GGUFReader

    yield from ((t.name, t.data) for t in GGUFReader(path).tensors)


def _saved_model(path: Path, wanted: Tensors) -> Iterator[tuple[str, Any]]:
    tf = tensorflow()
    run = tf.saved_model.load(str(path.parent)).signatures[SIGNATURE]
    names = [n.name for n in run.graph.as_graph_def().node if n.op == "Const"]
    values = run.prune([], [run.graph.get_tensor_by_name(f"{name}:0") for name in names])()
    yield from ((name, value.numpy()) for name, value in zip(names, values))


KNOWN = frozenset(TYPES.values()) - {"BF16"}
PROGRAMS: Mapping[str, Program] = {
    SAFETENSORS: Program("safetensors", "safetensors", _safetensors),
    NPZ: Program("numpy", "NumPy", _npz),
    TORCH: Program("torch", "PyTorch", _torch),
    ONNX: Program("onnxruntime", "onnxruntime", _onnx, KNOWN),
    STABLEHLO: Program("jax", "jax", _stablehlo, KNOWN),
    GGUF: Program("gguf", "gguf", _gguf, KNOWN),
    SAVED_MODEL: Program("tensorflow", "TensorFlow", _saved_model),
}


def demanded(words: Iterable[str]) -> tuple[str, ...]:
    """Packages, named with commas between them; UsageError PNN-CLI-802 for one that loads no file."""
    packages = [p.package for p in PROGRAMS.values()]
    made = tuple(name.strip() for word in words for name in word.split(","))
    for name in made:
        if name not in packages:
            raise UsageError("PNN-CLI-802", "no file of weights is loaded by this package", got=name,
                             expected=", ".join(packages), hint="--require torch,onnxruntime")
    return made


def lacking(require: Iterable[str], loaded: Sequence[Loaded], broken: Iterable[str]) -> list[Finding]:
    """A finding for each package in ``require`` that has loaded no file; those in ``broken`` have one."""
    files = {p.package: file for file, p in PROGRAMS.items()}
    said = {one.file: one for one in loaded}
    made = []
    for package in dict.fromkeys(require):
        file = files[package]
        one = said.get(file)
        why = f"{one.status}: {one.detail}" if one else "the folder has no such file"
        if file not in broken and (one is None or one.status in (ABSENT, UNABLE)):
            made.append(Finding(file, "", f"{package} must load it ({why})"))
    return made


def held(file: str, data: bytes, tensors: Tensors) -> Tensors:
    """What a file must give its program: the network's tensors, and constants of the program itself.

    A StableHLO text and an ONNX or TensorFlow graph hold more constants than weights; these are what the
    comparison has just found right in the bytes.
    """
    if file == STABLEHLO:
        return constants_in(data)
    if file == ONNX:
        return {**read_stored(data)[1], **tensors}
    if file == SAVED_MODEL:
        from provenn.io.tensorflow import read_saved_model

        return {**read_saved_model(data)[1], **tensors}
    return tensors
