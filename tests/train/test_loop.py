"""Runs as users make them: tables, files, interruption, kill, resumption, divergence."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file

import provenn
from provenn import nn
from provenn.cli.app import run
from provenn.errors import FileError, ToolError
from provenn.tensor import Tensor
from provenn.train import checkpoint, loop, models, sources
from provenn.train.metrics import Confusion
from provenn.train.settings import SCHEDULES, Settings
from tests.golden.training import DATA
from tests.golden.training import run as small_run

Captured = pytest.CaptureFixture[str]
FAST = ["--backend", "numpy", "--hidden", "16", "--epochs", "3", "--batch-size", "64", "-q"]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with scikit-learn's digits."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVENN_DATA", str(place))
        sources.fetch("digits")
    return place


@pytest.fixture(autouse=True)
def cached(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(cache))


def trained(folder: Path, *options: str) -> int:
    return run(["train", "digits", "--out", str(folder), *FAST, *options])


def state(folder: Path) -> dict[str, Any]:
    return load_file(folder / loop.STATE)


def same(one: Path, two: Path) -> bool:
    a, b = state(one), state(two)
    losses = [[e["loss"] for e in json.loads((f / loop.HISTORY).read_text())] for f in (one, two)]
    return a.keys() == b.keys() and all(np.array_equal(a[k], b[k]) for k in a) and losses[0] == losses[1]


def test_a_run_leaves_everything(tmp_path: Path, capsys: Captured) -> None:
    assert trained(tmp_path / "run", "--epochs", "8", "--lr", "0.01") == 0
    said = capsys.readouterr()
    assert "% of 360 test images after 8 epochs" in said.out
    assert said.err == ""
    assert said.out.count("%") > 12
    folder = tmp_path / "run"
    names = {p.name for p in folder.iterdir()}
    assert names == {"model.safetensors", "config.json", "last.safetensors", "history.json", "curve.svg",
                     "gradient"}
    assert (folder / "curve.svg").read_text().startswith("<svg")
    config = checkpoint.read_config(folder)
    assert config["test_accuracy"] > 0.8
    assert config["widths"] == [16]
    net = provenn.from_pretrained(folder)
    assert not net.training
    assert net.to_numpy().keys() == load_file(folder / "model.safetensors").keys()


def test_json_is_whole(tmp_path: Path, capsys: Captured) -> None:
    assert trained(tmp_path / "run", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert len(said["epochs"]) == 3
    assert np.sum(said["confusion"]) == 360
    assert said["step_graph"]["theorem"].startswith("Provenn.")
    assert json.loads((tmp_path / "run" / "gradient" / "checked.json").read_text()) == said["gradient"]


def test_the_gradient_is_tied_to_the_theorem(
    checker_program: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trained(tmp_path / "run", "--clip", "0.5") == 0
    assert "step graph equals what Provenn.Autodiff.Step.train_step makes" in capsys.readouterr().out
    assert run(["check", "--gradient", str(tmp_path / "run")]) == 0
    step = tmp_path / "run" / "gradient" / "step.pvn"
    words = np.frombuffer(step.read_bytes(), "<f8").copy()
    words[np.flatnonzero(words == 22)[-1]] = 5  # a quotient becomes a product
    step.write_bytes(words.tobytes())
    assert run(["check", "--gradient", str(tmp_path / "run" / "gradient")]) == 2
    assert run(["check", "--gradient", str(tmp_path)]) == 1
    capsys.readouterr()
    monkeypatch.setenv("PROVENN_CHECKER", str(tmp_path))
    assert trained(tmp_path / "other") == 0
    assert "not compared with the proved transformation: PNN-TOOL-704" in capsys.readouterr().out


def test_pytorch_reads_the_weights(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    from safetensors.torch import load_file as torch_file

    assert trained(tmp_path / "run") == 0
    other = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(64, 16), torch.nn.ReLU(),
                                torch.nn.Linear(16, 10))
    other.load_state_dict(torch_file(tmp_path / "run" / "model.safetensors"))
    x = np.random.default_rng(0).random((3, 1, 8, 8), np.float32)
    mine = provenn.from_pretrained(tmp_path / "run")(Tensor(x)).numpy()
    assert np.allclose(mine, other(torch.from_numpy(x)).detach().numpy(), atol=1e-5)


@pytest.mark.parametrize("model", ["linear", "cnn", "resnet"])
def test_every_model_trains(model: str, capsys: Captured) -> None:
    widths = [] if model == "linear" else ["--hidden", "2,3,5"]
    options = ["--backend", "numpy", "--epochs", "1", "--lr", "0.03", "--json", "-q",
               "--batch-size", "32"]
    assert run(["train", "digits", "--model", model, *widths, *options]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] > 0.2


def test_seeds_decide(tmp_path: Path) -> None:
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert trained(tmp_path / name, "--seed", seed) == 0
    assert same(tmp_path / "a", tmp_path / "b")
    assert not same(tmp_path / "a", tmp_path / "c")


def start(folder: Path, *options: str) -> subprocess.Popen[bytes]:
    """The program, as users start it."""
    words = [sys.executable, "-m", "provenn", "train", "digits", "--out", str(folder), *FAST, "--epochs",
             "20", *options]
    return subprocess.Popen(words, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"})


def epochs(folder: Path) -> int:
    path = folder / loop.HISTORY
    return len(json.loads(path.read_text())) if path.is_file() else 0


@pytest.fixture(scope="module")
def whole(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that nobody stopped."""
    folder = tmp_path_factory.mktemp("whole")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVENN_DATA", str(cache))
        assert trained(folder, "--epochs", "20") == 0
    return folder


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda s: s.name)
def test_an_ended_run_continues_bit_for_bit(how: signal.Signals, whole: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut"
    process = start(cut)
    deadline = time.monotonic() + 300
    while epochs(cut) < 3 and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(how)
    said = process.communicate(timeout=300)[1].decode()
    done = epochs(cut)
    assert 3 <= done < 20, said
    assert process.returncode == (-9 if how == signal.SIGKILL else 130), said
    for k in range(2):
        options = ["--epochs", "20"] if k == 0 else []
        assert run(["train", "digits", "--out", str(cut), "--resume", "-q", *options]) == 0
    assert same(whole, cut)


def test_other_options_do_not_continue(tmp_path: Path, capsys: Captured) -> None:
    assert trained(tmp_path / "run") == 0
    assert trained(tmp_path / "run") == 1
    assert "PNN-TRAIN-976" in capsys.readouterr().err
    assert trained(tmp_path / "run", "--resume", "--lr", "0.5") == 1
    assert "settings.rate = 0.5" in capsys.readouterr().err
    assert trained(tmp_path / "run", "--overwrite", "--lr", "0.05") == 0
    assert run(["train", "digits", "--resume"]) == 1


def test_damaged_states_are_refused(tmp_path: Path, capsys: Captured) -> None:
    assert trained(tmp_path / "run") == 0
    path = tmp_path / "run" / loop.STATE
    raw = path.read_bytes()
    for broken in (b"", raw[:100], raw[:-1], b"\xff" * 200, raw.replace(b"identity", b"ideality")):
        path.write_bytes(broken)
        assert trained(tmp_path / "run", "--resume") == 1
        assert "PNN-TRAIN-973" in capsys.readouterr().err, broken[:20]


def test_divergence_keeps_the_last_good_state(tmp_path: Path) -> None:
    made = small_run(tmp_path, 0.1, epochs=3)
    kept: list[bytes] = []

    def spoil(event: Any) -> None:
        if event["event"] == "epoch":
            kept.append((tmp_path / loop.STATE).read_bytes())
            made.settings.__dict__["rate"] = 1e38

    made.progress = spoil
    with pytest.raises(ToolError, match="PNN-TRAIN-974"):
        loop.fit(made)
    assert (tmp_path / loop.STATE).read_bytes() == kept[-1]
    assert len(kept) < 3


@pytest.mark.parametrize("last", [1, 2, 3, 4])
def test_a_state_within_an_epoch_continues_bit_for_bit(
    last: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "WATCH", 1)
    monkeypatch.setattr(loop, "SAVE_SECONDS", -1.0)
    provenn.manual_seed(0)
    loop.fit(small_run(tmp_path / "whole", 0.1, epochs=3))
    count = 0

    def stop(event: Any) -> None:
        nonlocal count
        count += event["event"] == "batch"
        if count == last:
            raise InterruptedError

    provenn.manual_seed(0)
    cut = small_run(tmp_path / "cut", 0.1, epochs=3)
    cut.progress = stop
    with pytest.raises(InterruptedError):
        loop.fit(cut)
    loop.fit(small_run(tmp_path / "cut", 0.1, epochs=3), resume=last > 1)
    if last > 1:
        assert same(tmp_path / "whole", tmp_path / "cut")


def test_models_of_others_are_refused(tmp_path: Path) -> None:
    net = nn.Linear(3, 2)
    provenn.save_pretrained(net, tmp_path, note="mine")
    other = provenn.from_pretrained(tmp_path, nn.Linear(3, 2))
    assert np.array_equal(other.to_numpy()["weight"], net.to_numpy()["weight"])
    for model in (nn.Linear(2, 3), nn.Sequential(nn.Linear(3, 2)), None):
        with pytest.raises(FileError, match="PNN-TRAIN-973"):
            provenn.from_pretrained(tmp_path, model)
    (tmp_path / "model.safetensors").write_bytes(b"nothing")
    with pytest.raises(FileError, match="PNN-TRAIN-973"):
        provenn.from_pretrained(tmp_path, nn.Linear(3, 2))
    with pytest.raises(FileError, match="PNN-TRAIN-973"):
        provenn.from_pretrained(tmp_path / "nowhere")


def test_designs_are_read_again() -> None:
    for name in models.WIDTHS:
        plan = models.design(name, (1, 8, 8), DATA.classes)
        assert models.Design.read(json.loads(json.dumps(plan.data()))) == plan


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_rates_rise_then_never(schedule: str) -> None:
    s = Settings(rate=0.5, schedule=schedule, warmup=0.25)
    rates = [s.rate_at(k, 40) for k in range(40)]
    assert rates[:10] == sorted(rates[:10])
    assert rates[9:] == sorted(rates[9:], reverse=True)
    assert max(rates) == 0.5
    assert Settings(warmup=0.0).rate_at(0, 10) == Settings().rate


def test_confusion() -> None:
    labels, answers = np.array([0, 0, 1, 1, 1, 1]), np.array([0, 1, 1, 1, 1, 0])
    said = Confusion.of(labels, answers, ("a", "b", "c"))
    assert said.accuracy == pytest.approx(4 / 6)
    assert said.shares() == [0.5, 0.75, None]
    low, high = said.interval()
    assert 0.2 < low < said.accuracy < high < 0.95
    assert said.text()[1].split() == ["a", "1", "1", ".", "50.00", "%"]


def test_show_what_the_model_mistakes(tmp_path: Path, capsys: Captured) -> None:
    assert trained(tmp_path / "run") == 0
    show = ["show", "digits", "--model", str(tmp_path / "run"), "-n", "2", "--style", "ascii"]
    capsys.readouterr()
    assert run([*show, "--misclassified"]) == 0
    assert capsys.readouterr().out.count("taken for") == 2
    assert run([*show, "--adversarial", "0.3"]) == 0
    said = capsys.readouterr().out
    assert said.count("moved: ") == 2
    assert said.count("difference / 0.3") == 2


def test_reproducible_runs_do_not_see_the_number_of_cores(tmp_path: Path) -> None:
    pytest.importorskip("jax")
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        pytest.skip("this machine has one core")
    for name, mine in (("one", cores[:1]), ("all", cores)):
        words = [sys.executable, "-m", "provenn", "train", "digits", "--reproducible", "--epochs", "1", "-q",
                 "--out", str(tmp_path / name)]
        subprocess.run(words, check=True, stdout=subprocess.DEVNULL, timeout=400,
                       preexec_fn=lambda mine=mine: os.sched_setaffinity(0, mine))  # type: ignore[misc]
    assert same(tmp_path / "one", tmp_path / "all")
