"""Options of several verbs: how much may run at the same time, where, and with how much memory."""

from __future__ import annotations

from typing import Annotated

import typer

GB = 10**9
Jobs = Annotated[int | None, typer.Option(
    min=1, help="Processes that share a long search, and its check; by default all cores.")]
Processes = Annotated[int | None, typer.Option(
    "--jobs", min=1, help="Processes that check a certificate; by default all cores.")]
Cluster = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Use the workers of this dask.distributed scheduler.")]
Memory = Annotated[
    float | None, typer.Option(min=0.2, metavar="GB", help="Memory of each process; beyond it: unknown.")]
Semantics = Annotated[str | None, typer.Option(
    metavar="real|binary32|auto", help="What unsat is about; by default as declared, else binary32.")]
Ulps = Annotated[int, typer.Option(help="With binary32: the accuracy assumed of exp, tanh and the like.")]


def limit(memory: float | None) -> int | None:
    """The option ``--memory`` in bytes."""
    return None if memory is None else int(memory * GB)

