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
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from provenn.base.cores import kept_to
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
from provenn.verify.limits import capped
from provenn.verify.opinion import onnxruntime_output
from provenn.verify.orders import Standing, standing
from provenn.verify.search import UNDECIDED, Outcome, search
from provenn.verify.semantics import REAL, ULPS, Semantics, chosen, of, relabelled
from provenn.verify.stored import load_certificate, load_words
from provenn.verify.together import together
from provenn.verify.witness import violation

if TYPE_CHECKING:
    from provenn.verify.explanation import Explanation, Frontier
    from provenn.verify.workers import Workers

Answer = Literal["sat", "unsat", "unknown", "timed-out"]
Progress = Callable[[dict[str, Any]], None]
SEARCH_SHARE = 0.8
# The factor of the margins of a second search, after a certificate was rejected.
CARE = 1e4
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
    """The answer with everything that it rests on.

    ``frontier`` says how far the search came when the property stayed open; ``explanation`` what drives the
    bounds, in full when asked for, and for an open property where they are loose.
    ``semantics`` is what the answer is about; ``given_up`` says why there is nothing about binary32 where
    that was tried.
    """

    answer: Answer
    graph: Graph
    prop: Property
    graph_sha256: str
    property_sha256: str
    seed: int
    timeout: float
    seconds: dict[str, float]
    stats: dict[str, Any] = field(default_factory=dict)
    frontier: Frontier | None = None
    explanation: Explanation | None = None
    certificate: Words | None = None
    certificate_path: Path | None = None
    checked: checker.CheckResult | None = None
    counterexample: Counterexample | None = None
    problem: ProvennError | None = None
    notes: tuple[str, ...] = ()
    stopped_by: str = ""
    model_path: Path | None = None
    spec_path: Path | None = None
    semantics: Semantics = REAL
    given_up: str = ""

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
    explain: bool = False,
    progress: Progress | None = None,
    jobs: int | None = None,
    workers: Workers | None = None,
    memory: int | None = None,
    semantics: str | None = None,
    ulps: int = ULPS,
) -> Verdict:
    """Decide whether any input in the property's domain has an output that the property forbids.

    ``model`` is an ONNX file, a Graph or a module (provenn.nn or torch.nn), ``spec`` a VNN-LIB file or a
    Property. ``shape`` is that of a module's input, batch axis included; by default what the property
    says, which is [1, inputs] unless it is a VNN-LIB 2.0 file. ``timeout`` is in seconds for everything,
    the check of the certificate included. An accepted certificate is written to ``certificate`` when
    given. ``network_name`` says which network of a VNN-LIB 2.0 file the model is.
    ``explain`` adds what drives the bounds (``Verdict.explanation``), for up to 30 s more than ``timeout``.
    ``jobs`` processes share a long search, by default one for each core where that is safe
    (provenn.verify.together), or ``workers`` do (provenn.verify.workers), which are closed at its end;
    ``memory`` is the limit of each in bytes. ``semantics`` is "real" or "binary32", with functions accurate
    to ``ulps``; by default what a VNN-LIB 2.0 file declares, else binary32; "auto" settles for the reals
    where that has no certificate (docs/floats.md). The verdict says which.
    Raises ProvennError subclasses for files that cannot be read or used, and ToolError when
    the checker is missing; a rejected certificate is no exception but ``Verdict.problem``.
    """
    start = time.perf_counter()
    say = progress or (lambda event: None)
    reading = read_network(model, shape or input_shape(spec, model))
    graph = reading.graph
    prop, declared = _property(spec, graph, network_name)
    wanted, yielding = chosen(semantics, ulps, declared)
    words, prop_words = graph_words(graph), property_words(prop)
    read = time.perf_counter() - start
    say({"event": "read", "seconds": read, "graph": graph, "property": prop})
    checker.find()
    run = _Run(graph, reading.exact, prop, words, prop_words, start, timeout, seed, say, memory, jobs,
               workers, wanted, not yielding)
    path = Path(model) if isinstance(model, (str, Path)) else None
    with kept_to(jobs if workers is None else None):
        made, result = run.answer(certificate, path)
    known: dict[str, Any] = {
        "graph": graph, "prop": prop, "seed": seed, "timeout": timeout, "stats": made.stats,
        "notes": reading.notes, "stopped_by": made.note,
        "graph_sha256": sha256(words), "property_sha256": sha256(prop_words),
        "model_path": path, "spec_path": None if isinstance(spec, Property) else Path(spec)}
    total = time.perf_counter() - start
    seconds = {"read": read, "search": run.search_seconds,
               "check": total - read - run.search_seconds, "total": total}
    if explain or result["answer"] in UNDECIDED:
        say({"event": "explaining"})
        result |= _explained(graph, prop, made, result, timeout - total, explain)
    return Verdict(**known, **result, seconds=seconds)


def _property(spec: str | Path | Property, graph: Graph, name: str | None) -> tuple[Property, str]:
    """The property, and the element type that it declares, or none."""
    if isinstance(spec, Property):
        return spec, ""
    reading = vnnlib.load(spec, graph, name)
    return reading.property, reading.element_type if reading.version > 1 else ""


