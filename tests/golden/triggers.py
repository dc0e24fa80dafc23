"""For each error code, a few lines of ordinary use that lead to it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from provenn.autodiff.reverse import gradient
from provenn.base.views import Loops
from provenn.bounds.interval import intervals
from provenn.bounds.regions import Regions
from provenn.catalogue import explain
from provenn.cli import files
from provenn.cli.app import _as_ours
from provenn.cli.verify import verify as verify_verb
from provenn.coq import coqc
from provenn.coq.kernel import kernel_theorem
from provenn.eval.run import run
from provenn.io import vnnlib
from provenn.io.onnx import read
from provenn.io.output import write_atomically
from provenn.ir.graph import Builder, Graph, check_constants
from provenn.ir.property import Case, Property, Row
from provenn.ops import ALL
from provenn.verify import checker, stored
from provenn.verify.certificate import Split, Tree, certificate_words, read_trees
from provenn.verify.verdict import check
from tests.golden import benchmarks, compiling, scale, training, weights
from tests.golden.certified import CERTIFIED
from tests.golden.face import FACE
from tests.golden.floats import FLOATS
from tests.golden.near import NEAR

Patch = pytest.MonkeyPatch
Trigger = Callable[[Path, Patch], Any]
FLOAT = TensorProto.FLOAT


def node(tag: str, *shapes: tuple[int, ...], **attrs: Any) -> Trigger:
    """Build a graph with one node over inputs of these shapes."""

    def trigger(tmp: Path, patch: Patch) -> None:
        builder = Builder()
        operands = [builder.add(ALL["input"], shape=s, name=f"x{k}") for k, s in enumerate(shapes)]
        builder.add(ALL[tag], *operands, name="layer", **attrs)

    return trigger


def two_by_two() -> Graph:
    """X [1, 2] through a 2 x 2 matrix."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 2))
    w = builder.parameter(ALL["parameter"], np.eye(2, dtype=np.float32), "w")
    return builder.finish(builder.add(ALL["linear"], x, w))


def save(tmp: Path, nodes: list[Any], *, inputs: Any = None, outputs: Any = None, tensors: Any = (),
         opset: int = 13) -> Path:
    """An ONNX file with these nodes; by default one input x [1, 2] and one output y."""
    value = helper.make_tensor_value_info
    graph = helper.make_graph(nodes, "g", inputs or [value("x", FLOAT, [1, 2])],
                              outputs or [value("y", FLOAT, None)], list(tensors))
    path = tmp / "net.onnx"
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    path.write_bytes(model.SerializeToString())
    return path


def model(*nodes: Any, **more: Any) -> Trigger:
    """Read an ONNX file with these nodes."""
    return lambda tmp, patch: read(save(tmp, list(nodes), **more))


def relu() -> Any:
    return helper.make_node("Relu", ["x"], ["y"])


def constant(name: str, value: Any) -> Any:
    return numpy_helper.from_array(np.asarray(value), name)


def damaged_tensor() -> Any:
    tensor = constant("w", np.zeros((2, 3), np.float32))
    tensor.raw_data = b"\0" * 8
    return tensor


def sparse(tmp: Path, patch: Patch) -> None:
    path = save(tmp, [relu()])
    made = onnx.load(path)
    made.graph.sparse_initializer.add()
    path.write_bytes(made.SerializeToString())
    read(path)


def external(tmp: Path, patch: Patch) -> None:
    tensor = constant("w", np.zeros((1, 2), np.float32))
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")
    read(save(tmp, [helper.make_node("Add", ["x", "w"], ["y"])], tensors=[tensor]))


def text(*lines: str) -> Trigger:
    """Read a VNN-LIB file over the 2 x 2 network; X_0, X_1 in [0, 1] and Y_0, Y_1 are declared."""

    def trigger(tmp: Path, patch: Patch) -> None:
        declared = [f"(declare-const {v} Real)" for v in ("X_0", "X_1", "Y_0", "Y_1")]
        boxed = [f"(assert (>= X_{i} 0))\n(assert (<= X_{i} 1))" for i in (0, 1)]
        path = tmp / "spec.vnnlib"
        path.write_text("\n".join([*declared, *boxed, *lines, ""]))
        vnnlib.read(path, two_by_two())

    return trigger


def unbounded(tmp: Path, patch: Patch) -> None:
    path = tmp / "spec.vnnlib"
    path.write_text("".join(f"(declare-const {v} Real)\n" for v in ("X_0", "X_1", "Y_0", "Y_1"))
                    + "(assert (<= X_0 1))\n(assert (<= Y_0 0))\n")
    vnnlib.read(path, two_by_two())


def constant_network(tmp: Path, patch: Patch) -> None:
    builder = Builder()
    builder.add(ALL["input"], shape=(1, 2))
    w = builder.parameter(ALL["parameter"], np.ones((1, 2), np.float32), "w")
    Regions(builder.finish(builder.add(ALL["relu"], w, name="last")))


