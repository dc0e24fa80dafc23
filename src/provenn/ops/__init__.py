"""One room per op; ``ALL`` lists them by tag."""

from __future__ import annotations

from provenn.ir.op import Op
from provenn.ops.add import add
from provenn.ops.concat import concat
from provenn.ops.conv import conv
from provenn.ops.input import input
from provenn.ops.linear import linear
from provenn.ops.mul import mul
from provenn.ops.parameter import parameter
from provenn.ops.relu import relu
from provenn.ops.reshape import reshape
from provenn.ops.slice import slice_op
from provenn.ops.sub import sub
from provenn.ops.transpose import transpose

ALL: dict[str, Op] = {
    op.tag: op
    for op in (input, parameter, add, sub, mul, linear, conv, relu, reshape, transpose, concat, slice_op)
}
