"""input — the network's argument, node 0 of every graph.

Has no operands; its attribute ``shape`` is its type. Symbolic batch sizes have become 1.

Proof: theories/IR/Graph.v (the argument itself).
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.base.types import TensorType
from provenn.ir.op import Attrs, Have, Lacks, Op, Zero
from provenn.ops import families

GIVEN = Lacks("the caller gives its value")


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """The declared shape."""
    return TensorType(tuple(attrs["shape"]), attrs.get("dtype", "float32"))


input = Op(
    tag="input", code=1, coq="Provenn.IR.Graph", facts=("leaf",),
    shape=Have(shape), kernel=GIVEN, interval=GIVEN, transpose=Zero(), slope=GIVEN, lines=GIVEN,
    grad=Zero(), lower=families.CORE,
    stablehlo=GIVEN,
    enclose=families.GIVEN, onnx=Lacks("graph inputs are no ONNX operator"),
)
