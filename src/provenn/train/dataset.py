"""Images with labels, and batches of them.

Pixels are kept as bytes; a batch is float32 [count, 1, height, width] with values pixel / largest in
[0, 1], each the correctly rounded quotient. No other normalisation: a model that wants one has it as a layer.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from provenn.errors import FileError, UsageError
from provenn.train import idx, sources

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]
Batch = tuple[Floats, NDArray[Any]]


class Examples(Protocol):
    """Anything with a length and examples by number, as PyTorch's datasets."""

    def __len__(self) -> int: ...
    def __getitem__(self, index: int) -> Any: ...


@dataclass(frozen=True)
class Dataset:
    """One part (``train`` or ``test``) of a labelled set of grey images.

    ``images`` uint8 [count, height, width], ``labels`` uint8 [count], ``largest`` the pixel value of full
    ink. Raises FileError PNN-DATA-955 when images and labels do not go together.
    """

    name: str
    part: str
    images: idx.Bytes
    labels: idx.Bytes
    classes: tuple[str, ...]
    largest: int = 255

    def __post_init__(self) -> None:
        if len(self.images) != len(self.labels):
            raise FileError("PNN-DATA-955", "images and labels do not go together",
                            where=f"{self.name} {self.part}",
                            expected=f"{len(self.images)} labels, one an image", got=len(self.labels))
        if self.labels.size and int(self.labels.max()) >= len(self.classes):
            at = int(self.labels.argmax())
            raise FileError("PNN-DATA-955", "a label is no class number",
                            where=f"{self.name} {self.part}, image {at}",
                            expected=f"0 to {len(self.classes) - 1}", got=int(self.labels[at]))

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[Floats, int]:
        """One example: float32 [1, height, width] and its class number."""
        return self.batch(np.array([index]))[0][0], int(self.labels[index])

    @property
    def shape(self) -> tuple[int, int, int]:
        """Shape of one input: (1, height, width)."""
        return 1, self.images.shape[1], self.images.shape[2]

    def batch(self, rows: NDArray[np.integer[Any]] | slice) -> tuple[Floats, Labels]:
        """Inputs float32 [count, 1, height, width] and labels int64 [count] of these rows."""
        pixels = self.images[rows]
        inputs = np.divide(pixels, np.float32(self.largest), dtype=np.float32)
        return inputs.reshape(len(pixels), *self.shape), self.labels[rows].astype(np.int64)

    def head(self, count: int) -> Dataset:
        """The first ``count`` examples."""
        return Dataset(self.name, self.part, self.images[:count], self.labels[:count], self.classes,
                       self.largest)

    def digest(self) -> str:
        """SHA-256 of pixels and labels: the name of this data in checkpoints."""
        return self._digest

    @functools.cached_property
    def _digest(self) -> str:
        made = hashlib.sha256(self.images.tobytes())
        made.update(self.labels.tobytes())
        return made.hexdigest()


def load(name: str) -> tuple[Dataset, Dataset]:
    """The training and the test part of ``mnist``, ``fashion-mnist`` or ``digits`` from the cache.

    Raises FileError PNN-DATA-951 with the command that obtains it when it is not there; nothing is
    downloaded.
    """
    source, files = sources.find(name), sources.load_files(name)

    def part(word: str, prefix: str) -> Dataset:
        images = idx.parse(files[f"{prefix}-images-idx3-ubyte"], 3)
        labels = idx.parse(files[f"{prefix}-labels-idx1-ubyte"], 1)
        return Dataset(name, word, images, labels, source.classes, source.largest)

    return part("train", "train"), part("test", "t10k")


class DataLoader:
    """Batches of a data set, in the same order for the same seed and epoch.

    ``data`` is a Dataset, a pair of arrays, or any sequence of (x, y) pairs. The order of epoch k depends on
    ``seed`` and k only, so training can continue anywhere: ``loader.epoch(k)``. Iterating goes from epoch
    to epoch.

    Raises UsageError PNN-DATA-957 for a batch size that is not positive or larger than the data without a
    batch.

    Example:
        >>> loader = DataLoader((np.arange(5.0, dtype=np.float32), np.arange(5)), batch_size=2)
        >>> [y.tolist() for x, y in loader]
        [[0, 1], [2, 3], [4]]
    """

    def __init__(
        self, data: Dataset | tuple[NDArray[Any], NDArray[Any]] | Examples, batch_size: int = 1,
        shuffle: bool = False, seed: int = 0, drop_last: bool = False,
    ) -> None:
        self.data, self.batch_size, self.shuffle, self.seed = data, batch_size, shuffle, seed
        self.drop_last, self.next_epoch = drop_last, 0
        self.size = len(data[1]) if isinstance(data, tuple) else len(data)
        if batch_size < 1 or self.size == 0 or (drop_last and batch_size > self.size):
            raise UsageError("PNN-DATA-957", "these batches hold nothing", got=f"batch_size {batch_size}",
                             expected=f"1 to {self.size}, the number of examples")

    def __len__(self) -> int:
        """Batches in an epoch."""
        return self.size // self.batch_size if self.drop_last else -(-self.size // self.batch_size)

    def __iter__(self) -> Iterator[Batch]:
        self.next_epoch += 1
        return self.epoch(self.next_epoch - 1)

    def order(self, epoch: int) -> NDArray[np.int64]:
        """Numbers of the examples in the order of this epoch."""
        if not self.shuffle:
            return np.arange(self.size)
        return np.random.default_rng([self.seed, epoch]).permutation(self.size)

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """The batches of one epoch, from batch number ``first`` on."""
        order = self.order(epoch)
        for k in range(first, len(self)):
            yield self.take(order[k * self.batch_size : (k + 1) * self.batch_size])

    def take(self, rows: NDArray[np.int64]) -> Batch:
        """The examples ``rows`` as one batch."""
        if isinstance(self.data, Dataset):
            return self.data.batch(rows)
        if isinstance(self.data, tuple):
            return self.data[0][rows], self.data[1][rows]
        return _collate([self.data[int(k)] for k in rows])


def _collate(examples: Sequence[tuple[Any, Any]]) -> Batch:
    """A list of pairs as a pair of arrays."""
    xs, ys = zip(*examples)
    return np.stack([np.asarray(x, np.float32) for x in xs]), np.stack([np.asarray(y) for y in ys])
