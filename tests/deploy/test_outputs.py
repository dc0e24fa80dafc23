"""The outputs of every example: Coq, the reference, onnxruntime, PyTorch and TensorFlow.

Coq computes two things from the author's own definition: the exact value at an input (``value_Q``, proved to
be ``run``), and the run in binary32 in the reference order, which is that of the reference bit for bit. The
frameworks add in orders of their own: how far from the exact value any order can come is proved by a
certificate about binary32, for each input, and they must stay within it.
"""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn import deploy
from provenn.coq.coqc import coqc
from provenn.coq.kernel import literal
from provenn.ir.graph import Graph
from provenn.ir.property import Case, Property, Row
from provenn.verify.verdict import verify
from tests.coq.test_export import needs_coq
from tests.deploy.conftest import EXAMPLES, Running

ROUNDED = ("shares", "thermostat")
WHOLE = ("vote", "counter")
INSIDE = {"advisory": "Network."}
BOUND = Fraction(1, 2**13)
HEAD = """\
From Coq Require Import List QArith Floats Uint63 PArray.
From Provenn Require Import Interface Base.Vector Checker.Words Float.Kernel Float.ReferenceGraph.
From Provenn Require Import Interface.Value Interface.ValueProof.
Import ListNotations.
Local Open Scope list_scope.
Set Printing Width 1000000.
Set Printing Depth 1000000.
Definition listed (l : list PrimFloat.float) : farr :=
  store l 0%uint63 (PArray.make (Uint63.of_Z (Z.of_nat (List.length l))) 0%float).
Definition in_binary32 {A} {num : number A} {cmp : compared A} {st : storable A} (n : network A) x :=
  let k := inputs_of n in
  match graph_words n k with
  | Some l =>
      match reference (fun _ y => y) (words_of_list l) x with
      | Ok (ys, out) =>
          map (fun i => let (a, b) := halves (fget (value_in (ftab 0 (fun _ => 0%float)) ys out)
                                               (Uint63.of_Z (Z.of_nat i))) in
                        (Uint63.to_Z a * 4294967296 + Uint63.to_Z b)%Z) (seq 0 (outputs n k))
      | _ => []
      end
  | None => []
  end.
Definition fractions (l : option (list Q)) :=
  match l with Some l => flat_map (fun q => [Qnum q; Zpos (Qden q)]) l | None => [] end.
"""
ASK = """\
Redirect "{name}{k}" Eval vm_compute in (in_binary32 {net} (listed [{floats}]%float),
                                         fractions (value_Q {net} [{rationals}]%Q)).
"""


def inputs(name: str) -> list[np.ndarray]:
    """A few points in the domain that each example is about."""
    rng = np.random.default_rng(7)
    if name == "vote":
        made = [list(map(float, votes)) for votes in itertools.product((0, 1), repeat=3)]
    elif name == "counter":
        made = [[*np.eye(3)[k], t] for k in range(3) for t in (0.0, 1.0)]
    elif name == "monotone":
        made = rng.uniform(-1, 3, (4, 2)).tolist()
    elif name == "advisory":
        made = rng.uniform((0, -1, 0), (1, 1, 1), (4, 3)).tolist()
    else:
        made = [[0.0], [1.0], [1 / 3], [0.1 if name == "thermostat" else 99.9]]
    return [np.array(x, np.float32) for x in made]


