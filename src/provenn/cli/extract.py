"""``provenn extract``: a network defined in Coq as files that deploy, with what is proved of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from provenn.cli.console import narrate, output, say, say_json, show_table
from provenn.errors import UsageError

if TYPE_CHECKING:
    from provenn.deploy import Manifest
    from provenn.verify.verdict import Verdict

Pairs = Annotated[list[str] | None, typer.Option("-Q", metavar="DIR PATH", help="As of coqc.")]
Recursive = Annotated[list[str] | None, typer.Option("-R", metavar="DIR PATH", help="As of coqc.")]
Plain = Annotated[list[Path] | None, typer.Option("-I", metavar="DIR", help="As of coqc.")]
Spec = Annotated[Path | None, typer.Option(
    "--spec", metavar="SPEC.vnnlib", help="Verify this property of the weights in the files.")]
Also = Annotated[list[str] | None, typer.Option(
    "--also", metavar="gguf|tensorflow", help="Write this format too; may be repeated.")]
NOT_PROVED = 2


def extract(
    source: Annotated[Path, typer.Argument(metavar="PROOF.v", help="The Coq file.")],
    network: Annotated[str, typer.Option("--network", metavar="NAME", help="The network in it.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="The folder to write.")],
    theorem: Annotated[str, typer.Option(metavar="NAME", help="What you proved of it.")] = "",
    q: Pairs = None,
    r: Recursive = None,
    i: Plain = None,
    spec: Spec = None,
    also: Also = None,
    dtype: Annotated[str, typer.Option(
        "--dtype", metavar="F64|F32|F16|BF16|I64|I32|I16|I8",
        help="What the weights are stored as.")] = "F32",
    sign: Annotated[Path | None, typer.Option(
        "--sign", metavar="KEY", help="Sign the manifest with this Ed25519 private key.")] = None,
    allow_rounding: Annotated[bool, typer.Option(
        "--allow-rounding", help="Rounded weights without a theorem are what you want.")] = False,
    theories: Annotated[Path | None, typer.Option(metavar="DIR", help="The compiled theories.")] = None,
    timeout: Annotated[float, typer.Option(metavar="SECONDS", help="The limit of --spec.")] = 300.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print the manifest as JSON.")] = False,
) -> int:
    """Write a network that a Coq file defines as safetensors, ONNX, NumPy, PyTorch and StableHLO files.

    Coq computes the weights and proves that they are the network, number by number. Where a number is none
    of the type --dtype it is rounded, and no theorem of the Coq file is carried over: then the exit status is
    2, unless --spec names a property that is verified for the rounded network, or --allow-rounding.
    """
    output.json = as_json
    from provenn.coq.extract import extract as ask
    from provenn.deploy import MORE, write_folder
    from provenn.deploy.origin import certified, graph_of, manifest_of
    from provenn.deploy.signature import private_key, sign_folder
    from provenn.io.weights import DTYPES

    known(also or (), MORE, "this format is not written", "the other formats are always written")
    known((dtype,), DTYPES, "weights are not stored as this type", "F32 is what is written without --dtype")
    key = private_key(sign, passphrase) if sign else None
    narrate(f"compiling {source} and asking Coq for the words of {network}")
    made = ask(source, network, theorem, flags_of(q, r, i), theories, dtype=dtype)
    graph = graph_of(made, network)
    manifest = manifest_of(made, graph, source, network)
    more: Mapping[str, bytes] = {}
    said: Verdict | None = None
    if spec is not None:
        narrate(f"verifying {spec} for the weights in the files")
        manifest, more, said = certified(manifest, graph, spec, timeout)
    manifest = write_folder(out, graph, manifest, more, also or ())
    if key is not None:
        sign_folder(out, key)
    if as_json:
        say_json({"folder": str(out), "claim": manifest.claim, "files": dict(manifest.files),
                  "network_sha256": manifest.network_sha256, "property": dict(manifest.certified)})
    else:
        show(out, manifest, said)
    unproved = manifest.claim == "nothing" and not allow_rounding
    return NOT_PROVED if unproved or (said is not None and said.answer != "unsat") else 0


def known(given: Iterable[str], words: Collection[str], what: str, hint: str) -> None:
    """UsageError PNN-CLI-802 for an option that is none of its words."""
    for word in given:
        if word not in words:
            raise UsageError("PNN-CLI-802", what, got=word, expected=", ".join(words), hint=hint)


def passphrase() -> str:
    """What unlocks a private key, asked for without showing it."""
    return str(typer.prompt("Passphrase of the key", hide_input=True, err=True))


def joined(args: Sequence[str]) -> list[str]:
    """A command line in which ``-Q DIR PATH``, as coqc has it, has become ``-Q DIR=PATH``; likewise -R."""
    made, rest = list[str](), list(args)
    while rest:
        made.append(rest.pop(0))
        if made[-1] in ("-Q", "-R") and len(rest) > 1 and "=" not in rest[0]:
            made.append(f"{rest.pop(0)}={rest.pop(0)}")
    return made


def flags_of(q: list[str] | None, r: list[str] | None, i: list[Path] | None) -> list[str]:
    """Options of coqc, folders absolute, since Coq runs in a folder of its own."""
    made: list[str] = []
    for flag, pairs in (("-Q", q), ("-R", r)):
        for pair in pairs or ():
            folder, found, path = pair.rpartition("=")
            if not (folder and found):
                raise UsageError("PNN-CLI-812", f"{flag} needs a folder and a logical path", got=pair,
                                 expected=f"{flag} DIR=PATH, as in {flag} theories=Project",
                                 hint="a path may be empty: DIR=")
            made += [flag, str(Path(folder).resolve()), path]
    for folder_ in i or ():
        made += ["-I", str(folder_.resolve())]
    return made


def show(out: Path, manifest: Manifest, said: Verdict | None) -> None:
    """The answer for people: what is claimed, then tensors and files."""
    from provenn.deploy import CLAIMS, SEMANTICS
    from provenn.deploy.files import NPZ
    from provenn.io.weights import computed

    say("not exact" if manifest.claim == "nothing" else "extracted")
    say(f"  {'claim':<18} {CLAIMS[manifest.claim]}")
    say(f"  {'about':<18} {SEMANTICS}")
    if manifest.theorem is not None:
        word = "theorem" if manifest.claim == "theorem" else "NOT carried over"
        say(f"  {word:<18} {manifest.theorem.statement}")
        if manifest.network not in manifest.theorem.statement:
            say(f"  {'note':<18} the statement does not name {manifest.network}: see that it is about it")
        if manifest.theorem.assumed:
            say(f"  {'ASSUMED':<18} {', '.join(manifest.theorem.assumed)}: axioms that are not Coq's own")
    if manifest.dtype != "F32":
        say(f"  {'stored as':<18} {manifest.dtype}; programs compute in {computed(manifest.dtype)}")
    if NPZ not in manifest.files:
        say(f"  {'left out':<18} {NPZ}: NumPy has no {manifest.dtype}")
    if said is not None:
        say(f"  {'property':<18} {'verified' if said.answer == 'unsat' else said.answer} (--spec)")
    show_table(table(manifest))
    say(f"  {'folder':<18} {out}: {', '.join(manifest.files)}, manifest.json")


def table(manifest: Manifest) -> Table:
    """Tensors with exactness and largest error."""
    from fractions import Fraction

    made = Table()
    for column in ("tensor", "shape", "type", "numbers", "largest error"):
        made.add_column(column)
    for t in manifest.tensors:
        exact = t.error == "0"
        made.add_row(t.name, " x ".join(map(str, t.shape)), t.dtype, "exact" if exact else "ROUNDED",
                     "0" if exact else f"{float(Fraction(t.error)):.3g}")
    return made
