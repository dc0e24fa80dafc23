"""One check on several processes: the same answer on any number of them, and none stays behind."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from provenn.base.cores import cores, kept_to, share
from provenn.base.words import Words, to_bytes
from provenn.errors import ToolError
from provenn.ir.canonical import graph_hash, graph_words
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import Case, Property, Row, property_hash, property_words
from provenn.ops import ALL
from provenn.verify import certificate, checker
from provenn.verify.certificate import Leaf, Sides, Split, Tighten, Tree, certificate_words
from tests.conftest import missing

WIDE = 600
Files = tuple[Words, Words, Words]


def network() -> Graph:
    """2 inputs, two hidden layers, as wide as makes several processes worth it; 1 output."""
    rng, b = np.random.default_rng(5), Builder()
    x = b.add(ALL["input"], shape=(1, 2))
    for k, (n, m) in enumerate([(2, WIDE), (WIDE, WIDE), (WIDE, 1)]):
        w = b.parameter(ALL["parameter"], (rng.standard_normal((m, n)) / n).astype(np.float32))
        x = b.add(ALL["linear"], x, w)
        x = b.add(ALL["relu"], x) if k < 2 else x
    return b.finish(x)


def claim(graph: Graph) -> Property:
    """The output stays below 50 on [-1, 1]."""
    row = Row({}, {0: Fraction(-1)}, Fraction(-50))
    return Property(2, 1, (Case((Fraction(-1),) * 2, (Fraction(1),) * 2, ((row,),)),))


def affine(graph: Graph) -> list[int]:
    """The hidden layers."""
    return [k for k, n in enumerate(graph.nodes) if n.op.tag == "linear"][:2]


def files(tree: Tree) -> Files:
    graph = network()
    prop = claim(graph)
    words = certificate_words([tree], graph_hash(graph), property_hash(prop))
    return graph_words(graph), property_words(prop), words


def leaf(multiplier: float = 1.0) -> Tree:
    return Tree((), Leaf(((np.array([multiplier]), {}),)))


def halved(depth: int, below: Callable[[int], Tree]) -> Tree:
    """A full tree of splits of the first input, whose leaves ``below`` makes by number."""
    def made(level: int, k: int) -> Tree:
        if level == depth:
            return below(k)
        at = -1.0 + 2.0 * (2 * k + 1) / 2 ** (level + 1)
        return Tree((), Split(0, at, made(level + 1, 2 * k), made(level + 1, 2 * k + 1)))
    return made(0, 0)


@pytest.fixture
def forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every split says how long its first tree is."""
    monkeypatch.setattr(certificate, "FORK_WORDS", 1)
    monkeypatch.setattr(certificate, "FORK_PARTS", 1)


def said(three: Files, processes: int) -> tuple[bool, str, dict[str, str], dict[str, str]]:
    result = checker.run(*three, processes=processes)
    facts = dict(result.facts)
    assert facts.pop("processes") == str(processes)
    del facts["seconds"]
    return result.accepted, result.reason, result.detail, facts


def uneven() -> Tree:
    """Bounds of every kind of step, far more lower ones than upper ones."""
    graph = network()
    _, second = affine(graph)
    mask = np.zeros(WIDE, bool)
    mask[::7] = True
    return Tree((Sides(second, ~mask, mask), Tighten(second, np.arange(40)), Tighten(second, every=True)),
                leaf().end)


def test_steps_give_the_same_on_any_number_of_processes(checker_program: Path) -> None:
    three = files(uneven())
    one = said(three, 1)
    assert one[0]
    assert said(three, 2) == said(three, 4) == one


@pytest.mark.usefixtures("forks")
def test_trees_give_the_same_on_any_number_of_processes(checker_program: Path) -> None:
    three = files(halved(5, lambda k: leaf()))
    one = said(three, 1)
    assert one[0]
    assert said(three, 2) == said(three, 4) == one


@pytest.fixture
def stored(tmp_path: Path) -> list[str]:
    """Files of a certificate whose check uses several processes."""
    paths = [tmp_path / name for name in ("graph", "property", "certificate")]
    for path, words in zip(paths, files(uneven())):
        path.write_bytes(to_bytes(words))
    return [str(path) for path in paths]


