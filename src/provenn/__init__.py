"""provenn: neural networks that come with proofs.

    import provenn

    verdict = provenn.verify("model.onnx", "spec.vnnlib", timeout=60)
    print(verdict.answer)                # "sat", "unsat", "unknown" or "timed-out"

Names are loaded when first used, so ``import provenn`` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from provenn import functional, nn, optim
    from provenn.bounded import BoundedModule, BoundedTensor, PerturbationLpNorm
    from provenn.catalogue import explain
    from provenn.errors import (
        CertificateError,
        FileError,
        GraphError,
        PropertyError,
        ProvennError,
        ShapeError,
        ToolError,
        UnsupportedError,
    )
    from provenn.io.network import read_vnnlib
    from provenn.io.onnx import read as read_onnx
    from provenn.ir.canonical import graph_hash
    from provenn.ir.graph import Builder, Graph
    from provenn.ir.printer import show
    from provenn.ir.property import Property, property_hash
    from provenn.report import write as write_report
    from provenn.tensor import Tensor, grad, jvp, manual_seed, no_grad, value_and_grad, vjp
    from provenn.train.checkpoint import from_pretrained, save_pretrained
    from provenn.train.compiling import compile
    from provenn.train.dataset import DataLoader
    from provenn.verify.checker import CheckResult
    from provenn.verify.robustness import robustness
    from provenn.verify.verdict import Counterexample, Verdict, check, verify

_HOME = {
    "BoundedModule": "bounded:BoundedModule",
    "BoundedTensor": "bounded:BoundedTensor",
    "Builder": "ir.graph:Builder",
    "CertificateError": "errors:CertificateError",
    "CheckResult": "verify.checker:CheckResult",
    "Counterexample": "verify.verdict:Counterexample",
    "DataLoader": "train.dataset:DataLoader",
    "FileError": "errors:FileError",
    "Graph": "ir.graph:Graph",
    "GraphError": "errors:GraphError",
    "PerturbationLpNorm": "bounded:PerturbationLpNorm",
    "Property": "ir.property:Property",
    "PropertyError": "errors:PropertyError",
    "ProvennError": "errors:ProvennError",
    "ShapeError": "errors:ShapeError",
    "Tensor": "tensor:Tensor",
    "ToolError": "errors:ToolError",
    "UnsupportedError": "errors:UnsupportedError",
    "Verdict": "verify.verdict:Verdict",
    "check": "verify.verdict:check",
    "compile": "train.compiling:compile",
    "explain": "catalogue:explain",
    "from_pretrained": "train.checkpoint:from_pretrained",
    "functional": "functional:",
    "grad": "tensor:grad",
    "graph_hash": "ir.canonical:graph_hash",
    "jvp": "tensor:jvp",
    "manual_seed": "tensor:manual_seed",
    "nn": "nn:",
    "no_grad": "tensor:no_grad",
    "optim": "optim:",
    "property_hash": "ir.property:property_hash",
    "read_onnx": "io.onnx:read",
    "read_vnnlib": "io.network:read_vnnlib",
    "robustness": "verify.robustness:robustness",
    "save_pretrained": "train.checkpoint:save_pretrained",
    "show": "ir.printer:show",
    "value_and_grad": "tensor:value_and_grad",
    "verify": "verify:",
    "vjp": "tensor:vjp",
    "write_report": "report:write",
}

__all__ = [
    "BoundedModule", "BoundedTensor", "Builder", "CertificateError", "CheckResult", "Counterexample",
    "DataLoader", "FileError", "Graph", "GraphError", "PerturbationLpNorm", "Property", "PropertyError",
    "ProvennError", "ShapeError", "Tensor", "ToolError", "UnsupportedError", "Verdict", "__version__",
    "check", "compile", "explain", "from_pretrained", "functional", "grad", "graph_hash", "jvp",
    "manual_seed", "nn", "no_grad", "optim", "property_hash", "read_onnx", "read_vnnlib", "robustness",
    "save_pretrained", "show", "value_and_grad", "verify", "vjp", "write_report",
]


def __getattr__(name: str) -> Any:
    """Load a public name from the module that defines it."""
    if name not in _HOME:
        raise AttributeError(f"module 'provenn' has no attribute {name!r}")
    module, _, attribute = _HOME[name].partition(":")
    value: Any = importlib.import_module(f"provenn.{module}")
    value = getattr(value, attribute) if attribute else value
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
