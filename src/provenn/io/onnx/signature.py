"""What the ONNX standard says about a node: how many operands, of which types, with which attributes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provenn.errors import FileError
from provenn.io.onnx import package
from provenn.io.onnx.values import Const, Value

NAMES = {"float32": "float", "float64": "double"}


def attributes(node: Any, opset: int, operands: Sequence[Value | None], where: str) -> dict[str, Any]:
    """The node's attributes as Python values, after checking the node against its operator's schema.

    Raises FileError (PNN-ONNX-414) when operands or attributes are not what the standard says.
    """
    standard = package.schemas()
    try:
        schema: Any = standard.get_schema(node.op_type, opset, "")
    except standard.SchemaError:
        raise _broken("its operator does not exist in this opset", where, f"another opset than {opset}",
                      node.op_type) from None
    for what, low, high, got in (("operands", schema.min_input, schema.max_input, len(node.input)),
                                 ("outputs", schema.min_output, schema.max_output, len(node.output))):
        if not low <= got <= high:
            raise _broken(f"its number of {what}", where, f"{low} to {high}", got)
    _check_types(schema, operands, where)
    out: dict[str, Any] = {}
    for a in node.attribute:
        known = schema.attributes.get(a.name)
        if known is None or a.name in out:
            raise _broken("an attribute is unknown or given twice", where,
                          ", ".join(sorted(schema.attributes)), a.name)
        if a.ref_attr_name or int(known.type.value) != a.type:
            raise _broken(f"the attribute {a.name} has another type", where, known.type.name, a.type)
        value = package.attribute_value(a)
        out[a.name] = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    missing = [name for name, a in schema.attributes.items() if a.required and name not in out]
    if missing:
        raise _broken(f"the attribute {missing[0]} is missing", where, ", ".join(missing),
                      ", ".join(out) or "none")
    return out


def _check_types(schema: Any, operands: Sequence[Value | None], where: str) -> None:
    """Every operand has an allowed element type, and operands of one type variable agree."""
    allowed = {c.type_param_str: c.allowed_type_strs for c in schema.type_constraints}
    bound: dict[str, str] = {}
    for i, value in enumerate(operands):
        formal = schema.inputs[min(i, len(schema.inputs) - 1)]
        if value is None:
            if formal.option.name != "Optional":
                raise _broken(f"operand {i} is missing", where, formal.name, "nothing")
            continue
        given = value.array.dtype.name if isinstance(value, Const) else "bool" if value.truth else "float32"
        text = f"tensor({NAMES.get(given, given)})"
        variable = formal.type_str
        if text not in allowed.get(variable, [variable]):
            raise _broken(f"operand {i} has an element type that its operator does not take", where,
                          " or ".join(sorted(allowed.get(variable, [variable]))[:4]), text)
        if bound.setdefault(variable, text) != text and formal.is_homogeneous:
            raise _broken(f"operand {i} has another element type than the operands before it", where,
                          bound[variable], text)


def _broken(what: str, where: str, expected: object, got: object) -> FileError:
    return FileError("PNN-ONNX-414", f"a node breaks the ONNX specification: {what}", where=where,
                     expected=expected, got=got, hint="check the file with onnx.checker.check_model")
