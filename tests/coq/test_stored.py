"""safetensors files and Coq: its writer gives the bytes of ours, its reader reads ours and the package's."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from provenn.cli.app import run
from provenn.coq import coqc, stored
from provenn.coq.kernel import HEADER, definition
from provenn.errors import CertificateError
from provenn.io import onnx
from provenn.io.weights import Stored, read_safetensors, write_safetensors
from provenn.ir.canonical import graph_words
from tests.coq.samples import convolutional, curved
from tests.coq.test_export import needs_coq

EXAMPLES = {"vote": ("Vote.v", "vote", True), "counter": ("Counter.v", "step_of", True),
            "thermostat": ("Thermostat.v", "thermostat", False)}
HEAD = """\
From Coq Require Import List NArith Uint63 Strings.Byte.
From Provenn Require Import Interface.Json Interface.Safetensors Interface.Weights.
Import ListNotations.
"""


def extracted(name: str, repository: Path, folder: Path) -> tuple[Path, bytes]:
    """The Coq file of an example, and the model.safetensors that comes of it."""
    source = repository / "examples" / "proofs" / name / EXAMPLES[name][0]
    run(["extract", str(source), "--network", EXAMPLES[name][1], "-o", str(folder), "--allow-rounding"])
    return source, (folder / "model.safetensors").read_bytes()


@pytest.mark.parametrize("name", EXAMPLES)
def test_coq_writes_the_file_and_what_it_holds_runs_as_the_network(
    name: str, repository: Path, tmp_path: Path
) -> None:
    needs_coq()
    source, data = extracted(name, repository, tmp_path)
    stored.prove(source, EXAMPLES[name][1], data, read_safetensors(data)[1], EXAMPLES[name][2])


def test_every_element_type_is_read_as_its_bits_say(tmp_path: Path) -> None:
    """Negative, fractional, subnormal and largest numbers of each type; a flipped bit is another network."""
    needs_coq()
    samples = {"F64": "[[6004799503160661 # 18014398509481984; -3]; [0; 5]]",
               "F32": "[[3; -65504]; [1 # 16777216; 16777215 # 16777216]]",
               "F16": "[[3; -65504]; [1 # 16777216; -5 # 4]]", "BF16": "[[3; -131072]; [1 # 128; -5 # 4]]",
               **{f"I{b}": f"[[3; {-2**(b - 1)}]; [0; {2**(b - 1) - 1}]]" for b in (8, 16, 32, 64)}}
    text = HEAD + "From Coq Require Import QArith.\nFrom Provenn Require Import Interface Interface.Stored.\n"
    for dtype, rows in samples.items():
        words = rows.strip("[]").replace("]; [", "; ").split("; ")
        numbers = [Fraction(word.replace(" # ", "/")) for word in words]
        weight = Stored(dtype, (2, 2), b"".join(map(bits_of(dtype), numbers)))
        bias = Stored(dtype, (2,), b"".join(map(bits_of(dtype), (Fraction(-1), Fraction(2)))))
        data = write_safetensors({"0.weight": weight, "0.bias": bias}, {"a": "b"})
        text += f"Definition net_{dtype} : network Q := [Layer {rows}%Q [-1; 2]%Q Relu].\n"
        for k, stored_bytes in enumerate((data, data[:-1] + bytes([data[-1] ^ 1]), data[:-1])):
            text += (f"Goal holds_stored net_{dtype} ({stored.term(stored_bytes)}) = {str(k == 0).lower()}.\n"
                     "Proof. vm_compute. reflexivity. Qed.\n")
    (tmp_path / "Every.v").write_text(text)
    coqc.coqc(tmp_path / "Every.v")


def bits_of(dtype: str) -> Callable[[Fraction], bytes]:
    """The bytes of a number that the type has, without a word of our own writers."""
    def made(q: Fraction) -> bytes:
        if dtype.startswith("I"):
            return int(q).to_bytes(int(dtype[1:]) // 8, "little", signed=True)
        if dtype == "BF16":
            return struct.pack("<f", float(q))[2:]
        return struct.pack({"F16": "<e", "F32": "<f", "F64": "<d"}[dtype], float(q))
    return made


def test_another_file_is_refused(repository: Path, tmp_path: Path) -> None:
    needs_coq()
    source, data = extracted("vote", repository, tmp_path)
    tensors, metadata = read_safetensors(data)
    old = tensors["2.weight"]
    flipped = {**tensors, "2.weight": Stored(old.dtype, old.shape, old.data[:-1] + b"\x3e")}
    turned = {**tensors, "2.weight": Stored(old.dtype, old.shape[::-1], old.data)}
    for other in (write_safetensors(flipped, metadata), write_safetensors(turned, metadata), data[:-1]):
        with pytest.raises(CertificateError) as caught:
            stored.prove(source, "vote", other)
        assert caught.value.code == "PNN-CERT-622"
    with pytest.raises(CertificateError):
        stored.prove(source, "vote", data, {**metadata, "provenn.claim": "theorem"})


def as_coq(tensors: Mapping[str, Stored], metadata: Mapping[str, str]) -> str:
    """Tensors and metadata, sorted, as the file that Coq writes."""
    pairs = "; ".join(f"({stored.term(k.encode())}, {stored.term(v.encode())})"
                      for k, v in sorted(metadata.items()))
    listed = ";\n".join(f"Tensor ({stored.term(k.encode())}) {t.dtype} [{'; '.join(map(str, t.shape))}]%N "
                        f"({stored.term(t.data)})" for k, t in sorted(tensors.items()))
    return f"(File [{pairs}] [{listed}])"


def arbitrary(seed: int) -> tuple[dict[str, Stored], dict[str, str]]:
    """Tensors of several types and shapes; names and metadata with all that JSON escapes and UTF-8 has."""
    rng, chance = np.random.default_rng(seed), random.Random(seed)
    signs = [chr(c) for c in range(128)] + ["é", "ß", "–", "𝜆", "\u2028", "\x7f", "\x80"]

    def word() -> str:
        return "".join(chance.choices(signs, k=chance.randrange(9)))

    tensors = {}
    for dtype in ("F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8"):
        shape = tuple(rng.integers(0 if dtype == "I8" else 1, 4, rng.integers(0, 4)).tolist())
        size = {"4": 8, "2": 4, "6": 2, "8": 1}[dtype[-1]]
        tensors[dtype + word()] = Stored(dtype, shape, rng.bytes(int(np.prod(shape, dtype=int)) * size))
    return tensors, {word() + str(k): word() for k in range(6)} | {"all": "".join(signs)}


def test_coq_and_python_write_the_same_bytes_and_coq_reads_them(tmp_path: Path) -> None:
    needs_coq()
    parts = [HEAD]
    for seed in range(4):
        tensors, metadata = arbitrary(seed)
        term, made = as_coq(tensors, metadata), write_safetensors(tensors, metadata)
        parts.append(f"Definition f{seed} := {term}.\nDefinition b{seed} := {stored.term(made)}.\n"
                     f"Lemma same{seed} : write f{seed} = b{seed} /\\ well_formed f{seed} = true "
                     f"/\\ read b{seed} = Some f{seed} /\\ sorted f{seed} = f{seed}.\n"
                     "Proof. vm_compute. repeat split. Qed.")
    (tmp_path / "Same.v").write_text("\n".join(parts))
    coqc.coqc(tmp_path / "Same.v")


def test_coq_reads_what_the_package_writes_and_refuses_what_it_refuses(tmp_path: Path) -> None:
    needs_coq()
    rng = np.random.default_rng(3)
    arrays = {"a": rng.standard_normal((2, 3)).astype(np.float32), "b": np.arange(5, dtype=np.int64)}
    theirs = save(arrays, {"who": "the \"package\"", "what": "a\nb"})
    read, metadata = read_safetensors(theirs)
    ours = write_safetensors(read, metadata)
    swapped = ours.replace(b'"a"', b'"b"', 1)
    longer, named = ours + b"\0", ours.replace(b'"dtype"', b'"dtypf"', 1)
    offsets = ours.replace(b"[0,24]", b"[0,20]")
    assert len({ours, swapped, longer, named, offsets}) == 5
    text = [HEAD, f"Definition theirs := {stored.term(theirs)}.",
            "Definition by_name f k := find (fun t => equal (unpacked 1 [k]%uint63) (name t)) (tensors f)."]
    for name, t in read.items():
        shape = "; ".join(map(str, t.shape))
        text.append(f"Lemma has_{name} : "
                    f"match read theirs with Some f => by_name f {ord(name)} | None => None end "
                    f"= Some (Tensor (unpacked 1 [{ord(name)}]%uint63) {t.dtype} [{shape}]%N "
                    f"({stored.term(t.data)})).\nProof. vm_compute. reflexivity. Qed.")
    for k, other in enumerate((swapped, longer, named, offsets, ours[:-1], ours[:20])):
        text.append(f"Lemma no{k} : read ({stored.term(other)}) = None. Proof. vm_compute. reflexivity. Qed.")
    (tmp_path / "Theirs.v").write_text("\n".join(text))
    coqc.coqc(tmp_path / "Theirs.v")


def test_coq_prints_the_blocks_that_it_reads(tmp_path: Path, digits: Path) -> None:
    needs_coq()
    graphs = [convolutional(1), curved(2), onnx.read(digits / "conv.onnx")]
    parts = [HEADER, "From Coq Require Import List.",
             "From Provenn Require Import Base.Vector Interface.Blocks.",
             "Definition prints_itself (f : words) := match read_blocks f with\n"
             "  | Ok (bs, out) => blocks_ok bs out = true /\\\n"
             "      print_graph bs out = listed (nat_of (count f)) f 0%uint63\n"
             "  | _ => False end."]
    for k, graph in enumerate(graphs):
        parts += [definition(f"graph{k}", graph_words(graph)),
                  f"Lemma same{k} : prints_itself graph{k}. Proof. vm_compute. split; reflexivity. Qed."]
    (tmp_path / "Blocks.v").write_text("\n".join(parts))
    coqc.coqc(tmp_path / "Blocks.v")
