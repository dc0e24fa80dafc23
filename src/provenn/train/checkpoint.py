"""Models and states of training on disk: ``config.json`` and safetensors, each written whole or not at all.

A model is a folder with ``config.json`` (its Design and facts about its training) and ``model.safetensors``
(its ``state_dict``, keys and shapes as in PyTorch). A state to continue from is one safetensors file, so
that parameters, optimiser and position can never be of different moments.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from provenn import __version__, nn
from provenn.errors import FileError, ToolError
from provenn.io.files import read_bytes
from provenn.io.output import write_atomically
from provenn.train.models import Design, build

CONFIG, WEIGHTS = "config.json", "model.safetensors"
FORMAT = "provenn-model"
Tensors = Mapping[str, NDArray[Any]]


def save_pretrained(
    model: nn.Module | Tensors, folder: str | Path, plan: Design | None = None, **facts: object
) -> Path:
    """Write ``config.json`` and ``model.safetensors`` into ``folder``; ``facts`` go into the former.

    Weights first: a folder with a config always has weights. Raises ToolError PNN-TOOL-703.
    """
    folder = make_folder(folder)
    tensors = model.to_numpy() if isinstance(model, nn.Module) else dict(model)
    write_atomically(folder / WEIGHTS, save({k: np.ascontiguousarray(v) for k, v in tensors.items()},
                                            {"format": "pt"}))
    about = {"format": FORMAT, "version": 1, "provenn": __version__, **(plan.data() if plan else {}), **facts}
    write_atomically(folder / CONFIG, json.dumps(about, indent=2, allow_nan=False) + "\n")
    return folder


def read_config(folder: str | Path) -> dict[str, Any]:
    """``config.json`` of a model; FileError PNN-TRAIN-973 when it is none of ours."""
    path = Path(folder) / CONFIG
    try:
        data = json.loads(read_bytes(path, "PNN-TRAIN-973", "model's config"))
    except ValueError as e:
        if isinstance(e, FileError):
            raise
        raise damaged(path, str(e)) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise damaged(path, "another kind of JSON")
    return data


def from_pretrained(folder: str | Path, model: nn.Module | None = None) -> nn.Module:
    """The model in ``folder``, in eval mode; ``model`` receives the weights where the config has no design.

    Nothing is downloaded and no code is loaded. Raises FileError PNN-TRAIN-973 for damaged or foreign files
    and for weights that are not those of the model.
    """
    config, path = read_config(folder), Path(folder) / WEIGHTS
    if model is None:
        try:
            model = build(Design.read(config))
        except (KeyError, TypeError, ValueError) as e:
            raise damaged(path.with_name(CONFIG), f"{type(e).__name__}: {e}") from None
    tensors = _tensors(path)
    wanted = {k: v.shape for k, v in model.to_numpy().items()}
    found = {k: v.shape for k, v in tensors.items()}
    if wanted != found:
        differ = sorted(k for k in wanted.keys() | found.keys() if wanted.get(k) != found.get(k))
        key = differ[0]
        raise damaged(path, f"{key}: {found.get(key, 'missing')}", f"{key}: {wanted.get(key, 'not there')}")
    model.load_state_dict(tensors)
    return model.eval()


def save_state(path: str | Path, tensors: Tensors, facts: Mapping[str, Any]) -> None:
    """Write tensors and JSON facts as one file, whole or not at all."""
    ready = {k: np.ascontiguousarray(v) for k, v in tensors.items()}
    write_atomically(path, save(ready, {"state": json.dumps(facts)}))


def load_state(path: str | Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """What ``save_state`` wrote, bit for bit; FileError PNN-TRAIN-973 when it cannot be."""
    raw = read_bytes(path, "PNN-TRAIN-973", "training state")
    try:
        size = int.from_bytes(raw[:8], "little")
        facts = json.loads(json.loads(raw[8 : 8 + size])["__metadata__"]["state"])
        return load(raw), facts
    except (SafetensorError, ValueError, KeyError, TypeError) as e:
        raise damaged(Path(path), str(e) or type(e).__name__) from None


def make_folder(folder: str | Path) -> Path:
    """Make a folder and those above it; ToolError PNN-TOOL-703 when that fails."""
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise ToolError("PNN-TOOL-703", "the file could not be written", where=str(folder),
                        got=e.strerror or str(e), hint="check the folder and its permissions") from None
    return folder


def _tensors(path: Path) -> dict[str, NDArray[Any]]:
    try:
        return load(read_bytes(path, "PNN-TRAIN-973", "weights"))
    except SafetensorError as e:
        raise damaged(path, str(e)) from None


def damaged(path: Path, got: str, expected: str = "what save_pretrained wrote") -> FileError:
    """The error of a file that is not ours or not whole."""
    return FileError("PNN-TRAIN-973", "the checkpoint cannot be used", where=str(path), expected=expected,
                     got=got,
                     hint="take another checkpoint, or train again")
