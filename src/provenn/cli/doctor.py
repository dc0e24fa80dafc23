"""``provenn doctor``: what is installed, what is missing, and what works without it."""

from __future__ import annotations

import importlib.metadata
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.table import Table

from provenn import __version__
from provenn.cli.console import output, say, say_json, show_table
from provenn.errors import ProvennError

PYTHON_PARTS = {
    "numpy": "nothing works without it",
    "onnx": "networks cannot be read",
    "vnnlib": "VNN-LIB 2.0 properties cannot be read; 1.0 can",
    "jinja2": "reports cannot be written; everything else works",
    "matplotlib": "reports cannot be drawn; everything else works",
    "onnxruntime": "counterexamples are replayed by our binary32 reference only, without a second opinion",
    "distributed": "--cluster cannot be used; --jobs can",
    "scikit-learn": "the demo's networks cannot be trained again; the committed ones work",
}
PROGRAMS = {
    "ocamlopt": ("-version", "ocaml-nox", "the checker cannot be compiled; a built one still runs"),
    "coqc": ("--version", "coq", "the proofs cannot be checked again; verifying and checking work"),
}
ESSENTIAL = {"numpy", "onnx", "vnnlib", "checker"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: its version when found, else what is lost and how to get it."""

    part: str
    found: bool
    detail: str
    without: str


def doctor(
    floats: Annotated[bool, typer.Option("--floats", help="Test the arithmetic of this host.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> int:
    """Tell what is installed and what works without the rest.

    The exit status is 1 when an essential part is missing, or when, with --floats, the processor does not
    do what the checker needs.
    """
    output.json = as_json
    if floats:
        return _floats(as_json)
    findings = examine()
    if as_json:
        say_json({f.part: {"found": f.found, "detail": f.detail, "without": f.without} for f in findings})
    else:
        made = Table(title="provenn doctor")
        for column in ("part", "state", "found or how to get it", "without it"):
            made.add_column(column, overflow="fold")
        for f in findings:
            state = "[green]ok[/green]" if f.found else "[yellow]missing[/yellow]"
            made.add_row(f.part, state, f.detail, "" if f.found else f.without)
        show_table(made)
        lost = [f.part for f in findings if not f.found and f.part in ESSENTIAL]
        say(f"Missing and needed: {', '.join(lost)}." if lost
            else "Everything needed to verify and check is here.")
    return int(any(not f.found and f.part in ESSENTIAL for f in findings))


def _floats(as_json: bool) -> int:
    """What the processor and the libraries do with floating-point numbers."""
    from provenn.eval.host.probes import examine as probe

    found = list(probe())
    lost = [f for f in found if f.needed and not f.holds]
    if as_json:
        say_json({"fit_for_the_checker": not lost, "findings": [asdict(f) for f in found]})
        return int(bool(lost))
    made = Table(title="provenn doctor --floats")
    for column in ("where", "", "", "seen"):
        made.add_column(column, overflow="fold")
    for f in found:
        state = "[green]yes[/green]" if f.holds else "[red]NO[/red]" if f.needed else "[yellow]no[/yellow]"
        made.add_row(f.where, state, f.what + (" (needed)" if f.needed else ""), f.detail)
    show_table(made)
    say("A no without (needed) is an execution that real arithmetic does not speak of: fused products, other "
        "orders of sums, zeros for subnormal numbers.")
    say("Not fit: " + "; ".join(f"{f.where}: {f.what}" for f in lost) if lost else
        "The processor does what the checker and the exact runs need: binary64 and binary32, rounded to "
        "nearest.")
    return int(bool(lost))


def examine() -> list[Finding]:
    """All findings, essential parts first."""
    out = [Finding("provenn", True, f"{__version__} on Python {platform.python_version()}", "")]
    out += [_python_part(name, without) for name, without in PYTHON_PARTS.items()]
    out.append(_checker())
    return out + [_program(name, *facts) for name, facts in PROGRAMS.items()]


def _python_part(name: str, without: str) -> Finding:
    try:
        return Finding(name, True, importlib.metadata.version(name), without)
    except importlib.metadata.PackageNotFoundError:
        return Finding(name, False, f"pip install {name}", without)


def _checker() -> Finding:
    from provenn.verify import checker

    without = "no verdict unsat can be given, since no certificate can be checked"
    try:
        return Finding("checker", True, str(checker.find()), without)
    except ProvennError as e:
        return Finding("checker", False, f"{e.what}. {e.hint}", without)


def _program(name: str, option: str, package: str, without: str) -> Finding:
    path = shutil.which(name)
    if path is None:
        return Finding(name, False, f"apt-get install {package}", without)
    try:
        done = subprocess.run([path, option], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as e:
        return Finding(name, False, f"{path} does not run: {e}", without)
    return Finding(name, True, f"{path}, {(done.stdout.strip().splitlines() or ['?'])[0]}", without)