@pytest.mark.parametrize("before", [
    lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN),
    lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4)),
], ids=["children ignored", "no descriptors for pipes"])
def test_what_the_caller_left_behind(before: Callable[[], object], stored: list[str],
                                     checker_program: Path) -> None:
    done = subprocess.run([checker_program, *stored, "3"], capture_output=True, text=True, preexec_fn=before)
    assert (done.returncode, done.stdout.split()[-1]) == (0, "accepted")


@pytest.mark.parametrize("processes", ["1", "3"])
def test_a_full_output_is_no_rejection(processes: str, stored: list[str], checker_program: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([checker_program, *stored, processes], stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2


@pytest.mark.usefixtures("forks")
@pytest.mark.parametrize("bad", [(31,), (16, 3), (2, 9, 30), tuple(range(32))])
def test_the_first_rejection_in_the_file_counts(bad: tuple[int, ...], checker_program: Path) -> None:
    tree = halved(5, lambda k: leaf(1e-3 * (k - 40) if k in bad and k % 2 else float(k not in bad)))
    one = said(files(tree), 1)
    assert not one[0]
    assert one[1] == ("multiplier-negative" if min(bad) % 2 else "not-refuted")
    assert said(files(tree), 2) == said(files(tree), 4) == one


def long() -> Tree:
    """Seconds of work, half of it in another process at any time."""
    _, second = affine(network())
    return Tree((Tighten(second, every=True),) * 150, leaf().end)


def children(pid: int) -> list[int]:
    """The processes that this one started."""
    found = []
    for room in Path("/proc").glob("[0-9]*"):
        try:
            stat = (room / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[1]) == pid and stat[0] != "Z":
            found.append(int(room.name))
    return found


def running(program: Path) -> list[int]:
    """The processes of a program."""
    found = []
    for room in Path("/proc").glob("[0-9]*"):
        try:
            line = (room / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if os.fsencode(program) in line[:1]:
            found.append(int(room.name))
    return found


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for it."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def own(checker_program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the checker, which only this test runs."""
    if not Path("/proc/self/stat").exists():
        missing("processes are looked for in /proc")
    program = Path(shutil.copy(checker_program, tmp_path / "a-checker"))
    monkeypatch.setenv("PROVENN_CHECKER", str(program))
    return program


def test_a_killed_process_is_no_answer(own: Path) -> None:
    def kill() -> None:
        until(lambda: running(own))
        while roots := running(own):
            for child in (c for root in roots for c in children(root)):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(ToolError) as caught:
        checker.run(*files(long()), processes=2)
    killer.join()
    assert caught.value.code == "PNN-TOOL-705"
    assert "without a result" in str(caught.value)
    until(lambda: not running(own))


def test_the_time_limit_leaves_no_process(own: Path) -> None:
    with pytest.raises(ToolError) as caught:
        checker.run(*files(long()), processes=3, timeout=0.7)
    assert caught.value.code == "PNN-TOOL-706"
    until(lambda: not running(own), 3.0)


def test_an_interrupt_leaves_no_process(own: Path, tmp_path: Path) -> None:
    names = [tmp_path / n for n in ("net.pvn", "claim.pvp", "proof.cert")]
    for path, words in zip(names, files(long())):
        path.write_bytes(to_bytes(words))
    command = [sys.executable, "-m", "provenn", "check", *map(str, names), "--jobs", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as program:
        until(lambda: len(running(own)) > 1)
        program.send_signal(signal.SIGINT)
        out, _ = program.communicate(timeout=30)
    assert program.returncode == 130
    assert not out
    until(lambda: not running(own), 3.0)


def test_shares_of_the_cores() -> None:
    everything = cores()
    assert everything >= 1
    with kept_to(6):
        assert (cores(), share(1), share(4), share(9)) == (6, 6, 1, 1)
        with kept_to(None):
            assert cores() == 6
    assert cores() == everything


@pytest.mark.parametrize("count", ["0", "-1", "many", "4097"])
def test_numbers_of_processes_that_are_none(count: str, checker_program: Path) -> None:
    done = subprocess.run([checker_program, "a", "b", "c", count], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("usage")
