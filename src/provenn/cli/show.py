"""``provenn show``: images of a data set in the terminal, or what is claimed of a folder of weights."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provenn.cli.console import narrate, output, say, say_json, show_table
from provenn.errors import UsageError

if TYPE_CHECKING:
    from provenn.train import drawing
    from provenn.train.dataset import Dataset

Rows = Annotated[list[int] | None, typer.Option("--index", "-i", metavar="N",
                                                help="This image; may be repeated.")]
Model = Annotated[Path | None, typer.Option(metavar="DIR", help="A trained model: adds its answers.")]
Adversarial = Annotated[
    float | None, typer.Option(metavar="EPS", help="With --model: move pixels by at most EPS to fool it.")]


def show(
    name: Annotated[str, typer.Argument(metavar="DATA|DIR", help="mnist, fashion-mnist or digits; "
                                         "or a folder of provenn extract.")],
    index: Rows = None,
    label: Annotated[int | None, typer.Option(metavar="CLASS", help="Only images of this class.")] = None,
    count: Annotated[int, typer.Option("--count", "-n", min=1, help="How many.")] = 4,
    part: Annotated[str, typer.Option(metavar="train|test", help="Which part.")] = "test",
    style: Annotated[str | None, typer.Option(metavar="ascii|shades|blocks", help="How to draw.")] = None,
    columns: Annotated[int | None, typer.Option(min=1,
                                                help="Images a row; as many as fit otherwise.")] = None,
    inverted: Annotated[bool, typer.Option("--inverted", help="Ink is light.")] = False,
    border: Annotated[bool, typer.Option("--border", help="A frame around each image.")] = False,
    shuffle: Annotated[bool, typer.Option("--random", help="Any images, not the first.")] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of --random.")] = 0,
    statistics: Annotated[bool, typer.Option("--statistics", help="Counts and pixel statistics.")] = False,
    model: Model = None,
    misclassified: Annotated[bool, typer.Option("--misclassified",
                                                help="With --model: its mistakes.")] = False,
    adversarial: Adversarial = None,
    as_json: Annotated[bool, typer.Option("--json",
                                          help="Print one JSON object instead of pictures.")] = False,
) -> None:
    """Draw images in the terminal, show the statistics of a data set, or what is claimed of weights."""
    output.json = as_json
    from provenn.train import dataset, drawing, sources

    folder = Path(name)
    if folder.is_dir() and (name not in sources.SOURCES or (folder / "manifest.json").is_file()):
        return _manifest(folder, as_json)
    if part not in ("train", "test"):
        raise UsageError("PNN-CLI-807", "these images cannot be shown", got=f"part {part}",
                         expected="train | test")
    chosen = dataset.load(name)[part == "test"]
    if statistics:
        return _statistics(chosen, as_json)
    if (misclassified or adversarial is not None) and model is None:
        raise UsageError("PNN-CLI-807", "these images cannot be shown", got="no model",
                         expected="--model DIR, whose mistakes are meant")
    answers = _answers(model, chosen) if model else None
    rows = _choose(chosen, index, label, shuffle, seed,
                   answers if misclassified else None)[: None if index else count]
    if as_json:
        return say_json({"name": name, "part": part, "images": [
            {"index": int(k), "label": int(chosen.labels[k]),
             "answer": None if answers is None else int(answers[k])} for k in rows]})
    style = style or ("blocks" if (sys.stdout.encoding or "").lower().startswith("utf") else "ascii")
    ways: dict[str, Any] = {"style": style, "inverted": inverted, "border": border}
    if adversarial is not None and model is not None:
        pictures = _fooled(model, chosen, rows, adversarial, ways)
        columns = columns or 1
    else:
        pictures = [drawing.titled(drawing.draw(chosen.images[k], largest=chosen.largest, **ways),
                                   _title(chosen, int(k), answers)) for k in rows]
    width = shutil.get_terminal_size((100, 24)).columns
    for line in drawing.grid(pictures, columns or drawing.fitting(pictures[0], width)):
        say(line.rstrip())
    return None


def _manifest(folder: Path, as_json: bool) -> None:
    """What a folder of weights says of itself; nothing is compared."""
    from dataclasses import asdict

    from provenn.cli.extract import table
    from provenn.deploy import CLAIMS, SEMANTICS, read_manifest

    said = read_manifest(folder)
    if as_json:
        return say_json(asdict(said))
    say(f"{said.network}, from {said.source}")
    say(f"  {'claim':<18} {CLAIMS[said.claim]}")
    say(f"  {'about':<18} {SEMANTICS}")
    if said.theorem is not None:
        word = "theorem" if said.claim == "theorem" else "NOT carried over"
        say(f"  {word:<18} {said.theorem.statement}")
        say(f"  {'axioms':<18} {', '.join(said.theorem.axioms) or 'none'}")
        if said.theorem.assumed:
            say(f"  {'ASSUMED':<18} {', '.join(said.theorem.assumed)}: axioms that are not Coq's own")
    for key, value in said.certified.items():
        say(f"  {'property ' + key:<26} {value}")
    say(f"  {'network':<18} sha256 {said.network_sha256}")
    say(f"  {'source':<18} sha256 {said.source_sha256}")
    for library, digest in said.imports.items():
        say(f"  {'imports ' + library:<18} sha256 {digest}")
    show_table(table(said))
    for file, digest in said.files.items():
        say(f"  {file:<18} sha256 {digest}")
    say(f"  {'made with':<18} {', '.join(f'{k} {v}' for k, v in said.versions.items())}")
    signed = "there, not verified here" if (folder / "manifest.sig").is_file() else "none"
    say(f"  {'signature':<18} {signed}")
    say(f"  {'compare':<18} provenn check --weights {folder}")
    return None


def _title(data: Dataset, row: int, answers: Any) -> str:
    """Number, label, and the model's answer where it differs."""
    text = f"{row}: {data.classes[data.labels[row]]}"
    if answers is not None and answers[row] != data.labels[row]:
        text += f" taken for {data.classes[answers[row]]}"
    return text


