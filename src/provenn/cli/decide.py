"""What ``provenn verify`` does: two files in, a verdict out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenn import __version__
from provenn.cli import files
from provenn.cli.console import narrate, output, say, say_json, show_error
from provenn.cli.narrator import Narrator
from provenn.errors import UsageError
from provenn.io.output import check_writable

if TYPE_CHECKING:
    from provenn.verify.verdict import Verdict
    from provenn.verify.workers import Workers


def decide(
    arguments: Sequence[str],
    *,
    network: Sequence[str] = (),
    timeout: float = 300.0,
    certificate: Path | None = None,
    report: Path | None = None,
    explain: bool = False,
    as_json: bool = False,
    seed: int = 0,
    quiet: bool = False,
    jobs: int | None = None,
    cluster: str | None = None,
    memory: int | None = None,
    semantics: str | None = None,
    ulps: int = 4,
) -> int:
    """Verify, print the answer, and return the exit status; the options are those of the program."""
    output.json, output.quiet = as_json, quiet
    model, spec, name = files.pick(arguments, network)
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
    from provenn.verify import prose, verdict

    with Narrator() as narrator:
        made = verdict.verify(model, spec, timeout=timeout, seed=seed, certificate=certificate,
                              network_name=name, explain=explain, progress=narrator,
                              jobs=jobs, workers=_workers(jobs, cluster),
                              memory=memory, semantics=semantics, ulps=ulps)
    for line in [*([prose.rounding(made)] if made.given_up else []), *_advice(made)[0]]:
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


def _workers(jobs: int | None, cluster: str | None) -> Workers | None:
    """The workers of a cluster where one was named; what they need is loaded then."""
    if cluster is None:
        return None
    from provenn.verify.workers import Cluster

    return Cluster(cluster, jobs)


def _advice(made: Verdict) -> tuple[list[str], list[str]]:
    """Why a property stayed open, and what to try; nothing, and nothing loaded, for one that is decided."""
    if made.answer in ("sat", "unsat"):
        return [], []
    from provenn.verify import advice

    return advice.why(made), advice.tries(made)


def print_verdict(made: Verdict) -> None:
    """The answer in text: the word, what it means, what it rests on, the counterexample."""
    from provenn.verify import prose

    say(made.answer)
    say(prose.meaning(made))
    for label, text in prose.evidence(made):
        say(f"  {label:<12} {text}")
    spent = made.seconds
    say(f"  {'time':<12} {spent['total']:.2f} s: reading {spent['read']:.2f}, "
        f"searching {spent['search']:.2f}, checking {spent['check']:.2f}")
    for label, lines in zip(("why", "to try"), _advice(made)):
        for line in lines:
            say(f"  {label:<12} {line}")
    if made.explanation is not None and made.explanation.full:
        from provenn.report.tables import explanation_text

        say(explanation_text(made))
    if made.counterexample is not None:
        say(prose.counterexample_text(made))


def as_data(made: Verdict) -> dict[str, Any]:
    """The answer as the JSON object of ``--json`` and of report.json."""
    from provenn.report.data import verdict_data

    return verdict_data(made)
