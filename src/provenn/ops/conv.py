"""conv — two-dimensional convolution (cross-correlation), with an optional bias.

    conv(x, w, b)[n, g*o + c, i, j] = b[g*o + c]
        + sum_{d,u,v} w[g*o + c, d, u, v] * x[n, g*q + d, i*sh + u*dh - top, j*sw + v*dw - left]

``x`` is [N, C, H, W], ``w`` is [O, C/groups, kh, kw] (ONNX and PyTorch layout); positions outside
``x`` count as zero. Attributes: groups, stride (2), pad (top, left, bottom, right), dilation (2).

Proof: theories/Ops/Conv.v, ConvProof.v.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from provenn.base.types import TensorType
from provenn.base.views import Dim, Loops
from provenn.errors import ShapeError
from provenn.ir import exports, lemmas, rules
from provenn.ir.op import Arithmetic, Array, Attrs, Emitter, Have, Op
from provenn.ops import families


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """PNN-SHAPE-106 for ranks, -107 for channels and groups, -108 for a kernel larger than its image."""
    families.arity("conv", types, 2, 3)
    x, w = types[0].shape, types[1].shape
    if len(x) != 4 or len(w) != 4:
        raise ShapeError("PNN-SHAPE-106", "conv needs x [N, C, H, W] and weight [O, C/groups, kh, kw]",
                         expected="rank 4 and rank 4", got=f"x {list(x)} and weight {list(w)}")
    groups = attrs["groups"]
    if x[1] != w[1] * groups or w[0] % groups:
        raise ShapeError("PNN-SHAPE-107", "channels, groups and weight do not fit",
                         expected=f"{w[1]} * groups input channels and a multiple of groups outputs",
                         got=f"{x[1]} input channels, {w[0]} output channels, groups {groups}")
    if len(types) == 3 and types[2].shape != (w[0],):
        raise ShapeError("PNN-SHAPE-105", "the bias must have one element an output",
                         expected=[w[0]], got=list(types[2].shape))
    out = [_extent(attrs, x[2 + a], w[2 + a], a) for a in (0, 1)]
    if min(out) < 1:
        raise ShapeError("PNN-SHAPE-108", "the kernel is larger than the padded image",
                         expected="a positive output size", got=out)
    return TensorType((x[0], w[0], *out), types[0].dtype)


def _extent(attrs: Attrs, size: int, taps: int, a: int) -> int:
    pad = attrs["pad"][a] + attrs["pad"][a + 2]
    return int((size + pad - attrs["dilation"][a] * (taps - 1) - 1) // attrs["stride"][a]) + 1


def _window(attrs: Attrs, tap: int, count: int, a: int) -> slice:
    """Padded positions that tap ``tap`` of axis ``a`` reads."""
    start, stride = tap * attrs["dilation"][a], attrs["stride"][a]
    return slice(start, start + stride * (count - 1) + 1, stride)


def _taps(attrs: Attrs, place: int, count: int, a: int) -> slice:
    """Padded positions that output ``place`` of axis ``a`` reads."""
    start, step = place * attrs["stride"][a], attrs["dilation"][a]
    return slice(start, start + step * (count - 1) + 1, step)


def kernel(arith: Arithmetic | None, attrs: Attrs, x: Array, w: Array, b: Array | None = None) -> Array:
    """Patches in the order (channel, row, column) of the weight, contracted by the arithmetic."""
    w, g = w[0], attrs["groups"]
    lead, (c, h, wd) = x.shape[:-3], x.shape[-3:]
    out_type = shape([TensorType((1, c, h, wd)), TensorType(w.shape)], attrs)
    oh, ow = out_type.shape[2:]
    top, left, bottom, right = attrs["pad"]
    x = np.pad(families.fold_rows(x, 3), ((0, 0), (0, 0), (top, bottom), (left, right)))
    taps = [x[:, :, _window(attrs, u, oh, 0), _window(attrs, v, ow, 1)]
            for u in range(w.shape[2]) for v in range(w.shape[3])]
    patches = np.stack(taps, -1).reshape(len(x), g, c // g, oh, ow, -1)
    patches = patches.transpose(0, 1, 3, 4, 2, 5).reshape(len(x), g, oh, ow, -1)
    flat, each = w.reshape(w.shape[0], -1), w.shape[0] // g
    contract = families.contraction(arith).contract
    parts = [contract(patches[:, k], flat[k * each : (k + 1) * each]) for k in range(g)]
    y = np.concatenate(parts, -1).transpose(0, 3, 1, 2)
    y = y if b is None else y + b[0][:, None, None]
    return y.reshape(*lead, *y.shape[1:])


def transpose(
    attrs: Attrs, k: int, ct: Array, operands: Sequence[Array], types: Sequence[TensorType]
) -> Array:
    """Scatter the cotangent through the same taps, in fewer and larger pieces where outputs are few."""
    w, g = operands[1][0], attrs["groups"]
    lead, (o, oh, ow) = ct.shape[:-3], ct.shape[-3:]
    c, h, wd = types[0].shape[-3:]
    top, left, bottom, right = attrs["pad"]
    ct = families.fold_rows(ct, 3).reshape(-1, g, o // g, oh * ow)
    flat, (kh, kw) = w.reshape(g, o // g, -1), w.shape[2:]
    out = np.zeros((len(ct), c, h + top + bottom, wd + left + right), np.result_type(ct, w))
    if oh * ow < kh * kw:
        rows = ct.transpose(1, 0, 3, 2).reshape(g, -1, o // g)
        patches = np.matmul(rows, flat).reshape(g, len(ct), oh, ow, -1, kh, kw)
        patches = patches.transpose(2, 3, 1, 0, 4, 5, 6).reshape(oh, ow, len(ct), c, kh, kw)
        for i, j in np.ndindex(oh, ow):
            out[:, :, _taps(attrs, i, kh, 0), _taps(attrs, j, kw, 1)] += patches[i, j]
    else:
        cols = np.matmul(flat.transpose(0, 2, 1), ct).reshape(len(ct), c, kh, kw, oh, ow)
        for u, v in np.ndindex(kh, kw):
            out[:, :, _window(attrs, u, oh, 0), _window(attrs, v, ow, 1)] += cols[:, :, u, v]
    return out[:, :, top : top + h, left : left + wd].reshape(*lead, c, h, wd)


def lower(emit: Emitter, attrs: Attrs, args: Sequence[int]) -> int:
    """A contraction over channels and taps, and the bias spread over positions."""
    (batch, _, *image), (o, c, *taps) = emit.type(args[0]).shape, emit.type(args[1]).shape
    g = attrs["groups"]
    size = [_extent(attrs, image[a], taps[a], a) for a in (0, 1)]
    loops = Loops((batch, g, o // g, *size, c, *taps))
    pixel = [Dim(image[a], loops.steps({3 + a: attrs["stride"][a], 6 + a: attrs["dilation"][a]}),
                 -attrs["pad"][a]) for a in (0, 1)]
    shape = (batch, o, *size)
    y = emit.contract(*args[:2], shape=shape, loops=loops, out=loops.view(0, 1, 2, 3, 4),
                      left=loops.view(0, 1, 5, *pixel), right=loops.view(1, 2, 5, 6, 7))
    if len(args) == 2:
        return y
    return emit.add(y, rules.permuted(emit, args[2], shape, lambda axes: axes.view(1)))


conv = Op(
    tag="conv", code=7, coq="Provenn.Ops.Conv", facts=("affine",),
    attrs=("groups", "stride", "pad", "dilation"),
    constants=(1, 2),
    shape=Have(shape), kernel=Have(kernel), interval=Have(families.around_centre(kernel), lemmas.FORWARD),
    transpose=Have(transpose, lemmas.TRANSPOSED), slope=families.AFFINE, lines=families.AFFINE,
    grad=families.NOT_CORE, lower=Have(lower),
    to_onnx=exports.operator("Conv", group="groups", strides="stride", pads="pad", dilations="dilation"),
    to_tensorflow=Have(exports.raw_windows),
    stablehlo=rules.written_lowered(lower),
    enclose=families.ENCLOSED_LOWERED, onnx=Have(("Conv",)),
)
