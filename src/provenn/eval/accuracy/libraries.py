"""Elementary functions of several libraries on binary32 arrays; one thread each, but for XLA."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from provenn.errors import ToolError
from provenn.eval.backends.choice import compile_graph
from provenn.ir.graph import Builder
from provenn.ir.op import Array
from provenn.ops import ALL

Function = Callable[[Array], Array]


def _numpy(function: str, size: int) -> Function:
    kernel = ALL[function].need("kernel")
    return lambda x: np.asarray(kernel(None, {}, x), np.float32)


def _torch(function: str, size: int) -> Function:
    import torch

    torch.set_num_threads(1)
    run = getattr(torch, function)
    return lambda x: np.asarray(run(torch.from_numpy(x)).numpy())


def _onnxruntime(function: str, size: int) -> Function:
    import onnxruntime
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, ["n"]) for n in "xy"]
    node = helper.make_node(function.capitalize(), ["x"], ["y"])
    model = helper.make_model(helper.make_graph([node], "one", ends[:1], ends[1:]),
                              opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 4
    session = onnxruntime.InferenceSession(model.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return lambda x: np.asarray(session.run(None, {"x": x})[0])


def _xla(function: str, size: int) -> Function:
    builder = Builder()
    graph = builder.finish(builder.add(ALL[function], builder.add(ALL["input"], shape=(size,))))
    compiled = compile_graph(graph, "xla")

    def run(x: Array) -> Array:
        padded = np.zeros(size, np.float32)
        padded[: len(x)] = x
        return compiled.host(compiled([padded]))[0][: len(x)]

    return run


LIBRARIES: dict[str, Callable[[str, int], Function]] = {
    "numpy": _numpy, "torch": _torch, "onnxruntime": _onnxruntime, "xla": _xla,
}
PACKAGE = {"xla": "jaxlib"}


def version(library: str) -> str:
    """Its version, or nothing."""
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as of

    try:
        return of(PACKAGE.get(library, library))
    except PackageNotFoundError:
        return ""


@lru_cache
def function_of(library: str, function: str, size: int) -> Function:
    """A library's function on arrays of at most ``size`` numbers.

    Raises ToolError PNN-TOOL-731 when the library is missing or refuses the function.
    """
    try:
        return LIBRARIES[library](function, size)
    except ToolError:
        raise
    except Exception as e:  # noqa: BLE001 - a foreign library: whatever it says is shown
        reason: Any = str(e).split("\n")[0][:200] or type(e).__name__
        raise ToolError("PNN-TOOL-731", "this library cannot be used", where=f"{function} of {library}",
                        got=reason, hint=f"pip install {PACKAGE.get(library, library)}") from None
