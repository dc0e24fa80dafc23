"""A plug-in of pytest: a test for each deployed file, which fails where it no longer matches its theorem.

    pytest --provenn weights=Proof.v --provenn-key release.pub

``weights`` is a folder of ``provenn extract``; with ``=Proof.v`` Coq computes the network and the theorem
again. The same in a project's configuration, for every run:

    [tool.pytest.ini_options]
    provenn = ["weights=Proof.v"]
    provenn_key = "release.pub"
    provenn_require = ["torch", "onnxruntime"]     # packages that must be installed and load their files

The fixture ``weights_match`` does it inside a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from provenn.deploy import Finding

MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
FOLDERS = pytest.StashKey[dict[Path, Path | None]]()


class Differs(Exception):
    """A file is not what its theorem is about; pytest shows the text without a trace."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options on the command line and in configuration files."""
    group = parser.getgroup("provenn", "deployed weights")
    group.addoption("--provenn", action="append", default=[], metavar="DIR[=PROOF.v]",
                    help="Check the weights in this folder of provenn extract; may be repeated.")
    group.addoption("--provenn-key", metavar="PUB", help="They must be signed by this Ed25519 public key.")
    group.addoption("--provenn-require", action="append", default=[], metavar="PACKAGE,...",
                    help="These packages must be installed and load their files.")
    parser.addini("provenn", "folders of weights to check: DIR or DIR=PROOF.v", type="linelist")
    parser.addini("provenn_key", "the Ed25519 public key that signed them")
    parser.addini("provenn_require", "packages that must be installed and load their files", type="args")


def pytest_configure(config: pytest.Config) -> None:
    """The manifests of all folders become arguments, so that they are collected wherever they are."""
    given = [(config.invocation_params.dir, one) for one in config.getoption("--provenn")]
    given += [(config.rootpath, one) for one in config.getini("provenn")]
    folders = config.stash[FOLDERS] = {}
    for base, one in given:
        name, _, against = one.partition("=")
        folder = (base / name).resolve()
        folders[folder] = (base / against).resolve() if against else folders.get(folder)
        if str(folder / MANIFEST) not in config.args:
            config.args.append(str(folder / MANIFEST))


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A manifest is a file of tests where an option names its folder."""
    if file_path.name != MANIFEST or file_path.parent.resolve() not in parent.config.stash[FOLDERS]:
        return None
    made: pytest.Collector = Weights.from_parent(parent, path=file_path)
    return made


class Weights(pytest.File):
    """One folder: a test for each of its files, and one for the manifest and all that is left."""

    def collect(self) -> Iterator[pytest.Item]:
        """The files that the manifest lists; a manifest that cannot be read fails as the only test."""
        from provenn.deploy import read_manifest
        from provenn.errors import ProvennError

        try:
            files = [*read_manifest(self.path.parent).files]
        except ProvennError:
            files = []
        for name in (*files, MANIFEST):
            yield File.from_parent(self, name=name)

    @cached_property
    def findings(self) -> Sequence[Finding]:
        """All differences; the folder is compared once."""
        folder, key = self.path.parent, self.config.getoption("--provenn-key")
        ini = self.config.getini("provenn_key")
        path = self.config.invocation_params.dir / key if key else self.config.rootpath / ini if ini else None
        require = [*self.config.getoption("--provenn-require"), *self.config.getini("provenn_require")]
        return differences(folder, self.config.stash[FOLDERS][folder.resolve()], path, require=require)


class File(pytest.Item):
    """One file of the folder."""

    parent: Weights

    def runtest(self) -> None:
        """Fail with the differences in this file."""
        names = {item.name for item in self.session.items if item.parent is self.parent}
        found = [f for f in self.parent.findings
                 if f.file == self.name or (self.name == MANIFEST and f.file not in names)]
        if found:
            raise Differs(told(found))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """What differs, or the error of provenn, without a trace."""
        from provenn.errors import ProvennError

        if isinstance(excinfo.value, (Differs, ProvennError)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where the test is."""
        return self.path, None, f"{self.path.parent.name}/{self.name}"


def differences(folder: Path, against: Path | None = None, key: Path | None = None,
                flags: Sequence[str] = (), require: Sequence[str] = ()) -> Sequence[Finding]:
    """Where a folder's chain is broken: manifest, Coq, files, what programs load from them, signature."""
    from provenn import deploy
    from provenn.deploy.loading import demanded
    from provenn.deploy.signature import public_key

    by = public_key(key) if key else None
    return deploy.checked(folder, against, by, flags, require=demanded(require)).findings


def told(found: Sequence[Finding]) -> str:
    """Differences, a line each."""
    return "\n".join(f"{f.file}: {f'tensor {f.tensor} ' if f.tensor else ''}{f.what}" for f in found)


@pytest.fixture(scope="session")
def weights_match() -> Callable[..., None]:
    """A function of a folder, against, key, flags of coqc and require, that fails where they differ."""

    def check(folder: str | Path, against: str | Path | None = None, key: str | Path | None = None,
              flags: Sequence[str] = (), require: Sequence[str] = ()) -> None:
        found = differences(Path(folder), Path(against) if against else None,
                            Path(key) if key else None, flags, require)
        if found:
            pytest.fail(told(found), pytrace=False)

    return check
