"""Small networks and properties whose verdicts have something to show: a tree, an open one, an image."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from provenn.eval.run import run
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row
from provenn.ops import ALL


def wavy(inputs: int, width: int, seed: int, layers: int = 2) -> Graph:
    """A random network with one output that goes up and down."""
    rng, builder = np.random.default_rng(seed), Builder("wavy <b>&</b> bold")
    x = builder.add(ALL["input"], shape=(1, inputs))
    size = inputs
    for k, out in enumerate([*[width] * layers, 1]):
        w = builder.parameter(ALL["parameter"], _normal(rng, (out, size), 2.0 / np.sqrt(size)), f"w{k}")
        b = builder.parameter(ALL["parameter"], _normal(rng, (out,), 0.5), f"b{k}")
        x = builder.add(ALL["linear"], x, w, b)
        if k < layers:
            x = builder.add(ALL["relu"], x)
        size = out
    return builder.finish(x)


def _normal(rng: np.random.Generator, shape: tuple[int, ...], scale: float) -> Any:
    return (scale * rng.normal(size=shape)).astype(np.float32)


def never_above(graph: Graph, slack: float, boxes: int = 1) -> Property:
    """Y_0 never reaches its largest value met by sampling in [-1, 1]^n plus ``slack`` times the spread.

    With two boxes the second one is the middle part of the first.
    """
    inputs = graph.input_type.size
    x = np.random.default_rng(1).uniform(-1, 1, (20_000, inputs))
    y = run(graph, x.reshape(-1, *graph.input_type.shape)).ravel()
    limit = Fraction(float(y.max() + slack * (y.max() - y.min())))
    rows = ((Row({}, {0: Fraction(-1)}, -limit),),)
    ends = [Fraction(1), Fraction(1, 2)][:boxes]
    return Property(inputs, 1, tuple(Case((-e,) * inputs, (e,) * inputs, rows) for e in ends))


def write_files(graph: Graph, prop: Property, net: Path, spec: Path) -> None:
    """A network of ``wavy`` as ONNX and a property of ``never_above`` with one box as VNN-LIB."""
    names = {i: f"v{i}" for i in range(len(graph.nodes))}
    weights = [numpy_helper.from_array(n.value, names[i]) for i, n in enumerate(graph) if n.value is not None]
    nodes = [helper.make_node("Relu", [names[n.inputs[0]]], [names[i]]) if n.op.tag == "relu" else
             helper.make_node("Gemm", [names[k] for k in n.inputs], [names[i]], transB=1)
             for i, n in enumerate(graph) if n.inputs]
    ends = [helper.make_tensor_value_info(names[i], TensorProto.FLOAT, list(graph.nodes[i].type.shape))
            for i in (0, graph.output)]
    made = helper.make_graph(nodes, "wavy", ends[:1], ends[1:], weights)
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), net)
    case = prop.cases[0]
    lines = [f"(declare-const X_{i} Real)" for i in range(prop.inputs)] + ["(declare-const Y_0 Real)"]
    for i, (a, b) in enumerate(zip(case.lo, case.hi)):
        lines += [f"(assert (>= X_{i} {float(a)}))", f"(assert (<= X_{i} {float(b)}))"]
    limit = -case.disjuncts[0][0].bound
    spec.write_text("\n".join([*lines, f"(assert (>= Y_0 {float(limit)!r}))"]) + "\n")
