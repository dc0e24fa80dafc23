"""Steps per second of compiled train steps, against hand-written jax.jit and PyTorch.

    python benchmarks/steps.py [--rounds 25] [--seconds 0.1] [--one-core] [--json FILE]
                               [--nets small large cnn]

Nets: MLPs 784-128-10 and 784-512-512-10, a CNN of two 3x3 convolutions with max pooling; batch 128, softmax
cross-entropy, SGD with momentum 0.9. Every contestant starts from the same weights, gets the same batches as
NumPy arrays, and must arrive at the same loss. Each round runs all of them, as many steps each as fill a
tenth of a second, in a random order and with a pause between: so other load hits all alike. What is printed
are medians over the rounds of steps per second, and of the ratio within a round, by the clock and by
processor time (that of waiting threads counts, so it flatters whoever is compared with PyTorch's two).
provenn is what ``provenn.compile`` gives; jax has the layout and pooling that were fastest when written by
hand (NHWC, reshape and max), and NCHW with reduce_window beside it, and gives away the memory of weights
and velocities as provenn does; PyTorch is eager with one and two threads.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

BATCH, RATE, MOMENTUM = 128, 0.01, 0.9
PAUSE = 0.03
NETS = {"small": (784, 128, 10), "large": (784, 512, 512, 10), "cnn": ()}
Array = np.ndarray
Run = Callable[[int], float]
"""Take so many steps and return the last loss."""


def batches(image: bool) -> list[tuple[Array, Array]]:
    rng = np.random.default_rng(0)
    shape = (BATCH, 1, 28, 28) if image else (BATCH, 784)
    return [(rng.random(shape, np.float32), rng.integers(0, 10, BATCH)) for _ in range(8)]


def provenn_model(sizes: Sequence[int]) -> Any:
    from provenn import nn

    if not sizes:
        return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                             nn.Flatten(), nn.Linear(32 * 7 * 7, 10))
    layers: list[Any] = []
    for n, m in itertools.pairwise(sizes):
        layers += [nn.Linear(n, m), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def provenn_run(model: Any, data: list[tuple[Array, Array]]) -> Run:
    import provenn
    from provenn import nn, optim

    step = provenn.compile(model, nn.CrossEntropyLoss(),
                           optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM))
    taken = 0

    def run(count: int) -> float:
        nonlocal taken
        for _ in range(count):
            x, y = data[taken % len(data)]
            loss = step(x, y)
            taken += 1
        return float(loss)

    return run


def jax_forward(image: bool, layout: str) -> Callable[..., Any]:
    import jax
    import jax.numpy as jnp
    from jax import lax

    def linear(weights: list[Any], x: Any) -> Any:
        for k in range(0, len(weights), 2):
            x = x @ weights[k].T + weights[k + 1]
            x = jax.nn.relu(x) if k + 2 < len(weights) else x
        return x

    def nhwc(weights: list[Any], x: Any) -> Any:
        x = x.reshape(BATCH, 28, 28, 1)
        for k in (0, 2):
            x = lax.conv_general_dilated(x, weights[k].transpose(2, 3, 1, 0), (1, 1), "SAME",
                                         dimension_numbers=("NHWC", "HWIO", "NHWC"))
            x = jax.nn.relu(x + weights[k + 1])
            n, h, w, c = x.shape
            x = x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))
        return linear(weights[4:], x.transpose(0, 3, 1, 2).reshape(BATCH, -1))

    def nchw(weights: list[Any], x: Any) -> Any:
        for k in (0, 2):
            x = lax.conv_general_dilated(x, weights[k], (1, 1), "SAME",
                                         dimension_numbers=("NCHW", "OIHW", "NCHW"))
            x = jax.nn.relu(x + weights[k + 1][:, None, None])
            x = lax.reduce_window(x, -jnp.inf, lax.max, (1, 1, 2, 2), (1, 1, 2, 2), "VALID")
        return linear(weights[4:], x.reshape(BATCH, -1))

    return (nhwc if layout == "nhwc" else nchw) if image else linear


def jax_run(weights: list[Array], data: list[tuple[Array, Array]], layout: str) -> Run:
    import jax
    import jax.numpy as jnp

    forward = jax_forward(data[0][0].ndim == 4, layout)

    def loss(ps: list[Any], x: Any, y: Any) -> Any:
        z = forward(ps, x)
        return (jax.nn.logsumexp(z, axis=1) - jnp.take_along_axis(z, y[:, None], 1)[:, 0]).mean()

    def update(ps: list[Any], vs: list[Any], x: Any, y: Any, rate: Any) -> Any:
        value, grads = jax.value_and_grad(loss)(ps, x, y)
        vs = [MOMENTUM * v + g for v, g in zip(vs, grads)]
        return [p - rate * v for p, v in zip(ps, vs)], vs, value

    step = jax.jit(update, donate_argnums=(0, 1))
    ps, vs, taken = [jnp.array(p) for p in weights], [jnp.zeros(p.shape) for p in weights], 0
    data = [(x, y.astype(np.int32)) for x, y in data]

    def run(count: int) -> float:
        nonlocal ps, vs, taken
        for _ in range(count):
            ps, vs, value = step(ps, vs, *data[taken % len(data)], np.float32(RATE))
            taken += 1
        return float(value)

    return run


def torch_run(weights: list[Array], data: list[tuple[Array, Array]], sizes: Sequence[int],
              threads: int) -> Run:
    import torch
    from torch import nn

    if sizes:
        layers: list[Any] = []
        for n, m in itertools.pairwise(sizes):
            layers += [nn.Linear(n, m), nn.ReLU()]
        model = nn.Sequential(*layers[:-1])
    else:
        model = nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                              nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
                              nn.Flatten(), nn.Linear(32 * 7 * 7, 10))
    for p, w in zip(model.parameters(), weights):
        p.data = torch.from_numpy(w.copy())
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE, momentum=MOMENTUM)
    taken = 0

    def run(count: int) -> float:
        nonlocal taken
        torch.set_num_threads(threads)
        for _ in range(count):
            x, y = data[taken % len(data)]
            optimizer.zero_grad()
            value = nn.functional.cross_entropy(model(torch.from_numpy(x)), torch.from_numpy(y))
            value.backward()
            optimizer.step()
            taken += 1
        return float(value.detach())

    return run


def contestants(net: str) -> dict[str, Run]:
    sizes = NETS[net]
    data = batches(image=not sizes)
    model = provenn_model(sizes)
    weights = [np.array(p.numpy()) for p in model.parameters()]
    made = {"provenn": provenn_run(model, data), "jax.jit": jax_run(weights, data, "nhwc")}
    if not sizes:
        made["jax.jit NCHW"] = jax_run(weights, data, "nchw")
    for threads in range(1, 1 + min(2, len(os.sched_getaffinity(0)))):
        made[f"PyTorch, {threads} thread{'s' * (threads > 1)}"] = torch_run(weights, data, sizes, threads)
    return made


class Timed(NamedTuple):
    """Steps per second of one round, by the clock and by the processor time of all threads."""

    clock: float
    processor: float


def timed(run: Run, count: int) -> Timed:
    """Time ``count`` steps once the threads of whoever ran before have come to rest."""
    time.sleep(PAUSE)
    run(2)
    start, used = time.perf_counter(), time.process_time()
    run(count)
    return Timed(count / (time.perf_counter() - start), count / max(1e-9, time.process_time() - used))


def measure(net: str, rounds: int, seconds: float) -> dict[str, dict[str, float]]:
    """Of every contestant the median steps per second, and the medians of provenn's ratios to it."""
    runs = contestants(net)
    compiled = {}
    for name, run in runs.items():
        start = time.perf_counter()
        run(1)
        compiled[name] = time.perf_counter() - start
    losses = {name: run(9) for name, run in runs.items()}
    middle = statistics.median(losses.values())
    assert all(abs(v - middle) < 1e-3 * middle for v in losses.values()), losses
    counts = {name: max(3, round(seconds * timed(run, 10).clock)) for name, run in runs.items()}
    speeds: dict[str, list[Timed]] = {name: [] for name in runs}
    order, shuffle = list(runs), random.Random(0).shuffle
    for _ in range(rounds):
        shuffle(order)
        for name in order:
            speeds[name].append(timed(runs[name], counts[name]))
    print(f"\n{net}: {'-'.join(map(str, NETS[net])) or '2 conv + pool, dense'}")
    found = {}
    for name, seen in speeds.items():
        pairs = list(zip(speeds["provenn"], seen))
        found[name] = {
            "steps_per_second": statistics.median(s.clock for s in seen),
            "ratio_by_clock": statistics.median(a.clock / b.clock for a, b in pairs),
            "ratio_by_processor_time": statistics.median(a.processor / b.processor for a, b in pairs),
            "first_step_seconds": compiled[name],
        }
        speed, clock, processor, first = found[name].values()
        print(f"  {name:20} {speed:8.1f} steps/s   provenn / this: {clock:5.2f} by the clock, "
              f"{processor:5.2f} by processor time   first step {first:5.2f} s")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--seconds", type=float, default=0.1, help="length of a round for each contestant")
    parser.add_argument("--one-core", action="store_true", help="run everything on one core")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--nets", nargs="+", default=list(NETS), choices=list(NETS))
    options = parser.parse_args()
    if options.one_core:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    load = os.getloadavg()[0]
    print(f"{len(os.sched_getaffinity(0))} cores, load {load:.1f} before the start")
    found = {net: measure(net, options.rounds, options.seconds) for net in options.nets}
    if options.json:
        options.json.write_text(json.dumps({"load": load, "results": found}, indent=2) + "\n")


if __name__ == "__main__":
    main()