def squared(shape: tuple[int, ...]) -> Graph:
    builder = Builder()
    x = builder.add(ALL["input"], name="x", shape=shape)
    return builder.finish(builder.add(ALL["mul"], x, x, name="square"))


def weighted() -> Graph:
    builder = Builder()
    x = builder.add(ALL["input"], name="x", shape=(2, 2))
    return builder.finish(builder.add(ALL["linear"], x, x, name="weighted"))


def without_vnnlib(tmp: Path, patch: Patch) -> None:
    patch.setitem(sys.modules, "vnnlib", None)
    query(SECOND)(tmp, patch)


DECLARED = "(declare-network N (declare-input X real [1, 2]) (declare-output Y real [1, 2]))"
SECOND = f"(vnnlib-version <2.0>)\n{DECLARED}\n(assert (<= X[0,0] 0.5))\n"


def query(content: str) -> Trigger:
    """Read a VNN-LIB 2.0 file over the 2 x 2 network."""

    def trigger(tmp: Path, patch: Patch) -> None:
        (tmp / "spec.vnnlib").write_text(content)
        vnnlib.read(tmp / "spec.vnnlib", two_by_two())

    return trigger


def coq_says(tmp: Path, patch: pytest.MonkeyPatch, script: str) -> None:
    """A program in Coq's place, and theories that look compiled."""
    (tmp / "Interface").mkdir()
    (tmp / "Interface" / "SpecProof.vo").touch()
    (tmp / "coqc").write_text(f"#!/bin/sh\n{script}\n")
    (tmp / "coqc").chmod(0o755)
    patch.setenv("PATH", f"{tmp}:{os.environ['PATH']}")
    coqc.coqc(tmp / "Net.v", tmp, timeout=0.5)


def fake_checker(tmp: Path, patch: Patch, script: str) -> None:
    program = tmp / "provenn-checker"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    patch.setenv("PROVENN_CHECKER", str(program))
    words = np.zeros(1)
    checker.run(words, words, words, timeout=0.2)


def no_compiler(tmp: Path, patch: Patch) -> None:
    patch.delenv("PROVENN_CHECKER", raising=False)
    patch.setattr(checker, "PACKAGE", tmp)
    patch.setattr(checker, "REPOSITORY", tmp)
    checker.find()


def broken_sources(tmp: Path, patch: Patch) -> None:
    patch.setattr("provenn.verify.compile.COMPILER", "true")
    (tmp / "checker").mkdir()
    (tmp / "checker" / "driver.ml").write_text("let () =")
    checker.compile_checker(tmp / "checker", tmp / "build" / "provenn-checker")


def stored_file(content: bytes) -> Trigger:
    def trigger(tmp: Path, patch: Patch) -> None:
        (tmp / "proof.cert").write_bytes(content)
        stored.load_certificate(tmp / "proof.cert")

    return trigger


def graph_beside_vnnlib(tmp: Path, patch: Patch) -> None:
    from provenn.base.words import to_bytes
    from provenn.ir.canonical import graph_words

    (tmp / "graph.pvn").write_bytes(to_bytes(graph_words(two_by_two())))
    (tmp / "spec.vnnlib").write_text("")
    stored.load_words(tmp / "graph.pvn", tmp / "spec.vnnlib")


def other_network(tmp: Path, patch: Patch) -> None:
    row = Row({}, {0: Fraction(1)}, Fraction(0))
    prop = Property(2, 2, (Case((Fraction(0),) * 2, (Fraction(1),) * 2, ((row,),)),))
    check(two_by_two(), prop, header())


def raised(error: BaseException) -> Trigger:
    """What the program makes of an exception that is not ours."""

    def trigger(tmp: Path, patch: Patch) -> None:
        assert isinstance(error, Exception)
        raise _as_ours(error)

    return trigger


def no_input_rule(tmp: Path, patch: Patch) -> None:
    intervals(two_by_two(), np.zeros((1, 2)), np.ones((1, 2)))
    ALL["input"].need("interval", "node 0 (input)")


def header(*rest: float) -> np.ndarray:
    words = certificate_words([], "0" * 64, "0" * 64)
    words = np.concatenate([words, np.array(rest)])
    words[2] = words.size
    return words


