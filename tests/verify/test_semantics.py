"""What verdicts are about: executions in binary32 or the reals; and what is said of the latter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from onnx import TensorProto, helper, numpy_helper

import provenn
from provenn.base.words import Words, to_bytes
from provenn.cli.app import run
from provenn.errors import UsageError
from provenn.eval.run import replay
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.op import Array
from provenn.ir.property import Case, Property, Row, property_words
from provenn.ops import ALL
from provenn.report.data import verdict_data
from provenn.verify import advice, checker, prose
from provenn.verify import search as engine
from provenn.verify.semantics import REAL, THEOREMS, Semantics, of, relabelled

ONE = Fraction(1)
BINARY32 = Semantics("binary32", 4)
BIG = 2.0**25
ORDERS = 60


def mlp(rng: np.random.Generator, sizes: tuple[int, ...], scale: float = 1.0, tag: str = "relu") -> Graph:
    """Random dense layers with an activation between them; ``scale`` enlarges the weights of the last."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, sizes[0]))
    for k, (m, n) in enumerate(pairwise(sizes)):
        last = k == len(sizes) - 2
        w = rng.normal(size=(n, m)) / np.sqrt(m) * (scale if last else 1.0)
        w = builder.parameter(ALL["parameter"], w.astype(np.float32))
        x = builder.add(ALL["linear"], x, w, builder.parameter(ALL["parameter"],
                                                               rng.normal(size=n).astype(np.float32)))
        x = x if last else builder.add(ALL[tag], x)
    return builder.finish(x)


def above(limit: Fraction, inputs: int, width: Fraction = ONE) -> Property:
    """Outputs from ``limit`` on are unsafe, for inputs in [-width, width]."""
    row = Row({}, {0: -ONE}, -limit)
    return Property(inputs, 1, (Case((-width,) * inputs, (width,) * inputs, ((row,),)),))


