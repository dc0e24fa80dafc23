"""Names of tensors in files: a graph's own, or those of a torch.nn.Sequential, never the same twice."""

from __future__ import annotations

import numpy as np

from provenn.ir.graph import Builder
from provenn.ir.names import input_names, output_names, tensor_names
from provenn.ops import ALL

ONE = np.ones((1, 1), np.float32)


def test_parameters_without_names_are_called_after_their_first_reader() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    w, b = builder.parameter(ALL["parameter"], ONE), builder.parameter(ALL["parameter"], ONE[0])
    y = builder.add(ALL["relu"], builder.add(ALL["linear"], x, w, b))
    made = builder.finish(builder.add(ALL["linear"], y, w))
    assert tensor_names(made) == {w: "0.weight", b: "0.bias"}


def test_names_of_the_graph_stay_and_collisions_are_resolved() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    names = ["a", "a", "input", "output", "", "a_"]
    made = [builder.parameter(ALL["parameter"], ONE, n) for n in names]
    for p in made:
        x = builder.add(ALL["add"], x, p)
    graph = builder.finish(x)
    assert list(tensor_names(graph).values()) == ["a", "a_", "input_", "output_", "4.weight", "a__"]
    assert not {*input_names(graph), *output_names(graph)} & set(tensor_names(graph).values())


def test_a_parameter_that_nothing_reads_has_a_name_too() -> None:
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    p = builder.parameter(ALL["parameter"], ONE)
    graph = builder.finish(x, p)
    assert tensor_names(graph) == {p: "parameter1"}
    assert output_names(graph) == ["output", "output1"]
