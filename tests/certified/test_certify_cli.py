"""``provenn train --certify`` and ``provenn certify`` from the command line, on the digits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provenn.cli.app import run
from provenn.train import sources


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model trained for two epochs, with the data in a cache of its own."""
    folder = tmp_path_factory.mktemp("digits")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVENN_DATA", str(folder / "data"))
        sources.fetch("digits")
        assert run(["train", "digits", "--certify", "0.02", "--model", "mlp", "--hidden", "16",
                    "--epochs", "2", "--batch-size", "32", "--backend", "numpy", "--quiet", "--out",
                    str(folder / "model")]) == 0
    return folder


def test_the_history_has_the_certified_part(model: Path) -> None:
    history = json.loads((model / "model" / "history.json").read_text())
    assert [e["epoch"] for e in history] == [1, 2]
    assert all(0 <= e["certified"] <= e["accuracy"] for e in history)
    settings = json.loads((model / "model" / "config.json").read_text())["settings"]
    assert settings["certify"] == 0.02


def test_certify_prints_three_accuracies(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(model / "data"))
    command = ["certify", str(model / "model"), "--data", "digits", "--eps", "0.02", "--limit", "60",
               "--batch", "25", "--keep", str(model / "kept")]
    assert run(command) == 0
    text = capsys.readouterr().out
    first, clean, attacked, certified, accepted = text.splitlines()[:5]
    assert first == "digits, 60 images, any change of at most 1/50 a pixel (from 0 to 1)"
    shares = [float(line.split()[1]) for line in (clean, attacked, certified)]
    assert shares == sorted(shares, reverse=True)
    assert shares[2] > 0
    assert "by Provenn.Checker.Sound.check_sound" in accepted
    path = model / "model" / "certified-digits-eps0.02.json"
    before = json.loads(path.read_text())
    assert before["about"]["eps"] == "1/50"
    assert len(list((model / "kept").glob("*.cert"))) == before["accuracy"]["certificates"]
    assert run([*command, "--json"]) == 0
    after = json.loads(capsys.readouterr().out)
    assert after["certified"] == before["certified"]
    assert after["files"] == before["files"]


def test_kept_certificates_pass_provenn_check(
    model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = model / "kept"
    proof = min(kept.glob("*.cert"))
    assert run(["check", str(kept / "network.pvn"), str(proof.with_suffix(".pvp")), str(proof)]) == 0
    assert capsys.readouterr().out.startswith("accepted")


@pytest.mark.parametrize(("words", "code"), [
    (["nowhere", "--data", "digits"], "PNN-CERT-617"),
    (["model", "--data", "digits", "--eps", "25"], "PNN-CLI-808"),
    (["model", "--data", "digits", "--eps", "1/0"], "PNN-CLI-808"),
    (["model", "--data", "letters"], "PNN-DATA-956"),
])
def test_bad_input_ends_with_a_code(
    model: Path, words: list[str], code: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(model / "data"))
    assert run(["certify", str(model / words[0]), *words[1:]]) == 1
    assert code in capsys.readouterr().err


def test_another_radius_needs_another_file(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(model / "data"))
    out = ["--data", "digits", "--limit", "5", "--out", str(model / "one.json")]
    assert run(["certify", str(model / "model"), "--eps", "0.01", *out]) == 0
    assert run(["certify", str(model / "model"), "--eps", "0.02", *out]) == 1
    assert "PNN-CERT-616" in capsys.readouterr().err
    assert run(["certify", str(model / "model"), "--eps", "0.02", "--fresh", *out]) == 0
