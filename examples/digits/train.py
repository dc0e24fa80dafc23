"""Train the demo's two networks on scikit-learn's handwritten digits and write their specifications.

    python examples/digits/train.py            # writes *.onnx and *.vnnlib beside this file

The digits are 8 x 8 grey images (Alpaydin and Kaynak, UCI 1998; shipped with scikit-learn, BSD-3), scaled to
[0, 1]. Training is plain numpy: Adam on the softmax cross-entropy, with inputs moved at random inside the
box that the specification will ask about, which is what makes the networks provably robust in practice.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
Array = NDArray[np.float64]
Weights = list[Array]
SEED, EPOCHS, BATCH, RATE, NOISE, DECAY = 7, 60, 64, 2e-3, 0.08, 1e-4
PROVED, FOOLED = 0.08, 0.14


def data() -> tuple[Array, NDArray[np.int64], Array, NDArray[np.int64]]:
    """Images in [0, 1] and labels: 1,437 to train, 360 to test."""
    x, y = load_digits(return_X_y=True)
    order = np.random.default_rng(SEED).permutation(len(x))
    x, y = x[order] / 16.0, y[order]
    return x[360:], y[360:], x[:360], y[:360]


def taps(size: int, stride: int) -> NDArray[np.int64]:
    """Flat positions, in an image padded by one, that each output of a 3 x 3 convolution reads."""
    at = np.arange(0, size, stride)
    corner = at[:, None] * (size + 2) + at
    window = np.arange(3)[:, None] * (size + 2) + np.arange(3)
    return corner.reshape(-1, 1) + window.ravel()


class Dense:
    """x @ w.T + b."""

    def __init__(self, rng: np.random.Generator, inputs: int, outputs: int) -> None:
        self.weights = [rng.normal(0, np.sqrt(2 / inputs), (outputs, inputs)), np.zeros(outputs)]

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], tuple[Array, Weights]]]:
        """The value, and the map from its gradient to those of x and of the weights."""
        w, b = self.weights
        return x @ w.T + b, lambda g: (g @ w, [g.T @ x, g.sum(0)])


class Conv:
    """A 3 x 3 convolution of flat images [channels, size, size], padded by one."""

    def __init__(self, rng: np.random.Generator, inputs: int, outputs: int, size: int, stride: int) -> None:
        self.inputs, self.size, self.stride, self.at = inputs, size, stride, taps(size, stride)
        self.weights = [rng.normal(0, np.sqrt(2 / (9 * inputs)), (outputs, inputs * 9)), np.zeros(outputs)]

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], tuple[Array, Weights]]]:
        """As in Dense, over patches."""
        (w, b), n, wide = self.weights, len(x), self.size + 2
        images = np.pad(x.reshape(n, self.inputs, self.size, self.size), ((0, 0), (0, 0), (1, 1), (1, 1)))
        patches = images.reshape(n, self.inputs, -1)[:, :, self.at].transpose(0, 2, 1, 3)
        patches = patches.reshape(n, len(self.at), -1)
        y = patches @ w.T + b

        def back(g: Array) -> tuple[Array, Weights]:
            g = g.reshape(n, len(w), len(self.at)).transpose(0, 2, 1)
            spread = (g @ w).reshape(n, len(self.at), self.inputs, 9).transpose(0, 2, 1, 3)
            gx = np.zeros((n, self.inputs, wide * wide))
            for k in range(9):
                gx[:, :, self.at[:, k]] += spread[..., k]
            gx = gx.reshape(n, self.inputs, wide, wide)[:, :, 1:-1, 1:-1].reshape(n, -1)
            return gx, [np.einsum("npo,npk->ok", g, patches), g.sum((0, 1))]

        return y.transpose(0, 2, 1).reshape(n, -1), back


class Relu:
    """The positive part."""

    weights: tuple[Array, ...] = ()

    def forward(self, x: Array) -> tuple[Array, Callable[[Array], tuple[Array, Weights]]]:
        """As in Dense."""
        return np.maximum(x, 0), lambda g: (g * (x > 0), [])


def scores(layers: list[Any], x: Array) -> Array:
    """The network's outputs."""
    for layer in layers:
        x, _ = layer.forward(x)
    return x