TRIGGERS: dict[str, Trigger] = {
    **FACE,
    **NEAR,
    **CERTIFIED,
    **FLOATS,
    "PNN-SHAPE-101": node("relu", (1, 2), (1, 2)),
    "PNN-SHAPE-102": node("add", (1, 50), (50,)),
    "PNN-SHAPE-103": lambda tmp, patch: run(two_by_two(), np.zeros((4, 2))),
    "PNN-SHAPE-104": node("linear", (1, 784), (784, 10)),
    "PNN-SHAPE-105": node("linear", (1, 784), (10, 784), (784,)),
    "PNN-SHAPE-106": node("conv", (1, 784), (4, 1, 3, 3), groups=1),
    "PNN-SHAPE-107": node("conv", (1, 3, 8, 8), (4, 1, 3, 3), groups=1),
    "PNN-SHAPE-108": node("conv", (1, 1, 3, 3), (1, 1, 5, 5), groups=1, stride=(1, 1), pad=(0, 0, 0, 0),
                          dilation=(1, 1)),
    "PNN-SHAPE-109": node("reshape", (1, 6), shape=(2, 4)),
    "PNN-SHAPE-110": node("transpose", (1, 2, 3), perm=(0, 2, 2)),
    "PNN-SHAPE-111": node("concat", (1, 2), (2, 2), axis=1),
    "PNN-SHAPE-113": node("move", (2, 2), shape=(6,), loops=Loops((6,)), out=Loops((6,)).view(0),
                          src=Loops((6,)).view(0)),
    "PNN-SHAPE-112": node("slice", (1, 5), axis=1, start=4, stop=9),
    "PNN-GRAPH-101": lambda tmp, patch: Builder().add(ALL["relu"], 7, name="layer"),
    "PNN-GRAPH-102": lambda tmp, patch: Builder().parameter(ALL["parameter"], np.array([1.0, np.nan]), "w"),
    "PNN-GRAPH-103": lambda tmp, patch: check_constants(weighted()),
    "PNN-GRAPH-104": lambda tmp, patch: gradient(squared(()), [1]),
    "PNN-GRAPH-105": lambda tmp, patch: gradient(squared((1, 5))),
    "PNN-OP-201": no_input_rule,
    "PNN-OP-202": constant_network,
    "PNN-PROP-301": lambda tmp, patch: Row(
        {}, {0: Fraction(1, 10**300), 1: Fraction("0.1234567890123456789")}, Fraction(0)).scaled(),
    "PNN-ONNX-401": lambda tmp, patch: read(tmp / "missing.onnx"),
    "PNN-ONNX-402": lambda tmp, patch: ((tmp / "net.onnx").write_text("version https://git-lfs"),
                                        read(tmp / "net.onnx")),
    "PNN-ONNX-403": model(relu(), opset=5),
    "PNN-ONNX-404": model(helper.make_node("Erf", ["x"], ["y"], name="last")),
    "PNN-ONNX-405": model(helper.make_node("Pow", ["x", "w"], ["y"]),
                          tensors=[constant("w", np.array(2.5, np.float32))]),
    "PNN-ONNX-406": model(relu(), inputs=[helper.make_tensor_value_info(n, FLOAT, [1]) for n in ("x", "z")]),
    "PNN-ONNX-407": model(relu(), inputs=[helper.make_tensor_value_info("x", TensorProto.UINT8, [1])]),
    "PNN-ONNX-408": model(helper.make_node("Add", ["x", "w"], ["y"]), tensors=[damaged_tensor()]),
    "PNN-ONNX-409": model(helper.make_node("Add", ["x", "w"], ["y"]),
                          tensors=[constant("w", np.array([1, np.nan], np.float32))]),
    "PNN-ONNX-410": external,
    "PNN-ONNX-411": model(helper.make_node("Identity", ["w"], ["y"]), tensors=[constant("w", [0.1, 0.2])]),
    "PNN-ONNX-412": model(helper.make_node("Gemm", ["x", "w"], ["y"]),
                          tensors=[constant("w", np.ones((3, 2), np.float32))]),
    "PNN-ONNX-413": model(relu(), helper.make_node("BatchNormalization", ["d", *"wwww"], ["n"], name="norm"),
                          opset=15,
                          tensors=[constant("d", np.ones((1, 2))), constant("w", np.ones(2, np.float32))]),
    "PNN-ONNX-414": model(helper.make_node("Conv", ["x"], ["y"], name="first"),
                          inputs=[helper.make_tensor_value_info("x", FLOAT, [1, 1, 4, 4])]),
    "PNN-ONNX-416": model(relu(), relu()),
    "PNN-ONNX-417": sparse,
    "PNN-ONNX-418": model(relu(), inputs=[helper.make_tensor_value_info("x", FLOAT, None)]),
    "PNN-VNNLIB-501": lambda tmp, patch: vnnlib.read(tmp / "missing.vnnlib", two_by_two()),
    "PNN-VNNLIB-502": text("(assert (<= Y_0 0.5)"),
    "PNN-VNNLIB-503": text("(maximize Y_0)"),
    "PNN-VNNLIB-504": text("(assert (<= X_7 1.0))"),
    "PNN-VNNLIB-505": text("(assert (<= Y_0))"),
    "PNN-VNNLIB-506": text("(assert (<= (* Y_0 Y_1) 1.0))"),
    "PNN-VNNLIB-507": text(*["(assert (or (<= Y_0 1) (<= Y_1 1)))"] * 30),
    "PNN-VNNLIB-508": unbounded,
    "PNN-VNNLIB-509": text("(declare-const X_2 Real)"),
    "PNN-VNNLIB-510": query(SECOND.replace("(declare-output", "(declare-input Z real [1]) (declare-output")),
    "PNN-VNNLIB-511": query(SECOND.replace("0.5", "Z[0,0]")),
    "PNN-VNNLIB-513": without_vnnlib,
    "PNN-VNNLIB-512": text("(assert (<= (* 1e400 Y_0) 1))"),
    "PNN-CERT-601": lambda tmp, patch: certificate_words([Tree((), Split(0, 0.0))], "0" * 64, "0" * 64),
    "PNN-CERT-602": lambda tmp, patch: read_trees(header(), [2], [[1]]),
    "PNN-CERT-603": lambda tmp, patch: read_trees(header(7.0), [2], [[1]]),
    "PNN-CERT-604": lambda tmp, patch: read_trees(np.zeros(3), [2], [[1]]),
    "PNN-CERT-611": lambda tmp, patch: stored.load_certificate(tmp / "missing.cert"),
    "PNN-CERT-612": stored_file(b"pvnPROOF" + b"\0" * 5),
    "PNN-CERT-613": stored_file(b"something else"),
    "PNN-CERT-614": graph_beside_vnnlib,
    "PNN-CERT-615": other_network,
    "PNN-CERT-621": lambda tmp, patch: kernel_theorem(np.zeros(5_000_000), np.zeros(1), np.zeros(1)),
    "PNN-CERT-622": lambda tmp, patch: coq_says(tmp, patch, "echo 'Error: refused' >&2; exit 1"),
    "PNN-TOOL-741": lambda tmp, patch: coqc.coqc(tmp / "Net.v", tmp),
    "PNN-TOOL-742": lambda tmp, patch: coq_says(tmp, patch, "exec sleep 5"),
    "PNN-TOOL-701": no_compiler,
    "PNN-TOOL-702": broken_sources,
    "PNN-TOOL-703": lambda tmp, patch: write_atomically(tmp / "no" / "such" / "folder.html", b""),
    "PNN-TOOL-704": lambda tmp, patch: (patch.setenv("PROVENN_CHECKER", str(tmp / "none")), checker.find()),
    "PNN-TOOL-705": lambda tmp, patch: fake_checker(tmp, patch, "echo maybe"),
    "PNN-TOOL-706": lambda tmp, patch: fake_checker(tmp, patch, "exec sleep 5"),
    "PNN-TOOL-707": raised(OSError(28, os.strerror(28), "/a/full/disk")),
    "PNN-TOOL-708": raised(MemoryError()),
    "PNN-CLI-802": lambda tmp, patch: files.pick(["model.onnx"], []),
    "PNN-CLI-803": lambda tmp, patch: files.pick(["spec.vnnlib"], ["A=a.onnx", "B=b.onnx"]),
    "PNN-CLI-809": lambda tmp, patch: verify_verb(["model.onnx", "spec.vnnlib"], semantics="float64"),
    "PNN-CLI-804": lambda tmp, patch: verify_verb(["model.onnx", "spec.vnnlib"], timeout=0),
    "PNN-CLI-805": lambda tmp, patch: explain("PNN-SHAPE-999"),
    "PNN-CLI-899": raised(ZeroDivisionError("division by zero")),
    **training.TRIGGERS,
    **compiling.TRIGGERS,
    **benchmarks.TRIGGERS,
    **scale.TRIGGERS,
    **weights.TRIGGERS,
}

# Parts that depend on the versions of other packages: (pattern, replacement).
VARIES = {
    "PNN-ONNX-402": (r"got       Error.*", "got       <what protobuf says>"),
    "PNN-ONNX-403": (r"from 7 to \d+", "from 7 to <newest>"),
    "PNN-CERT-637": (r"got       Valid.*", "got       <what cryptography says>"),
    "PNN-VNNLIB-511": (r"expected  Var.*", "expected  <what vnnlib says>"),
}

OUT_OF_REACH = {
    "PNN-CHECK-652": "needs code that is wrong: tests/verify/test_verdict.py",
    "PNN-ONNX-415": "needs a constant of more elements than a test should make",
    "PNN-CHECK-650": "needs a search that is wrong: tests/verify/test_verdict.py makes one",
    "PNN-CHECK-651": "needs a search that is wrong: tests/verify/test_verdict.py makes one",
    "PNN-CLI-801": "comes from the command-line library: tests/cli/test_app.py",
}
