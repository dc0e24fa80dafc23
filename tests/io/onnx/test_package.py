"""Parts of the onnx package that are loaded alone are those that the whole package then uses."""

from __future__ import annotations

import subprocess
import sys

import onnx
import pytest

from provenn.io.onnx import package

CODE = """
import sys
from provenn.io.onnx import package
message = package.messages().NodeProto()
schema = package.schemas().get_schema("Relu", 14, "")
assert "onnx" not in sys.modules
import onnx, onnx.checker, onnx.shape_inference
assert isinstance(message, onnx.NodeProto)
assert type(onnx.defs.get_schema("Relu", 14, "")) is type(schema)
node = onnx.helper.make_node("Relu", ["x"], ["y"])
x, y = (onnx.helper.make_tensor_value_info(n, 1, [2]) for n in "xy")
model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", [x], [y]))
onnx.checker.check_model(onnx.shape_inference.infer_shapes(model))
print("same")
"""


def test_later_imports_of_the_package_find_the_same_parts() -> None:
    out = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True).stdout
    assert out == "same\n"


def test_the_newest_opset() -> None:
    assert package.newest_opset() == onnx.defs.onnx_opset_version()


@pytest.mark.parametrize("value", [1.5, 3, "text", [1.5, 2.5], [1, 2], ["a", "b"]], ids=repr)
def test_values_of_attributes(value: object) -> None:
    made = onnx.helper.make_attribute("name", value)
    assert package.attribute_value(made) == onnx.helper.get_attribute_value(made)


def test_every_type_of_attribute_has_its_field() -> None:
    fields = set(onnx.AttributeProto.DESCRIPTOR.fields_by_name)
    for name, number in onnx.AttributeProto.AttributeType.items():
        attribute = onnx.AttributeProto(type=number)
        assert package.attribute_value(attribute) == onnx.helper.get_attribute_value(attribute), name
        assert not number or package.FIELDS[number] in fields