@pytest.fixture(scope="module")
def coq_says(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, int], tuple[np.ndarray, list[Fraction]]]:
    """Outputs of an example at one of its inputs: in binary32, and exactly; Coq is asked once for all."""
    needs_coq()
    room = tmp_path_factory.mktemp("coq")
    text = [HEAD]
    for name, one in EXAMPLES.items():
        shutil.copy(repository / "examples" / "proofs" / name / one.source, room)
        coqc(room / one.source)
        module = one.source.removesuffix(".v")
        net = f"{module}.{INSIDE.get(name, '')}{one.network}"
        text.append(f"Require {module}.\n")
        for k, x in enumerate(inputs(name)):
            exact = map(Fraction, x.tolist())
            text.append(ASK.format(name=name, k=k, net=net,
                                   floats="; ".join(map(literal, x.tolist())),
                                   rationals="; ".join(f"({q.numerator} # {q.denominator})" for q in exact)))
    (room / "Outputs.v").write_text("".join(text))
    coqc(room / "Outputs.v")

    def said(name: str, k: int) -> tuple[np.ndarray, list[Fraction]]:
        lists = re.findall(r"\[([^\]]*)\]", (room / f"{name}{k}.out").read_text())
        bits, numbers = ([int(n) for n in re.findall(r"-?\d+", one)] for one in lists)
        return (np.array(bits, np.uint64).view(np.float64),
                [Fraction(a, b) for a, b in zip(numbers[::2], numbers[1::2])])

    return said


def exactly(graph: Graph, x: list[Fraction]) -> list[Fraction]:
    """The value over the rationals, layer by layer."""
    stored = graph.parameters
    layers = sorted({int(name.split(".")[0]) for name in stored})
    for k in layers:
        x = [sum((Fraction(float(w)) * v for w, v in zip(row, x)), Fraction(float(b)))
             for row, b in zip(stored[f"{k}.weight"], stored[f"{k}.bias"].ravel())]
        if k != layers[-1]:
            x = [max(v, Fraction(0)) for v in x]
    return x


def no_order_leaves(bound: Fraction, graph: Graph, x: list[Fraction], y: list[Fraction]) -> bool:
    """Whether it is proved that no execution in binary32 at ``x`` is further from ``y`` than ``bound``."""
    rows = [Row({}, {i: Fraction(sign)}, sign * v - bound) for i, v in enumerate(y) for sign in (1, -1)]
    prop = Property(len(x), len(y), (Case(tuple(x), tuple(x), tuple((row,) for row in rows)),))
    said = verify(graph, prop, timeout=60, semantics="binary32")
    return said.answer == "unsat" and said.semantics.kind == "binary32"


@pytest.mark.parametrize("name", EXAMPLES)
def test_outputs_agree(
    name: str, deployed: Callable[[str], Path], checker_program: Path,
    coq_says: Callable[[str, int], tuple[np.ndarray, list[Fraction]]]
) -> None:
    pytest.importorskip("tensorflow")
    folder = deployed(name)
    assert deploy.compare(folder)[1] == []
    running = Running(folder)
    for k, x in enumerate(inputs(name)):
        in_binary32, in_coq = coq_says(name, k)
        point = [Fraction(v) for v in x.tolist()]
        exact = exactly(running.graph, point)
        if name in ROUNDED:
            assert max(abs(a - b) for a, b in zip(exact, in_coq, strict=True)) < 4e-6
        else:
            assert exact == in_coq
        outputs = running(x)
        assert outputs["reference"].tobytes() == in_binary32.astype(np.float32).tobytes()
        assert in_binary32.astype(np.float32).astype(np.float64).tobytes() == in_binary32.tobytes()
        bound = BOUND * max(1, *point, *map(abs, exact))
        if name not in WHOLE:
            assert no_order_leaves(bound, running.graph, point, exact), (name, x)
        for program, y in outputs.items():
            far = max(abs(Fraction(float(a)) - b) for a, b in zip(y, exact, strict=True))
            assert far == 0 if name in WHOLE else far < bound, (program, x, y, exact)


def test_a_bound_that_rounding_can_break_is_not_proved(
    deployed: Callable[[str], Path], checker_program: Path
) -> None:
    graph = Running(deployed("monotone")).graph
    x = [Fraction(v) for v in inputs("monotone")[0].tolist()]
    assert not no_order_leaves(Fraction(1, 2**40), graph, x, exactly(graph, x))




def test_every_example_is_among_them(repository: Path) -> None:
    rooms = {p.name for p in (repository / "examples" / "proofs").iterdir() if p.is_dir()}
    assert rooms == set(EXAMPLES)
