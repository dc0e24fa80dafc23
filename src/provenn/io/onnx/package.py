"""The two parts of the onnx package that reading needs: message classes and operator schemas.

``import onnx`` loads forty modules more (helpers, composition, text formats), which takes longer than
verifying a small network. Each part is put where the package would put it, so that a later ``import onnx``
finds the same classes.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from types import ModuleType
from typing import Any

# Fields of AttributeProto by its types, as the format numbers them.
FIELDS = ("", "f", "i", "s", "t", "g", "floats", "ints", "strings", "tensors", "graphs", "sparse_tensor",
          "sparse_tensors", "tp", "type_protos")
SINGLE = ("f", "i", "s", "t", "g", "sparse_tensor", "tp")


def _part(name: str) -> ModuleType:
    """The module ``onnx.NAME``, without running the package around it."""
    full = f"onnx.{name}"
    if full in sys.modules:
        return sys.modules[full]
    package = importlib.util.find_spec("onnx")
    spec = None if package is None else PathFinder.find_spec(full, package.submodule_search_locations)
    if spec is None or spec.loader is None:
        return importlib.import_module(full)
    module = sys.modules[full] = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[full]
        raise
    return module


def messages() -> Any:
    """The message classes: ``ModelProto`` and the others."""
    return _part("onnx_ml_pb2")


def schemas() -> Any:
    """``get_schema``, its ``SchemaError``, and ``schema_version_map``."""
    return _part("onnx_cpp2py_export").defs


def newest_opset() -> int:
    """The newest version of the standard operators that the installed package knows."""
    return int(schemas().schema_version_map()[""][1])


def attribute_value(attribute: Any) -> Any:
    """The value of an AttributeProto, lists as lists; raises IndexError for a type that is none."""
    field = FIELDS[attribute.type]
    if not field:
        return None
    value = getattr(attribute, field)
    return value if field in SINGLE else list(value)
