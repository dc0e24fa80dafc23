"""``provenn supports``: what each operation can do, generated from the ops' own facets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.table import Table

from provenn.cli.console import output, say, say_json, show_table

FACETS = ("kernel", "interval", "transpose", "slope", "lines", "grad", "lower", "composed", "stablehlo")
WRITTEN = "to_onnx"
VNNLIB = ("1.0", "2.0")
Flag = Annotated[bool, typer.Option(rich_help_panel="As VNN-LIB 2.0 asks of solvers")]


def supports(
    onnx_operators: Flag = False,
    onnx_opset_versions: Flag = False,
    vnnlib_versions: Flag = False,
    serialise_assignments: Flag = False,
    multiple_network_theories: Flag = False,
    hidden_node_theories: Flag = False,
    multiple_input_output_theories: Flag = False,
    arithmetic_complexity_theories: Flag = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the operations, what each can do, and why not where it cannot."""
    output.json = as_json
    lists = {
        "multiple-network-theories": (multiple_network_theories, ["SNET"]),
        "hidden-node-theories": (hidden_node_theories, ["NONE"]),
        "multiple-input-output-theories": (multiple_input_output_theories, ["SIO"]),
        "arithmetic-complexity-theories": (arithmetic_complexity_theories, ["BND", "OUTC", "LIN"]),
        "onnx-opset-versions": (onnx_opset_versions, opsets() if onnx_opset_versions else []),
        "vnnlib-versions": (vnnlib_versions, VNNLIB),
        "serialise-assignments": (serialise_assignments, ["false"]),
    }
    asked = [line for wanted, lines in lists.values() if wanted for line in lines]
    asked += operators() if onnx_operators else []
    if asked:
        say("\n".join(asked))
    elif as_json:
        say_json({"onnx_operators": operators(), "opsets": opsets(), "vnnlib": VNNLIB,
                  "ops": facets((*FACETS, WRITTEN)), "jump": jumping()})
    else:
        show_table(table())
        say("have: tested; proved: a Coq lemma is named; -: zero or not needed; a number: see below")
        for number, sentence in notes().items():
            say(f"  {number}  {sentence}")
        say("ONNX operators read: " + ", ".join(operators()))
        written = [tag for tag, row in facets((WRITTEN,)).items() if row[WRITTEN] == "have"]
        say("written as ONNX: " + ", ".join(sorted(written)))
        say(f"jump, and are verified with flushed operands allowed for: {', '.join(jumping())}, "
            "and what is read by it: comparisons, logic, casts to truth values")


def opsets() -> list[str]:
    """The oldest and the newest opset that are read."""
    import onnx

    from provenn.io.onnx.model import OLDEST

    return [str(OLDEST), str(onnx.defs.onnx_opset_version())]


def operators() -> list[str]:
    """Names of the ONNX operators that the reader turns into these ops, folded constants included."""
    from provenn.io.onnx import supported

    return sorted(supported())


def facets(names: Sequence[str] = FACETS) -> dict[str, dict[str, str]]:
    """State of these facets of each op: ``proved``, ``have``, ``zero`` or why it is lacking."""
    from provenn.ir.op import Have, Zero
    from provenn.ops import ALL

    def state(facet: object) -> str:
        if isinstance(facet, Have):
            return "proved" if facet.lemma else "have"
        return "zero" if isinstance(facet, Zero) else str(getattr(facet, "why", ""))

    return {tag: {f: state(getattr(op, f)) for f in names} for tag, op in ALL.items()}


def jumping() -> list[str]:
    """ONNX operators read as functions that jump, of variables."""
    from provenn.ops import ALL

    read = {name for op in ALL.values() if "jumps" in op.facts for name in getattr(op.onnx, "rule", ())}
    return sorted(read)


def notes() -> dict[int, str]:
    """The different sentences of missing facets, numbered."""
    sentences = [s for row in facets().values() for s in row.values()]
    return dict(enumerate(dict.fromkeys(s for s in sentences if s not in ("proved", "have", "zero")), 1))


def table() -> Table:
    """Operations by facets."""
    from provenn.ir.op import Have
    from provenn.ops import ALL

    number = {sentence: str(k) for k, sentence in notes().items()}
    made = Table(title="Operations")
    for column in ("op", *FACETS, "ONNX", "Coq"):
        made.add_column(column)
    for tag, row in facets().items():
        op = ALL[tag]
        names = ", ".join(op.onnx.rule) if isinstance(op.onnx, Have) else "-"
        made.add_row(tag, *(number.get(s, "-" if s == "zero" else s) for s in row.values()), names, op.coq)
    return made
