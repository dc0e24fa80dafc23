"""The weights in an ONNX file as they are stored, and the model without them."""

from __future__ import annotations

from google.protobuf.message import DecodeError
from onnx import ModelProto, TensorProto, load_from_string, numpy_helper

from provenn.io.weights.stored import Stored, unreadable

KIND = "ONNX"
CODES: dict[str, int] = {
    "F32": TensorProto.FLOAT, "F64": TensorProto.DOUBLE, "F16": TensorProto.FLOAT16,
    "BF16": TensorProto.BFLOAT16, "I64": TensorProto.INT64, "I32": TensorProto.INT32,
    "I16": TensorProto.INT16, "I8": TensorProto.INT8}
DTYPES: dict[int, str] = {code: dtype for dtype, code in CODES.items()}


def read_stored(data: bytes, where: str = "") -> tuple[ModelProto, dict[str, Stored]]:
    """The model without its initialisers, and these; FileError PNN-CERT-633 for a damaged file."""
    try:
        model = load_from_string(data)
        # Text that is not UTF-8 arrives as bytes.
        made = {str(t.name): _stored(t) for t in model.graph.initializer}
        if len(made) != len(model.graph.initializer) or not model.graph.node:
            raise ValueError("it has no nodes, or a tensor twice")
    except (DecodeError, ValueError, TypeError, KeyError, AttributeError, RuntimeError) as e:
        raise unreadable(KIND, where, e) from None
    model.graph.ClearField("initializer")
    return model, made


def _stored(t: TensorProto) -> Stored:
    name = DTYPES.get(t.data_type, TensorProto.DataType.Name(t.data_type))
    value = numpy_helper.to_array(t)
    return Stored(name, tuple(t.dims), value.astype(value.dtype.newbyteorder("<")).tobytes())
