"""``provenn run``: the outputs of a network at given inputs, in one of several arithmetics."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from provenn.cli.console import narrate, output, say, say_json
from provenn.errors import FileError, ShapeError, ToolError, UsageError
from provenn.io.output import check_writable, write_atomically

if TYPE_CHECKING:
    from provenn.ir.graph import Graph
    from provenn.ir.op import Array

SHOWN = 32
BACKENDS = ("numpy", "xla", "iree", "onnxruntime")
ARITHMETIC = {
    "exact": "binary32, every step rounded, sums in the reference order",
    "numpy": "binary32 by NumPy, sums in the order of its BLAS",
    "xla": "binary32 compiled by XLA, sums in its order",
    "iree": "binary32 compiled by IREE, sums in its order",
    "onnxruntime": "binary32 by onnxruntime, from the file itself",
}


def run(
    model: Annotated[Path, typer.Argument(metavar="MODEL.onnx", help="The network.")],
    input: Annotated[Path, typer.Option(metavar="X.npy", help="One input, or several along a first axis.")],
    exact: Annotated[bool, typer.Option("--exact", help="Bit for bit in the reference order.")] = False,
    backend: Annotated[str | None, typer.Option(metavar="|".join(BACKENDS), help="What computes.")] = None,
    save: Annotated[Path | None, typer.Option("--output", metavar="Y.npy", help="Save the outputs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No narration on stderr.")] = False,
) -> None:
    """Run a network; --exact is the run in which counterexamples are replayed.

    Every number is shown in decimal and, exactly, in hexadecimal; beside it, how far onnxruntime is from it.
    """
    output.json, output.quiet = as_json, quiet
    if exact and backend is not None:
        raise UsageError("PNN-CLI-821", "--exact is an arithmetic of its own", got=f"--backend {backend}",
                         expected="--exact or --backend, not both")
    if not exact and (backend or "numpy") not in BACKENDS:
        raise UsageError("PNN-CLI-821", f"there is no backend {backend!r}", expected=", ".join(BACKENDS),
                         got=backend)
    check_writable(save)
    from provenn.io.network import read_network

    graph = read_network(model).graph
    x = batch_of(load(input), graph, input)
    way = "exact" if exact else backend or "numpy"
    narrate(f"running {model.name} on {len(x)} input(s): {ARITHMETIC[way]}")
    y = outputs(way, graph, model, x)
    other = None if way == "onnxruntime" else compared(model, x, y)
    if save is not None:
        _save(save, y)
    if as_json:
        say_json({"network": str(model), "input": str(input), "arithmetic": way, "shape": list(y.shape),
                  "values": _plain(y), "hex": [hexadecimal(v) for v in map(float, y.ravel())],
                  "onnxruntime": other})
    else:
        _print(y, way, other)


def load(path: Path) -> Array:
    """The numbers in a .npy file as binary32.

    Raises FileError PNN-CLI-831 for what is no such file, UsageError PNN-CLI-833 for NaN and for numbers that
    are not binary32.
    """
    import numpy as np

    from provenn.io.files import read_bytes

    data = read_bytes(path, "PNN-CLI-831", "NumPy")
    try:
        if not data.startswith(b"\x93NUMPY"):
            raise ValueError("another kind of file")
        x = np.load(io.BytesIO(data), allow_pickle=False)
        if not isinstance(x, np.ndarray) or x.dtype.kind not in "fiub":
            raise ValueError("it does not hold an array of numbers")
    except (ValueError, OSError, EOFError) as e:
        raise FileError("PNN-CLI-831", "this is no NumPy file of numbers", where=str(path),
                        got=str(e).split("\n")[0][:200], hint="numpy.save(path, x) writes one") from None
    with np.errstate(over="ignore"):
        single = x.astype(np.float32)
    bad = np.argwhere(np.isnan(single) | (single.astype(x.dtype, copy=False) != x))
    if len(bad):
        at = tuple(int(k) for k in bad[0])
        raise UsageError("PNN-CLI-833", "an input is not a binary32 number", where=f"{path}, at {list(at)}",
                         expected="numbers that float32 holds exactly, no NaN", got=repr(x[at].item()),
                         hint="x.astype(numpy.float32) rounds")
    return single


def batch_of(x: Array, graph: Graph, path: Path) -> Array:
    """The inputs as [batch, *input shape]; ShapeError PNN-CLI-832 when they have another shape."""
    shape = graph.input_type.shape
    if x.shape == shape:
        return x[None]
    if x.shape[1:] == shape and len(x):
        return x
    if shape[:1] == (1,) and x.shape[1:] == shape[1:] and len(x):
        return x.reshape(len(x), *shape)
    raise ShapeError("PNN-CLI-832", "the input does not have the network's shape", where=str(path),
                     expected=f"{list(shape)}, or several along a first axis", got=list(x.shape),
                     hint="x.reshape(...) and numpy.save it again")


def outputs(way: str, graph: Graph, model: Path, x: Array) -> Array:
    """[batch, *output shape] in one of the arithmetics; ToolError PNN-TOOL-731 without onnxruntime."""
    import numpy as np

    from provenn.eval.backends.choice import compile_graph
    from provenn.eval.run import replay
    from provenn.verify.opinion import onnxruntime_output

    shape = (len(x), *graph.nodes[graph.output].type.shape)
    if way == "exact":
        rows = [replay(graph, one) for one in x]
    elif way == "onnxruntime":
        found = [onnxruntime_output(model, one.ravel()) for one in x]
        rows = [f.output for f in found if f.output is not None]
        if len(rows) < len(x):
            raise ToolError("PNN-TOOL-731", "this library cannot be used", where="onnxruntime",
                            got=found[0].note, hint="pip install onnxruntime")
    else:
        compiled = compile_graph(graph, way)
        rows = [compiled.host(compiled([one]))[0] for one in x]
    return np.stack([np.asarray(r, np.float32).ravel() for r in rows]).reshape(shape)


def compared(model: Path, x: Array, y: Array) -> dict[str, Any]:
    """How far onnxruntime is from these outputs, or why that is not known."""
    import numpy as np

    from provenn.base.binary32 import steps_between
    from provenn.verify.opinion import onnxruntime_output

    largest, steps, note = 0.0, 0, ""
    for one, mine in zip(x, y):
        other = onnxruntime_output(model, one.ravel())
        if other.output is None:
            return {"note": other.note}
        theirs, note = other.output.astype(np.float32), other.note
        if theirs.size != mine.size or not np.array_equal(np.isfinite(theirs), np.isfinite(mine.ravel())):
            return {"note": f"{note} gives other infinities, NaN or another number of outputs"}
        both = np.isfinite(theirs)
        apart = np.abs(theirs.astype(np.float64) - mine.ravel())[both]
        largest = max(largest, float(apart.max(initial=0.0)))
        steps = max(steps, int(steps_between(theirs, mine.ravel())[both].max(initial=0)))
    return {"note": note, "largest_difference": largest, "binary32_numbers_apart": steps}


def _save(path: Path, y: Array) -> None:
    import numpy as np

    stream = io.BytesIO()
    np.save(stream, y, allow_pickle=False)
    write_atomically(path, stream.getvalue())


def _plain(y: Array) -> list[float | str]:
    """Numbers for JSON, which has no infinities and no NaN."""
    return [v if abs(v) < float("inf") else str(v) for v in map(float, y.ravel())]


def hexadecimal(v: float) -> str:
    """A number exactly, without zeros at the end.

    Example:
        >>> hexadecimal(0.75), hexadecimal(-2.0)
        ('0x1.8p-1', '-0x1p+1')
    """
    return re.sub(r"\.?0*p", "p", v.hex())


def _print(y: Array, way: str, other: dict[str, Any] | None) -> None:
    import numpy as np

    for at in list(np.ndindex(*y.shape))[:SHOWN]:
        index = ", ".join(map(str, at[1:] if len(y) == 1 else at))
        say(f"[{index}]  {y[at]:.9g}  {hexadecimal(float(y[at]))}")
    if y.size > SHOWN:
        say(f"… and {y.size - SHOWN} more; --json and --output give all")
    say(f"  {'arithmetic':<12} {ARITHMETIC[way]}")
    if other is not None:
        far = "" if "largest_difference" not in other else (
            f": at most {other['largest_difference']:.3g} away, "
            f"{other['binary32_numbers_apart']} binary32 numbers")
        say(f"  {'beside it':<12} {other['note']}{far}")
