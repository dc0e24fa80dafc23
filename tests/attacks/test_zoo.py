"""Each attack does what it says, in libraries too; and no execution semantics ever certifies one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from provenn.eval.run import replay
from provenn.io.onnx import load
from provenn.ir.op import Array
from provenn.verify import prose
from provenn.verify.opinion import onnxruntime_output
from provenn.verify.verdict import verify
from tests.attacks.zoo import ZOO, Attack, Dense

Make = Callable[[], Attack]
SEMANTICS = (None, "auto", "real", "binary32")
attacks = pytest.mark.parametrize("make", ZOO, ids=lambda m: m.__name__)


def violated(attack: Attack, y: Array) -> bool:
    return bool(np.ravel(y)[0] <= attack.limit)


@attacks
def test_the_two_runs_disagree_and_the_reals_are_safe(make: Make) -> None:
    attack = make()
    x = np.array([attack.x], np.float32)
    low, high = attack.domain
    assert low <= attack.x <= high
    assert violated(attack, attack.violating_run(x))
    assert not violated(attack, attack.safe_run(x))
    assert np.isfinite(attack.safe_run(x)).all()
    for v in np.linspace(low, high, 101):
        assert attack.exact(float(np.float32(v))) > attack.limit


@attacks
def test_the_file_is_the_network(make: Make, tmp_path: Path) -> None:
    """The replay in the reference order is one of the runs, bit for bit."""
    attack = make()
    network, _ = attack.write(tmp_path)
    y = replay(load(network).graph, np.array([attack.x], np.float32))
    x = np.array([attack.x], np.float32)
    runs = [attack.safe_run, attack.violating_run]
    if isinstance(attack.safe_run, Dense):
        runs.append(Dense(attack.safe_run.layers))
    assert any(np.array_equal(np.ravel(run(x)), y, equal_nan=True) for run in runs)


@attacks
def test_onnxruntime_agrees_with_some_run(make: Make, tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    attack = make()
    network, _ = attack.write(tmp_path)
    x = np.array([attack.x], np.float32)
    y = onnxruntime_output(network, x).output
    runs = [attack.safe_run, attack.violating_run]
    if isinstance(attack.safe_run, Dense):
        runs += [Dense(attack.safe_run.layers, order, nan_lost=lost)
                 for order in ("forward", "backward", "ends first") for lost in (False, True)]
    assert y is not None
    assert any(np.array_equal(np.ravel(run(x)), y, equal_nan=True) for run in runs)


def test_onnxruntime_folds_batch_normalisation(tmp_path: Path) -> None:
    """A library in daily use is the violating run; the formula as written is the safe one."""
    pytest.importorskip("onnxruntime")
    attack = ZOO[-1]()
    network, _ = attack.write(tmp_path)
    y = onnxruntime_output(network, np.array([attack.x], np.float32)).output
    assert y is not None
    assert violated(attack, y)


def test_torch_flushes_when_it_is_told_to() -> None:
    """One file, one library, two settings: the output switches."""
    torch = pytest.importorskip("torch")
    attack = next(m() for m in ZOO if m.__name__ == "underflowing")
    assert isinstance(attack.safe_run, Dense)
    seen = []
    for flush in (False, True):
        assert torch.set_flush_denormal(flush)
        try:
            value = torch.tensor([[attack.x]])
            for w, b in attack.safe_run.layers:
                value = torch.relu(value @ torch.from_numpy(w).T + torch.from_numpy(b))
        finally:
            torch.set_flush_denormal(False)
        seen.append(float(value))
    assert seen == [attack.x, 0.0]


def test_numpy_shows_the_order_of_a_sum() -> None:
    """The detecting sum in plain NumPy, added from both sides."""
    terms = np.array([2.0**25 * 1.25, -(2.0**25) * 1.25, 1], np.float32)
    assert [float(np.add.accumulate(t)[-1]) for t in (terms, terms[::-1])] == [1.0, 0.0]


@attacks
@pytest.mark.parametrize("semantics", SEMANTICS)
def test_no_execution_semantics_certifies_it(semantics: str | None, make: Make, tmp_path: Path,
                                             checker_program: Path) -> None:
    """An answer about the reals says so, in its first sentence where executions were wanted."""
    network, spec = make().write(tmp_path)
    made = verify(network, spec, timeout=20, semantics=semantics)
    said = " ".join([prose.meaning(made), *(text for _, text in prose.evidence(made))])
    assert made.problem is None
    if semantics in (None, "binary32"):
        assert made.answer != "unsat"
    elif made.answer == "unsat":
        assert made.semantics.kind == "real"
        assert "exact real arithmetic" in said
        assert ("NOT covered" in prose.meaning(made)) == (semantics == "auto")
