"""The pipeline: search, then check (``unsat``) or replay (``sat``), then the verdict.

``unsat`` is said only after the extracted checker accepted a certificate; ``sat`` only after the
counterexample was replayed in binary32 in a fixed order and compared exactly with the property.
The search is trusted for neither.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

import numpy as np

from provenn.base.words import Words, hash_words, sha256, to_bytes
from provenn.errors import CertificateError, ProvennError, ToolError
from provenn.eval.run import replay
from provenn.io import vnnlib
from provenn.io.network import Network, input_shape, read_network
from provenn.io.output import write_atomically
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.op import Array
from provenn.ir.property import Property, property_words
from provenn.verify import checker
from provenn.verify.opinion import onnxruntime_output
from provenn.verify.orders import Standing, standing
from provenn.verify.search import Outcome, search
from provenn.verify.stored import load_certificate, load_words
from provenn.verify.witness import violation

Answer = Literal["sat", "unsat", "unknown", "timed-out"]
Progress = Callable[[dict[str, Any]], None]
SEARCH_SHARE = 0.8
NAMES_AT = 6
REPORT_IT = "nothing is claimed; please report this as a bug, with the model, the property and the seed"


@dataclass(frozen=True, slots=True)
class Counterexample:
    """An input in the domain whose output is unsafe: exact float32 values, flat.

    ``point`` is the point of the domain itself: equal to ``x``, except where the domain holds no float32
    number (a fixed decimal); there the network is run at the nearest one, and once more in binary64 at
    ``point``.
    ``y`` is the binary32 reference in its fixed order. ``other`` is onnxruntime's output, or None
    with the reason in ``note``; ``agrees`` tells whether that output violates the property too. ``standing``
    tells whether the violation holds over the reals and in every order of the sums.
    """

    x: Array
    y: Array
    case: int
    disjunct: int
    point: list[Fraction]
    other: Array | None
    agrees: bool | None
    note: str
    standing: Standing = field(default_factory=Standing)

    @property
    def moved(self) -> int:
        """How many coordinates of ``x`` stand for a decimal that is no float32 number."""
        return sum(Fraction(float(v)) != q for v, q in zip(self.x, self.point))

    @property
    def difference(self) -> float | None:
        """Largest difference between both outputs."""
        if self.other is None or self.other.size != self.y.size:
            return None
        return float(np.max(np.abs(self.y.astype(np.float64) - self.other.astype(np.float64))))


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer with everything that it rests on."""

    answer: Answer
    graph: Graph
    prop: Property
    graph_sha256: str
    property_sha256: str
    seed: int
    timeout: float
    seconds: dict[str, float]
    stats: dict[str, Any] = field(default_factory=dict)
    certificate: Words | None = None
    certificate_path: Path | None = None
    checked: checker.CheckResult | None = None
    counterexample: Counterexample | None = None
    problem: ProvennError | None = None
    notes: tuple[str, ...] = ()
    model_path: Path | None = None
    spec_path: Path | None = None

    def __post_init__(self) -> None:
        """No verdict without what it rests on, whoever makes it."""
        proved = self.checked is not None and self.checked.accepted
        if (self.answer == "unsat" and not proved) or (self.answer == "sat" and not self.counterexample):
            raise CertificateError("PNN-CHECK-652", f"a verdict {self.answer} without its evidence",
                                   expected="an accepted certificate or a replayed counterexample",
                                   hint=REPORT_IT)

    @property
    def certificate_sha256(self) -> str:
        """Names the certificate; empty when there is none."""
        return "" if self.certificate is None else sha256(self.certificate)


