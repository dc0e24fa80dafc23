"""What is claimed of a network that Coq computed: its manifest, and a property verified for its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from provenn import __version__
from provenn.base.words import sha256 as words_sha256
from provenn.base.words import to_bytes
from provenn.coq import coqc
from provenn.coq.extract import Extracted
from provenn.deploy.compare import SAID
from provenn.deploy.files import CERTIFICATE, PROPERTY, SPECIFICATION
from provenn.deploy.manifest import Manifest, TensorFact, Theorem, sha256
from provenn.errors import FileError
from provenn.io import vnnlib
from provenn.io.files import read_bytes
from provenn.io.weights import computed, graph_tensors
from provenn.ir.graph import Graph
from provenn.ir.property import property_words
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from provenn.verify.verdict import Verdict, verify


def graph_of(made: Extracted, name: str) -> Graph:
    """The graph of the words that Coq computed."""
    return read_graph_words(made.words, ALL, "the words from Coq", name, computed(made.dtype))


def manifest_of(made: Extracted, graph: Graph, source: Path, name: str) -> Manifest:
    """The manifest without files; a theorem is named in it, and carried where nothing was rounded."""
    theorem = Theorem(made.theorem, made.statement, made.axioms) if made.theorem else None
    errors = [error for layer in made.errors for error in layer]
    tensors = graph_tensors(graph, made.dtype)
    if len(errors) != len(tensors):
        raise FileError("PNN-CERT-623", "the network's layers and its tensors do not agree",
                        expected=f"{len(tensors)} tensors", got=f"{len(errors)} errors")
    facts = tuple(TensorFact(key, t.shape, t.dtype, str(error), sha256(t.data))
                  for (key, t), error in zip(tensors.items(), errors))
    claim = ("theorem" if theorem else "exact") if made.exact else "nothing"
    return Manifest(claim, name, words_sha256(made.words), source.name,
                    sha256(read_bytes(source, "PNN-TOOL-743", "Coq")), theorem, facts,
                    {"provenn": __version__, "coq": coqc.version(), "numpy": np.__version__},
                    imports=made.imports)


def certified(manifest: Manifest, graph: Graph, spec: Path, timeout: float
              ) -> tuple[Manifest, Mapping[str, bytes], Verdict]:
    """The property in ``spec`` verified for the weights as they are; certificate and property as files.

    It is about exact real arithmetic, as all that a manifest says.

    Where the answer is not ``unsat`` the manifest is the one that was given, and there are no files. It is
    ``unknown`` for weights in binary64 that have a counterexample, since that was replayed in binary32.
    """
    prop = vnnlib.read(spec, graph)
    said = verify(graph, prop, timeout=timeout, semantics="real")
    if said.answer == "sat" and computed(manifest.dtype) == "float64":
        said = replace(said, answer="unknown")
    if said.answer != "unsat" or said.certificate is None or said.checked is None:
        return manifest, {}, said
    text = read_bytes(spec, "PNN-VNNLIB-501", "VNN-LIB")
    about = {"file": spec.name, "sha256": sha256(text), "property_sha256": said.property_sha256,
             "certificate_sha256": said.certificate_sha256, "checker_sha256": said.checked.binary_sha256,
             **SAID}
    files = {SPECIFICATION: text, PROPERTY: to_bytes(property_words(prop)),
             CERTIFICATE: to_bytes(said.certificate)}
    claim = manifest.claim if manifest.exact else "certificate"
    return replace(manifest, claim=claim, certified=about), files, said
