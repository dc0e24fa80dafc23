"""Everything that a report says, as plain data: report.json and the answer of ``--json``."""

from __future__ import annotations

import datetime
import hashlib
import importlib.metadata
import math
import os
import platform
import shlex
import sys
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from provenn import __version__
from provenn.coq import trust
from provenn.verify import advice, prose
from provenn.verify.outline import element
from provenn.verify.verdict import Verdict

FORMAT = "provenn-report-1"
PACKAGES = ("numpy", "onnx", "onnxruntime", "vnnlib")


def verdict_data(verdict: Verdict) -> dict[str, Any]:
    """The verdict as JSON-ready data; numbers that JSON lacks become strings."""
    data = {
        "format": FORMAT, "answer": verdict.answer, "title": prose.TITLES[verdict.answer],
        "meaning": prose.meaning(verdict), "evidence": dict(prose.evidence(verdict)),
        "property": property_data(verdict), "network": network_data(verdict),
        "semantics": semantics_data(verdict),
        "proof": proof_data(verdict), "counterexample": counterexample_data(verdict),
        "frontier": None if verdict.frontier is None else asdict(verdict.frontier),
        "why": advice.why(verdict), "tries": advice.tries(verdict),
        "looseness": advice.looseness(verdict), "explanation": explanation_data(verdict),
        "problem": None if verdict.problem is None else verdict.problem.render(),
        "search": verdict.stats, "seconds": verdict.seconds, "seed": verdict.seed,
        "timeout": verdict.timeout, "environment": environment(), "recheck": recheck(verdict),
    }
    clean: dict[str, Any] = plain(data)
    return clean


def property_data(verdict: Verdict) -> dict[str, Any]:
    """The property in words and by name."""
    prop = verdict.prop
    return {"file": _name(verdict.spec_path), "sha256": verdict.property_sha256, "inputs": prop.inputs,
            "outputs": prop.outputs, "cases": len(prop.cases), "words": prose.property_in_words(prop)}


def network_data(verdict: Verdict) -> dict[str, Any]:
    """The network's card."""
    graph = verdict.graph
    return {"name": graph.name, "file": _name(verdict.model_path), "file_sha256": _digest(verdict.model_path),
            "sha256": verdict.graph_sha256, "nodes": len(graph.nodes),
            "parameters": sum(v.size for v in graph.parameters.values()),
            "operations": dict(Counter(n.op.tag for n in graph if not n.is_parameter)),
            "input": str(graph.input_type), "output": str(graph.output_type), "notes": list(verdict.notes)}


def semantics_data(verdict: Verdict) -> dict[str, Any]:
    """What the answer is about, and why it is not about more."""
    return {"kind": verdict.semantics.kind, "ulps": verdict.semantics.ulps or None,
            "given_up": verdict.given_up or None, "not_covered": verdict.semantics.not_covered}


def proof_data(verdict: Verdict) -> dict[str, Any] | None:
    """Certificate, checker and theorem, when there is a certificate."""
    if verdict.certificate is None:
        return None
    said = verdict.checked
    return {
        "theorem": verdict.semantics.theorem, "axioms": trust.grouped(),
        "semantics": f"{verdict.semantics.kind}: {verdict.semantics.text}",
        "claim": trust.claim().replace("`", "").replace("**", ""),
        "not_proved": [f"The theorem does not cover {verdict.semantics.not_covered}.", *prose.NOT_PROVED],
        "certificate": {"sha256": verdict.certificate_sha256, "bytes": 8 * int(verdict.certificate.size),
                        "file": _name(verdict.certificate_path)},
        "checker": None if said is None else {
            "answer": "accepted" if said.accepted else "rejected", "sha256": said.binary_sha256,
            "seconds": said.seconds, "reason": said.reason, "facts": said.facts}}


def counterexample_data(verdict: Verdict) -> dict[str, Any] | None:
    """The counterexample with both outputs."""
    cx = verdict.counterexample
    if cx is None:
        return None
    rows = verdict.prop.cases[cx.case].disjuncts[cx.disjunct]
    return {"x": [float(v) for v in cx.x], "y": [float(v) for v in cx.y], "case": cx.case,
            "disjunct": cx.disjunct, "violates": prose.unsafe_in_words((rows,)),
            "second_run": prose.second_run(verdict), "agrees": cx.agrees,
            "exact_reals": cx.standing.reals, "every_order": cx.standing.every_order,
            "onnxruntime_y": None if cx.other is None else [float(v) for v in cx.other],
            "text": prose.counterexample_text(verdict)}


def explanation_data(verdict: Verdict) -> dict[str, Any] | None:
    """Everything that the explanation holds."""
    said = verdict.explanation
    if said is None:
        return None
    names = {c: asdict(s) | {"by_element": {element(verdict.graph, *at): n for at, n in s.by_element.items()}}
             for c, s in said.shapes.items()}
    return {"case": said.case, "full": said.full, "seconds": said.seconds, "drivers": asdict(said.drivers),
            "ranges": None if said.ranges is None else asdict(said.ranges), "middle": said.middle,
            "margins": said.margins, "trees": names,
            "outline": None if said.outline is None else said.outline.data()}


def environment() -> dict[str, str]:
    """What the result was made with."""
    made = {"provenn": __version__, "python": platform.python_version(), "machine": platform.platform(),
            "processors": str(os.cpu_count()), "command": shlex.join(["provenn", *sys.argv[1:]]),
            "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")}
    for name in PACKAGES:
        try:
            made[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            made[name] = "not installed"
    return made


def recheck(verdict: Verdict) -> str | None:
    """The command that checks the certificate again."""
    paths = (verdict.model_path, verdict.spec_path, verdict.certificate_path)
    if verdict.answer != "unsat" or any(p is None for p in paths):
        return None
    return shlex.join(["provenn", "check", *map(str, paths)])


def plain(value: Any) -> Any:
    """Data that every JSON reader takes: no NaN, no infinity, no numpy scalars."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)) or (hasattr(value, "tolist") and not isinstance(value, float)):
        items = value if isinstance(value, (list, tuple)) else value.tolist()
        return [plain(v) for v in items] if isinstance(items, (list, tuple)) else plain(items)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(float(value))
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _name(path: Path | None) -> str | None:
    return None if path is None else str(path)


def _digest(path: Path | None) -> str | None:
    try:
        return None if path is None else hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
