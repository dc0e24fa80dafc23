"""Layers, losses and networks with PyTorch's names, and the tracing of them."""

from provenn.nn.activations import (
    GELU,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from provenn.nn.layers import (
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    Dropout,
    Embedding,
    Flatten,
    Linear,
    MaxPool2d,
)
from provenn.nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, MSELoss
from provenn.nn.module import Module, ModuleList, Parameter, Sequential
from provenn.nn.normalisation import BatchNorm1d, BatchNorm2d, LayerNorm
from provenn.nn.tracing import Mask, Trace, network, trace

__all__ = [
    "GELU", "AdaptiveAvgPool2d", "AvgPool2d", "BCEWithLogitsLoss", "BatchNorm1d", "BatchNorm2d", "Conv2d",
    "CrossEntropyLoss", "Dropout", "Embedding", "Flatten", "Identity", "LayerNorm", "LeakyReLU", "Linear",
    "MSELoss", "Mask", "MaxPool2d", "Module", "ModuleList", "Parameter", "ReLU", "Sequential", "SiLU",
    "Sigmoid", "Softmax", "Softplus", "Tanh", "Trace", "network", "trace",
]
