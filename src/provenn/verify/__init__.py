"""From a graph and a property to a verdict: attack, branch and bound, certificate, check.

The package is callable: ``provenn.verify(model, spec)`` is ``provenn.verify.verdict.verify``. A
function of the same name could not live beside it, since importing a submodule rebinds the name.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any


class _Callable(ModuleType):
    """The module type of this package, with a call that forwards to the pipeline."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Same arguments and result as ``provenn.verify.verdict.verify``."""
        from provenn.verify.verdict import verify

        return verify(*args, **kwargs)


sys.modules[__name__].__class__ = _Callable
