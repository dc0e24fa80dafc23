"""Theorems that serve the same facet of many operations, by their names below ``Provenn``.

What each proves for an operation is stated in theories/Facets/Facets.v; Links.v restates it op by op.
"""

from __future__ import annotations

# Forward intervals enclose every execution of every node.
FORWARD = "Checker.EncloseProof.forwards_known"
# Transposed products are those with the adjoint, up to the rounding that is accounted for.
TRANSPOSED = "IR.LinMapProof.transV_error"
# The slope of an elementwise function of the core is its derivative where it is smooth.
DERIVATIVE = "Autodiff.CurveProof.derive1"
# What reverse mode emits for an op of the core is the adjoint of its derivative.
REVERSE = "Autodiff.RuleProof.rule_adjoint"
