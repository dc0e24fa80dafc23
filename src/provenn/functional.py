"""Functions of tensors with PyTorch's names and meanings, each a composition of operations.

Images are [N, C, H, W]. What is proved and tested of the operations holds for all of this.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from provenn.errors import GraphError, ShapeError, UsageError
from provenn.ir.op import Array
from provenn.tensor import geometry, random, recording
from provenn.tensor.core import Tensor, apply, as_tensor, concat, symbol

Two = int | tuple[int, int]
_LOWEST = float(np.finfo(np.float32).min)
_REDUCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "mean": Tensor.mean, "sum": Tensor.sum, "none": lambda x: x,
}

cat = concat


def _two(value: Two) -> tuple[int, int]:
    return (value, value) if isinstance(value, int) else (value[0], value[1])


# Activations


def relu(x: Tensor) -> Tensor:
    """Positive parts; the slope at 0 is 0."""
    return x.relu()


def leaky_relu(x: Tensor, negative_slope: float = 0.01) -> Tensor:
    """The same above 0, times negative_slope below; at 0 the slope is negative_slope."""
    positive = x.relu()
    return positive + negative_slope * (x - positive)


def sigmoid(x: Tensor) -> Tensor:
    """1 / (1 + e^-x)."""
    return x.sigmoid()


def tanh(x: Tensor) -> Tensor:
    """Hyperbolic tangents."""
    return x.tanh()


def softplus(x: Tensor, beta: float = 1.0) -> Tensor:
    """ln(1 + e^(beta x)) / beta, without overflow."""
    return apply("softplus", x) if beta == 1.0 else apply("softplus", x * beta) * (1.0 / beta)


def silu(x: Tensor) -> Tensor:
    """Each element times its sigmoid."""
    return x * x.sigmoid()


def erf(x: Tensor) -> Tensor:
    """The error function."""
    return apply("erf", x)


def gelu(x: Tensor, approximate: str = "none") -> Tensor:
    """Each element times the normal distribution function there, or its approximation by "tanh"."""
    if approximate == "tanh":
        inner = math.sqrt(2.0 / math.pi) * (x + 0.044715 * (x * x * x))
        return 0.5 * x * (1.0 + inner.tanh())
    return 0.5 * x * (1.0 + erf(x * math.sqrt(0.5)))


def log_softmax(x: Tensor, dim: int) -> Tensor:
    """Elements less the logarithm of their sum of exponentials along ``dim``."""
    return x - x.logsumexp(dim, keepdim=True)


def softmax(x: Tensor, dim: int) -> Tensor:
    """Exponentials along ``dim``, scaled to the sum 1; never overflows."""
    return log_softmax(x, dim).exp()


# Layers


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Rows of x [..., n] through weight [m, n] and bias [m]."""
    return apply("linear", x, weight, *([] if bias is None else [bias]))


def conv2d(x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: Two = 1, padding: Two = 0,
           dilation: Two = 1, groups: int = 1) -> Tensor:
    """Cross-correlation of x [N, C, H, W] with weight [O, C/groups, kh, kw]; zeros around the image."""
    top, left = _two(padding)
    return apply("conv", x, weight, *([] if bias is None else [bias]), groups=groups, stride=_two(stride),
                 pad=(top, left, top, left), dilation=_two(dilation))


