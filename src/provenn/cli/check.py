"""``provenn check``: run the extracted checkers on a certificate, or on a train step, from anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provenn.cli import extract, files, options
from provenn.cli.console import narrate, output, say, say_json
from provenn.errors import UsageError

if TYPE_CHECKING:
    from provenn.verify.checker import CheckResult
    from provenn.verify.semantics import Semantics

Files = Annotated[
    list[str] | None, typer.Argument(metavar="MODEL SPEC CERTIFICATE", help="The certificate last.")]
Network = Annotated[
    list[str] | None, typer.Option("--network", metavar="[NAME=]MODEL.onnx", help="The network.")]
Gradient = Annotated[Path | None, typer.Option(
    "--gradient", metavar="DIR", help="Check the train step in this folder of a run instead.")]
Weights = Annotated[Path | None, typer.Option(
    "--weights", metavar="DIR", help="Check the files that provenn extract wrote to this folder instead.")]
Against = Annotated[Path | None, typer.Option(
    "--against", metavar="PROOF.v", help="With --weights: let Coq compute the network again.")]
Key = Annotated[Path | None, typer.Option(
    "--key", metavar="PUB", help="With --weights: the manifest must be signed by this Ed25519 key.")]
Require = Annotated[list[str] | None, typer.Option(
    "--require", metavar="PACKAGE,...", help="With --weights: these must be installed and load their files.")]
STEP = ("forward.pvn", "plan.pvn", "step.pvn")


def check(
    arguments: Files = None,
    network: Network = None,
    gradient: Gradient = None,
    weights: Weights = None,
    against: Against = None,
    key: Key = None,
    require: Require = None,
    q: extract.Pairs = None,
    r: extract.Recursive = None,
    i: extract.Plain = None,
    theories: Annotated[Path | None, typer.Option(metavar="DIR", help="The compiled theories.")] = None,
    timeout: Annotated[float | None, typer.Option(metavar="SECONDS", help="The checker's limit.")] = None,
    jobs: options.Processes = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> int:
    """Check a certificate, a train step against the gradient theorem, or weights against their proof.

    MODEL is an .onnx file or a canonical graph (.pvn), SPEC a .vnnlib file or a canonical property
    (.pvp). With --gradient, the transformation extracted from Coq makes the step from forward.pvn and
    plan.pvn, and step.pvn must be the same, word for word. With
    --weights, every file must hold the tensors of network.pvn, bit for bit, and so must what each framework
    that is installed loads from it; with --against, Coq computes the words again from PROOF.v (-Q, -R, -I as
    of coqc) and proves that the safetensors file is the network; with --key, the manifest must carry a
    signature by that key; with --require torch,onnxruntime, a package of these that is not installed is a
    difference. The first line of the answer is accepted (exit status 0) or rejected (exit
    status 2).
    """
    output.json = as_json
    from provenn.verify import checker, verdict
    from provenn.verify.semantics import of
    from provenn.verify.stored import load_certificate

    given = arguments or []
    if weights is not None and gradient is None and not given and not network:
        return _weights(weights, against, key, require or (), extract.flags_of(q, r, i), theories, as_json)
    if gradient is not None and weights is None and not given and not network:
        folder = _step_folder(gradient)
        narrate(f"checking the train step in {folder}")
        return _answer(checker.run_step_files(*(folder / n for n in STEP), timeout=timeout),
                       checker.STEP_THEOREM, as_json)
    mixed = any(option is not None for option in (gradient, weights, against, key, require))
    if mixed or len(given) < 2:
        raise UsageError("PNN-CLI-802", "one thing is checked at a time" if mixed
                         else "a certificate file is needed as last argument",
                         expected="provenn check MODEL SPEC CERTIFICATE, or provenn check --gradient DIR, "
                                  "or provenn check --weights DIR [--against PROOF.v] [--key PUB] "
                                  "[--require PACKAGES]",
                         hint="provenn check --help")
    model, spec, name = files.pick(given[:-1], network or ())
    narrate(f"checking {Path(given[-1]).name} for {model.name} and {spec.name}")
    words = load_certificate(given[-1])
    said = verdict.check(model, spec, words, network_name=name, timeout=timeout, processes=jobs)
    return _answer(said, checker.THEOREM, as_json, of(words))


def _weights(folder: Path, against: Path | None, key: Path | None, require: Sequence[str], flags: list[str],
             theories: Path | None, as_json: bool) -> int:
    """Every link from Coq's value to what a program loads, and the signature."""
    from provenn import deploy
    from provenn.deploy.loading import demanded
    from provenn.deploy.signature import fingerprint, public_key

    needed = demanded(require)
    by = public_key(key) if key else None
    chain = deploy.checked(folder, against, by, flags, theories, narrate, needed)
    manifest, found = chain.manifest, chain.findings
    word = "rejected" if found else "accepted"
    if as_json:
        say_json({"answer": word, "claim": manifest.claim, "network_sha256": manifest.network_sha256,
                  "against": against and str(against), "key": by and fingerprint(by),
                  "links": [asdict(link) for link in chain.links], "findings": [asdict(f) for f in found]})
        return 2 if found else 0
    say(word)
    for f in found:
        say(f"  {f.file:<18} {f'tensor {f.tensor} ' if f.tensor else ''}{f.what}")
    if not found:
        say(f"  {'tensors':<18} {len(manifest.tensors)}, bit for bit the same in every file")
        say(f"  {'signature':<18} {f'valid, by {fingerprint(by)}' if by else 'not checked: --key PUB'}")
        say(f"  {'network':<18} {manifest.network}, sha256 {manifest.network_sha256}")
        say(f"  {'claim':<18} {deploy.CLAIMS[manifest.claim]}")
        say(f"  {'about':<18} {deploy.SEMANTICS}")
    for link in chain.links:
        took = f"{link.seconds:.1f} s" if link.seconds else ""
        say(f"  {f'{link.start} > {link.end}':<44} {link.status:<13} {took:>7}  {link.detail}".rstrip())
    return 2 if found else 0


