"""Modules: functions with parameters, named as in PyTorch.

Parameters are the attributes that are Parameter, submodules those that are Module, in the order in which
they were assigned; buffers are the tensors that register_buffer declared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Self

import numpy as np

from provenn.errors import FileError, GraphError
from provenn.ir.graph import Graph
from provenn.ir.op import Array
from provenn.tensor.core import Tensor, as_tensor


class Parameter(Tensor):
    """A tensor that training changes."""

    __slots__ = ()

    def __init__(self, data: Any, requires_grad: bool = True) -> None:
        super().__init__(data, requires_grad)

    def __repr__(self) -> str:
        return f"Parameter({self.type})"


class Keys(NamedTuple):
    """What load_state_dict did not find, and what it did not need."""

    missing_keys: list[str]
    unexpected_keys: list[str]


class Module:
    """Base of all layers and networks: define ``__init__`` and ``forward``."""

    training = True
    _buffers: Mapping[str, bool] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The function itself."""
        raise NotImplementedError(f"{type(self).__name__} has no forward")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """forward, with NumPy arrays made tensors."""
        given = [as_tensor(a) if isinstance(a, np.ndarray) else a for a in args]
        return self.forward(*given, **kwargs)

    def register_buffer(self, name: str, value: Any, *, whole: bool = False) -> None:
        """Keep a tensor with the parameters that is not trained; ``whole`` ones are int64 in files."""
        self._buffers = {**self._buffers, name: whole}
        setattr(self, name, as_tensor(value))

    # What it consists of

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Submodules with their names."""
        return ((k, v) for k, v in vars(self).items() if isinstance(v, Module))

    def children(self) -> Iterator[Module]:
        """Submodules."""
        return (m for _, m in self.named_children())

    def _paths(self, prefix: str = "") -> Iterator[tuple[str, Module]]:
        yield prefix, self
        for name, child in self.named_children():
            yield from child._paths(f"{prefix}.{name}" if prefix else name)

    def named_modules(self) -> Iterator[tuple[str, Module]]:
        """This module and all below it, each once, with its path."""
        seen: set[int] = set()
        for path, module in self._paths():
            if id(module) not in seen:
                seen.add(id(module))
                yield path, module

    def modules(self) -> Iterator[Module]:
        """This module and all below it."""
        return (m for _, m in self.named_modules())

    def _tensors(self) -> Iterator[tuple[str, Module, str]]:
        """(key, module, attribute) of all parameters and buffers, in PyTorch's order."""
        for path, module in self._paths():
            own = [k for k, v in vars(module).items() if isinstance(v, Parameter)]
            for name in (*own, *module._buffers):
                yield f"{path}.{name}" if path else name, module, name

    def named_parameters(self) -> Iterator[tuple[str, Parameter]]:
        """Parameters with their keys; one that is used twice comes once."""
        seen: set[int] = set()
        for key, module, name in self._tensors():
            value = getattr(module, name)
            if isinstance(value, Parameter) and id(value) not in seen:
                seen.add(id(value))
                yield key, value

    def parameters(self) -> Iterator[Parameter]:
        """Parameters, each once."""
        return (p for _, p in self.named_parameters())

    def named_buffers(self) -> Iterator[tuple[str, Tensor]]:
        """Buffers with their keys."""
        return ((key, getattr(module, name)) for key, module, name in self._tensors()
                if name in module._buffers)

    def buffers(self) -> Iterator[Tensor]:
        """Buffers."""
        return (b for _, b in self.named_buffers())

    def set_buffer(self, key: str, value: Tensor) -> None:
        """Replace the buffer with this key."""
        *path, name = key.split(".")
        module: Any = self
        for part in path:
            module = getattr(module, part)
        setattr(module, name, value)

    # As a graph

    def to_graph(self, *shape: int) -> Graph:
        """What verification reads: the graph for an input of this shape, batch axis included, in use.

        Weights are constants of the graph, with the values that they have now.
        """
        from provenn.nn.tracing import network

        return network(self, *shape)

    # State

    def state_dict(self) -> dict[str, Tensor]:
        """Copies of all parameters and buffers under PyTorch's keys."""
        return {key: Tensor(getattr(module, name).known()) for key, module, name in self._tensors()}

    def to_numpy(self) -> dict[str, Array]:
        """state_dict as arrays with PyTorch's element types, as safetensors files hold them."""
        made: dict[str, Any] = {}
        for key, module, name in self._tensors():
            whole = module._buffers.get(name, False)
            made[key] = np.array(getattr(module, name).known(), np.int64 if whole else np.float32)
        return made

    def load_state_dict(self, state: Mapping[str, Any], strict: bool = True) -> Keys:
        """Take over values: tensors, NumPy arrays or PyTorch tensors by key; returns keys that do not match.

        Nothing changes unless everything fits. Raises FileError PNN-FACE-914 for shapes that differ and, when
        ``strict``, for keys that are missing or unexpected.
        """
        mine = {key: (module, name) for key, module, name in self._tensors()}
        keys = Keys([k for k in mine if k not in state], [k for k in state if k not in mine])
        given = {key: as_tensor(state[key]) for key in mine if key in state}
        wrong = [f"{key} {list(t.shape)}, not {list(getattr(*mine[key]).shape)}"
                 for key, t in given.items() if t.shape != getattr(*mine[key]).shape]
        if wrong or (strict and (keys.missing_keys or keys.unexpected_keys)):
            lists = [("other shape", wrong), ("missing", keys.missing_keys),
                     ("unexpected", keys.unexpected_keys)]
            raise FileError("PNN-FACE-914", "the state does not fit the model", where=type(self).__name__,
                            expected=f"{len(mine)} tensors",
                            got="\n".join(f"{what}: {', '.join(ks)}" for what, ks in lists if ks),
                            hint="strict=False takes what fits by name")
        for key, value in given.items():
            getattr(*mine[key]).assign(value.known())
        return keys

    # Modes

    def train(self, mode: bool = True) -> Self:
        """Behave as in training: Dropout drops, BatchNorm uses the batch."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Behave as in use."""
        return self.train(False)

    def apply(self, function: Callable[[Module], Any]) -> Self:
        """Call a function on every module, the innermost first."""
        for child in self.children():
            child.apply(function)
        function(self)
        return self

    def requires_grad_(self, on: bool = True) -> Self:
        """Train all parameters, or freeze them."""
        for p in self.parameters():
            p.requires_grad = on
        return self

    def zero_grad(self) -> None:
        """Forget all gradients."""
        for p in self.parameters():
            p.grad = None

    def extra_repr(self) -> str:
        """What stands between the parentheses."""
        return ""

    def __repr__(self) -> str:
        lines = [f"({name}): {child!r}".replace("\n", "\n  ") for name, child in self.named_children()]
        inner = "\n  ".join(["", *lines]) + "\n" if lines else self.extra_repr()
        return f"{type(self).__name__}({inner})"


class ModuleList(Module):
    """A list of modules whose parameters are found; it computes nothing itself."""

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        for k, module in enumerate(modules):
            setattr(self, str(k), module)

    def append(self, module: Module) -> Self:
        """Add one at the end."""
        setattr(self, str(len(self)), module)
        return self

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Refused with GraphError PNN-FACE-915."""
        raise GraphError("PNN-FACE-915", "a ModuleList computes nothing", expected="a loop over its modules",
                         hint="Sequential applies modules one after the other")

    def __len__(self) -> int:
        return len(list(self.children()))

    def __iter__(self) -> Iterator[Module]:
        return self.children()

    def __getitem__(self, index: int) -> Module:
        return list(self.children())[index]


class Sequential(ModuleList):
    """Modules one after the other."""

    def __init__(self, *modules: Module) -> None:
        super().__init__(modules)

    def forward(self, x: Any) -> Any:
        """The last one's result."""
        for module in self:
            x = module(x)
        return x
