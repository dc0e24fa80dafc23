"""The plug-in of pytest has a test for each deployed file, and fails those that differ."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from provenn import deploy
from tests.coq.test_export import needs_coq
from tests.deploy.test_compare import GRAPH, MANIFEST
from tests.deploy.test_signature import private_pem, public_text

pytest_plugins = ["pytester"]
FILES = 8
PLUGIN = ("-p", "provenn.pytest_plugin", "-p", "no:cacheprovider")


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with deployed weights and one test of its own."""
    deploy.write_folder(pytester.path / "weights", GRAPH, MANIFEST, {})
    pytester.makepyfile(test_own="def test_own(): pass")
    return pytester


def flip(path: Path, at: int = -3) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(bytes(data))


def test_a_folder_that_agrees_passes(project: pytest.Pytester) -> None:
    project.runpytest(*PLUGIN, "--provenn", "weights").assert_outcomes(passed=FILES + 1)
    project.runpytest(*PLUGIN, "--provenn", "weights", "test_own.py").assert_outcomes(passed=FILES + 1)
    project.runpytest(*PLUGIN).assert_outcomes(passed=1)


def test_the_file_and_the_tensor_that_differ_are_named(project: pytest.Pytester) -> None:
    flip(project.path / "weights" / "model.safetensors")
    result = project.runpytest(*PLUGIN, "--provenn", "weights")
    result.assert_outcomes(passed=FILES, failed=1)
    result.stdout.fnmatch_lines(["model.safetensors: tensor 2.weight one bit is flipped*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("name", ["manifest.json", "weights"])
def test_a_missing_manifest_or_folder_fails(name: str, project: pytest.Pytester) -> None:
    folder = project.path / "weights"
    if name == "weights":
        folder.rename(project.path / "other")
    else:
        (folder / name).unlink()
    assert project.runpytest(*PLUGIN, "--provenn", "weights").ret != 0


def test_a_damaged_manifest_and_files_beside_it_fail(project: pytest.Pytester) -> None:
    (project.path / "weights" / "model.gguf").write_text("x")
    result = project.runpytest(*PLUGIN, "--provenn", "weights")
    result.assert_outcomes(passed=FILES, failed=1)
    result.stdout.fnmatch_lines(["model.gguf: the manifest does not list it"])
    (project.path / "weights" / "manifest.json").write_text("{}")
    result = project.runpytest(*PLUGIN, "--provenn", "weights")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["PNN-CERT-632: the manifest is damaged*"])


def test_the_configuration_names_folders_and_the_key(project: pytest.Pytester) -> None:
    project.makepyprojecttoml(dedent("""\
        [tool.pytest.ini_options]
        provenn = ["weights"]
        provenn_key = "release.pub"
        """))
    (project.path / "key.pem").write_text(private_pem())
    (project.path / "release.pub").write_text(public_text())
    result = project.runpytest(*PLUGIN)
    result.assert_outcomes(passed=FILES, failed=1)
    result.stdout.fnmatch_lines(["manifest.sig: is missing: the manifest is not signed"])
    from provenn.deploy.signature import private_key

    deploy.sign_folder(project.path / "weights", private_key(project.path / "key.pem", str))
    project.runpytest(*PLUGIN).assert_outcomes(passed=FILES + 1)
    (project.path / "other.pub").write_text(public_text(secret=bytes(32)))
    project.runpytest(*PLUGIN, "--provenn-key", "other.pub").assert_outcomes(passed=FILES, failed=1)


def test_packages_that_must_load_their_files(project: pytest.Pytester) -> None:
    project.runpytest(*PLUGIN, "--provenn", "weights", "--provenn-require", "numpy").assert_outcomes(
        passed=FILES + 1)
    project.makepyprojecttoml("[tool.pytest.ini_options]\nprovenn = ['weights']\n"
                              "provenn_require = ['numpy', 'gguf']\n")
    result = project.runpytest(*PLUGIN)
    result.assert_outcomes(passed=FILES, failed=1)
    result.stdout.fnmatch_lines(["model.gguf: gguf must load it (the folder has no such file)"])
    result = project.runpytest(*PLUGIN, "--provenn-require", "caffe")
    result.stdout.fnmatch_lines(["PNN-CLI-802: no file of weights is loaded by this package"])


def test_a_key_that_cannot_be_used_fails_every_test(project: pytest.Pytester) -> None:
    result = project.runpytest(*PLUGIN, "--provenn", "weights", "--provenn-key", "nothing.pub")
    result.assert_outcomes(passed=1, failed=FILES)
    result.stdout.fnmatch_lines(["PNN-CERT-637: there is no such public key file"])


def test_the_fixture(project: pytest.Pytester) -> None:
    project.makepyfile(test_own="def test_own(weights_match): weights_match('weights')")
    project.runpytest(*PLUGIN).assert_outcomes(passed=1)
    flip(project.path / "weights" / "weights.npz", 200)
    project.runpytest(*PLUGIN).assert_outcomes(failed=1)


def test_coq_is_asked_again(repository: Path, project: pytest.Pytester) -> None:
    needs_coq()
    from provenn.cli.app import run

    source = project.path / "Vote.v"
    source.write_text((repository / "examples" / "proofs" / "vote" / "Vote.v").read_text())
    assert run(["extract", str(source), "--network", "vote", "-o", "vote"]) == 0
    project.runpytest(*PLUGIN, "--provenn", "vote=Vote.v", "test_own.py").assert_outcomes(passed=FILES + 1)
    text = source.read_text()
    source.write_text(text + "\n(* more *)\n")
    result = project.runpytest(*PLUGIN, "--provenn", "vote=Vote.v")
    result.assert_outcomes(passed=FILES, failed=1)
    result.stdout.fnmatch_lines(["Vote.v: is another file than the one the weights came from"])
