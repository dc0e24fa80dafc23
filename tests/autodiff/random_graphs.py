"""Random graphs over all ops, and what PyTorch and JAX make of them.

Both read a graph by definition: views as matrices of zeros and ones, everything else by the library's own
function. So they share no code with our kernels and rules.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from provenn.base.views import Dim, Loops, View
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from tests.autodiff.one_op import touched
from tests.laws import samples

Array = np.ndarray
TAGS = sorted(samples.MAKERS)
LENGTH = 12


def tags_of(seed: int) -> list[str]:
    """The ops of a random graph: three consecutive seeds have all of them."""
    return [TAGS[(seed * LENGTH + k) % len(TAGS)] for k in range(LENGTH)]


def fitted(emit: GraphEmitter, x: int, shape: tuple[int, ...]) -> int:
    """The elements of x in order, again and again, in another shape."""
    have, wanted = emit.type(x).size, int(np.prod(shape))
    loops = Loops((-(-wanted // have), have))
    flat = emit.move(emit.reshape(x, shape=(have,)), shape=(wanted,), loops=loops,
                     out=loops.view(Dim(wanted, (have, 1))), src=loops.view(1))
    return emit.reshape(flat, shape=shape)


def prepared(emit: GraphEmitter, tag: str, x: int) -> int:
    """Operands that an op can have: positive, or of few values where it compares."""
    if tag in samples.POSITIVE:
        return emit.add(emit.mul(x, x), emit.fill(0.5, emit.type(x).shape))
    return emit.step(x) if tag == "equal" else x


def graph_of(seed: int) -> Graph:
    """A scalar function of three inputs; every node takes part."""
    rng = np.random.default_rng(seed)
    builder = Builder()
    emit = GraphEmitter(builder, ALL)
    made = [builder.add(ALL["input"], shape=s) for s in ((3, 4), (5,), (2, 2, 3))]
    parts: list[int] = []
    for tag in rng.permutation(tags_of(seed)):
        s = samples.sample(str(tag), int(rng.integers(1000)))
        recent = made[-4:]
        operands = [prepared(emit, str(tag), fitted(emit, recent[int(rng.integers(len(recent)))], t.shape))
                    for t in s.types]
        y = builder.add(s.op, *operands, **s.attrs)
        made.append(emit.tanh(y))
        loops = Loops(emit.type(y).shape)
        every = loops.view(*range(len(loops.sizes)))
        value = rng.normal(size=loops.sizes).astype(np.float32)
        weights = builder.parameter(ALL["parameter"], value)
        parts.append(emit.contract(made[-1], weights, shape=(), loops=loops, out=loops.view(), left=every,
                                   right=every))
    total = parts[0]
    for part in parts[1:]:
        total = emit.add(total, part)
    return builder.finish(total)


def feeds(graph: Graph, seed: int) -> list[Array]:
    """Random binary64 inputs that are binary32 numbers."""
    rng = np.random.default_rng([seed, 1])
    return [rng.normal(size=graph.nodes[i].type.shape).astype(np.float32).astype(np.float64)
            for i in graph.inputs]


def matrix(view: View, loops: Loops) -> Array:
    """Row k has a one at the element that loop point k touches."""
    made = np.zeros((int(np.prod(loops.sizes)), view.size))
    for k, point in enumerate(np.ndindex(*loops.sizes)):
        index = touched(view, point)
        if index is not None:
            made[k, int(np.ravel_multi_index(index, view.shape)) if index else 0] = 1
    return made


class Library:
    """What PyTorch and JAX call differently."""

    def __init__(self, xp: Any, erf: Callable[..., Any], conv: Callable[..., Any], array: Callable[..., Any],
                 transpose: Callable[..., Any], concat: Callable[..., Any]) -> None:
        self.xp, self.erf, self.conv, self.array = xp, erf, conv, array
        self.transpose, self.concat = transpose, concat

    def apply(self, tag: str, attrs: dict[str, Any], shape: tuple[int, ...], xs: list[Any]) -> Any:
        """One op on tensors of the library."""
        xp = self.xp
        if tag in ("move", "contract"):
            read = [self.array(matrix(attrs[k], attrs["loops"])) @ x.reshape(-1)
                    for k, x in zip(("left", "right") if tag == "contract" else ("src",), xs)]
            product = read[0] * read[1] if len(read) == 2 else read[0]
            return (self.array(matrix(attrs["out"], attrs["loops"]).T.copy()) @ product).reshape(shape)
        if tag == "linear":
            return xs[0] @ self.transpose(xs[1], (1, 0)) + (xs[2] if len(xs) > 2 else 0)
        if tag == "conv":
            return self.conv(*xs[:2], attrs) + (xs[2].reshape(-1, 1, 1) if len(xs) > 2 else 0)
        if tag == "logsumexp":
            x = xs[0].reshape(attrs["dims"])
            return xp.log(xp.exp(x).sum(1)).reshape(shape)
        if tag == "slice":
            where = [slice(None)] * len(xs[0].shape)
            where[attrs["axis"]] = slice(attrs["start"], attrs["stop"])
            return xs[0][tuple(where)]
        one = xs[0] * 0 + 1
        table: dict[str, Callable[[], Any]] = {
            "reshape": lambda: xs[0].reshape(shape),
            "transpose": lambda: self.transpose(xs[0], attrs["perm"]),
            "concat": lambda: self.concat(xs, attrs["axis"]),
            "add": lambda: xs[0] + xs[1],
            "sub": lambda: xs[0] - xs[1], "mul": lambda: xs[0] * xs[1], "div": lambda: xs[0] / xs[1],
            "maximum": lambda: xp.maximum(xs[0], xs[1]), "relu": lambda: xp.where(xs[0] > 0, xs[0], 0 * one),
            "equal": lambda: xp.where(xs[0] == xs[1], one, 0 * one), "neg": lambda: -xs[0],
            "step": lambda: xp.where(xs[0] > 0, one, 0 * one), "sign": lambda: xp.sign(xs[0]),
            "exp": lambda: xp.exp(xs[0]), "log": lambda: xp.log(xs[0]), "sqrt": lambda: xp.sqrt(xs[0]),
            "tanh": lambda: xp.tanh(xs[0]), "sigmoid": lambda: 1 / (1 + xp.exp(-xs[0])),
            "softplus": lambda: xp.log1p(xp.exp(xs[0])), "erf": lambda: self.erf(xs[0]),
            "gauss": lambda: (2 / np.sqrt(np.pi)) * xp.exp(-xs[0] * xs[0]), "sin": lambda: xp.sin(xs[0]),
            "cos": lambda: xp.cos(xs[0]), "abs": lambda: xp.abs(xs[0]), "recip": lambda: 1 / xs[0],
            "square": lambda: xs[0] * xs[0],
        }
        return table[tag]()

    def value(self, graph: Graph, given: list[Any]) -> Any:
        """The scalar of a graph."""
        inputs = iter(given)
        made: list[Any] = []
        for node in graph:
            if node.value is not None:
                made.append(self.array(node.value.astype(np.float64)))
            elif node.is_input:
                made.append(next(inputs))
            else:
                made.append(self.apply(node.op.tag, dict(node.attrs), node.type.shape,
                                       [made[k] for k in node.inputs]))
        return made[graph.output]


def by_torch(graph: Graph, arrays: list[Array]) -> list[Array]:
    """Value and gradients in binary64."""
    import torch

    def conv(x: Any, w: Any, a: dict[str, Any]) -> Any:
        top, left, bottom, right = a["pad"]
        x = torch.nn.functional.pad(x, (left, right, top, bottom))
        return torch.nn.functional.conv2d(x, w, None, a["stride"], 0, a["dilation"], a["groups"])

    library = Library(torch, torch.erf, conv, torch.tensor, torch.permute, torch.cat)
    given = [torch.tensor(a, dtype=torch.float64, requires_grad=True) for a in arrays]
    value = library.value(graph, given)
    value.backward()
    return [value.detach().numpy(), *(g.grad.numpy() if g.grad is not None else np.zeros(g.shape)
                                      for g in given)]


def by_jax(graph: Graph, arrays: list[Array]) -> list[Array]:
    """Value and gradients in binary64."""
    import jax
    import jax.numpy as jnp

    def conv(x: Any, w: Any, a: dict[str, Any]) -> Any:
        top, left, bottom, right = a["pad"]
        return jax.lax.conv_general_dilated(x, w, a["stride"], ((top, bottom), (left, right)),
                                            rhs_dilation=a["dilation"], feature_group_count=a["groups"])

    with jax.enable_x64(True):
        library = Library(jnp, jax.scipy.special.erf, conv, jnp.array, jnp.transpose, jnp.concatenate)
        run = jax.jit(jax.value_and_grad(lambda *xs: library.value(graph, list(xs)),
                                         argnums=tuple(range(len(arrays)))))
        value, grads = run(*map(jnp.array, arrays))
        return [np.asarray(value), *map(np.asarray, grads)]
