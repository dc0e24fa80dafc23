"""From a record to the graph of its cotangents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from provenn.autodiff.lower import lower
from provenn.autodiff.reverse import gradient, vjp
from provenn.errors import GraphError, ShapeError
from provenn.ir.emit import GraphEmitter
from provenn.ir.graph import Builder, Graph
from provenn.ops import ALL
from provenn.tensor import recording

if TYPE_CHECKING:
    from provenn.tensor.core import Tensor


def leaves(outputs: Iterable[Tensor], stop: Iterable[Tensor] = ()) -> list[Tensor]:
    """The tensors without history that ``outputs`` were computed from, those of ``stop`` left out.

    Raises GraphError PNN-FACE-919 when one of them was changed after it was used: its old value is gone.
    """
    stop = list(stop)
    ends = {id(t) for t in stop}
    past = recording.history(outputs, stop)
    for t in past:
        late = [x for x in t.inputs if x.changed > t.serial and id(t) not in ends]
        if late:
            raise GraphError("PNN-FACE-919", "a tensor was changed after something was computed from it",
                             where=recording.user_line(), expected="backward() before the step",
                             got=f"new values in {late[0]!r}"[:80])
    return [t for t in past if t.op is None and id(t) not in ends]


def pulled(outputs: Sequence[Tensor], inputs: Sequence[Tensor], count: int,
           seeds: Sequence[tuple[int, ...]]) -> Graph:
    """The graph of ``outputs`` and of the cotangents of the first ``count`` inputs.

    Without ``seeds`` the first output is a scalar whose gradient is meant; with them, the shapes of the
    outputs' cotangents, which become further inputs. Raises GraphError PNN-GRAPH-105 when there is no seed
    and no scalar, ShapeError PNN-FACE-908 when a cotangent has another shape than its output.
    """
    graph = lower(recording.graph_of(outputs, inputs))
    wrt = graph.inputs[:count]
    if not seeds:
        return gradient(graph, wrt)
    builder = Builder(graph.name, list(graph.nodes))
    emit = GraphEmitter(builder, ALL)
    given: dict[int, int] = {}
    for node, t, shape in zip(graph.outputs, outputs, seeds):
        if t.shape != shape:
            raise recording.at_user_line(ShapeError(
                "PNN-FACE-908", "a cotangent has the shape of its tensor", expected=list(t.shape),
                got=list(shape)), "vjp")
        seed = emit.input(shape=shape)
        given[node] = emit.add(given[node], seed) if node in given else seed
    return builder.finish(*graph.outputs, *vjp(builder, wrt, given))
