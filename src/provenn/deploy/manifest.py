"""The manifest of a folder of weights: where they come from, what is proved of them, and their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from provenn.coq.trust import STANDARD
from provenn.errors import FileError
from provenn.io.files import read_bytes
from provenn.io.weights import DTYPES

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FORMAT, VERSION = "provenn-weights", 1
CLAIMS = {
    "theorem": "these weights are the network in the source, number by number, which Coq has proved; "
               "what the theorem says of that network it says of these weights",
    "exact": "these weights are the network in the source, number by number, which Coq has proved",
    "certificate": "some weights were rounded; the property was verified again for the rounded network",
    "nothing": "some weights were rounded; NO theorem of the source holds for these files",
}
SEMANTICS = "exact real arithmetic on these weights; the rounding of a program that runs them is not covered"


def sha256(data: bytes | str) -> str:
    """Hexadecimal SHA-256 of bytes, or of a text in UTF-8."""
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


@dataclass(frozen=True, slots=True)
class Theorem:
    """The author's theorem as Coq prints it, and the axioms that it rests on."""

    name: str
    statement: str
    axioms: tuple[str, ...]

    @property
    def assumed(self) -> tuple[str, ...]:
        """Axioms that are neither of Coq's real numbers and functions nor of its primitive types."""
        return tuple(name for name in self.axioms if not name.startswith(STANDARD))

    @property
    def sha256(self) -> str:
        """Names the theorem in files that are deployed alone."""
        return sha256(f"{self.name}\n{self.statement}\n" + "\n".join(self.axioms))


@dataclass(frozen=True, slots=True)
class TensorFact:
    """One tensor: its hash, and the largest distance of a number in the source from the one in the files.

    ``error`` is an exact fraction; "0" means that nothing was rounded.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    error: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that is said of a folder; ``claim`` is a key of ``CLAIMS``.

    ``imports`` has the hashes of the sources that ``source`` imports, by their names in Coq. ``certified``
    holds the verified property where the claim is a certificate: file names, hashes, theorem.
    """

    claim: str
    network: str
    network_sha256: str
    source: str
    source_sha256: str
    theorem: Theorem | None
    tensors: tuple[TensorFact, ...]
    versions: Mapping[str, str]
    certified: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def metadata(self) -> dict[str, str]:
        """What the files say by themselves, where their format can."""
        said = {"provenn.claim": self.claim, "provenn.network": self.network,
                "provenn.network_sha256": self.network_sha256, "provenn.source_sha256": self.source_sha256}
        if self.theorem is not None and self.claim == "theorem":
            said |= {"provenn.theorem": self.theorem.name, "provenn.theorem_sha256": self.theorem.sha256}
        return said

    @property
    def dtype(self) -> str:
        """What the weights are stored as, a key of ``DTYPES``: one element type for all of them."""
        return self.tensors[0].dtype if self.tensors else "F32"

    @property
    def exact(self) -> bool:
        """Nothing was rounded."""
        return all(t.error == "0" for t in self.tensors)

    def text(self) -> str:
        """The content of manifest.json."""
        said = {"format": FORMAT, "version": VERSION, "meaning": CLAIMS[self.claim],
                "semantics": SEMANTICS, **asdict(self)}
        return json.dumps(said, indent=2, sort_keys=False) + "\n"


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder.

    Raises FileError PNN-CERT-631 when the folder has none and PNN-CERT-632 when it is damaged.
    """
    return parse_manifest(folder, manifest_bytes(folder))


def manifest_bytes(folder: Path) -> bytes:
    """The content of manifest.json, which a signature covers; FileError PNN-CERT-631 without one."""
    return read_bytes(folder / MANIFEST, "PNN-CERT-631", "manifest")


def parse_manifest(folder: Path, data: bytes) -> Manifest:
    """The manifest that ``manifest_bytes`` read; FileError PNN-CERT-632 when it is damaged."""
    try:
        return _manifest(json.loads(data))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as e:
        raise FileError("PNN-CERT-632", "the manifest is damaged", where=str(folder / MANIFEST),
                        expected=f"{FORMAT}, version {VERSION}", got=f"{type(e).__name__}: {e}"[:200],
                        hint="write the folder again: provenn extract") from None


def _inside(name: str) -> str:
    """The name of a file in the folder; ValueError for one that leads out of it."""
    path = PurePosixPath(name)
    if path.is_absolute() or not path.parts or ".." in path.parts or str(path) != name or "\\" in name:
        raise ValueError(f"{name!r} is no file in this folder")
    return name


def _manifest(said: Mapping[str, Any]) -> Manifest:
    if (said["format"], said["version"]) != (FORMAT, VERSION) or said["claim"] not in CLAIMS:
        raise ValueError(f"format {said['format']}, version {said['version']}, claim {said['claim']}")
    if (said["meaning"], said["semantics"]) != (CLAIMS[said["claim"]], SEMANTICS):
        raise ValueError("the claim and its meaning do not agree")
    theorem = said["theorem"]
    dtypes = {t["dtype"] for t in said["tensors"]}
    if not dtypes <= DTYPES.keys() or len(dtypes) > 1:
        raise ValueError("the tensors have no one element type")
    tensors = tuple(TensorFact(t["name"], tuple(t["shape"]), t["dtype"], t["error"], t["sha256"])
                    for t in said["tensors"])
    words = {k: str(said[k]) for k in ("claim", "network", "network_sha256", "source", "source_sha256")}
    made = Manifest(
        **words, tensors=tensors, versions=dict(said["versions"]), certified=dict(said["certified"]),
        imports={str(name): str(digest) for name, digest in said.get("imports", {}).items()},
        files={_inside(name): str(digest) for name, digest in said["files"].items()},
        theorem=theorem and Theorem(theorem["name"], theorem["statement"], tuple(theorem["axioms"])))
    if (made.claim in ("theorem", "exact")) != made.exact or (made.claim == "theorem" and not made.theorem):
        raise ValueError(f"the claim {made.claim} does not agree with tensors and theorem")
    return made