def train(layers: list[Any], x: Array, y: NDArray[np.int64], rng: np.random.Generator) -> None:
    """Adam (Kingma and Ba, ICLR 2015), in place."""
    weights = [w for layer in layers for w in layer.weights]
    first, second, step = [np.zeros_like(w) for w in weights], [np.zeros_like(w) for w in weights], 0
    for epoch in range(EPOCHS):
        order = rng.permutation(len(x))
        for start in range(0, len(x), BATCH):
            pick = order[start : start + BATCH]
            value = np.clip(x[pick] + rng.uniform(-NOISE, NOISE, x[pick].shape), 0, 1)
            backs = []
            for layer in layers:
                value, back = layer.forward(value)
                backs.append(back)
            p = np.exp(value - value.max(1, keepdims=True))
            g = p / p.sum(1, keepdims=True)
            g[np.arange(len(pick)), y[pick]] -= 1
            g, grads = g / len(pick), []
            for back in reversed(backs):
                g, own = back(g)
                grads = own + grads
            step, rate = step + 1, RATE * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
            for w, d, m, v in zip(weights, grads, first, second):
                d = d + DECAY * w
                m += 0.1 * (d - m)
                v += 0.001 * (d * d - v)
                w -= rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)


def export(layers: list[Any], path: Path) -> None:
    """Write the network as ONNX, opset 13, float32; image networks take [1, 1, 8, 8]."""
    image = isinstance(layers[0], Conv)
    nodes, tensors, value = [], [], "image"
    for k, layer in enumerate(layers):
        out = "scores" if k + 1 == len(layers) else f"layer{k}"
        names = [f"{out}.weight", f"{out}.bias"]
        if isinstance(layer, Dense) and image:
            nodes.append(helper.make_node("Flatten", [value], [f"{value}.flat"], axis=1))
            value = f"{value}.flat"
        if isinstance(layer, Conv):
            nodes.append(helper.make_node("Conv", [value, *names], [out], strides=[layer.stride] * 2,
                                          kernel_shape=[3, 3], pads=[1, 1, 1, 1]))
            shapes = [(-1, layer.inputs, 3, 3), (-1,)]
        elif isinstance(layer, Dense):
            nodes.append(helper.make_node("Gemm", [value, *names], [out], transB=1))
            shapes = [layer.weights[0].shape, (-1,)]
        else:
            nodes.append(helper.make_node("Relu", [value], [out]))
        for name, w, shape in zip(names, layer.weights, shapes):
            tensors.append(numpy_helper.from_array(w.astype(np.float32).reshape(shape), name))
        value = out
    shape = [1, 1, 8, 8] if image else [1, 64]
    graph = helper.make_graph(
        nodes, path.stem, [helper.make_tensor_value_info("image", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 10])], tensors)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8,
                              producer_name="provenn examples/digits/train.py")
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString())


def specify(path: Path, x: Array, label: int, eps: float) -> None:
    """Write the VNN-LIB file: within ``eps`` of ``x``, no other class may reach the score of ``label``."""
    lines = [f"; Does the image keep its class {label} when every pixel moves by at most {eps}?",
             "; Pixels are in [0, 1], row by row. The assertions describe a violation.", ""]
    lines += [f"(declare-const X_{i} Real)" for i in range(64)]
    lines += [f"(declare-const Y_{j} Real)" for j in range(10)] + [""]
    for i, v in enumerate(x):
        low, high = max(0.0, v - eps), min(1.0, v + eps)
        lines += [f"(assert (>= X_{i} {low:.6f}))", f"(assert (<= X_{i} {high:.6f}))"]
    rivals = " ".join(f"(and (>= Y_{j} Y_{label}))" for j in range(10) if j != label)
    path.write_text("\n".join([*lines, "", f"(assert (or {rivals}))", ""]))


def main() -> None:
    """Train both networks, export them, write three specifications."""
    x, y, test, labels = data()
    rng = np.random.default_rng(SEED)
    nets = {
        "mlp": [Dense(rng, 64, 32), Relu(), Dense(rng, 32, 32), Relu(), Dense(rng, 32, 10)],
        "conv": [Conv(rng, 1, 4, 8, 1), Relu(), Conv(rng, 4, 8, 8, 2), Relu(), Dense(rng, 128, 10)],
    }
    for name, layers in nets.items():
        train(layers, x, y, rng)
        out = scores(layers, test)
        right = np.flatnonzero(out.argmax(1) == labels)
        print(f"{name}: {len(right)} of {len(test)} test images right")
        export(layers, HERE / f"{name}.onnx")
        ordered = np.sort(out[right], 1)
        sure = right[np.argsort(ordered[:, -2] - ordered[:, -1])[len(right) // 4]]
        specify(HERE / f"{name}_robust.vnnlib", test[sure], int(labels[sure]), PROVED)
        specify(HERE / f"{name}_fooled.vnnlib", test[sure], int(labels[sure]), FOOLED)


if __name__ == "__main__":
    main()
