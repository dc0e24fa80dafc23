"""Derivatives of functions of tensors. What they return is recorded again, so they nest.

    slope = grad(f)                       # a function: gradients of the scalar f(x)
    y, pull = vjp(f, x)                   # pull(cotangent) -> cotangents of the arguments
    y, velocity = jvp(f, (x,), (v,))      # the derivative of f at x along v

Theorem: Provenn.Autodiff.ReverseProof.vjp_correct, for the graph that each of them runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

from provenn.autodiff.reverse import vjp as pull_graph
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from provenn.tensor import pullback, recording
from provenn.tensor.core import Tensor, apply, as_tensor, variable

Function = Callable[..., Any]


def replay(graph: Graph, feeds: Sequence[Tensor]) -> list[Tensor]:
    """The outputs of a graph applied to tensors, node by node, recorded like any other operation."""
    given = iter(feeds)
    made: list[Tensor] = []
    for node in graph:
        if node.value is not None:
            made.append(Tensor(node.value))
        elif node.is_input:
            made.append(next(given))
        else:
            made.append(apply(node.op.tag, *(made[k] for k in node.inputs), **node.attrs))
    return [made[i] for i in graph.outputs]


def _open(function: Function, args: Sequence[Any], kwargs: dict[str, Any],
          picks: Sequence[int]) -> tuple[list[Tensor], list[Tensor], Any]:
    """(picked arguments, leaves in their place, result): ``function`` recorded from those leaves on."""
    points = [as_tensor(args[k]) for k in picks]
    fresh = dict(zip(picks, map(variable, points)))
    with recording.recording(True):
        result = function(*(fresh.get(k, a) for k, a in enumerate(args)), **kwargs)
    return points, list(fresh.values()), result


def value_and_grad(function: Function, argnums: int | Sequence[int] = 0) -> Function:
    """A function that returns (value, gradient) of a function with a scalar result.

    ``argnums`` picks the arguments: a number gives one gradient, several numbers a tuple. Raises GraphError
    PNN-GRAPH-105 when the result is no scalar.

    Example:
        >>> value_and_grad(lambda x: (x * x).sum())(Tensor([3.0]))
        (Tensor(9.), Tensor([6.]))
    """
    picks = (argnums,) if isinstance(argnums, int) else tuple(argnums)

    @functools.wraps(function)
    def derived(*args: Any, **kwargs: Any) -> tuple[Tensor, Any]:
        points, fresh, result = _open(function, args, kwargs, picks)
        others = pullback.leaves([result], fresh)
        graph = pullback.pulled([result], [*fresh, *others], len(fresh), [])
        value, *grads = replay(graph, [*points, *others])
        return value, grads[0] if isinstance(argnums, int) else tuple(grads)

    return derived


def grad(function: Function, argnums: int | Sequence[int] = 0) -> Function:
    """A function that returns the gradient of a function with a scalar result; see value_and_grad.

    Example:
        >>> grad(grad(lambda x: x * x * x))(Tensor(2.0))
        Tensor(12.)
    """
    both = value_and_grad(function, argnums)

    @functools.wraps(function)
    def derived(*args: Any, **kwargs: Any) -> Any:
        return both(*args, **kwargs)[1]

    return derived


def _several(result: Any) -> list[Tensor]:
    return list(result) if isinstance(result, (tuple, list)) else [result]


def vjp(function: Function, *args: Any) -> tuple[Any, Callable[..., tuple[Tensor, ...]]]:
    """The value of a function and the map from cotangents of its results to those of its arguments."""
    points, fresh, result = _open(function, args, {}, range(len(args)))
    results = _several(result)
    others = pullback.leaves(results, fresh)
    graph = pullback.pulled(results, [*fresh, *others], len(fresh), [t.shape for t in results])
    values = replay(recording.graph_of(results, [*fresh, *others]), [*points, *others])

    def pull(*cotangents: Any) -> tuple[Tensor, ...]:
        made = replay(graph, [*points, *others, *map(as_tensor, cotangents)])
        return tuple(made[len(results) :])

    return values[0] if isinstance(result, Tensor) else tuple(values), pull


def jvp(function: Function, primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """The value of a function and its derivative along ``tangents``.

    The map from cotangents to gradients is linear; its own gradient along the tangents is the derivative.
    """
    points, fresh, result = _open(function, primals, {}, range(len(primals)))
    results = _several(result)
    others = pullback.leaves(results, fresh)
    graph = pullback.pulled(results, [*fresh, *others], len(fresh), [t.shape for t in results])
    builder = Builder(graph.name, list(graph.nodes))
    emit = GraphEmitter(builder, ALL)
    seeds = graph.inputs[len(fresh) + len(others) :]
    along: dict[int, int] = {}
    for node, t in zip(graph.outputs[len(results) :], fresh):
        tangent = emit.input(shape=t.shape)
        along[node] = emit.add(along[node], tangent) if node in along else tangent
    pushed = pull_graph(builder, seeds, along)
    whole = builder.finish(*graph.outputs[: len(results)], *pushed)
    # The derivative does not depend on the cotangents, in which everything is linear.
    at = [Tensor(0.0).expand(t.shape) for t in results]
    made = replay(whole, [*points, *others, *at, *map(as_tensor, tangents)])
    values, velocities = made[: len(results)], made[len(results) :]
    if isinstance(result, Tensor):
        return values[0], velocities[0]
    return tuple(values), tuple(velocities)
