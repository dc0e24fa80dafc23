"""The house rules that a machine can check: who imports whom, budgets, names, the public face."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import provenn
from provenn.ops import ALL

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "provenn"
MODULES = sorted(SOURCE.rglob("*.py"))
LEVELS = {
    "errors": -1, "base": 0, "catalogue": 0, "ir": 1, "ops": 2,
    "eval": 3, "autodiff": 3, "bounds": 3, "io": 3,
    "tensor": 4, "verify": 4, "coq": 4, "bounded": 4, "deploy": 5,
    "functional": 5, "nn": 6, "optim": 6, "train": 7, "report": 8, "cli": 9, "pytest_plugin": 9,
    "__init__": 10, "__main__": 10,
}
ENGINES = ("bounds", "eval", "autodiff", "verify", "report", "cli")
FORBIDDEN = {"utils", "util", "misc", "helpers", "helper", "common", "stuff", "tools"}
PUBLIC = [
    "BoundedModule", "BoundedTensor", "Builder", "CertificateError", "CheckResult", "Counterexample",
    "DataLoader", "FileError", "Graph", "GraphError", "PerturbationLpNorm", "Property", "PropertyError",
    "ProvennError", "ShapeError", "Tensor", "ToolError", "UnsupportedError", "Verdict", "__version__",
    "check", "compile", "explain", "from_pretrained", "functional", "grad", "graph_hash", "jvp",
    "manual_seed", "nn", "no_grad", "optim", "property_hash", "read_onnx", "read_vnnlib", "robustness",
    "save_pretrained", "show", "value_and_grad", "verify", "vjp", "write_report",
]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def room_of(path: Path) -> str:
    """The part of the floor plan that a module belongs to."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def level(dotted: str) -> int:
    """Level of a module named without the leading ``provenn.``; more names may follow."""
    return LEVELS[dotted.split(".")[0]]


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of every import of ours, late ones included; ``from a import b`` gives a.b."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names if a.name.split(".")[0] == "provenn")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{relative(path)}:{node.lineno}: relative import"
            if node.module and node.module.split(".")[0] == "provenn":
                yield from ((node.lineno, f"{node.module}.{a.name}") for a in node.names)


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_point_down(path: Path) -> None:
    mine = room_of(path)
    assert mine in LEVELS, f"{mine} has no level: add it to the floor plan"
    own_level = level(".".join(path.relative_to(SOURCE).with_suffix("").parts))
    for line, name in imports(path):
        other = name.split(".", 1)[1]
        if name == "provenn.__version__" or (other.split(".")[0] == mine and own_level == LEVELS[mine]):
            continue
        assert level(other) < own_level, f"{relative(path)}:{line} imports {name} from its level or above"


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) == "ops" and p.stem in ALL], ids=relative)
def test_rooms_import_no_engine_and_no_other_room(path: Path) -> None:
    for line, name in imports(path):
        allowed = name.startswith(("provenn.base", "provenn.errors", "provenn.ir", "provenn.ops.families"))
        assert allowed or name == "provenn.ops.families", f"{relative(path)}:{line} imports {name}"


@pytest.mark.parametrize("path", [p for p in MODULES if room_of(p) in ENGINES], ids=relative)
def test_engines_never_name_an_op(path: Path) -> None:
    tree = ast.parse(path.read_text())
    for line, name in imports(path):
        is_room = name.startswith("provenn.ops.") and name.split(".")[2] in ALL
        assert not is_room, f"{relative(path)}:{line} imports the room {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            named = [c.value for c in ast.walk(node) if isinstance(c, ast.Constant) and c.value in ALL]
            assert not named, f"{relative(path)}:{node.lineno} asks for the op {named[0]!r}: read a facet"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_budgets(path: Path) -> None:
    lines = path.read_text().splitlines()
    is_room = room_of(path) == "ops" and path.stem not in ("__init__", "families")
    budget = 150 if is_room else 400
    assert len(lines) <= budget, f"{relative(path)}: {len(lines)} lines, budget {budget}"
    for k, line in enumerate(lines, 1):
        assert len(line) <= 110, f"{relative(path)}:{k}: {len(line)} characters"
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            size = (node.end_lineno or 0) - node.lineno + 1
            assert size <= 60, f"{relative(path)}:{node.lineno} {node.name}: {size} lines, budget 60"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_names_and_docstrings(path: Path) -> None:
    assert path.stem not in FORBIDDEN
    assert path.parent.name not in FORBIDDEN
    first = (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0]
    assert len(first) > 10, f"{relative(path)} has no docstring that starts with a sentence"


def test_every_room_stands_in_all_under_its_tag() -> None:
    rooms = {p.stem for p in MODULES if room_of(p) == "ops"} - {"__init__", "families"}
    assert rooms == set(ALL)
    codes = [op.code for op in ALL.values()]
    assert len(set(codes)) == len(codes)
    assert all(tag == op.tag for tag, op in ALL.items())


def test_public_face() -> None:
    assert provenn.__all__ == PUBLIC
    for name in PUBLIC:
        assert getattr(provenn, name) is not None
    assert callable(provenn.verify)
    assert set(PUBLIC) <= set(dir(provenn))
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = provenn.nonsense  # type: ignore[attr-defined]


def test_nothing_names_a_machine() -> None:
    own = re.compile(r"(?<![\w.])/(home|root|work|Users)/\w")
    texts = [p for kind in ("*.py", "*.md", "*.v", "*.ml", "*.toml", "Makefile")
             for folder in ("src", "tests", "docs", "theories", "checker", "benchmarks", "examples", ".")
             for p in (ROOT / folder).glob(kind if folder == "." else f"**/{kind}")]
    bad = [relative(p) for p in texts if p != Path(__file__) and own.search(p.read_text())]
    assert not bad
