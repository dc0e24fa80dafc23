"""``provenn verify``: two files in, a verdict out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provenn import __version__
from provenn.cli import files, options
from provenn.cli.console import narrate, output, say, say_json, show_error
from provenn.cli.progress import Narrator
from provenn.errors import UsageError
from provenn.io.output import check_writable

if TYPE_CHECKING:
    from provenn.verify.verdict import Verdict

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
    jobs: options.Jobs = 1,
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
    output.json, output.quiet = as_json, quiet
    model, spec, name = files.pick(arguments or (), network or ())
    if not (math.isfinite(timeout) and timeout > 0) or seed < 0:
        raise UsageError("PNN-CLI-804", "the time limit or the seed is not usable",
                         got=f"{timeout} s, seed {seed}",
                         expected="a positive number of seconds and a seed that is not negative")
    from provenn.verify.semantics import chosen

    chosen(semantics, ulps)
    narrate(f"{__version__}: reading {model.name} and {spec.name} (seed {seed}, {timeout:g} s)")
    if report is not None and certificate is None:
        certificate = report.with_suffix(".cert")
    for path in (certificate, report):
        check_writable(path)
    from provenn.verify import advice, prose, verdict
    from provenn.verify.workers import started

    with Narrator() as narrator:
        made = verdict.verify(model, spec, timeout=timeout, seed=seed, certificate=certificate,
                              network_name=name, explain=explain, progress=narrator,
                              workers=started(jobs, cluster, options.limit(memory)),
                              memory=options.limit(memory), semantics=semantics, ulps=ulps)
    for line in [*([prose.rounding(made)] if made.given_up else []), *advice.why(made)]:
        narrate(line)
    if report is not None:
        narrate(f"writing {report} and {report.with_suffix('.json')}")
        from provenn.report import write

        write(made, report)
    if as_json:
        say_json(as_data(made))
    else:
        print_verdict(made)
    if made.problem is not None:
        show_error(made.problem)
        return 2
    return 0


def print_verdict(made: Verdict) -> None:
    """The answer in text: the word, what it means, what it rests on, the counterexample."""
    from provenn.report.tables import explanation_text
    from provenn.verify import advice, prose

    say(made.answer)
    say(prose.meaning(made))
    for label, text in prose.evidence(made):
        say(f"  {label:<12} {text}")
    spent = made.seconds
    say(f"  {'time':<12} {spent['total']:.2f} s: reading {spent['read']:.2f}, "
        f"searching {spent['search']:.2f}, checking {spent['check']:.2f}")
    for label, lines in (("why", advice.why(made)), ("to try", advice.tries(made))):
        for line in lines:
            say(f"  {label:<12} {line}")
    if made.explanation is not None and made.explanation.full:
        say(explanation_text(made))
    if made.counterexample is not None:
        say(prose.counterexample_text(made))


def as_data(made: Verdict) -> dict[str, Any]:
    """The answer as the JSON object of ``--json`` and of report.json."""
    from provenn.report.data import verdict_data

    return verdict_data(made)