def dense(weights: list[float]) -> tuple[Graph, Property]:
    """One sum at the point of ones, and the claim that it exceeds 1/2."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, len(weights)))
    w = builder.parameter(ALL["parameter"], np.array([weights], np.float32))
    graph = builder.finish(builder.add(ALL["linear"], x, w))
    point = (ONE,) * len(weights)
    return graph, Property(len(weights), 1, (Case(point, point, ((Row({}, {0: ONE}, ONE / 2),),)),))


def layers(graph: Graph) -> Iterator[tuple[Array, Array]]:
    """Weights and biases."""
    values = [n.value for n in graph if n.value is not None]
    return zip(values[::2], values[1::2])


def execution(graph: Graph, x: Array, rng: np.random.Generator) -> float:
    """One admissible run: every sum in an order of its own, as a chain or in pairs, products fused or not."""
    value = x
    for k, (w, b) in enumerate(layers(graph)):
        value = value if k == 0 else np.maximum(value, np.float32(0))
        value = np.array([summed(row, value, bias, rng) for row, bias in zip(w, b)], np.float32)
    return float(value[0])


def summed(row: Array, x: Array, bias: Any, rng: np.random.Generator) -> Any:
    order = rng.permutation(len(row))
    if rng.random() < 0.3:
        parts = [bias, *(row[order] * x[order])]
        while len(parts) > 1:
            parts = [a + b for a, b in zip(parts[::2], parts[1::2])] + ([parts[-1]] if len(parts) % 2 else [])
        return parts[0]
    total, fused = bias, rng.random() < 0.5
    for k in order:
        if fused:
            total = np.float32(np.longdouble(row[k]) * np.longdouble(x[k]) + np.longdouble(total))
        else:
            total = total + row[k] * x[k]
    return total


@pytest.mark.parametrize("seed", range(2))
def test_no_execution_exceeds_a_certified_bound(seed: int, checker_program: Path) -> None:
    """The least bound, nearly, that is certified; large weights make rounding visible."""
    rng = np.random.default_rng(seed)
    graph, width = mlp(rng, (2, 8, 8, 1), 2.0**10), Fraction(1, 2**16)
    xs = rng.uniform(-float(width), float(width), (ORDERS, 2)).astype(np.float32)
    runs = [[execution(graph, x, rng) for _ in range(20)] for x in xs]
    assert max(max(r) - min(r) for r in runs) > 0.0
    most = max(map(max, runs))
    low, high = Fraction(most), Fraction(most) + 2
    for _ in range(12):
        middle = (low + high) / 2
        made = provenn.verify(graph, above(middle, 2, width), timeout=1, semantics="binary32")
        low, high = (low, middle) if made.answer == "unsat" else (middle, high)
    assert most < high < Fraction(most) + 2


@pytest.mark.parametrize("tag", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("seed", range(4))
def test_what_the_search_finds_is_accepted(seed: int, tag: str, checker_program: Path) -> None:
    """Bounds a little above what was met: many splits, leaves with little to spare."""
    rng = np.random.default_rng(seed)
    graph = mlp(rng, (2, 16, 16, 1), 64.0, tag)
    met = max(float(replay(graph, x)[0]) for x in rng.uniform(-1, 1, (200, 2)).astype(np.float32))
    prop = above(Fraction(met) + ONE, 2)
    made = engine.search(graph, prop, timeout=8, semantics=BINARY32)
    assert made.kind in ("unsat", "sat", "timed-out")
    if made.kind == "unsat":
        said = checker.run(graph_words(graph), property_words(prop), made.certificate)
        assert (said.accepted, said.reason, said.detail) == (True, "", {})


def test_without_noise_nothing_is_spent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "Noise", None)
    graph = mlp(np.random.default_rng(0), (2, 8, 1))
    made = engine.search(graph, above(Fraction(100), 2), timeout=5)
    assert (made.kind, made.semantics) == ("unsat", REAL)
    assert of(made.certificate) == REAL


@pytest.mark.parametrize(("option", "answer", "about"), [
    ("auto", "unsat", "real"), ("real", "unsat", "real"), ("binary32", "unknown", "binary32")])
def test_a_sum_that_depends_on_the_order(option: str | None, answer: str, about: str,
                                         checker_program: Path) -> None:
    made = provenn.verify(*dense([1, BIG, -BIG]), timeout=10, semantics=option)
    if made.answer == "sat":
        pytest.fail("the reference order gives 1")
    assert (made.answer, made.semantics.kind, made.problem) == (answer, about, None)
    assert bool(made.given_up) == (option != "real")
    data = verdict_data(made)
    assert data["semantics"]["kind"] == about
    if option == "auto":
        assert "rounding of the running network is not covered: " in data["evidence"]["rounding"]
        assert "NOT covered" in prose.meaning(made)
        assert data["proof"]["theorem"] == THEOREMS["real"]
    if option == "binary32":
        assert data["evidence"]["rounding"].startswith("no certificate about binary32: ")


@pytest.mark.parametrize(("option", "answer"), [("auto", "unsat"), ("binary32", "unknown")])
def test_too_large_values_are_not_covered(option: str, answer: str, checker_program: Path) -> None:
    made = provenn.verify(*dense([2.0**49]), timeout=10, semantics=option)
    assert made.answer == answer
    assert "2^48" in made.given_up
    if answer == "unsat":
        assert made.semantics == REAL
    else:
        assert "positive over the reals only" in " ".join(advice.why(made))


@pytest.mark.parametrize("option", [None, "binary32", "auto", "real"])
def test_what_is_not_covered_can_be_violated(option: str | None, checker_program: Path) -> None:
    """A counterexample rests on its replay, whatever noise there is."""
    builder = Builder()
    x = builder.add(ALL["input"], shape=(1, 1))
    w = builder.parameter(ALL["parameter"], np.array([[2.0**49]], np.float32))
    graph = builder.finish(builder.add(ALL["linear"], x, w))
    made = provenn.verify(graph, above(Fraction(1, 2), 1), timeout=10, semantics=option)
    assert made.answer == "sat"


def test_most_of_the_time_gone(monkeypatch: pytest.MonkeyPatch, checker_program: Path) -> None:
    """A yielding search goes on over the reals, and keeps what it has; one that was asked does not."""
    monkeypatch.setattr(engine, "LATE", 0.0)
    rng = np.random.default_rng(5)
    graph = mlp(rng, (2, 16, 16, 1))
    met = max(float(replay(graph, x)[0]) for x in rng.uniform(-1, 1, (200, 2)).astype(np.float32))
    prop, events = above(Fraction(met) + Fraction(1, 4), 2), list[dict[str, Any]]()
    made = provenn.verify(graph, prop, timeout=20, progress=events.append, semantics="auto")
    assert (made.answer, made.semantics) == ("unsat", REAL)
    assert "most of the time" in made.given_up
    assert any(e["event"] == "given up" for e in events)
    asked = provenn.verify(graph, prop, timeout=20, semantics="binary32")
    assert (asked.answer, asked.semantics, asked.given_up) == ("unsat", BINARY32, "")


@pytest.mark.parametrize(("declared", "kind"), [("real", "real"), ("float32", "binary32")])
def test_declared_types_choose(declared: str, kind: str, tmp_path: Path, checker_program: Path) -> None:
    pytest.importorskip("vnnlib")
    spec, graph = tmp_path / "spec.vnnlib", mlp(np.random.default_rng(0), (1, 4, 1))
    spec.write_text(f"(vnnlib-version <2.0>)(declare-network N (declare-input X {declared} [1,1])"
                    f"(declare-output Y {declared} [1,1]))(assert (and (<= X[0,0] 1.0) (>= X[0,0] 0.0)))"
                    "(assert (>= Y[0,0] 100.0))")
    assert provenn.verify(graph, spec, timeout=10).semantics.kind == kind
    for option in ("real", "binary32"):
        assert provenn.verify(graph, spec, timeout=10, semantics=option).semantics.kind == option


def test_a_file_without_types_is_about_the_network_that_runs(tmp_path: Path, checker_program: Path) -> None:
    spec, graph = tmp_path / "old.vnnlib", mlp(np.random.default_rng(0), (1, 4, 1))
    spec.write_text("(declare-const X_0 Real)(declare-const Y_0 Real)(assert (<= X_0 1.0))"
                    "(assert (>= X_0 0.0))(assert (>= Y_0 100.0))")
    made = provenn.verify(graph, spec, timeout=10)
    assert (made.answer, made.semantics) == ("unsat", BINARY32)


def test_a_strict_search_says_that_noise_is_larger_than_the_margin(checker_program: Path) -> None:
    """2^25 x - 2^25 x + 1 over the reals is 1 everywhere, and some runs give 0."""
    graph, _ = dense([2.0**25, -(2.0**25), 1.0])
    prop = Property(3, 1, (Case((Fraction(1),) * 3, (Fraction(1),) * 2 + (Fraction(2),),
                                ((Row({}, {0: Fraction(1)}, Fraction(1, 2)),),)),))
    made = provenn.verify(graph, prop, timeout=5)
    assert made.answer in ("unknown", "timed-out")
    assert "noise is larger" in made.given_up
    assert provenn.verify(graph, prop, timeout=5, semantics="real").answer == "unsat"


def test_ulps_go_into_the_header(checker_program: Path) -> None:
    graph = mlp(np.random.default_rng(1), (1, 4, 1), tag="sigmoid")
    made = provenn.verify(graph, above(Fraction(100), 1), timeout=10, semantics="auto", ulps=7)
    assert made.certificate is not None
    assert of(made.certificate) == Semantics("binary32", 7)
    assert "within 7 ulps" in dict(prose.evidence(made))["semantics"]


@pytest.mark.parametrize(("kind", "ulps"), [("float64", 4), ("binary32", 0), ("real", 0)])
def test_other_semantics_are_refused(kind: str, ulps: int) -> None:
    with pytest.raises(UsageError, match="semantics"):
        provenn.verify(*dense([1.0]), semantics=kind, ulps=ulps)


def files(folder: Path, graph: Graph, prop: Property, certificate: Words) -> list[str]:
    """Canonical files for the command line."""
    made = []
    given = {"g.pvn": graph_words(graph), "p.pvp": property_words(prop), "c.cert": certificate}
    for name, words in given.items():
        (folder / name).write_bytes(to_bytes(words))
        made.append(str(folder / name))
    return made


def test_check_reads_the_header(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                checker_program: Path) -> None:
    """A certificate about executions is one about the reals; the opposite forgery is caught."""
    graph, prop = dense([1, BIG, -BIG])
    made = provenn.verify(graph, prop, timeout=10, semantics="real")
    assert made.certificate is not None
    forged = relabelled(made.certificate, BINARY32)
    assert run(["check", *files(tmp_path, graph, prop, made.certificate)]) == 0
    said = capsys.readouterr().out
    assert THEOREMS["real"] in said
    assert "rounding of binary32 runs" in said
    assert run(["check", *files(tmp_path, graph, prop, forged)]) == 2
    assert capsys.readouterr().out.startswith("rejected")
    graph, prop = dense([1, 1, 1])
    sound = provenn.verify(graph, prop, timeout=10, semantics="binary32")
    assert sound.certificate is not None
    for words, kind in ((sound.certificate, "binary32"), (relabelled(sound.certificate, REAL), "real")):
        assert run(["check", "--json", *files(tmp_path, graph, prop, words)]) == 0
        data = json.loads(capsys.readouterr().out)
        assert (data["semantics"]["kind"], data["theorem"]) == (kind, THEOREMS[kind])


def written(folder: Path) -> list[str]:
    """The sum that depends on the order, as files."""
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, k]) for n, k in (("x", 3), ("y", 1))]
    nodes = [helper.make_node("Gemm", ["x", "w"], ["y"], transB=1)]
    weights = numpy_helper.from_array(np.array([[1, BIG, -BIG]], np.float32), "w")
    graph = helper.make_graph(nodes, "sum", ends[:1], ends[1:], [weights])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8)
    (folder / "sum.onnx").write_bytes(model.SerializeToString())
    names = [f"X_{i}" for i in range(3)]
    text = "".join(f"(declare-const {n} Real)" for n in [*names, "Y_0"])
    text += "".join(f"(assert (= {n} 1))" for n in names) + "(assert (<= Y_0 0.5))"
    (folder / "sum.vnnlib").write_text(text)
    return [str(folder / "sum.onnx"), str(folder / "sum.vnnlib")]


def test_the_program_says_it_loudly(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                    checker_program: Path) -> None:
    names = written(tmp_path)
    report = ["--report", str(tmp_path / "r.html")]
    assert run(["verify", *names, "--timeout", "20", "--semantics", "auto", *report]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("unsat\nThe property holds over the reals")
    assert "rounding of the running network is not covered: " in said.out
    assert "not covered" in said.err
    assert "rounding of the running network is not covered" in (tmp_path / "r.html").read_text()
    assert run(["verify", *names, "--timeout", "20", "--semantics", "binary32"]) == 0
    assert capsys.readouterr().out.startswith("unknown\nNothing is claimed: no certificate about binary32")
