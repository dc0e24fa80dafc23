"""An ONNX file opened: the message, its opset, its one input and output, its initialisers."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenn.errors import FileError, UnsupportedError
from provenn.io.onnx import package
from provenn.io.onnx.nodes import DOMAINS
from provenn.io.onnx.tensors import array_of
from provenn.io.onnx.values import Const

OLDEST = 7
FLOAT, DOUBLE = 1, 11
BINARY64 = ("no theorem is about runs in binary64: export the network in float32; of weights out of Coq, "
            "provenn extract --dtype F64 --spec verifies a property over the real numbers")


@dataclass(frozen=True)
class Model:
    """What the reader needs of an ONNX file."""

    file: str
    opset: int
    input: str
    shape: tuple[int, ...]
    output: str
    output_shape: tuple[int, ...] | None
    initialisers: dict[str, Const]
    nodes: tuple[Any, ...]
    name: str
    notes: tuple[str, ...]


def open_model(data: bytes, file: str) -> Model:
    """Parse the bytes of a file and check everything that is not a node; ``file`` names them in errors.

    Raises FileError (PNN-ONNX-402 not ONNX, -403 opset, -407 and -418 input type and shape, the codes of
    tensors) and UnsupportedError (PNN-ONNX-406 several inputs or outputs).
    """
    message = _parse(data, file)
    graph, opset = message.graph, _opset(message, file)
    initialisers = {}
    for tensor in graph.initializer:
        if not tensor.name or tensor.name in initialisers:
            raise _broken(file, "an initialiser has no name or the name of another one", tensor.name)
        initialisers[tensor.name] = Const(array_of(tensor, file, tensor.name), tensor.name)
    if graph.sparse_initializer or any(f.domain in DOMAINS for f in message.functions):
        raise UnsupportedError("PNN-ONNX-417", "sparse tensors and redefined operators are not read",
                               where=file,
                               hint="save the weights as dense tensors, the network without local functions")
    given = [v for v in graph.input if v.name not in initialisers]
    only = [_single(values, kind, file) for values, kind in ((given, "input"), (graph.output, "output"))]
    shape, notes = _shape(only[0], file)
    nodes = in_order(tuple(graph.node), {*initialisers, only[0].name}, file)
    return Model(file, opset, only[0].name, shape, only[1].name, _declared(only[1]), initialisers, nodes,
                 graph.name or Path(file).stem, notes)


def _parse(data: bytes, file: str) -> Any:
    from google.protobuf.message import DecodeError

    hint = "is it an .onnx file? download or export it again"
    try:
        message = package.messages().ModelProto.FromString(data)
    except (DecodeError, ValueError) as e:
        raise FileError("PNN-ONNX-402", "the file is not a readable ONNX model", where=file,
                        expected="an ONNX protobuf message", got=str(e).split("\n")[0], hint=hint) from None
    if not message.HasField("graph") or not message.graph.output:
        raise FileError("PNN-ONNX-402", "the file holds no ONNX graph", where=file,
                        expected="a graph with an output", got=f"{len(data)} bytes", hint=hint)
    return message


def _opset(message: Any, file: str) -> int:
    """The version of the standard operators; files that repeat it must agree."""
    newest = package.newest_opset()
    versions = {int(o.version) for o in message.opset_import if o.domain in DOMAINS}
    if len(versions) != 1 or not OLDEST <= min(versions) <= newest:
        raise FileError("PNN-ONNX-403", "the opset of the model is not read", where=file,
                        expected=f"one opset from {OLDEST} to {newest}", got=sorted(versions) or "none",
                        hint="convert the model with onnx.version_converter, or update the onnx package")
    return versions.pop()


def in_order(nodes: tuple[Any, ...], known: set[str], file: str) -> tuple[Any, ...]:
    """Nodes after the makers of what they read; files that list them so are left as they are.

    Raises FileError (PNN-ONNX-416) when a value has two makers, no maker, or needs itself.
    """
    makers: dict[str, int] = {}
    for i, node in enumerate(nodes):
        for name in filter(None, node.output):
            if name in makers or name in known:
                raise _broken(file, "two nodes make the same value", name)
            makers[name] = i
    missing = [n for node in nodes for n in node.input if n and n not in makers and n not in known]
    if missing:
        raise _broken(file, "a node reads a value that nothing makes", missing[0])
    waiting = [{makers[n] for n in node.input if n in makers} for node in nodes]
    readers: dict[int, list[int]] = {}
    for i, needs in enumerate(waiting):
        for maker in needs:
            readers.setdefault(maker, []).append(i)
    ready = [i for i, needs in enumerate(waiting) if not needs]
    heapq.heapify(ready)
    order = []
    while ready:
        order.append(heapq.heappop(ready))
        for i in readers.get(order[-1], ()):
            waiting[i].discard(order[-1])
            if not waiting[i]:
                heapq.heappush(ready, i)
    if len(order) < len(nodes):
        raise _broken(file, "some values depend on themselves",
                      next(n for k in waiting if k for n in nodes[min(k)].output))
    return tuple(nodes[i] for i in order)


def _broken(file: str, what: str, got: object) -> FileError:
    return FileError("PNN-ONNX-416", what, where=file, got=repr(got),
                     hint="check the file with onnx.checker.check_model")


def _single(values: Any, kind: str, file: str) -> Any:
    if len(values) == 1:
        return values[0]
    raise UnsupportedError("PNN-ONNX-406", f"the network must have one {kind}", where=file, expected=1,
                           got=f"{len(values)}: {', '.join(v.name for v in values)[:200]}",
                           hint=f"cut the network so that it has one {kind}")


def _declared(value: Any) -> tuple[int, ...] | None:
    """The shape that the file declares for a value, None where a size is missing or symbolic."""
    tensor = value.type.tensor_type
    if not tensor.HasField("shape") or any(d.dim_value <= 0 for d in tensor.shape.dim):
        return None
    return tuple(int(d.dim_value) for d in tensor.shape.dim)


def _shape(value: Any, file: str) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The declared input shape; the batch size and symbolic sizes become 1."""
    where = f"{file}, input {value.name!r}"
    tensor = value.type.tensor_type
    if not value.type.HasField("tensor_type") or tensor.elem_type != FLOAT:
        double = tensor.elem_type == DOUBLE
        raise UnsupportedError("PNN-ONNX-407", "the network input is not a float32 tensor", where=where,
                               expected="element type 1 (float32)",
                               got="11 (float64)" if double else tensor.elem_type,
                               hint=BINARY64 if double else "export the network in float32")
    if not tensor.HasField("shape"):
        raise FileError("PNN-ONNX-418", "the network input has no shape", where=where,
                        hint="set it, for instance with onnx.tools.update_model_dims")
    shape, notes = [], []
    for axis, dim in enumerate(tensor.shape.dim):
        known = dim.HasField("dim_value") and (dim.dim_value >= 0 or axis > 0)
        if known and not 0 < dim.dim_value < 1 << 31:
            raise FileError("PNN-ONNX-418", "a size of the network input is impossible", where=where,
                            expected="a positive number", got=dim.dim_value,
                            hint="set it, for instance with onnx.tools.update_model_dims")
        if not known and axis > 0:
            notes.append(f"input {value.name}: size {axis}, {dim.dim_param or 'unknown'!r}, was read as 1")
        shape.append(int(dim.dim_value) if known else 1)
    return tuple(shape), tuple(notes)
