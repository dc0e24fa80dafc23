"""VNN-LIB 2.0 through the vnnlib package, on queries of our own and of vnnlib-satisfactory."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from provenn.errors import FileError, PropertyError, ProvennError, UnsupportedError
from provenn.eval.run import run
from provenn.io import onnx as onnx_io
from provenn.io.vnnlib import load, read, v2
from provenn.io.vnnlib.sexpr import Source
from provenn.ir.property import Property

pytest.importorskip("vnnlib")
HEAD = """; a query
(vnnlib-version <2.0>)
(declare-network N
  (declare-input X float32 [1, 2])
  (declare-output Y float32 [1,2])
)
(assert (and (<= X[0,0] 0.1) (>= X[0, 0] -1.0) (<= X[0,1] 1.0) (>= X[0,1] 0.0)))
"""
F = Fraction


def test_a_query_is_read_exactly(write: Any, graph_of: Any) -> None:
    text = HEAD + "(assert (or (<= (+ (* 2.0 Y[0,1]) (- X[0,0]) 1.0) (- Y[0,0] 3.0)) (!= Y[0,0] 0.25)))"
    reading = load(write(text), graph_of(2, 2), "N")
    assert (reading.version, reading.element_type) == (2, "float32")
    (case,) = reading.property.cases
    assert case.hi == (F(1, 10), F(1))
    (first,), (below,), (above,) = case.disjuncts
    assert (dict(first.x), dict(first.y), first.bound) == ({0: -1}, {1: 2, 0: -1}, -4)
    assert (below.y, below.bound, below.strict) == ({0: 1}, F(1, 4), True)
    assert (above.y, above.bound, above.strict) == ({0: -1}, F(-1, 4), True)


def test_real_queries_and_scalars(write: Any, graph_of: Any) -> None:
    text = ("(vnnlib-version <2.0>)(declare-network N (declare-input X real [])(declare-output Y real []))"
            "(assert (== X 0.5))(assert (< Y X))")
    reading = load(write(text), graph_of(1, 1))
    assert reading.element_type == "real"
    assert reading.property.cases[0].lo == (F(1, 2),)


@pytest.mark.parametrize(("text", "code", "place"), [
    ("(assert (<= X[0,0] 1.0)", "PNN-VNNLIB-502", ":8:1"),
    ("(assert (<= X[0,0] 1e-3))", "PNN-VNNLIB-511", ":8:20"),
    ("(assert (<= X[0,5] 1.0))", "PNN-VNNLIB-511", ":8"),
    ("(assert (<= Z[0] 1.0))", "PNN-VNNLIB-511", ":8"),
    ("(assert (not (<= X[0,0] 1.0)))", "PNN-VNNLIB-511", ":8:9"),
])
def test_malformed_queries(write: Any, graph_of: Any, text: str, code: str, place: str) -> None:
    with pytest.raises(FileError) as caught:
        read(write(HEAD + text), graph_of(2, 2))
    assert caught.value.code == code
    assert caught.value.where.endswith("spec.vnnlib" + place)
    assert caught.value.hint


def test_queries_that_are_not_read(write: Any, graph_of: Any) -> None:
    for text, code in (
        (HEAD + "(assert (<= (* X[0,0] Y[0,0]) 1.0))", "PNN-VNNLIB-506"),
        (HEAD.replace("float32", "float64"), "PNN-VNNLIB-510"),
        (HEAD.replace("(declare-output", "(declare-input Z float32 [2]) (declare-output"), "PNN-VNNLIB-510"),
        (HEAD.replace("(declare-output", '(declare-hidden H float32 [2] "h") (declare-output'),
         "PNN-VNNLIB-510"),
        (HEAD + HEAD.split("\n", 2)[2].split("(assert")[0].replace("X", "X2").replace("Y", "Y2").replace("N",
                                                                                                         "M"),
         "PNN-VNNLIB-51"),
    ):
        with pytest.raises((UnsupportedError, FileError), match=code):
            read(write(text), graph_of(2, 2))


def test_names_shapes_and_bounds_must_fit(write: Any, graph_of: Any) -> None:
    with pytest.raises(PropertyError, match="PNN-VNNLIB-509"):
        read(write(HEAD), graph_of(2, 2), "M")
    with pytest.raises(PropertyError, match="PNN-VNNLIB-509"):
        read(write(HEAD), graph_of(3, 2))
    with pytest.raises(PropertyError, match=r"X\[0,1\] has no upper bound"):
        read(write(HEAD.replace("(<= X[0,1] 1.0)", "")), graph_of(2, 2))


def violations(graph: Any, prop: Property, count: int = 300) -> int:
    """How many random points of the boxes, corners among them, are counterexamples."""
    rng, found = np.random.default_rng(0), 0
    for case in prop.cases:
        lo, hi = (np.array([float(v) for v in ends]) for ends in (case.lo, case.hi))
        share = rng.uniform(0, 1, (count, len(lo)))
        share[: count // 2] = share[: count // 2].round()
        x = (lo + share * (hi - lo)).astype(np.float32).reshape(count, *graph.input_type.shape)
        y = np.broadcast_to(run(graph, x), (count, *graph.output_type.shape))
        for a, b in zip(x.reshape(count, -1), y.reshape(count, -1)):
            point = [F(float(v)) for v in a], [F(float(v)) for v in b]
            found += prop.violated_by(*point) is not None
    return found


def test_queries_of_vnnlib_satisfactory(tmp_path: Path, graph_of: Any, capsys: Any) -> None:
    registry = pytest.importorskip("vnntest.core.registry")
    onnx = pytest.importorskip("onnx")
    counts: Counter[str] = Counter()
    verdicts: Counter[tuple[str, bool]] = Counter()
    for case in registry.get_cases():
        spec = case.build_vnnlib_spec()
        text = spec if isinstance(spec, str) else "\n".join(spec)
        path = tmp_path / f"{case.id}.vnnlib"
        path.write_text(text)
        counts["queries"] += 1
        try:
            query = v2.read_query(Source(str(path), text))
        except ProvennError as e:
            counts[f"refused {e.code} {e.what.split(':')[0]}"] += 1
            continue
        counts["understood"] += 1
        onnx.save(case.build_onnx_model(), tmp_path / "m.onnx")
        try:
            graph = onnx_io.read(tmp_path / "m.onnx")
        except ProvennError:
            counts["understood, but the network is not read"] += 1
            continue
        try:
            prop = read(path, graph, query.network)
        except ProvennError as e:
            counts[f"refused {e.code}"] += 1
            continue
        verdicts[case.expected_output().upper(), violations(graph, prop) > 0] += 1
        assert (case.expected_output().upper(), violations(graph, prop) > 0) != ("UNSAT", True), case.id
    with capsys.disabled():
        print("\nvnnlib-satisfactory:", dict(counts), "\n  verdict, counterexample sampled:", dict(verdicts))
    assert counts["understood"] >= 155
    assert verdicts.total() >= 110
