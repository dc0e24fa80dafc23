"""``provenn verify``: its options; ``provenn.cli.decide`` does the work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenn.cli import options
from provenn.cli.decide import decide

Files = Annotated[
    list[str] | None, typer.Argument(metavar="MODEL.onnx SPEC.vnnlib", help="In either order; .gz too.")]
Network = Annotated[
    list[str] | None, typer.Option("--network", metavar="[NAME=]MODEL.onnx", help="The network.")]
Certificate = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Keep the accepted certificate here.")]
Report = Annotated[
    Path | None, typer.Option(metavar="FILE.html", help="Write a report here, FILE.json beside it.")]


def verify(
    arguments: Files = None,
    network: Network = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="Time for everything.")] = 300.0,
    certificate: Certificate = None,
    report: Report = None,
    explain: Annotated[bool, typer.Option(
        "--explain", help="Say what drives the bounds, why, and what to try; up to 30 s more.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
    jobs: options.Jobs = None,
    cluster: options.Cluster = None,
    memory: options.Memory = None,
    semantics: options.Semantics = None,
    ulps: options.Ulps = 4,
) -> int:
    """Decide whether a network can violate a property.

    The first line of the answer is exactly one of sat, unsat, unknown, timed-out. unsat means that the
    property holds (a checker extracted from Coq accepted a certificate), sat that a counterexample was
    found and replayed.
    """
    return decide(arguments or (), network=network or (), timeout=timeout, certificate=certificate,
                  report=report, explain=explain, as_json=as_json, seed=seed, quiet=quiet, jobs=jobs,
                  cluster=cluster, memory=options.limit(memory), semantics=semantics,
                  ulps=ulps)
