"""Networks over the real numbers: which expressions Coq turns into rationals, and what it refuses."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.coq.extract import extract
from provenn.errors import CertificateError
from provenn.io.weights import graph_tensors
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from tests.coq.test_export import needs_coq

SOURCE = """\
From Coq Require Import List ZArith QArith Qreals Reals Lra.
From Provenn Require Import Interface.
Import ListNotations.
Instance sqrt_4 : denotes (sqrt 4) 2.
Proof.
  split. replace 4%R with (2 * 2)%R by lra. rewrite sqrt_square by lra. unfold Q2R; cbn; lra.
Qed.
Definition gain := (3 / 10 - 0.05)%R.
Definition net : network R := [
  Layer [[gain; - 0.5]; [sqrt 4 * 3; (1 / 2) ^ 3]]%R [/ 8; -7]%R Relu;
  Layer [[1; 1 / 3]]%R [0]%R Identity ].
Definition code : network expression := ltac:(quote_network net).
Lemma code_is_net : mapped denote code = net.
Proof. reflexivity. Qed.
Definition broken : network expression := [ Layer [[Over (Integer 1) (Integer 0)]] [Integer 0] Relu ].
"""


def test_expressions_leave_as_the_rationals_that_they_are(tmp_path: Path) -> None:
    needs_coq()
    (tmp_path / "Reals.v").write_text(SOURCE)
    made = extract(tmp_path / "Reals.v", "code", "code_is_net")
    tensors = graph_tensors(read_graph_words(made.words, ALL, "words"))
    assert tensors["0.weight"].array.ravel().tolist() == [0.25, -0.5, 6, 0.125]
    assert tensors["0.bias"].array.tolist() == [0.125, -7]
    third = Fraction(float(tensors["2.weight"].array[0, 1]))
    assert made.errors == ((Fraction(0), Fraction(0)), (abs(Fraction(1, 3) - third), Fraction(0)))


@pytest.mark.parametrize("name", ["net", "broken"])
def test_no_numbers_no_files(name: str, tmp_path: Path) -> None:
    """Of real numbers as such Coq cannot say which they are, and 1 / 0 is none."""
    needs_coq()
    (tmp_path / "Reals.v").write_text(SOURCE)
    with pytest.raises(CertificateError) as caught:
        extract(tmp_path / "Reals.v", name)
    assert caught.value.code == "PNN-CERT-623"
    assert ("quote_network" in str(caught.value)) == (name == "net")


@pytest.mark.parametrize("number", ["PI", "sqrt 2", "exp 1"])
def test_what_is_not_known_to_be_rational_is_not_quoted(number: str, tmp_path: Path) -> None:
    needs_coq()
    (tmp_path / "Reals.v").write_text(SOURCE.replace("sqrt 4 * 3", f"{number} * 3"))
    with pytest.raises(CertificateError) as caught:
        extract(tmp_path / "Reals.v", "code")
    assert caught.value.code == "PNN-CERT-622"
    assert "not known to be rational" in str(caught.value.got)


NOTATIONS = """\
From Coq Require Import List ZArith QArith Reals.
From Provenn Require Import Interface Interface.Notations.
Import ListNotations.
Definition plain : network Z := [ Layer [[1; -2]]%Z [3]%Z Relu; Layer [[4]]%Z [0]%Z Identity ].
Definition read : network Z := <{ dense [[1; -2]]%Z [3]%Z |> Relu ;; dense [[4]]%Z [0]%Z }>.
Example same : read = plain.
Proof. reflexivity. Qed.
Definition real_one : network R := <{ dense [[1 / 3; - 0.5]]%R [0]%R |> Sigmoid }>.
Definition f : network expression := ltac:(quote_network real_one).
Lemma f_is_real_one : mapped denote f = real_one.
Proof. reflexivity. Qed.
"""


def test_notations_are_layers_and_no_name_of_ours_hides_a_network(tmp_path: Path) -> None:
    needs_coq()
    (tmp_path / "Read.v").write_text(NOTATIONS)
    made = extract(tmp_path / "Read.v", "f", "f_is_real_one")
    assert made.errors == ((abs(Fraction(1, 3) - Fraction(float(np.float32(1 / 3)))), 0),)
    assert made.statement == "f_is_real_one : mapped denote Read.f = real_one"