def _step_folder(folder: Path) -> Path:
    """The folder with the files of a step: the one given, or ``gradient`` in that of a run."""
    folder = folder / "gradient" if (folder / "gradient").is_dir() else folder
    lacking = [n for n in STEP if not (folder / n).is_file()]
    if lacking:
        raise UsageError("PNN-CLI-802", "files of the train step are missing", where=str(folder),
                         expected=", ".join(STEP), got=f"no {', '.join(lacking)}",
                         hint="provenn train --out DIR writes them to DIR/gradient")
    return folder


def _answer(said: CheckResult, theorem: str, as_json: bool, semantics: Semantics | None = None) -> int:
    """Print what the checker said, and what the certificate's header says that this is about."""
    word = "accepted" if said.accepted else "rejected"
    theorem = theorem if semantics is None else semantics.theorem
    if as_json:
        data: dict[str, Any] = {
            "answer": word, "reason": said.reason, "detail": said.detail, "facts": said.facts,
            "seconds": said.seconds, "checker_sha256": said.binary_sha256, "theorem": theorem}
        if semantics is not None:
            data["semantics"] = {"kind": semantics.kind, "ulps": semantics.ulps or None,
                                 "text": semantics.text, "not_covered": semantics.not_covered}
        say_json(data)
        return 0 if said.accepted else 2
    say(word)
    if not said.accepted:
        say(f"  {'reason':<18} {' '.join([said.reason, *(f'{k}={v}' for k, v in said.detail.items())])}")
    for key, value in said.facts.items():
        say(f"  {key:<18} {value}")
    say(f"  {'theorem':<18} {theorem}")
    if semantics is not None:
        say(f"  {'semantics':<18} {semantics.kind}: {semantics.text}")
        say(f"  {'not covered':<18} {semantics.not_covered}")
    say(f"  {'checker':<18} sha256 {said.binary_sha256}")
    say(f"  {'time':<18} {said.seconds:.2f} s")
    return 0 if said.accepted else 2
