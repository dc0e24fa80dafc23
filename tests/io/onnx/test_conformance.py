"""The operator cases of the onnx package: first float operand variable, the others initialisers."""

from __future__ import annotations

import copy
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from provenn.errors import ProvennError
from provenn.eval.run import Ordered, run
from provenn.io.onnx import read, supported

LEAST = {
    "Add": 2, "Sub": 3, "Mul": 3, "Div": 3, "Neg": 2, "Relu": 1, "Clip": 1, "BatchNormalization": 2,
    "MatMul": 7, "Gemm": 11, "ReduceSum": 10, "ReduceMean": 8, "Conv": 6, "AveragePool": 14,
    "GlobalAveragePool": 2, "Identity": 2, "Dropout": 4, "Flatten": 9, "Reshape": 9, "Squeeze": 2,
    "Unsqueeze": 7, "Transpose": 7, "Concat": 12, "Slice": 7, "Split": 35, "Gather": 4, "Expand": 2,
    "ConvTranspose": 10, "Resize": 11, "Upsample": 1, "MaxPool": 12, "Max": 4, "Min": 4, "ReduceMax": 6,
    "Sign": 1, "Softplus": 2, "Softmax": 7, "GlobalMaxPool": 2, "Abs": 1,
    "ReduceMin": 6, "PRelu": 2,
}
# Expected results of this case are written with four digits.
TOLERANCE = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-4}


def cases() -> list[Any]:
    """Cases whose operators the reader knows and that have a float32 operand."""
    from onnx.backend.test.case.node import collect_testcases

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = collect_testcases(None)
    return [c for c in found if c.model is not None
            and {n.op_type for n in c.model.graph.node} <= set(supported())
            and any(i.type.tensor_type.elem_type == TensorProto.FLOAT for i in c.model.graph.input)]


def with_one_input(case: Any, k: int) -> tuple[onnx.ModelProto, Any]:
    """The case with output ``k`` only, all operands but the first float one as initialisers."""
    model = copy.deepcopy(case.model)
    graph = model.graph
    inputs = list(graph.input)
    variable = next(i.name for i in inputs if i.type.tensor_type.elem_type == TensorProto.FLOAT)
    given = dict(zip([i.name for i in inputs], case.data_sets[0][0]))
    graph.initializer.extend(numpy_helper.from_array(v, name) for name, v in given.items()
                             if name != variable and isinstance(v, np.ndarray))
    outputs = list(graph.output)
    del graph.input[:], graph.output[:]
    graph.input.extend(i for i in inputs if i.name == variable)
    graph.output.append(outputs[k])
    return model, given[variable]


def test_operator_cases_of_the_onnx_package(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    for case in cases():
        for k, want in enumerate(case.data_sets[0][1]):
            model, x = with_one_input(case, k)
            onnx.save(model, tmp_path / "case.onnx")
            try:
                graph = read(tmp_path / "case.onnx")
            except ProvennError as e:
                refused[f"{e.code} {e.what}"] += 1
                continue
            ops = {n.op_type for n in model.graph.node}
            ran[ops.pop() if len(ops) == 1 else "several"] += 1
            for arithmetic in (None, Ordered()):
                got = run(graph, np.asarray(x)[None], arithmetic)[0]
                assert got.shape == want.shape, case.name
                np.testing.assert_allclose(got, want, rtol=1e-5, atol=TOLERANCE.get(case.name, 1e-6),
                                           err_msg=case.name)
    with capsys.disabled():
        print(f"\nonnx operator cases: {ran.total()} run and right, {refused.total()} refused")
        print("\n".join(f"  {n:3d} {why}" for why, n in sorted(refused.items())))
    assert ran.total() >= 190
    assert {op: (ran[op], n) for op, n in LEAST.items() if ran[op] < n} == {}
