"""Files that are no files, sizes that are not there, and trees as deep as they may be."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import numpy as np
import pytest
from danger import Case
from judge import Judge, Triple, Words
from margin import ONE
from nets import Net, words_of
from triples import Valid, valid
from writing import Tree, certificate_words, counted, property_words, rows


@pytest.fixture
def names(tmp_path: Path) -> list[str]:
    """Paths of the three files of a valid triple."""
    paths = []
    for name, words in zip("gpc", valid()[0].words):
        (tmp_path / name).write_bytes(np.ascontiguousarray(words, "<f8").tobytes())
        paths.append(str(tmp_path / name))
    return paths


def odd_files(folder: Path) -> dict[str, Path]:
    """Things that are not canonical files."""
    made = {
        "missing": folder / "missing",
        "folder": folder,
        "device": Path("/dev/null"),
        "zeros": Path("/dev/zero"),
    }
    for name, data in {
        "empty": b"",
        "byte": b"p",
        "seven": b"pvnPROO",
        "thirteen": bytes(13),
        "odd": bytes(8001),
    }.items():
        made[name] = folder / name
        made[name].write_bytes(data)
    made["link"] = folder / "link"
    made["link"].symlink_to(folder / "nowhere")
    made["loop"] = folder / "loop"
    made["loop"].symlink_to(made["loop"])
    return made


def test_no_files(names: list[str], tmp_path: Path, judge: Judge) -> None:
    for place in range(3):
        lines = []
        room = tmp_path / str(place)
        room.mkdir()
        for path in odd_files(room).values():
            row = list(names)
            row[place] = str(path)
            lines.append(" ".join(row))
        assert {a.kind for a in judge.paths(lines)} == {"error"}


def test_not_these_words(names: list[str], tmp_path: Path, judge: Judge) -> None:
    """Whole words, but of another kind: exchanged files, zeros, NaNs, the first word alone."""
    g, p, c = names
    orders = [(g, c, p), (p, g, c), (c, p, g), (c, g, p), (p, c, g), (g, g, g), (p, p, p), (c, c, c)]
    rows_ = [" ".join(order) for order in orders]
    for k, words in enumerate((np.zeros(1), np.zeros(100), np.full(50, np.nan), valid()[0].graph[:1])):
        path = tmp_path / f"words{k}"
        path.write_bytes(words.tobytes())
        rows_ += [f"{path} {p} {c}", f"{g} {path} {c}", f"{g} {p} {path}"]
    answers = judge.paths(rows_)
    assert {a.kind for a in answers} == {"rejected"}
    assert {a.reason for a in answers} <= {"not-this-format", "truncated", "not-finite"}


@pytest.mark.parametrize("count", [0, 1, 2, 4])
def test_wrong_number_of_arguments(count: int, names: list[str], judge: Judge) -> None:
    done = subprocess.run(
        [str(judge.program), *(names * 2)[:count]], capture_output=True, text=True, timeout=10, check=False
    )
    assert done.returncode == 2
    assert "accepted" not in done.stdout
    assert "usage" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser can read every file")
def test_unreadable(names: list[str], judge: Judge) -> None:
    Path(names[2]).chmod(0)
    assert judge.paths([" ".join(names)])[0].kind == "error"


@pytest.mark.parametrize("triple", valid()[1:3], ids=lambda v: v.name)
def test_sizes_that_are_not_there(triple: Valid, judge: Judge) -> None:
    """Every word replaced by a size near the largest: nothing is reserved for words that the file lacks."""
    batch: list[Triple] = []
    for place, words in enumerate(triple.words):
        for at in range(3, min(len(words), 40), 3):
            parts = [part.copy() for part in triple.words]
            parts[place][at] = (2.0**20, 2.0**21, 2.0**53 - 1)[at // 3 % 3]
            batch.append((parts[0], parts[1], parts[2]))
    answers = judge(batch)
    assert sum(a.accepted for a in answers) <= len(answers) // 2


def chain() -> tuple[Words, Words]:
    """A small network and a property that one leaf shows."""
    net = Net(1, (1, 2))
    net.linear(2)
    net.put("relu")
    net.linear(1)
    way = rows([[-1]], [-50.0], inputs=2)
    return words_of(net.finish()), property_words(2, 1, [Case(np.zeros(2), np.ones(2), [way])])


@pytest.mark.parametrize(
    ("depth", "allowed"), [(1000, True), (65_535, True), (65_537, False), (150_000, False)]
)
@pytest.mark.parametrize("kind", ["left", "right", "tighten"])
def test_deep_trees(depth: int, allowed: bool, kind: str, judge: Judge) -> None:
    graph, prop = chain()
    steps: dict[str, Tree] = {
        "left": [1.0, 0.0, 0.0, 0.5],
        "right": [1.0, 0.0, 0.0, 0.0, *ONE],
        "tighten": [2.0, 3.0, -1.0, 0.0],
    }
    tree = steps[kind] * depth + ONE + (ONE * depth if kind == "left" else [])
    answer = judge.one(graph, prop, certificate_words(graph, prop, [tree], min(depth + 1, 65_536)))
    assert answer.accepted if allowed else answer.reason == "too-deep"
    short = judge.one(graph, prop, certificate_words(graph, prop, [tree], depth // 2))
    assert short.reason == "too-deep"


def test_many_nodes_and_axes(judge: Judge) -> None:
    """A thousand nodes, a thousand axes, a thousand operands: slow is not the same as never."""
    graph, _ = chain()
    axes, head = 1000, [float(graph[0]), 1, 0, 2, 1, 0]
    shape = [2, *[1] * (axes - 1)]
    turned = [
        *head,
        1,
        1,
        axes,
        *shape,
        0,
        0,
        0,
        10,
        1,
        axes,
        *shape[::-1],
        1,
        0,
        axes,
        *range(axes)[::-1],
        0,
    ]
    relus = [
        *head[:3],
        1000,
        999,
        0,
        1,
        1,
        1,
        2,
        0,
        0,
        0,
        *(v for k in range(999) for v in (8, 1, 1, 2, 1, k, 0, 0)),
    ]
    joined = [*head, 1, 1, 1, 2, 0, 0, 0, 11, 1, 1, 2000, 1000, *[0] * 1000, 1, 0, 0]
    for words, outs in ((turned, 2), (relus, 2), (joined, 2000)):
        made = counted(np.array(words, float))
        prop = property_words(
            2, outs, [Case(np.zeros(2), np.ones(2), [rows(-np.eye(outs)[0], -50.0, inputs=2)])]
        )
        assert judge.one(made, prop, certificate_words(made, prop, [ONE])).accepted
