"""TensorFlow SavedModels: a graph written through TensorFlow itself, and the tensors as they are stored.

TensorFlow is imported where it is needed, which takes several seconds; the extra ``tensorflow`` installs it.
"""

from __future__ import annotations

from provenn.io.tensorflow.stored import model_in, read_saved_model
from provenn.io.tensorflow.writer import saved_model_of, write_saved_model

__all__ = ["model_in", "read_saved_model", "saved_model_of", "write_saved_model"]