def pad(x: Tensor, pad: Sequence[int], value: float = 0.0) -> Tensor:
    """A constant around the last axes: (before, after) of the last axis, then of the one before, …"""
    before, after = [0] * x.ndim, [0] * x.ndim
    for k in range(len(pad) // 2):
        before[-1 - k], after[-1 - k] = pad[2 * k], pad[2 * k + 1]
    if not any(pad):
        return x
    made = apply("move", x, **geometry.padded(x.shape, before, after))
    if not value:
        return made
    inside = apply("move", Tensor(1.0).expand(x.shape), **geometry.padded(x.shape, before, after))
    return made + value * (1.0 - inside)


def _taps(x: Tensor, axis: int, size: int, stride: int) -> list[Tensor]:
    """What each position of a window of ``size`` reads, as the window moves along one axis."""
    count = (x.shape[axis] - size) // stride + 1
    if count < 1:
        raise recording.at_user_line(ShapeError(
            "PNN-SHAPE-108", "the kernel is larger than the padded image", expected="a positive output size",
            got=f"a window of {size} over {x.shape[axis]}"), "pooling")
    return [x.every(axis, k, stride, count) for k in range(size)]


def _pool(x: Tensor, kernel_size: Two, stride: Two | None,
          join: Callable[[Tensor, Tensor], Tensor]) -> Tensor:
    """Windows joined along rows, then along columns."""
    sizes, strides = _two(kernel_size), _two(kernel_size if stride is None else stride)
    for axis in (1, 0):
        x = functools.reduce(join, _taps(x, x.ndim - 2 + axis, sizes[axis], strides[axis]))
    return x


def max_pool2d(x: Tensor, kernel_size: Two, stride: Two | None = None, padding: Two = 0) -> Tensor:
    """Maxima over windows; of several equal elements the first in reading order gets the gradient."""
    rows, columns = _two(padding)
    x = pad(x, (columns, columns, rows, rows), _LOWEST)
    return _pool(x, kernel_size, stride, Tensor.maximum)


def avg_pool2d(x: Tensor, kernel_size: Two, stride: Two | None = None, padding: Two = 0) -> Tensor:
    """Averages over windows; zeros of the padding count."""
    rows, columns = _two(padding)
    x = pad(x, (columns, columns, rows, rows))
    return _pool(x, kernel_size, stride, Tensor.__add__) * (1.0 / math.prod(_two(kernel_size)))


def adaptive_avg_pool2d(x: Tensor, output_size: Two = 1) -> Tensor:
    """Averages over equal windows, output_size of them along each axis, which must divide the image."""
    sizes, image = _two(output_size), x.shape[-2:]
    if any(n % m for n, m in zip(image, sizes)):
        raise recording.at_user_line(ShapeError(
            "PNN-FACE-912", "adaptive pooling needs windows of one size",
            expected="sizes that divide the image",
            got=f"{list(image)} into {list(sizes)}"), "adaptive_avg_pool2d")
    if sizes == (1, 1):
        return x.mean((-2, -1), keepdim=True)
    return avg_pool2d(x, (image[0] // sizes[0], image[1] // sizes[1]))


def flatten(x: Tensor, start_dim: int = 1, end_dim: int = -1) -> Tensor:
    """One axis instead of several."""
    return x.flatten(start_dim, end_dim)


def _channels(x: Tensor, like: Tensor) -> Tensor:
    """[C] as [1, C, 1, …]."""
    return x.reshape(1, -1, *[1] * (like.ndim - 2))


def moments(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and biased variance of each channel: two tensors [C]."""
    axes = [a for a in range(x.ndim) if a != 1]
    mean = x.mean(axes)
    centred = x - _channels(mean, x)
    return mean, (centred * centred).mean(axes)


def batch_norm(x: Tensor, mean: Tensor, var: Tensor, weight: Tensor | None = None, bias: Tensor | None = None,
               eps: float = 1e-5) -> Tensor:
    """Each channel less its mean, over its deviation, then scaled and shifted.

    ``mean`` and ``var`` [C] are running statistics, or ``moments(x)`` in training.
    """
    scale = 1.0 / (var + eps).sqrt()
    scale = scale if weight is None else weight * scale
    y = (x - _channels(mean, x)) * _channels(scale, x)
    return y if bias is None else y + _channels(bias, x)


def layer_norm(x: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None,
               bias: Tensor | None = None, eps: float = 1e-5) -> Tensor:
    """The last axes less their mean, over their deviation, then scaled and shifted element by element."""
    axes = range(-len(normalized_shape), 0)
    if x.shape[x.ndim - len(axes) :] != tuple(normalized_shape):
        raise recording.at_user_line(ShapeError(
            "PNN-FACE-912", "layer_norm needs the last axes that it was made for",
            expected=f"[..., {', '.join(map(str, normalized_shape))}]", got=list(x.shape)), "layer_norm")
    centred = x - x.mean(axes, keepdim=True)
    var = (centred * centred).mean(axes, keepdim=True)
    y = centred / (var + eps).sqrt()
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def one_hot(classes: Tensor | Array, num_classes: int) -> Tensor:
    """Rows with a one at the class number, on a new last axis. Raises GraphError PNN-FACE-913."""
    given = as_tensor(classes)
    if given.value is not None:
        v = given.value
        bad = (v != np.floor(v)) | (v < 0) | (v >= num_classes)
        if bad.any():
            raise GraphError("PNN-FACE-913", "a class number is not one of the classes",
                             where=recording.user_line(),
                             expected=f"whole numbers from 0 to {num_classes - 1}",
                             got=v[bad].ravel()[0])
    return given.unsqueeze(-1) == Tensor(np.arange(num_classes))


def embedding(indices: Tensor | Array, weight: Tensor) -> Tensor:
    """Rows of weight [n, d] by number: [..., d]."""
    return one_hot(indices, weight.shape[0]) @ weight


def dropout(x: Tensor, p: float = 0.5, training: bool = True) -> Tensor:
    """Elements set to zero with probability ``p``, the others divided by 1 - p; x itself unless training.

    In a traced function the mask is an input of the graph.
    """
    if not training or not p:
        return x
    listener = recording.tracer.get()
    if listener is None:
        mask = Tensor(random.bernoulli(1.0 - p, x.shape))
    else:
        mask = symbol(x.shape, f"mask{len(listener.masks)}")
        listener.masks.append((mask, 1.0 - p))
    return x * mask * (1.0 / (1.0 - p) if p < 1.0 else 0.0)


# Losses


def _reduce(loss: Tensor, reduction: str) -> Tensor:
    """Raises UsageError PNN-FACE-918 for a reduction that is none."""
    if reduction not in _REDUCTIONS:
        raise UsageError("PNN-FACE-918", "there is no such reduction", where=recording.user_line(),
                         expected=", ".join(_REDUCTIONS), got=repr(reduction))
    return _REDUCTIONS[reduction](loss)


def cross_entropy(logits: Tensor, target: Any, reduction: str = "mean") -> Tensor:
    """Negative logarithm of the softmax at the target; logits [N, C, …] or [C].

    ``target`` holds class numbers (one axis less than logits) or probabilities (the shape of logits). Class
    numbers outside the range raise GraphError PNN-FACE-913 where their values are known; in a compiled step,
    where they are not, they count as no class. Raises ShapeError PNN-SHAPE-102 for any other shape.
    """
    target = as_tensor(target)
    axis = 1 if logits.ndim > 1 else 0
    if target.ndim != logits.ndim:
        target = one_hot(target, logits.shape[axis])
        order = list(range(logits.ndim - 1))
        target = target if logits.ndim < 3 else target.permute(*order[:axis], logits.ndim - 1, *order[axis:])
    loss = -apply("mul", target, log_softmax(logits, axis)).sum(axis)
    return _reduce(loss, reduction)


def nll_loss(log_probabilities: Tensor, target: Any, reduction: str = "mean") -> Tensor:
    """The negative log-probability [N, C] of each class number."""
    loss = -apply("mul", one_hot(target, log_probabilities.shape[1]), log_probabilities).sum(1)
    return _reduce(loss, reduction)


def mse_loss(x: Tensor, target: Any, reduction: str = "mean") -> Tensor:
    """Squared differences of tensors of one shape; ShapeError PNN-SHAPE-102 otherwise."""
    difference = apply("sub", x, as_tensor(target))
    return _reduce(difference * difference, reduction)


def l1_loss(x: Tensor, target: Any, reduction: str = "mean") -> Tensor:
    """Absolute differences of tensors of one shape; ShapeError PNN-SHAPE-102 otherwise."""
    return _reduce(apply("sub", x, as_tensor(target)).abs(), reduction)


def binary_cross_entropy_with_logits(x: Tensor, target: Any, reduction: str = "mean") -> Tensor:
    """-y ln sigmoid(x) - (1 - y) ln(1 - sigmoid(x)), as softplus(x) - x y; one shape, or PNN-SHAPE-102."""
    return _reduce(softplus(x) - apply("mul", x, as_tensor(target)), reduction)