def _choose(data: Dataset, index: list[int] | None, label: int | None, shuffle: bool, seed: int,
            answers: Any) -> Any:
    """Numbers of the images that fit the options; UsageError PNN-CLI-807 when none does."""
    import numpy as np

    rows = np.arange(len(data)) if index is None else np.array(index)
    outside = rows[(rows < 0) | (rows >= len(data))]
    if len(outside):
        raise UsageError("PNN-CLI-807", "these images cannot be shown", got=f"--index {outside[0]}",
                         expected=f"0 to {len(data) - 1}")
    if label is not None:
        rows = rows[data.labels[rows] == label]
    if answers is not None:
        rows = rows[data.labels[rows] != answers[rows]]
    if not len(rows):
        raise UsageError("PNN-CLI-807", "these images cannot be shown", got="no image fits all options",
                         hint="leave one of them out")
    return np.random.default_rng(seed).permutation(rows) if shuffle else rows


def _answers(model: Path, data: Dataset) -> Any:
    """The class that the model in this folder gives each image."""
    from provenn.train import checkpoint, evaluation

    narrate(f"asking {model} about {len(data)} images")
    return evaluation.answers(checkpoint.from_pretrained(model), data)


def _fooled(model: Path, data: Dataset, rows: Any, eps: float, ways: dict[str, Any]) -> list[drawing.Picture]:
    """Each image, the moved one, and the difference, side by side."""
    from provenn.train import checkpoint, drawing, evaluation

    net = checkpoint.from_pretrained(model)
    clean, labels = data.batch(rows)
    moved = evaluation.attack(net, clean, labels, eps)
    said = evaluation.classify(net, moved)
    made = []
    for k, row in enumerate(rows):
        pictures = [drawing.draw(image, **ways) for image in
                    (clean[k, 0], moved[k, 0], abs(moved[k, 0] - clean[k, 0]) / eps)]
        titles = [_title(data, int(row), None), f"moved: {data.classes[said[k]]}", f"difference / {eps:g}"]
        made.append(drawing.beside([drawing.titled(p, t) for p, t in zip(pictures, titles)]))
    return made


def _statistics(data: Dataset, as_json: bool) -> None:
    """Images a class, and mean and deviation of the pixels in [0, 1]."""
    import numpy as np

    pixels = data.images.astype(np.float64) / data.largest
    counts = np.bincount(data.labels, minlength=len(data.classes))
    facts: dict[str, Any] = {"images": len(data), "shape": list(data.shape[1:]), "mean": float(pixels.mean()),
             "deviation": float(pixels.std()), "ink": float((pixels > 0.5).mean())}
    if as_json:
        return say_json({"name": data.name, "part": data.part, **facts,
                         "classes": {c: int(n) for c, n in zip(data.classes, counts)}})
    size = " x ".join(map(str, data.shape[1:]))
    say(f"{data.name}, {data.part}: {len(data)} images of {size} pixels")
    say(f"  pixels in [0, 1]: mean {facts['mean']:.4f}, deviation {facts['deviation']:.4f}, "
        f"{100 * facts['ink']:.1f} % above one half")
    for k, name in enumerate(data.classes):
        mine = pixels[data.labels == k]
        bar = "#" * round(40 * counts[k] / counts.max())
        say(f"  {name:<12} {counts[k]:>6}  mean {mine.mean() if len(mine) else 0.0:.3f}  {bar}")
    return None
