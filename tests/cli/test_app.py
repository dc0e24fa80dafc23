"""The program: first lines, exit statuses, options, messages; in process, and as users start it."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import provenn
from provenn.base.words import to_bytes
from provenn.cli.app import run
from provenn.ir.canonical import graph_words
from provenn.ir.property import property_words

Captured = pytest.CaptureFixture[str]


def program(*args: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start the program as users do."""
    return subprocess.run([sys.executable, "-m", "provenn", *args], capture_output=True, text=True,
                          timeout=120, env={**os.environ, **environment}, check=False)


def python(code: str) -> str:
    """What a fresh interpreter prints."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def robust(digits: Path, checker_program: Path) -> list[str]:
    return [str(digits / "mlp.onnx"), str(digits / "mlp_robust.vnnlib")]


@pytest.fixture
def fooled(digits: Path, checker_program: Path) -> list[str]:
    return [str(digits / "conv.onnx"), str(digits / "conv_fooled.vnnlib")]


@pytest.mark.parametrize(("semantics", "theorem", "rounding"), [
    ([], "Float.Sound.check_sound_binary32 ", "TF32"),
    (["--semantics", "real"], "Checker.Sound.check_sound ", "rounding of binary32 runs")])
def test_unsat(semantics: list[str], theorem: str, rounding: str, robust: list[str],
               capsys: Captured) -> None:
    assert run(["verify", *robust, "--timeout", "60", *semantics]) == 0
    said = capsys.readouterr()
    lines = said.out.split("\n")
    assert lines[0] == "unsat"
    assert lines[1].startswith("The property holds")
    assert f"proved by    Provenn.{theorem}" in said.out
    assert f"not covered  {rounding}" in said.out
    assert "reading mlp.onnx and mlp_robust.vnnlib" in said.err
    assert "\x1b[" not in said.err + said.out


def test_sat(fooled: list[str], capsys: Captured) -> None:
    assert run(["verify", *fooled, "--timeout", "60"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sat\nThe property is violated")
    form = out[out.index("((X_0 ") :].strip()
    assert form.endswith("))")
    assert form.count("(X_") == 64
    assert form.count("(Y_") == 10
    assert "onnxruntime" in out


def test_either_order_and_the_option_network(robust: list[str], capsys: Captured) -> None:
    model, spec = robust
    for args in ([spec, model], [spec, "--network", f"N={model}"], [spec, "--network", model]):
        assert run(["verify", *args, "-q"]) == 0
        assert capsys.readouterr().out.startswith("unsat\n")


def test_json(robust: list[str], fooled: list[str], capsys: Captured) -> None:
    assert run(["verify", *robust, "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["answer"] == "unsat"
    assert data["proof"]["checker"]["answer"] == "accepted"
    assert run(["verify", *fooled, "--json", "--seed", "3"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert (data["answer"], data["seed"]) == ("sat", 3)
    assert len(data["counterexample"]["x"]) == 64


def test_certificate_and_check(robust: list[str], tmp_path: Path, capsys: Captured) -> None:
    proof = tmp_path / "proof.cert"
    assert run(["verify", *robust, "--certificate", str(proof)]) == 0
    assert run(["check", *robust, str(proof)]) == 0
    assert "\naccepted\n" in capsys.readouterr().out
    data = bytearray(proof.read_bytes())
    proof.write_bytes(data[:-8])
    assert run(["check", *robust, str(proof)]) == 2
    assert capsys.readouterr().out.startswith("rejected\n  reason")
    assert run(["check", *robust, str(proof), "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["answer"] == "rejected"
    proof.write_bytes(data[:-3])
    assert run(["check", *robust, str(proof)]) == 1
    assert "PNN-CERT-612" in capsys.readouterr().err


def test_a_certificate_for_other_files_is_refused(
    digits: Path, robust: list[str], tmp_path: Path, capsys: Captured
) -> None:
    proof = tmp_path / "proof.cert"
    assert run(["verify", *robust, "--certificate", str(proof)]) == 0
    assert run(["check", robust[0], str(digits / "mlp_fooled.vnnlib"), str(proof)]) == 2
    assert run(["check", str(digits / "conv.onnx"), robust[1], str(proof)]) == 2
    assert "made for another network" in capsys.readouterr().err


def test_compressed_files(robust: list[str], tmp_path: Path, capsys: Captured) -> None:
    packed = []
    for path in map(Path, robust):
        target = tmp_path / f"{path.name}.gz"
        target.write_bytes(gzip.compress(path.read_bytes()))
        packed.append(str(target))
    assert run(["verify", *packed]) == 0
    assert capsys.readouterr().out.startswith("unsat\n")


@pytest.mark.parametrize(("args", "code"), [
    (["verify", "missing.onnx", "missing.vnnlib"], "PNN-ONNX-401"),
    (["verify", "model.onnx"], "PNN-CLI-802"),
    (["verify", "model.pt", "spec.vnnlib"], "PNN-CLI-802"),
    (["verify", "a.onnx", "spec.vnnlib", "--timeout", "soon"], "PNN-CLI-801"),
    (["verify", "a.onnx", "spec.vnnlib", "--timeout", "nan"], "PNN-CLI-804"),
    (["verify", "a.onnx", "spec.vnnlib", "--frobnicate"], "PNN-CLI-801"),
    (["verify", "a.onnx", "spec.vnnlib", "--report", "no/such/folder/r.html"], "PNN-TOOL-703"),
    (["verify", "s.vnnlib", "--network", "A=a.onnx", "--network", "B=b.onnx"], "PNN-CLI-803"),
    (["check", "a.onnx"], "PNN-CLI-802"),
    (["explain", "PNN-NONE-000"], "PNN-CLI-805"),
    (["frobnicate"], "PNN-CLI-801"),
])
def test_mistakes_of_usage_exit_with_1_and_a_code(
    args: list[str], code: str, capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(args) == 1
    said = capsys.readouterr()
    assert said.err.rstrip().endswith(f"more      provenn explain {code}")
    assert said.out == ""
    if args[0] in ("verify", "explain") and code != "PNN-CLI-801":
        assert run([*args, "--json"]) == 1
        assert json.loads(capsys.readouterr().out)["error"]["code"] == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"not a model", b"\x08\x07\x12\x04abcd"])
def test_corrupt_networks(content: bytes, digits: Path, tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "bad.onnx").write_bytes(content)
    assert run(["verify", str(tmp_path / "bad.onnx"), str(digits / "mlp_robust.vnnlib")]) == 1
    said = capsys.readouterr()
    assert "PNN-ONNX-40" in said.err
    assert "Traceback" not in said.err


def test_a_surprise_is_an_internal_error_without_a_trace(
    robust: list[str], capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surprise(*args: object, **kwargs: object) -> None:
        raise RuntimeError("surprise")

    monkeypatch.setattr("provenn.verify.verdict.search", surprise)
    assert run(["verify", *robust]) == 2
    said = capsys.readouterr()
    assert "PNN-CLI-899" in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    monkeypatch.setenv("PROVENN_DEBUG", "1")
    assert run(["verify", *robust]) == 2
    assert "Traceback" in capsys.readouterr().err


def test_a_full_disk_is_an_error_and_leaves_nothing(robust: list[str], tmp_path: Path, capsys: Captured,
                                                    monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    assert run(["verify", *robust, "--certificate", str(tmp_path / "proof.cert")]) == 1
    assert "No space left on device" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_explain_supports_doctor_version(capsys: Captured, checker_program: Path) -> None:
    assert run(["explain", "pnn-shape-104"]) == 0
    assert capsys.readouterr().out.startswith("PNN-SHAPE-104: A weight does not fit")
    assert run(["explain"]) == 0
    assert len(capsys.readouterr().out.splitlines()) > 50
    assert run(["supports"]) == 0
    assert "relu" in capsys.readouterr().out
    assert run(["supports", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ops"]["relu"]["kernel"] in ("have", "proved")
    assert run(["doctor"]) == 0
    assert "Everything needed to verify and check is here." in capsys.readouterr().out
    assert run(["doctor", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["checker"]["found"] is True
    for args in (["version"], ["--version"], ["--name"]):
        assert run(args) == 0
        assert capsys.readouterr().out.startswith("provenn")


def test_doctor_without_a_checker(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROVENN_CHECKER", "/nothing/here")
    assert run(["doctor"]) == 1
    assert "Missing and needed: checker" in capsys.readouterr().out


@pytest.mark.parametrize(("option", "lines"), [
    ("--multiple-network-theories", ["SNET"]), ("--multiple-input-output-theories", ["SIO"]),
    ("--vnnlib-versions", ["1.0", "2.0"]), ("--serialise-assignments", ["false"]),
])
def test_supports_answers_vnnlib_questions(option: str, lines: list[str], capsys: Captured) -> None:
    assert run(["supports", option]) == 0
    assert capsys.readouterr().out.splitlines() == lines


def test_supports_lists_onnx_operators(capsys: Captured) -> None:
    assert run(["supports", "--onnx-operators"]) == 0
    assert {"Conv", "Gemm", "Relu", "MatMul", "Add"} <= set(capsys.readouterr().out.splitlines())


def test_help_is_no_error(capsys: Captured) -> None:
    for args in (["--help"], ["verify", "--help"], ["-h"]):
        assert run(args) == 0
        assert "Usage" in capsys.readouterr().out


def test_import_is_quick() -> None:
    code = "import time; t = time.perf_counter(); import provenn; print(time.perf_counter() - t)"
    assert min(float(python(code)) for _ in range(3)) < 0.3


def test_importing_the_face_loads_no_heavy_library() -> None:
    heavy = ("numpy", "onnx", "matplotlib", "typer")
    assert python(f"import sys, provenn; print([m for m in {heavy} if m in sys.modules])") == "[]\n"


def seconds_to_the_first_line(args: list[str]) -> float:
    start = time.perf_counter()
    with subprocess.Popen([sys.executable, "-m", "provenn", "verify", *args], stdout=subprocess.DEVNULL,
                          stderr=subprocess.PIPE) as child:
        assert child.stderr is not None
        assert b"reading" in child.stderr.readline()
        seconds = time.perf_counter() - start
        child.kill()
    return seconds


def test_the_first_line_of_narration_comes_early(robust: list[str]) -> None:
    assert any(seconds_to_the_first_line(robust) < 1.0 for _ in range(5))


def test_as_a_program(robust: list[str]) -> None:
    done = program("verify", *robust, NO_COLOR="1")
    assert done.returncode == 0
    assert done.stdout.split("\n")[0] == "unsat"
    assert program("verify", "nothing.onnx", "nothing.vnnlib").returncode == 1


def test_a_closed_pipe_is_quiet(robust: list[str]) -> None:
    line = f"{sys.executable} -m provenn explain | head -n 1"
    done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_an_interruption_leaves_nothing_behind(robust: list[str], tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 30\n")
    slow.chmod(0o755)
    made = tmp_path / "out"
    made.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "provenn", "verify", *robust, "--report", str(made / "r.html")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PROVENN_CHECKER": str(slow)},
        # A shell in the background hands down an ignored SIGINT, which Python would keep.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    assert child.stderr is not None
    while "checking it" not in child.stderr.readline():
        assert child.poll() is None
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=30)
    assert child.returncode == 130
    assert out == ""
    assert "interrupted" in err
    assert list(made.iterdir()) == []


def test_canonical_files_can_be_checked(robust: list[str], tmp_path: Path, capsys: Captured) -> None:
    assert run(["verify", *robust, "--certificate", str(tmp_path / "proof.cert"), "-q"]) == 0
    graph = provenn.read_onnx(robust[0])
    (tmp_path / "net.pvn").write_bytes(to_bytes(graph_words(graph)))
    (tmp_path / "spec.pvp").write_bytes(to_bytes(property_words(provenn.read_vnnlib(robust[1], graph))))
    files = [str(tmp_path / name) for name in ("net.pvn", "spec.pvp", "proof.cert")]
    capsys.readouterr()
    assert run(["check", *files]) == 0
    assert capsys.readouterr().out.startswith("accepted\n")
    assert run(["check", files[0], robust[1], files[2]]) == 1
    assert "PNN-CERT-614" in capsys.readouterr().err


def test_opset_versions(capsys: Captured) -> None:
    assert run(["supports", "--onnx-opset-versions"]) == 0
    oldest, newest = map(int, capsys.readouterr().out.split())
    assert oldest == 7 < newest
