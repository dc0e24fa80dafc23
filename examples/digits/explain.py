"""Draw the pictures of docs/explain.md: what drives a bound, and what fooled the network.

python examples/digits/explain.py [FOLDER]
"""

from __future__ import annotations

import base64
import io
import sys
from pathlib import Path

import numpy as np
from PIL import Image

import provenn
from provenn.report import charts
from provenn.report.images import png
from provenn.report.pictures import pictures

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / "docs" / "pictures"
SIZE, GAP = 176, 16


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    verdict = provenn.verify(HERE / "conv.onnx", HERE / "conv_fooled.vnnlib", timeout=60, explain=True)
    (folder / "layers.svg").write_text(charts.layers(verdict))
    parts = []
    for shown in pictures(verdict):
        image = Image.open(io.BytesIO(base64.b64decode(shown.uri.split(",")[1]))).convert("RGB")
        parts += [np.asarray(image.resize((SIZE, SIZE), Image.Resampling.NEAREST)),
                  np.full((SIZE, GAP, 3), 255, np.uint8)]
    (folder / "images.png").write_bytes(png(np.concatenate(parts[:-1], axis=1)))


if __name__ == "__main__":
    main()
