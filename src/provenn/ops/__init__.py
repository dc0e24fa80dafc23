"""One room per op; ``ALL`` lists them by tag."""

from __future__ import annotations

import copyreg

from provenn.ir.op import Op
from provenn.ops.abs import abs_op
from provenn.ops.add import add
from provenn.ops.concat import concat
from provenn.ops.contract import contract
from provenn.ops.conv import conv
from provenn.ops.cos import cos
from provenn.ops.div import div
from provenn.ops.equal import equal
from provenn.ops.erf import erf
from provenn.ops.exp import exp
from provenn.ops.gauss import gauss
from provenn.ops.input import input
from provenn.ops.linear import linear
from provenn.ops.log import log
from provenn.ops.logsumexp import logsumexp
from provenn.ops.maximum import maximum
from provenn.ops.move import move
from provenn.ops.mul import mul
from provenn.ops.neg import neg
from provenn.ops.parameter import parameter
from provenn.ops.recip import recip
from provenn.ops.relu import relu
from provenn.ops.reshape import reshape
from provenn.ops.sigmoid import sigmoid
from provenn.ops.sign import sign
from provenn.ops.sin import sin
from provenn.ops.slice import slice_op
from provenn.ops.softplus import softplus
from provenn.ops.sqrt import sqrt
from provenn.ops.square import square
from provenn.ops.step import step
from provenn.ops.sub import sub
from provenn.ops.tanh import tanh
from provenn.ops.transpose import transpose

ALL: dict[str, Op] = {
    op.tag: op
    for op in (
        input, parameter, add, sub, mul, linear, conv, relu, reshape, transpose, concat, slice_op,
        move, contract, div, maximum, equal, step, neg, exp, log, sqrt, tanh, sigmoid, softplus, erf, gauss,
        sin, cos, abs_op, sign, logsumexp, recip, square,
    )
}


def named(tag: str) -> Op:
    """The operation of that name."""
    return ALL[tag]


copyreg.pickle(Op, lambda op: (named, (op.tag,)))
