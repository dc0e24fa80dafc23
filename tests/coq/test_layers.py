"""Layers are the Coq expressions of theories/Autodiff/Layers.v: what Python lowers them to, compared by Coq.

The result of a lowered graph is written out as one Coq expression over its inputs (shared nodes as often as
they are read), and ``reflexivity`` compares it with the layer of Layers.v, whose meaning is a theorem of
LayersProof.v, ChannelsProof.v or PoolProof.v.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from provenn import Tensor
from provenn import functional as F  # noqa: N812
from provenn.autodiff.lower import lower
from provenn.base.views import View
from provenn.ir.graph import Graph
from provenn.nn import trace
from tests.coq.test_kernel import coqc

HEADER = """From Coq Require Import Floats ZArith NArith List.
From Provenn Require Import Autodiff.View Autodiff.Core Autodiff.Reverse Autodiff.Layers.
Import ListNotations.
"""


def number(x: float) -> str:
    return f"({float(x).hex()})%float"


def several(values: Any, scope: str) -> str:
    return f"[{'; '.join(map(str, values))}]%{scope}"


def view(v: View) -> str:
    dims = (f"Dim {d.size} ({d.offset})%Z [{'; '.join(f'({c})%Z' for c in d.coefficients)}]" for d in v.dims)
    return f"[{'; '.join(dims)}]"


def tree(graph: Graph, i: int) -> str:
    """A node as an expression of theories/Autodiff/Reverse.v; inputs and logsumexp are references."""
    node, shape = graph.nodes[i], several(graph.nodes[i].type.shape, "N")
    args = " ".join(f"({tree(graph, k)})" for k in node.inputs)
    if node.is_input or node.op.tag == "logsumexp":
        return f"Ref {i}"
    if node.value is not None:
        assert node.value.shape == ()
        return f"Number {number(float(node.value))}"
    if node.op.tag in ("move", "contract"):
        a = node.attrs
        views = " ".join(view(a[k]) for k in ("out", "src", "left", "right") if k in a)
        name = "Moved" if node.op.tag == "move" else "Contracted"
        return f"{name} {several(a['loops'].sizes, 'N')} {views} {shape} {args}"
    return f"Apply{len(node.inputs)} {node.op.tag.capitalize()} {shape} {args}"


def f32(x: float) -> str:
    return number(float(np.float32(x)))


GEOMETRY = "(Geometry 2 2 3 2 5 5 3 3 3 3 2 2 1 1 1 1)"
ONE, EPS, LOWEST = f32(1), f32(1e-5), f32(np.finfo(np.float32).min)
NORMAL = "layer_norm 3 4 " + f32(0.25) + " " + f32(1e-5)
LAYERS: dict[str, tuple[Callable[..., Tensor], list[tuple[int, ...]], str]] = {
    "linear": (F.linear, [(3, 2), (4, 2), (4,)], "linear 3 4 2 (Ref 0) (Ref 1) (Ref 2)"),
    "dense": (F.linear, [(3, 2), (4, 2)], "dense 3 4 2 (Ref 0) (Ref 1)"),
    "conv2d": (lambda x, w, b: F.conv2d(x, w, b, stride=2, padding=1, groups=2),
               [(2, 4, 5, 5), (6, 2, 3, 3), (6,)],
               f"Apply2 Add [2; 6; 3; 3]%N (conv2d {GEOMETRY} [2; 6; 3; 3]%N (Ref 0) (Ref 1)) "
               "(plane_bias 2 6 3 3 (Ref 2))"),
    "relu": (F.relu, [(2, 3)], "Apply1 Relu [2; 3]%N (Ref 0)"),
    "sigmoid": (F.sigmoid, [(2, 3)], "Apply1 Sigmoid [2; 3]%N (Ref 0)"),
    "tanh": (F.tanh, [(2, 3)], "Apply1 Tanh [2; 3]%N (Ref 0)"),
    "gelu": (F.gelu, [(2, 3)], f"gelu [2; 3]%N {f32(0.5 ** 0.5)} {f32(0.5)} {f32(1)} (Ref 0)"),
    "max_pool2d": (lambda x: F.max_pool2d(x, (2, 3), (2, 1)), [(2, 3, 4, 5)],
                   "max_pool 2 3 4 5 2 3 2 1 2%nat 3%nat (Ref 0)"),
    "avg_pool2d": (lambda x: F.avg_pool2d(x, (2, 4)), [(2, 3, 4, 8)],
                   f"avg_pool 2 3 4 8 2 2 2 4 2%nat 4%nat {f32(0.125)} (Ref 0)"),
    "padded max_pool2d": (lambda x: F.max_pool2d(x, 2, 2, 1), [(2, 3, 4, 4)],
                          "max_pool 2 3 6 6 3 3 2 2 2%nat 2%nat "
                          f"(filled 2 3 4 4 6 6 1 1 {LOWEST} {ONE} (Ref 0))"),
    "padded avg_pool2d": (lambda x: F.avg_pool2d(x, (3, 2), (1, 2), (1, 0)), [(2, 3, 4, 6)],
                          f"avg_pool 2 3 6 6 4 3 1 2 3%nat 2%nat {f32(1 / 6)} "
                          "(placed 2 3 4 6 6 6 1 0 (Ref 0))"),
    "cross_entropy": (lambda z, t: F.cross_entropy(z, t, reduction="none"), [(3, 4), (3, 4)],
                      "cross_entropy 3 4 (Ref 2) (Ref 0) (Ref 1)"),
    "mean cross_entropy": (F.cross_entropy, [(4, 3), (4, 3)],
                           f"average 4 {f32(0.25)} (cross_entropy 4 3 (Ref 2) (Ref 0) (Ref 1))"),
    "layer_norm": (lambda x: F.layer_norm(x, (4,)), [(3, 4)], f"{NORMAL} (Ref 0)"),
    "layer_norm affine": (lambda x, w, b: F.layer_norm(x, (4,), w, b), [(3, 4), (4,), (4,)],
                          f"Apply2 Add [3; 4]%N (Apply2 Mul [3; 4]%N ({NORMAL} (Ref 0)) (bias 3 4 (Ref 1))) "
                          "(bias 3 4 (Ref 2))"),
    "batch_norm": (F.batch_norm, [(2, 3), (3,), (3,)],
                   f"batch_norm 2 3 [] {ONE} {EPS} (Ref 1) (Ref 2) (Ref 0)"),
    "batch_norm affine": (F.batch_norm, [(2, 3, 4), (3,), (3,), (3,), (3,)],
                          f"batch_norm_affine 2 3 [4] {ONE} {EPS} (Ref 1) (Ref 2) (Ref 3) (Ref 4) (Ref 0)"),
    "batch_norm of a batch": (lambda x: F.batch_norm(x, *F.moments(x)), [(2, 3, 4, 5)],
                              f"batch_norm_train 2 3 [4; 5] {ONE} {f32(1 / 40)} {EPS} (Ref 0)"),
    "batch_norm of a batch, affine": (lambda x, w, b: F.batch_norm(x, *F.moments(x), w, b),
                                      [(2, 3, 4, 5), (3,), (3,)],
                                      f"batch_norm_train_affine 2 3 [4; 5] {ONE} {f32(1 / 40)} {EPS} "
                                      "(Ref 1) (Ref 2) (Ref 0)"),
    "sum": (lambda x: x.sum(1), [(3, 4)], "Moved [3; 4]%N (lead [3]%N 1) (lead [3; 4]%N 0) [3]%N (Ref 0)"),
    "expand": (lambda b: b.expand(3, 4), [(4,)], "bias 3 4 (Ref 0)"),
}


def lowered(case: str) -> str:
    function, shapes, _ = LAYERS[case]
    graph = lower(trace(function, *shapes).graph)
    return tree(graph, graph.output)


def test_layers_are_those_of_the_theorems(tmp_path: Path, repository: Path) -> None:
    goals = [f"(* {case} *) Goal {lowered(case)} =\n  ({LAYERS[case][2]})%N.\nProof. reflexivity. Qed."
             for case in LAYERS]
    done = coqc(tmp_path, "\n".join([HEADER, *goals]), repository / "theories")
    assert done.returncode == 0, done.stderr


def test_another_layer_would_be_noticed(tmp_path: Path, repository: Path) -> None:
    wrong = {"linear": "linear 3 4 2 (Ref 0) (Ref 1) (Ref 1)",
             "conv2d": LAYERS["conv2d"][2].replace("2 2 1 1 1 1)", "2 2 1 0 1 1)"),
             "padded max_pool2d": LAYERS["padded max_pool2d"][2].replace("1 1 ", "1 0 "),
             "batch_norm affine": LAYERS["batch_norm affine"][2].replace("3) (Ref 4)", "4) (Ref 3)"),
             "cross_entropy": "cross_entropy 3 4 (Ref 2) (Ref 1) (Ref 0)"}
    goals = [f"Goal {lowered(case)} =\n  ({other})%N.\nProof. Fail reflexivity. Abort."
             for case, other in wrong.items()]
    done = coqc(tmp_path, "\n".join([HEADER, *goals]), repository / "theories")
    assert done.returncode == 0, done.stderr
