"""A network defined in Coq as canonical words, computed by Coq.

The user's file is compiled, then a file of ours asks Coq for the words of the network's graph
(theories/Interface/Words.v), bit by bit, and for a proof that these words are the network, number by
number. What reaches the disk are those bits: no number is printed in decimal and read again.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from provenn.base.words import Words
from provenn.coq.coqc import Compiled, coqc, theories_in
from provenn.coq.imports import LIBRARIES, imported
from provenn.coq.trust import NAME
from provenn.errors import CertificateError, ToolError, UsageError

QUALIFIED = re.compile(r"[A-Za-z_][\w']*(\.[A-Za-z_][\w']*)*\Z")
PIECE = 500
ASKED = "Provenn_extraction"
# What weights can be stored as, and which numbers those types have. Stored integers are converted to binary32
# by the programs that run them.
RANGES = {
    "F64": "finite numbers within the range of binary64",
    "F32": "finite numbers within the range of binary32",
    "F16": "finite numbers within the range of binary16, up to 65504",
    "BF16": "finite numbers within the range of bfloat16",
    **{f"I{bits}": f"whole numbers from {-2**(bits - 1)} to {2**(bits - 1) - 1} that binary32 holds"
       for bits in (64, 32, 16, 8)}}
FIRST = "Require Import {module}.\n"
GIVEN = "Definition the_network := {name}.\n"
# What the user's file defines is imported before anything of ours, so it hides no name that is asked about
# below; ours hide no network, which gets a name of its own. The first line fails for what is no proof of a
# proposition, such as a definition. Axioms are asked for before anything else is imported, so that they come
# out qualified. Words stay in blocks, since Coq walks through terms recursively and a list of all of them is
# too deep.
ASSUMPTIONS = """\
Definition the_claim : Prop := ltac:(let claim := type of {theorem} in exact claim).
Redirect "assumptions" Print Assumptions {theorem}.
"""
OURS = """\
From Coq Require Import List QArith Reals Floats Uint63.
From Provenn Require Import Interface.
"""
ASK = """\
Set Printing Width 1000000.
Set Printing Depth 1000000.
Redirect "kind" Check the_network.
Definition the_inputs := Eval vm_compute in inputs_of the_network.
Definition the_blocks := Eval vm_compute in
  match graph_words_in in_{dtype} the_network the_inputs with
  | Some l => pieces (length l) {piece} l
  | None => nil
  end.
Definition the_words := concat the_blocks.
Unset Printing Notations.
Redirect "words" Eval vm_compute in {printed} the_blocks.
Set Printing Notations.
Redirect "facts" Eval vm_compute in
  (Z.of_nat the_inputs, map (fun e => (Qnum (fst e), Zpos (Qden (fst e)), Qnum (snd e), Zpos (Qden (snd e))))
                          (errors_in in_{dtype} the_network)).
"""
STATEMENT = """\
Import ListNotations.
Local Open Scope R_scope.
Definition the_proof : the_claim := {theorem}.
Redirect "statement" Check {theorem}.
"""
# The words are those of the file before, as it was compiled: they are computed once.
EXACT = """\
Require Import {asked}.
Lemma is_the_network : is_exact the_network the_inputs the_words = true.
Proof. vm_cast_no_check (eq_refl true). Qed.
Theorem deployed : forall xs, length xs = the_inputs -> (Z.of_nat the_inputs <= 2097152)%Z ->
  agree (network_of (words_of_list the_words) (vector xs)) 0%uint63 (run the_network xs) /\\
  length (run the_network xs) = outputs the_network the_inputs.
Proof. exact (is_exact_run the_network the_inputs the_words is_the_network). Qed.
"""


@dataclass(frozen=True, slots=True)
class Extracted:
    """What Coq said: the words of the graph, the error of each tensor, the author's theorem.

    ``errors`` holds for each layer the largest distance of a weight and of a bias from the number of the type
    ``dtype`` that stands for it. ``imports`` has the SHA-256 of each source that the file imports, of its own
    project, by logical name. When all are 0 Coq has proved that the words are the network (``deployed``).
    """

    words: Words
    inputs: int
    errors: tuple[tuple[Fraction, Fraction], ...]
    theorem: str
    statement: str
    axioms: tuple[str, ...]
    seconds: float
    dtype: str = "F32"
    imports: Mapping[str, str] = field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Every number is one of the element type."""
        return not any(max(pair) for pair in self.errors)


