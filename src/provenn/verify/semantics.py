"""What a certificate is about: exact real arithmetic, or every execution in binary32.

Both are in the certificate's header (docs/formats/certificate.md, words 3 and 5); each has its theorem.
docs/floats.md says what an execution is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from provenn.base.words import Words
from provenn.errors import UsageError

Kind = Literal["real", "binary32"]
ULPS, MOST_ULPS = 4, 1 << 20
KIND_AT, ULPS_AT = 3, 5
THEOREMS = {"real": "Provenn.Checker.Sound.check_sound",
            "binary32": "Provenn.Float.Sound.check_sound_binary32"}
# Element types as VNN-LIB 2.0 declares them; where none is declared, the network runs in binary32.
DECLARED: dict[str, Kind] = {"real": "real", "float32": "binary32", "": "binary32"}
# Executions as far as they go, else the reals (docs/floats.md).
AUTO = "auto"
READERS = "the file readers are tested, not proved"


@dataclass(frozen=True, slots=True)
class Semantics:
    """``kind`` with, for binary32, the accuracy of curved functions in ulps that is assumed."""

    kind: Kind
    ulps: float = 0

    @property
    def words(self) -> tuple[float, float]:
        """Words 3 and 5 of a header."""
        return (0.0, 0.0) if self.kind == "real" else (1.0, float(self.ulps))

    @property
    def theorem(self) -> str:
        """The theorem behind an accepted certificate."""
        return THEOREMS[self.kind]

    @property
    def text(self) -> str:
        """What outputs are, in one sentence."""
        if self.kind == "real":
            return ("exact real arithmetic on the stored weights: y is the value of the formula itself, "
                    "without rounding")
        return ("every execution, with sums of products in any order, fused or not, subnormal numbers kept "
                f"or flushed, and curved functions within {self.ulps:g} ulps; all values are finite")

    @property
    def not_covered(self) -> str:
        """What the theorem leaves out, in one line."""
        if self.kind == "real":
            return f"rounding of binary32 runs; {READERS}"
        return ("TF32, bfloat16 and half precision, Winograd and FFT convolutions, quantised kernels, "
                f"functions less accurate than {self.ulps:g} ulps, a runtime that runs a changed network, or "
                "a maximum or quotient as one operation where it is read as a composition of others "
                f"(max x + relu(y - x)); {READERS}")


REAL = Semantics("real")


def chosen(kind: str | None, ulps: int = ULPS, declared: str = "") -> tuple[Semantics, bool]:
    """The semantics of an option, or where that is None of a declared element type; whether it may yield.

    Raises UsageError PNN-CLI-809.
    """
    name = kind or DECLARED[declared]
    if name not in (*THEOREMS, AUTO) or not (isinstance(ulps, int) and 1 <= ulps <= MOST_ULPS):
        raise UsageError("PNN-CLI-809", "there is no such semantics", got=f"{name}, {ulps} ulps",
                         expected=f"real, binary32 or auto, with 1 to {MOST_ULPS} ulps",
                         hint="docs/floats.md says what each is about")
    return (REAL if name == "real" else Semantics("binary32", ulps)), name == AUTO


def of(certificate: Words) -> Semantics | None:
    """What the header of a certificate says; None when it names no known semantics."""
    if len(certificate) <= ULPS_AT or certificate[KIND_AT] not in (0.0, 1.0):
        return None
    return REAL if certificate[KIND_AT] == 0.0 else Semantics("binary32", float(certificate[ULPS_AT]))


def relabelled(certificate: Words, semantics: Semantics) -> Words:
    """The same certificate about another semantics; whether it still proves anything is for the checker."""
    made: Words = certificate.copy()
    made[KIND_AT], made[ULPS_AT] = semantics.words
    return made