def _explained(graph: Graph, prop: Property, made: Outcome, result: dict[str, Any], left: float,
               full: bool) -> dict[str, Any]:
    """The verdict's explanation, about the counterexample's box, or the open one, or the first; its frontier.

    A verdict never depends on them: where an explanation cannot be made there is none. ``left`` seconds bound
    one that nobody asked for.
    """
    from provenn.verify import explanation

    seconds = explanation.SECONDS if full else min(explanation.GLANCE, left)
    here = explanation.frontier(prop, made) if result["answer"] in UNDECIDED else None
    cx = result.get("counterexample")
    case = cx.case if cx else here.case if here else None
    point = None if cx is None else cx.x.astype(np.float64)
    try:
        said = explanation.explain(graph, prop, made, case=case, point=point, seconds=seconds, full=full)
    except (ProvennError, MemoryError):
        said = None
    if here is not None and said is not None:
        here = here.since(said.drivers.value)
    return {"frontier": here, "explanation": said}


@dataclass
class _Run:
    """Attempts to answer one question before its time is up; ``exact`` is the graph that is replayed."""

    graph: Graph
    exact: Graph
    prop: Property
    words: Words
    prop_words: Words
    start: float
    timeout: float
    seed: int
    say: Progress
    memory: int | None
    jobs: int | None
    workers: Workers | None
    semantics: Semantics
    asked: bool
    search_seconds: float = 0.0

    def answer(self, certificate: str | Path | None, model: Path | None) -> tuple[Outcome, dict[str, Any]]:
        """The outcome and the verdict's fields; with care after a rejection, over the reals if need be."""
        made, result = self.attempt(certificate, model)
        if result.get("problem") is not None and made.kind == "unsat" and not _outside(result):
            again, better = self.attempt(certificate, model, CARE)
            if better["answer"] in ("sat", "unsat"):
                made, result = again, better
        if self.semantics != REAL and result["answer"] == "unknown" and made.kind != "sat":
            made, result = self._over_the_reals(made, result, certificate, model)
        about = of(result["certificate"]) if result["answer"] == "unsat" else None
        why = "" if result["answer"] == "sat" else made.given_up
        return made, {"given_up": why, **result, "semantics": about or self.semantics}

    def _over_the_reals(self, made: Outcome, result: dict[str, Any], certificate: str | Path | None,
                        model: Path | None) -> tuple[Outcome, dict[str, Any]]:
        """After binary32 failed: what the same certificate, or else another search, proves over the reals.

        Who asked for binary32 gets ``unknown``, and no complaint about one that only rounding spoils.
        """
        why = made.given_up or "the search gave up with the noise of binary32"
        if "checked" in result and of(result["certificate"]) in (None, REAL):
            return made, result
        if "checked" in result:
            why = f"the checker found that rounding spoils it ({result['checked'].reason})"
            left = max(1.0, self.timeout - (time.perf_counter() - self.start))
            proved = _checked(self.words, self.prop_words, relabelled(result["certificate"], REAL), left,
                              None if self.asked else certificate)
            if proved["answer"] != "unsat":
                return made, result
            result = proved if not self.asked else {"answer": "unknown"}
        elif made.note:
            return made, result
        elif not self.asked and SEARCH_SHARE * self.timeout > time.perf_counter() - self.start:
            self.say({"event": "given up", "why": why})
            made, result = self.attempt(certificate, model, 1.0, REAL)
        return made, result if result["answer"] == "sat" else {**result, "given_up": made.given_up or why}

    def attempt(self, certificate: str | Path | None, model: Path | None, care: float = 1.0,
                semantics: Semantics | None = None) -> tuple[Outcome, dict[str, Any]]:
        """A search with margins times ``care``, and the verdict's fields after its evidence was tried."""
        begin = time.perf_counter()
        seconds = max(0.0, SEARCH_SHARE * self.timeout - (begin - self.start))
        workers, self.workers = self.workers, None
        with capped(self.memory), together(self.jobs, workers, self.memory) as team:
            made = search(self.graph, self.prop, timeout=seconds, seed=self.seed, report=self.say,
                          exact=self.exact, memory=self.memory, team=team, care=care,
                          semantics=semantics or self.semantics, yielding=not self.asked)
        found = time.perf_counter()
        self.search_seconds += found - begin
        left = max(1.0, self.timeout - (found - self.start))
        if made.kind == "unsat":
            proof = np.zeros(1) if made.certificate is None else made.certificate
            self.say({"event": "checking", "words": proof.size})
            return made, _checked(self.words, self.prop_words, proof, left, certificate)
        if made.kind == "sat":
            self.say({"event": "replaying"})
            return made, _replayed(self.exact, self.prop, made, model)
        return made, {"answer": made.kind}


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


def _outside(result: dict[str, Any]) -> bool:
    """Whether the checker refused the network itself for these semantics, not the certificate."""
    return result["checked"].reason in ("wrong-semantics", "enclosure-failed")


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
    processes: int | None = None,
) -> checker.CheckResult:
    """Run the extracted checker on a network, a property and a certificate from anywhere.

    ``model`` may be a canonical graph file and ``spec`` a canonical property file, or what ``verify`` takes.
    Raises CertificateError (PNN-CERT-615) when the certificate's header names other files.
    """
    graph, prop = load_words(model, spec, network_name, shape)
    words = load_certificate(certificate)
    _same_names(words, graph, prop)
    return checker.run(graph, prop, words, timeout=timeout, processes=processes)


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
