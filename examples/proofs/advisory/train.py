"""Train the advisory network on a rule, and write it with its certificate as a Coq file.

    python examples/proofs/advisory/train.py        # writes Advisory.v beside this file

The rule: an intruder is in conflict when it is nearer than 0.2 + 0.4 times its closing speed; then turn
right when it is on the left, and left when it is on the right. The weights are rounded to multiples of 1/64,
which decimal literals and binary32 hold exactly. ``provenn.verify`` finds the certificate for safe.vnnlib;
property and certificate stand in the file as words, everything else as people write it in Advisory.v.in.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import provenn
from provenn import nn, optim
from provenn.coq.export import folded, number, specification
from provenn.coq.kernel import definition
from provenn.io.output import write_atomically
from provenn.ir.graph import Builder, Graph
from provenn.ir.property import property_words
from provenn.ops import ALL

HERE = Path(__file__).parent
SEED, HIDDEN, POINTS, BATCH, EPOCHS, RATE, GRID = 5, 16, 12800, 128, 12, 2e-2, 64
CLEAR, LEFT, RIGHT = range(3)
Array = NDArray[Any]


def rule(x: Array) -> Array:
    """The advice for each row: distance, bearing, closing speed."""
    distance, bearing, speed = x.T
    return np.where(distance > 0.2 + 0.4 * speed, CLEAR, np.where(bearing < 0, RIGHT, LEFT))


def points(rng: np.random.Generator, count: int) -> Array:
    """Encounters, all equally likely."""
    return rng.uniform((0, -1, 0), (1, 1, 1), (count, 3)).astype(np.float32)


def trained() -> nn.Sequential:
    """The network with weights on the grid."""
    provenn.manual_seed(SEED)
    rng = np.random.default_rng(SEED)
    model = nn.Sequential(nn.Linear(3, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
                          nn.Linear(HIDDEN, 3))
    x = points(rng, POINTS)
    loader = provenn.DataLoader((x, rule(x)), batch_size=BATCH, shuffle=True, drop_last=True)
    optimizer = optim.Adam(model.parameters(), lr=RATE)
    step = provenn.compile(model, nn.CrossEntropyLoss(), optimizer, backend="numpy")
    for epoch in range(EPOCHS):
        optimizer.param_groups[0]["lr"] = RATE * (1 - epoch / EPOCHS)
        for inputs, labels in loader:
            step(inputs, labels)
    step.sync()
    model.load_state_dict({k: np.round(np.asarray(v) * GRID) / np.float32(GRID)
                           for k, v in model.state_dict().items()})
    return model


def decimals(values: Array) -> str:
    """A list of exact decimals, in lines."""
    words = "; ".join(number(Fraction(float(v))).strip("()") for v in values)
    return "\n      ".join(line.strip() for line in folded(f"[{words}]".split()))


def layers(model: nn.Sequential) -> str:
    """The network as Coq reads it: the linear modules, each with the activation that follows it."""
    state = {k: np.asarray(v) for k, v in model.state_dict().items()}
    made = []
    for k in range(0, len(model), 2):
        rows = ";\n     ".join(map(decimals, state[f"{k}.weight"]))
        activation = "Relu" if k + 1 < len(model) else "Identity"
        made.append(f"  Layer\n    [{rows}]%Q\n     {decimals(state[f'{k}.bias'])}%Q {activation}")
    return ";\n".join(made)


def graph_of(model: nn.Sequential) -> Graph:
    """The graph with its nodes in the order in which ``graph_words`` lists them in Coq."""
    b = Builder()
    at = b.add(ALL["input"], shape=(1, 3))
    state = {k: np.asarray(v) for k, v in model.state_dict().items()}
    for k in range(0, len(model), 2):
        parts = [b.parameter(ALL["parameter"], state[f"{k}.{part}"], f"{k}.{part}")
                 for part in ("weight", "bias")]
        at = b.add(ALL["linear"], at, *parts)
        at = b.add(ALL["relu"], at) if k + 1 < len(model) else at
    return b.finish(at)


def main() -> None:
    """Train, verify, write."""
    model = trained()
    x = points(np.random.default_rng(SEED + 1), 4000)
    right = np.asarray(provenn.compile(model, backend="numpy")(x)).argmax(1) == rule(x)
    verdict = provenn.verify(graph_of(model), HERE / "safe.vnnlib", timeout=60)
    print(f"follows the rule in {right.mean():.1%} of {len(x)} encounters; safe.vnnlib: {verdict.answer}")
    if verdict.answer != "unsat" or verdict.certificate is None:
        raise SystemExit("no certificate: nothing is written")
    text = (HERE / "Advisory.v.in").read_text()
    for key, value in {
            "LAYERS": layers(model), "SPECIFICATION": specification(verdict.prop),
            "PROPERTY": definition("property", property_words(verdict.prop)),
            "CERTIFICATE": definition("certificate", verdict.certificate)}.items():
        text = text.replace(f"@{key}@\n", value.rstrip("\n") + "\n")
    write_atomically(HERE / "Advisory.v", text)


if __name__ == "__main__":
    main()
