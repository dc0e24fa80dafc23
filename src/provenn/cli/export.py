"""``provenn export``: a verified network as a theorem inside Coq."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenn import __version__
from provenn.cli import files
from provenn.cli.console import narrate, output, say, say_json
from provenn.errors import UsageError
from provenn.io.output import check_writable, write_atomically

Files = Annotated[
    list[str] | None, typer.Argument(metavar="MODEL SPEC CERTIFICATE", help="The certificate last.")]
Network = Annotated[
    list[str] | None, typer.Option("--network", metavar="[NAME=]MODEL.onnx", help="The network.")]
Out = Annotated[Path, typer.Option("--out", "-o", metavar="NET.v", help="Where to write.")]
Theories = Annotated[Path | None, typer.Option(
    metavar="DIR", help="The compiled theories; by default those of the source tree.")]


def export(
    arguments: Files = None,
    coq: Annotated[bool, typer.Option("--coq", help="As a Coq file with a theorem.")] = False,
    out: Out = Path("Net.v"),
    compile: Annotated[bool, typer.Option("--compile", help="Run coqc on it; print time, memory.")] = False,
    theories: Theories = None,
    network: Network = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> int:
    """Write a network, a property and a certificate as Coq terms with a theorem about the network.

    Coq itself runs the checker when it compiles the file, so neither this program nor extraction, OCaml or
    the search is trusted for it. SPEC is a .vnnlib file, whose exact numbers then stand in the theorem, or a
    canonical property (.pvp), about whose words the theorem is then. The certificate is what provenn verify
    --certificate keeps.
    """
    output.json = as_json
    given = arguments or []
    if not coq or len(given) < 2:
        raise UsageError("PNN-CLI-802", "say what to export", got=" ".join(given) or "nothing",
                         expected="provenn export --coq MODEL SPEC CERTIFICATE -o NET.v",
                         hint="provenn verify MODEL SPEC --certificate FILE makes a certificate")
    model, spec, name = files.pick(given[:-1], network or ())
    check_writable(out)
    narrate(f"writing {out} from {model.name}, {spec.name} and {Path(given[-1]).name}")
    text, theorem, words = _module(model, spec, Path(given[-1]), name)
    write_atomically(out, text)
    facts: dict[str, str | float] = {"file": str(out), "theorem": theorem, "words": words}
    if compile:
        from provenn.coq.coqc import coqc

        narrate(f"running coqc on {out}")
        done = coqc(out, theories)
        facts |= {"seconds": round(done.seconds, 2), "peak MiB": done.peak >> 20, "axioms": len(done.axioms)}
    if as_json:
        say_json(facts)
    else:
        say("proved in Coq" if compile else "written, not compiled")
        for key, value in facts.items():
            say(f"  {key:<12} {value}")
    return 0


def _module(model: Path, spec: Path, certificate: Path, name: str | None) -> tuple[str, str, int]:
    """The text, the name of its theorem and the number of words in it."""
    from provenn.base.words import sha256
    from provenn.coq.export import OVER_THE_REALS, WHEN_RUN, coq_module
    from provenn.coq.kernel import kernel_theorem
    from provenn.io import onnx, vnnlib
    from provenn.ir.canonical import graph_words
    from provenn.ir.property import property_words
    from provenn.verify.prose import property_in_words
    from provenn.verify.semantics import REAL, of
    from provenn.verify.stored import load_certificate, load_words

    proof = load_certificate(certificate)
    if spec.suffix == ".pvp":
        words, prop_words = load_words(model, spec, name)
        return kernel_theorem(words, prop_words, proof), "never_unsafe", words.size + proof.size
    graph = onnx.read(model)
    prop = vnnlib.read(spec, graph, network_name=name)
    words = graph_words(graph)
    about = {"network": f"{model.name}, canonical form {sha256(words)}",
             "property": f"{spec.name}, canonical form {sha256(property_words(prop))}",
             "certificate": f"{certificate.name}, {sha256(proof)}", "by": f"provenn {__version__}",
             "compile with": "coqc -R theories Provenn FILE.v"}
    ulps = (of(proof) or REAL).ulps or None
    return (coq_module(words, prop, proof, about, property_in_words(prop), ulps),
            WHEN_RUN if ulps else OVER_THE_REALS, words.size + proof.size)
