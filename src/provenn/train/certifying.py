"""From a model and a data set to a survey of its certified accuracy; what ``provenn certify`` does."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from provenn import nn
from provenn.base.words import sha256
from provenn.errors import FileError, ShapeError
from provenn.io import onnx
from provenn.io.output import check_writable
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.train import checkpoint, dataset
from provenn.train.dataset import Dataset
from provenn.verify import checker
from provenn.verify.balls import Balls
from provenn.verify.perturb import Singles
from provenn.verify.survey import Progress, Settings, Survey, read, survey


@dataclass
class Task:
    """A network and the images to certify, with what is known already and where it is kept."""

    graph: Graph
    points: Singles
    balls: Balls
    known: Survey
    path: Path


def network(model: Path, data: Dataset) -> Graph:
    """The graph of a model's folder or ONNX file, for one image of ``data``, with constant weights.

    Raises FileError for files that cannot be read, ShapeError PNN-SHAPE-114 for a network whose input
    does not have the size of an image, or whose output is not one score a class.
    """
    if model.is_dir():
        graph = nn.network(checkpoint.from_pretrained(model), 1, *data.shape)
    elif model.name.endswith((".onnx", ".onnx.gz")):
        graph = onnx.read(model)
    else:
        raise FileError("PNN-CERT-617", "this is neither a model's folder nor an ONNX file", where=str(model),
                        expected="DIR of provenn train --out DIR, or FILE.onnx", hint="check the path")
    pixels = int(np.prod(data.shape))
    if (graph.input_type.size, graph.output_type.size) != (pixels, len(data.classes)):
        raise ShapeError("PNN-SHAPE-114", "the network is for other data", where=str(model),
                         expected=f"{pixels} inputs and {len(data.classes)} outputs for {data.name}",
                         got=f"{graph.input_type} and {graph.output_type}")
    return graph


def place(model: Path, data: str, eps: str) -> Path:
    """Where results go unless told otherwise: into the model's folder, or beside its file."""
    name = f"certified-{data}-eps{eps.replace('/', 'over')}.json"
    return model / name if model.is_dir() else model.with_name(f"{model.name}.{name}")


def prepare(model: Path, data: str, eps: Fraction, limit: int | None, path: Path,
            fresh: bool = False) -> Task:
    """Everything to certify the test part of ``data``; continues ``path`` unless ``fresh``."""
    test = dataset.load(data)[1]
    test = test if limit is None else test.head(limit)
    graph = network(model, test)
    check_writable(path)
    about: dict[str, Any] = {
        "network_sha256": sha256(graph_words(graph)), "data": test.name, "part": test.part,
        "images": len(test), "data_sha256": test.digest(), "input": f"pixel / {test.largest}",
        "eps": str(eps), "norm": "infinity", "domain": [0, 1], "theorem": checker.THEOREM}
    known = Survey(about) if fresh else read(path, about)
    flat = test.images.reshape(len(test), -1)
    points = test.batch(slice(None))[0].reshape(len(test), -1)
    balls = Balls(flat, test.labels.astype(np.intp), len(test.classes), test.largest, eps)
    return Task(graph, points, balls, known, path)


def run(task: Task, settings: Settings, keep: Path | None = None,
        progress: Progress = lambda survey: None) -> Survey:
    """Attack and certify what has not been yet; ``keep`` is a folder for certificates, made when missing."""
    if keep is not None:
        checkpoint.make_folder(keep)
    return survey(task.graph, task.points, task.balls, task.known, settings, task.path, keep, progress)
