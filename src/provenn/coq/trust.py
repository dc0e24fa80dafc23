"""TRUST.md: what is proved, what is tested, what is trusted, from the ops' facets and from Coq itself.

``python -m provenn.coq.trust`` prints the page. The assumptions of the theorems are what Coq's ``Print
Assumptions`` said when ``make trust`` last ran; they are kept in assumptions.txt beside this file.
"""

from __future__ import annotations

import re
from pathlib import Path

from provenn.ir.op import Have, Lacks, Op, Zero
from provenn.ops import ALL

RECORD = Path(__file__).with_name("assumptions.txt")
PROSE = Path(__file__).with_name("trust.md")
NAME = re.compile(r"^([A-Za-z_][\w.']*)\s*:", re.MULTILINE)
# Axioms of Coq's reals, and its primitive integers, floats and arrays with their specification.
STANDARD = ("ClassicalDedekindReals.", "FunctionalExtensionality.", "Classical_Prop.", "Eqdep.",
            "PrimFloat.", "FloatAxioms.", "FloatOps.", "FloatClass.", "PrimInt63.", "Uint63.", "Sint63.",
            "SpecFloat.", "PArray.")
# The theorems of headlines.v, as Coq names them there; the headline of each pillar comes first.
VERDICTS = ("check_sound", "Sound.check_sound_binary32", "ReferenceSound.reference_sound")
GRADIENTS = ("CheckStepProof.check_step_sound", "StepProof.train_step_correct",
             "ReverseProof.loss_gradient_correct", "FrechetProof.loss_gradient_frechet")
WEIGHTS = ("SafetensorsProof.read_write", "WeightsProof.holds_run", "RoundProof.element_nearest",
           "StoredProof.holds_stored_run")
START = re.compile(rf"^(?=(?:{'|'.join(map(re.escape, VERDICTS + GRADIENTS + WEIGHTS))})\n)", re.MULTILINE)
END = re.compile(r"^(?:Axioms:|Closed under the global context)", re.MULTILINE)
FACETS = ("shape", "kernel", "interval", "transpose", "lines", "planes", "composed", "slope", "grad")


def record() -> str:
    """Coq's own words about the theorems, or nothing in a build that lacks them."""
    return RECORD.read_text() if RECORD.is_file() else ""


def about(theorem: str) -> str:
    """Coq's own words about one of the theorems: its statement, then its axioms."""
    parts = [part for part in START.split(record()) if part.startswith(f"{theorem}\n")]
    return parts[0] if parts else ""


def statement(theorem: str) -> str:
    """What a theorem says, as Coq prints it."""
    return END.split(about(theorem))[0].strip() or "not recorded: run `make trust`"


def assumptions(*theorems: str) -> list[str]:
    """Names of the axioms and primitives that these theorems rest on, sorted."""
    said = [about(t).partition("Axioms:")[2] for t in theorems or VERDICTS]
    return sorted({name for part in said for name in NAME.findall(part)})


def foreign(*theorems: str) -> list[str]:
    """Assumptions that are not Coq's own: lemmas still to be proved. Empty in a release."""
    return [n for n in assumptions(*theorems) if "." in n and not n.startswith(STANDARD)]


def claim(*theorems: str) -> str:
    """What may be said about the assumptions, given what they are."""
    if not all(about(t) for t in theorems or VERDICTS):
        return "They have not been recorded in this build."
    lacking = foreign(*theorems)
    if lacking:
        return (f"**The proof is not finished**: {len(lacking)} of them are lemmas of this project "
                f"that have no proof yet ({', '.join(lacking)}).")
    return "All come from Coq's standard library: no axiom is our own, and nothing is `Admitted`."


def grouped(*theorems: str) -> dict[str, list[str]]:
    """The assumptions by module."""
    groups: dict[str, list[str]] = {}
    for name in assumptions(*theorems):
        module, _, last = name.rpartition(".")
        groups.setdefault(module or "primitive types", []).append(last)
    return groups


def by_module(*theorems: str) -> str:
    """The assumptions as a list with one line a module of Coq's standard library."""
    lines = [f"- `{module}`: {', '.join(names)}" for module, names in grouped(*theorems).items()]
    return "\n".join(lines) or "- not recorded: run `make trust`"


def state(facet: object) -> str:
    """One cell: the lemma's name, ``tested``, ``zero`` or ``-``."""
    if isinstance(facet, Have):
        return short(facet.lemma) or "tested"
    if isinstance(facet, Zero):
        return f"zero ({short(facet.lemma)})" if facet.lemma else "zero"
    return "-" if isinstance(facet, Lacks) else "?"


def short(lemma: str) -> str:
    """The lemmas' own names, without the files."""
    return ", ".join(f"`{name.rpartition('.')[2]}`" for name in lemma.split())


def ops_table(ops: dict[str, Op] = ALL) -> str:
    """Every op by facet: which Coq lemma proves it, or that it is tested."""
    lines = [f"| op | {' | '.join(FACETS)} | Coq |", "|" + "---|" * (len(FACETS) + 2)]
    for tag, op in ops.items():
        cells = [state(getattr(op, f)) for f in FACETS]
        lines.append(f"| {tag} | {' | '.join(cells)} | `{op.coq}` |")
    return "\n".join(lines)


def markdown() -> str:
    """The whole of TRUST.md."""
    text = PROSE.read_text()
    for key, value in (("AXIOMS", by_module()), ("OPS", ops_table()), ("STATEMENT", statement(VERDICTS[0])),
                       ("BINARY32", statement(VERDICTS[1])), ("CLAIM", claim()),
                       ("GRADIENT AXIOMS", by_module(*GRADIENTS)),
                       ("GRADIENT CLAIM", claim(*GRADIENTS)), ("STEP", statement(GRADIENTS[0])),
                       ("GRADIENT", statement(GRADIENTS[2])), ("REFERENCE", statement(VERDICTS[2])),
                       ("FILE", statement(WEIGHTS[0])), ("HOLDS", statement(WEIGHTS[1])),
                       ("NEAREST", statement(WEIGHTS[2])), ("STORED", statement(WEIGHTS[3])),
                       ("FILE CLAIM", claim(*WEIGHTS)), ("FILE AXIOMS", by_module(*WEIGHTS))):
        text = text.replace(f"<<{key}>>", value)
    return text


if __name__ == "__main__":
    print(markdown(), end="")
