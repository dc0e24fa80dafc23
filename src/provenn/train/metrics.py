"""What a classifier's answers are worth: accuracy, accuracy of each class, confusion matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Confusion:
    """Counts [classes, classes]: rows are labels, columns are answers.

    ``certified`` is the part of all examples whose answer bounds certify, where training is for that.
    """

    counts: NDArray[np.int64]
    classes: tuple[str, ...]
    certified: float | None = None

    @property
    def score(self) -> float:
        """What the best model has most of: the certified part, or else accuracy."""
        return self.accuracy if self.certified is None else self.certified

    @classmethod
    def of(cls, labels: NDArray[Any], answers: NDArray[Any], classes: tuple[str, ...],
           certified: float | None = None) -> Confusion:
        """Count the pairs of label and answer.

        Example:
            >>> Confusion.of(np.array([0, 1, 1]), np.array([0, 1, 0]), ("a", "b")).counts.tolist()
            [[1, 0], [1, 1]]
        """
        size = len(classes)
        pairs = labels.astype(np.int64) * size + answers.astype(np.int64)
        return cls(np.bincount(pairs, minlength=size * size).reshape(size, size), classes, certified)

    @property
    def accuracy(self) -> float:
        """Correct answers / answers."""
        return float(np.trace(self.counts) / self.counts.sum())

    def by_class(self) -> list[float]:
        """Accuracy on the examples of each class, NaN where there is none."""
        totals = self.counts.sum(1)
        return [float(self.counts[k, k] / n) if n else math.nan for k, n in enumerate(totals)]

    def shares(self) -> list[float | None]:
        """``by_class`` as JSON has it: None instead of NaN."""
        return [None if math.isnan(a) else a for a in self.by_class()]

    def interval(self) -> tuple[float, float]:
        """95 % confidence interval of the accuracy on new data of the same kind (Wilson 1927)."""
        n, p, z = int(self.counts.sum()), self.accuracy, 1.959963985
        middle, half = p + z * z / (2 * n), z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
        return (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)

    def text(self) -> list[str]:
        """The matrix as lines, with the accuracy of each class at the end of its row."""
        names = [c[:10] for c in self.classes]
        left = max(map(len, names))
        wide = max(5, *(len(n) + 1 for n in names), len(str(self.counts.max())) + 1)
        lines = [" " * left + "".join(n.rjust(wide) for n in names) + "  correct"]
        for name, row, share in zip(names, self.counts, self.by_class()):
            cells = "".join((str(n) if n else ".").rjust(wide) for n in row)
            lines.append(f"{name:<{left}}{cells}  {100 * share:6.2f} %")
        return lines
