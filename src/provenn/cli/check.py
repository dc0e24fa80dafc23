"""``provenn check``: run the extracted checker on a certificate from anywhere."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenn.cli import files
from provenn.cli.console import narrate, output, say, say_json
from provenn.errors import UsageError

Files = Annotated[
    list[str], typer.Argument(metavar="MODEL SPEC CERTIFICATE", help="The certificate last.")]
Network = Annotated[
    list[str] | None, typer.Option("--network", metavar="[NAME=]MODEL.onnx", help="The network.")]


def check(
    arguments: Files,
    network: Network = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="The checker's limit.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> int:
    """Check a certificate against a network and a property.

    MODEL is an .onnx file or a canonical graph (.pvn), SPEC a .vnnlib file or a canonical property
    (.pvp). The first line of the answer is accepted (exit status 0) or rejected (exit status 2).
    """
    output.json = as_json
    if len(arguments) < 2:
        raise UsageError("PNN-CLI-802", "a certificate file is needed as last argument",
                         expected="provenn check MODEL SPEC CERTIFICATE", hint="provenn check --help")
    model, spec, name = files.pick(arguments[:-1], network or ())
    narrate(f"checking {Path(arguments[-1]).name} for {model.name} and {spec.name}")
    from provenn.verify import checker, verdict

    said = verdict.check(model, spec, arguments[-1], network_name=name, timeout=timeout)
    word = "accepted" if said.accepted else "rejected"
    if as_json:
        say_json({"answer": word, "reason": said.reason, "detail": said.detail, "facts": said.facts,
                  "seconds": said.seconds, "checker_sha256": said.binary_sha256, "theorem": checker.THEOREM})
        return 0 if said.accepted else 2
    say(word)
    if not said.accepted:
        say(f"  {'reason':<18} {' '.join([said.reason, *(f'{k}={v}' for k, v in said.detail.items())])}")
    for key, value in said.facts.items():
        say(f"  {key:<18} {value}")
    say(f"  {'theorem':<18} {checker.THEOREM}")
    say(f"  {'checker':<18} sha256 {said.binary_sha256}")
    say(f"  {'time':<18} {said.seconds:.2f} s")
    return 0 if said.accepted else 2
