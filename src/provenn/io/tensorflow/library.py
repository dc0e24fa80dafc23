"""TensorFlow itself, imported when it is first needed."""

from __future__ import annotations

import os
import warnings
from typing import Any

from provenn.errors import ToolError


def tensorflow() -> Any:
    """The package; ToolError PNN-TOOL-733 where it is not installed."""
    # Its C++ side reports processor features on stderr unless told not to.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import tensorflow as tf
    except ImportError as e:
        raise ToolError("PNN-TOOL-733", "an optional package is missing", where="a TensorFlow SavedModel",
                        expected="TensorFlow, which writes and reads it", got=e,
                        hint="pip install provenn[tensorflow]") from None
    return tf
