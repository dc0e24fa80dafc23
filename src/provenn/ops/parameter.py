"""parameter — a constant tensor that the graph carries: a weight, a bias, a mean.

Has no operands; the value is finite, stored as given (binary32).

Proof: theories/IR/Graph.v (a constant).
"""

from __future__ import annotations

from collections.abc import Sequence

from provenn.base.types import TensorType
from provenn.ir.op import Attrs, Have, Lacks, Op, Zero
from provenn.ops import families

CARRIED = Lacks("the graph carries its value")


def shape(types: Sequence[TensorType], attrs: Attrs) -> TensorType:
    """The shape of the value."""
    return TensorType(tuple(attrs["shape"]), attrs.get("dtype", "float32"))


parameter = Op(
    tag="parameter", code=2, coq="Provenn.IR.Graph", facts=("leaf",),
    shape=Have(shape), kernel=CARRIED, interval=CARRIED, transpose=Zero(), slope=CARRIED,
    lines=CARRIED, grad=Zero(), lower=families.CORE,
    stablehlo=CARRIED,
    enclose=families.GIVEN, onnx=Have(("Constant",)),
)