def extract(source: Path, name: str, theorem: str = "", flags: Sequence[str] = (),
            theories: Path | None = None, timeout: float = 3600.0, dtype: str = "F32") -> Extracted:
    """Compile ``source`` and let Coq compute the network ``name`` in it.

    ``dtype`` is a key of ``RANGES``: weights are rounded to it, and integers refused where they are none.
    ``flags`` are further options of coqc (-Q, -R, -I with their arguments). Raises UsageError PNN-CLI-811 for
    names that are none, ToolError PNN-TOOL-741 without Coq, CertificateError PNN-CERT-622 where Coq refuses.
    """
    for word in filter(None, (name, theorem)):
        if not QUALIFIED.match(word):
            raise UsageError("PNN-CLI-811", "this is no name in Coq", got=word,
                             expected="an identifier such as vote or Library.vote")
    room = theories_in(theories)
    with tempfile.TemporaryDirectory(prefix="provenn-") as folder:
        path = Path(folder, source.name)
        try:
            shutil.copy(source, path)
        except OSError as e:
            raise ToolError("PNN-TOOL-743", "the Coq file cannot be read", where=str(source),
                            got=e.strerror or str(e)) from None
        first = coqc(path, room, flags, timeout, "a file that Coq compiles", "coqc FILE says more")
        facts = {"module": source.stem, "name": name, "piece": PIECE, "theorem": theorem, "asked": ASKED,
                 "dtype": dtype, "printed": "printed_halves" if dtype == "F64" else "printed"}
        ask, exact = (Path(folder, f"{name}.v") for name in (ASKED, "Provenn_exact"))
        parts = (FIRST, LIBRARIES, GIVEN, *((ASSUMPTIONS, OURS, ASK, STATEMENT) if theorem else (OURS, ASK)))
        ask.write_text("".join(parts).format(**facts))
        second = coqc(ask, room, flags, timeout, f"{name}, a network with known numbers" +
                      (f", and {theorem}, a proved proposition" if theorem else ""),
                      "Provenn.Interface says how networks are written")
        said = _Said(Path(folder), first, second, theorem, dtype)
        found = imported(path, said.text("libraries"), room, flags, timeout)
        made = replace(said.extracted(), imports=found)
        if made.exact:
            exact.write_text((FIRST + OURS + EXACT).format(**facts))
            coqc(exact, room, flags, timeout,
                 "layers that fit: a weight for each output of the layer before, a bias for each row",
                 "where they do, this is a bug: please report it")
        return made


@dataclass(frozen=True, slots=True)
class _Said:
    """What the redirected commands left in the folder."""

    folder: Path
    first: Compiled
    second: Compiled
    theorem: str
    dtype: str = "F32"

    def text(self, name: str) -> str:
        path = self.folder / f"{name}.out"
        return path.read_text() if path.is_file() else ""

    def wordless(self) -> CertificateError:
        """Why there are no words. Real numbers as such Coq cannot compute, whatever they are."""
        if re.search(r":.*\bR\W*\Z", self.text("kind"), re.DOTALL):
            got = "a network R, whose numbers Coq does not compute"
            hint = "extract ltac:(quote_network NAME), a network of expressions; see docs/proofs.md"
        else:
            got = "an infinity, a NaN, a number that is too large, a division by zero, or no layer at all"
            hint = "Interface.Words.graph_words says what is needed"
            if self.dtype.startswith("I"):
                got = f"a number that is no such integer, or {got}"
                hint = "provenn extract --dtype F32, or F64, rounds"
        return CertificateError("PNN-CERT-623", "the network has no words",
                                expected=RANGES[self.dtype], got=got, hint=hint)

    def extracted(self) -> Extracted:
        upper = np.array(re.findall(r"(\d+)%uint63", self.text("words")), np.uint64)
        if not upper.size:
            raise self.wordless()
        if self.dtype == "F64":
            words = (upper[::2] << np.uint64(32) | upper[1::2]).view(np.float64)
        else:
            words = (upper << np.uint64(1)).view(np.float64)
        numbers = [int(n) for n in re.findall(r"-?\d+", self.text("facts"))]
        quads = zip(*(iter(numbers[1:]),) * 4)
        errors = tuple((Fraction(a, b), Fraction(c, d)) for a, b, c, d in quads)
        statement = re.sub(r"\s+", " ", self.text("statement")).strip()
        axioms = tuple(NAME.findall(self.text("assumptions").partition("Axioms:")[2]))
        if self.theorem.split(".")[-1] in (name.split(".")[-1] for name in axioms if self.theorem):
            raise CertificateError("PNN-CERT-635", "the theorem is assumed, not proved", where=self.theorem,
                                   expected="a proof that ends with Qed or Defined",
                                   got="an axiom, or a proof that ends with Admitted")
        return Extracted(words.astype(np.float64), numbers[0], errors, self.theorem, statement, axioms,
                         self.first.seconds + self.second.seconds, self.dtype)