def verify(
    model: Network,
    spec: str | Path | Property,
    *,
    shape: Sequence[int] | None = None,
    timeout: float = 300.0,
    seed: int = 0,
    certificate: str | Path | None = None,
    network_name: str | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Decide whether any input in the property's domain has an output that the property forbids.

    ``model`` is an ONNX file, a Graph or a module (provenn.nn or torch.nn), ``spec`` a VNN-LIB file or a
    Property. ``shape`` is that of a module's input, batch axis included; by default what the property
    says, which is [1, inputs] unless it is a VNN-LIB 2.0 file. ``timeout`` is in seconds for everything,
    the check of the certificate included. An accepted certificate is written to ``certificate`` when
    given. ``network_name`` says which network of a VNN-LIB 2.0 file the model is.
    Raises ProvennError subclasses for files that cannot be read or used, and ToolError when
    the checker is missing; a rejected certificate is no exception but ``Verdict.problem``.
    """
    start = time.perf_counter()
    say = progress or (lambda event: None)
    reading = read_network(model, shape or input_shape(spec, model))
    graph = reading.graph
    prop = spec if isinstance(spec, Property) else vnnlib.read(spec, graph, network_name=network_name)
    words, prop_words = graph_words(graph), property_words(prop)
    read = time.perf_counter() - start
    say({"event": "read", "seconds": read, "graph": graph, "property": prop})
    checker.find()
    made = search(graph, prop, timeout=max(0.0, SEARCH_SHARE * timeout - read), seed=seed, report=say)
    found = time.perf_counter()
    known: dict[str, Any] = {
        "graph": graph, "prop": prop, "seed": seed, "timeout": timeout, "stats": made.stats,
        "notes": reading.notes,
        "graph_sha256": sha256(words), "property_sha256": sha256(prop_words),
        "model_path": Path(model) if isinstance(model, (str, Path)) else None,
        "spec_path": None if isinstance(spec, Property) else Path(spec)}
    left = max(1.0, timeout - (found - start))
    if made.kind == "unsat":
        proof = np.zeros(1) if made.certificate is None else made.certificate
        say({"event": "checking", "words": proof.size})
        result = _checked(words, prop_words, proof, left, certificate)
    elif made.kind == "sat":
        say({"event": "replaying"})
        result = _replayed(graph, prop, made, known["model_path"])
    else:
        result = {"answer": made.kind}
    end = time.perf_counter()
    seconds = {"read": read, "search": found - start - read, "check": end - found, "total": end - start}
    return Verdict(**known, **result, seconds=seconds)


def _checked(
    graph: Words, prop: Words, certificate: Words, left: float, path: str | Path | None
) -> dict[str, Any]:
    """The verdict's fields after the checker spoke; a rejected certificate is kept beside ``path``."""
    try:
        said = checker.run(graph, prop, certificate, timeout=left)
    except ToolError as e:
        if e.code != "PNN-TOOL-706":
            raise
        return {"answer": "timed-out", "certificate": certificate, "problem": None}
    made: dict[str, Any] = {"checked": said, "certificate": certificate}
    if path is not None:
        made["certificate_path"] = Path(path) if said.accepted else Path(f"{path}.rejected")
        write_atomically(made["certificate_path"], to_bytes(certificate))
    if said.accepted:
        return {**made, "answer": "unsat"}
    problem = CertificateError(
        "PNN-CHECK-650", "the checker rejected the certificate that the search produced",
        where=_at(said.detail), expected="a certificate that the checker accepts", got=said.reason,
        hint=REPORT_IT)
    return {**made, "answer": "unknown", "problem": problem}


def _at(detail: dict[str, str]) -> str:
    return ", ".join(f"{k} {v}" for k, v in detail.items())


def _replayed(graph: Graph, prop: Property, made: Outcome, model: Path | None) -> dict[str, Any]:
    """The verdict's fields after the exact binary32 replay of a proposed counterexample."""
    x = np.asarray(made.witness, np.float32).ravel()
    y = replay(graph, x)
    where = violation(graph, prop, x, y)
    if where is None:
        problem = CertificateError(
            "PNN-CHECK-651", "the counterexample that the search proposed did not survive its replay",
            hint=REPORT_IT)
        return {"answer": "unknown", "problem": problem}
    other, agrees, note = None, None, "the network is no file, so the replay has no second opinion"
    if model is not None:
        opinion = onnxruntime_output(model, x)
        other, note = opinion.output, opinion.note
        if other is not None:
            agrees = violation(graph, prop, x, other) is not None
    known = standing(graph, prop, x, where[2], where[0])
    return {"answer": "sat", "counterexample": Counterexample(x, y, *where, other, agrees, note, known)}


def check(
    model: Network,
    spec: str | Path | Property,
    certificate: str | Path | Words,
    *,
    shape: Sequence[int] | None = None,
    network_name: str | None = None,
    timeout: float | None = None,
) -> checker.CheckResult:
    """Run the extracted checker on a network, a property and a certificate from anywhere.

    ``model`` may be a canonical graph file and ``spec`` a canonical property file, or what ``verify`` takes.
    Raises CertificateError (PNN-CERT-615) when the certificate's header names other files.
    """
    graph, prop = load_words(model, spec, network_name, shape)
    words = load_certificate(certificate)
    _same_names(words, graph, prop)
    return checker.run(graph, prop, words, timeout=timeout)


def _same_names(certificate: Words, graph: Words, prop: Words) -> None:
    """The checker needs no names, since it looks at the files themselves; people who mix up files do."""
    for kind, start, words in (("network", NAMES_AT, graph), ("property", NAMES_AT + 8, prop)):
        named = certificate[start : start + 8]
        if len(named) == 8 and list(named) != hash_words(sha256(words)):
            raise CertificateError("PNN-CERT-615", f"the certificate was made for another {kind}",
                                   expected=f"{kind} {sha256(words)}", got=_digest(named),
                                   hint="give the files that the certificate was made for")


def _digest(words: Words) -> str:
    """The SHA-256 that eight words of a header name, as far as they are such words."""
    good = all(0 <= w < 2**32 and w == int(w) for w in words)
    return "".join(f"{int(w):08x}" for w in words) if good else "no SHA-256"
