"""The XLA backend: our StableHLO text through jax's client, on the CPU.

jax.extend gives the client, whose methods used here (``compile_and_load``, ``execute_sharded``) are no
documented API. Neither are ``batched_device_put``, five times as fast as ``jax.device_put``, and
``array_result_handler``, which makes arrays of results three times as fast as taking them apart one by one.
The versions of jax and jaxlib are pinned in pyproject.toml, and tests/eval holds what we rely on. XLA
compares sizes in bytes only, so shapes and element types are checked before every call.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from provenn.errors import ToolError
from provenn.eval.backends.executable import Feed, as_feed, check_feed, check_feeds
from provenn.eval.stablehlo import text
from provenn.ir.graph import Graph
from provenn.ir.op import Array

_clients: list[Any] = []


def client(reproducible: bool) -> Any:
    """The process's XLA client on the CPU; starts it with one thread for ``reproducible``.

    Raises ToolError PNN-TOOL-721 without jax, PNN-TOOL-723 when the client runs with several threads already.
    """
    if reproducible and os.environ.get("NPROC") != "1":
        if _clients:
            raise ToolError("PNN-TOOL-723", "XLA is running with several threads already",
                            hint="ask for reproducible before anything is compiled, or set NPROC=1 in the "
                                 "environment, or use the backend iree")
        os.environ["NPROC"] = "1"
    if not _clients:
        try:
            from jax.extend import backend
        except ImportError as e:
            raise ToolError("PNN-TOOL-721", "the backend xla needs jax", got=e,
                            hint="pip install provenn[xla], or use the backend numpy") from None
        _clients.append(backend.get_backend("cpu"))
    return _clients[0]


class Xla:
    """A graph compiled by XLA."""

    def __init__(self, graph: Graph, donate: Mapping[int, int], reproducible: bool) -> None:
        import jax
        from jax.extend.backend import get_compile_options
        from jaxlib import _jax

        self.graph = graph
        nodes = [graph.nodes[i] for i in graph.inputs]
        self._types, self._names = [n.type for n in nodes], [n.name for n in nodes]
        runner = client(reproducible)
        self._devices = runner.local_devices()[:1]
        self._native, self._put = _jax.ArrayImpl, _jax.batched_device_put
        self._copy = _jax.HostBufferSemantics.IMMUTABLE_ONLY_DURING_CALL
        self._expected = [(t.shape, np.dtype(t.dtype)) for t in self._types]
        self._donated, self._numbers = set(donate), dict[int, tuple[bytes, Any]]()
        self._place = jax.sharding.SingleDeviceSharding(self._devices[0])
        self._avals = [jax.core.ShapedArray(t.shape, np.dtype(t.dtype)) for t in self._types]
        results = [graph.nodes[i].type for i in graph.outputs]
        self._handlers = [
            _jax.array_result_handler(jax.core.ShapedArray(t.shape, np.dtype(t.dtype)), self._place,
                                      committed=True, _skip_checks=True) for t in results]
        options = get_compile_options(num_replicas=1, num_partitions=1)
        try:
            self._run = runner.compile_and_load(text(graph, donate), self._devices, options)
        except jax.errors.JaxRuntimeError as e:
            raise ToolError("PNN-TOOL-722", "XLA cannot compile this graph", got=str(e)[:2000],
                            hint="a bug in provenn: please report it; the backend numpy runs the graph",
                            ) from None

    def __call__(self, feeds: Sequence[Feed]) -> list[Feed]:
        """Outputs as jax arrays; the call returns before they are computed."""
        if len(feeds) != len(self._types):
            check_feeds(self._types, feeds, self._names)
        placed = [x if type(x) is self._native and (x.shape, x.dtype) == self._expected[k]
                  else self._copied(x, k) for k, x in enumerate(feeds)]
        return list(self._run.execute_sharded(placed).consume_with_handlers(self._handlers))

    def _copied(self, x: Feed, k: int) -> Feed:
        """Feed number ``k`` on the device, once it is what the graph expects.

        By default XLA aliases aligned host memory; what it reads must be nobody else's, so it is told that
        the array is constant during this call only, and copies it. A number that is the same as in the last
        call, such as a learning rate, is there already.
        """
        x = as_feed(x)
        check_feed(self._types[k], x, f"input {k} {self._names[k]!r}")
        number = x.tobytes() if x.shape == () and k not in self._donated else None
        if number is not None and self._numbers.get(k, (None,))[0] == number:
            return self._numbers[k][1]
        placed = self._put(self._avals[k], self._place, [np.ascontiguousarray(x)], self._devices, True,
                           False, self._copy)
        if number is not None:
            self._numbers[k] = number, placed
        return placed

    def host(self, values: Sequence[Feed]) -> list[Array]:
        """Copies, after waiting for them."""
        return [np.array(v) for v in values]


def build(graph: Graph, donate: Mapping[int, int], reproducible: bool) -> Xla:
    """Compile with XLA; one core when ``reproducible``."""
    client(reproducible)
    return Xla(graph, donate, reproducible)
