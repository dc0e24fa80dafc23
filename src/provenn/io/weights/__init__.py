"""Files of weights, written and read without the frameworks that they are for.

    write_safetensors, read_safetensors    safetensors
    write_npz, read_npz                    NumPy's .npz, which has no BF16
    write_gguf, read_gguf                  GGUF, version 3
    write_torch, read_torch                a PyTorch state_dict that torch.load(weights_only=True) reads
    DTYPES, computed                       element types, and what is computed with
    torch_module                           a Python file with the torch.nn.Sequential of a graph

The same tensors give the same bytes whenever they are written. Readers give back what is stored, as bytes
with element type and shape, and convert nothing.
"""

from __future__ import annotations

from provenn.io.weights.gguf import read_gguf, write_gguf
from provenn.io.weights.module import torch_module
from provenn.io.weights.npz import read_npz, write_npz
from provenn.io.weights.safetensors import read_safetensors, write_safetensors
from provenn.io.weights.stored import DTYPES, Stored, Tensors, computed, graph_tensors, unreadable
from provenn.io.weights.torch import read_torch, write_torch

__all__ = ["DTYPES", "Stored", "Tensors", "computed", "graph_tensors", "read_gguf", "read_npz",
           "read_safetensors", "read_torch", "torch_module", "unreadable", "write_gguf", "write_npz",
           "write_safetensors", "write_torch"]
