"""Which argument is the network and which the specification: told by suffix, in either order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from provenn.errors import UsageError

NETWORK = (".onnx", ".onnx.gz", ".pvn")
SPECIFICATION = (".vnnlib", ".vnnlib.gz", ".pvp")


def pick(files: Sequence[str], networks: Sequence[str]) -> tuple[Path, Path, str | None]:
    """(network, specification, name of the network in the specification or None).

    Raises UsageError: PNN-CLI-802 for a wrong number or kind of files, -803 for several networks.
    """
    nets: list[tuple[str | None, str]] = []
    for option in networks:
        before, equals, after = option.partition("=")
        nets.append((before, after) if equals else (None, option))
    nets += [(None, f) for f in files if f.endswith(NETWORK)]
    specs = [f for f in files if f.endswith(SPECIFICATION)]
    other = [f for f in files if not f.endswith(NETWORK + SPECIFICATION)]
    if other:
        raise UsageError("PNN-CLI-802", "a file of this name is neither a network nor a specification",
                         where=other[0], expected="*.onnx and *.vnnlib, each also with .gz",
                         hint="rename it; provenn tells the kind of a file by its suffix")
    if len(nets) > 1:
        raise UsageError("PNN-CLI-803", "one network at a time can be verified", expected="one network",
                         got=", ".join(p for _, p in nets),
                         hint="properties over several networks are not supported")
    if len(nets) != 1 or len(specs) != 1:
        raise UsageError("PNN-CLI-802", "one network and one specification are needed",
                         expected="provenn verify MODEL.onnx SPEC.vnnlib",
                         got=f"{len(nets)} network(s) and {len(specs)} specification(s)",
                         hint="provenn verify --help")
    name, path = nets[0]
    return Path(path), Path(specs[0]), name or None
