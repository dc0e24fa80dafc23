"""Whether the files of a folder still are what its manifest says, bit for bit and tensor by tensor.

The canonical words decide: the manifest names them by hash, Coq can compute them again, and the tensors
stored in every other file are compared with those in the words. Each difference is a finding that names the
file and the tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from provenn.base.words import Words, to_bytes
from provenn.base.words import sha256 as words_sha256
from provenn.coq.extract import Extracted, extract
from provenn.deploy.differences import Finding, differences, named
from provenn.deploy.files import (
    CERTIFICATE,
    GGUF,
    MODULE,
    NPZ,
    ONNX,
    PROPERTY,
    SAFETENSORS,
    SAVED_MODEL,
    SPECIFICATION,
    STABLEHLO,
    TORCH,
    WORDS,
    always,
    programs_of,
)
from provenn.deploy.manifest import (
    MANIFEST,
    Manifest,
    TensorFact,
    Theorem,
    manifest_bytes,
    parse_manifest,
    read_manifest,
    sha256,
)
from provenn.deploy.programs import metadata_findings, of_onnx, of_saved_model, of_stablehlo
from provenn.deploy.signature import signature_findings
from provenn.errors import ProvennError
from provenn.io import vnnlib
from provenn.io.files import read_bytes
from provenn.io.weights import (
    Tensors,
    computed,
    graph_tensors,
    read_gguf,
    read_npz,
    read_safetensors,
    read_torch,
)
from provenn.ir.graph import Graph
from provenn.ir.property import property_words
from provenn.ir.reading import read_graph_words
from provenn.ops import ALL
from provenn.verify import checker, semantics
from provenn.verify.stored import words_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

# What every certificate in a folder rests on and is about (provenn.deploy.origin).
SAID = {"theorem": checker.THEOREM, "semantics": "exact real arithmetic"}


@dataclass(frozen=True, slots=True)
class Recomputed:
    """What Coq says now: the network's words, its theorem, the error of each tensor; hashes of sources."""

    words: Words
    theorem: Theorem | None
    errors: tuple[str, ...]
    source_sha256: str
    imports: Mapping[str, str] = field(default_factory=dict)


def compare(folder: Path, now: Recomputed | None = None, key: Ed25519PublicKey | None = None
            ) -> tuple[Manifest, list[Finding]]:
    """All differences between a folder and its manifest; none when everything agrees.

    ``now`` is what Coq computed again from the source; with ``key``, manifest.sig must be its signature of
    the manifest. Raises FileError PNN-CERT-631 and -632 for a folder without a manifest that can be read.
    """
    data = manifest_bytes(folder)
    manifest = parse_manifest(folder, data)
    found = [] if key is None else signature_findings(folder, data, key)
    found += [Finding(name, "", "the manifest does not list it")
             for name in sorted({*always(manifest.dtype), *_present(folder)} - manifest.files.keys())]
    contents: dict[str, bytes] = {}
    for name in manifest.files:
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as e:
            found.append(Finding(name, "", f"cannot be read: {e.strerror or e}"))
    graph = None
    if WORDS in contents:
        try:
            graph = graph_in(words_of(contents[WORDS], WORDS), WORDS, manifest)
        except ProvennError as e:
            found.append(Finding(WORDS, "", said(e)))
    if graph is not None:
        found += _of_graph(folder, graph, manifest, contents, now)
    explained = {f.file for f in found}
    found += [Finding(name, "", f"is not the file that was written: SHA-256 {sha256(data)[:16]}… instead of "
                                f"{manifest.files[name][:16]}…")
              for name, data in contents.items() if sha256(data) != manifest.files[name]
              and name not in explained]
    return manifest, found


def _present(folder: Path) -> list[str]:
    """Files that somebody may load: of formats that not every folder has, and all in that of a SavedModel.

    TensorFlow prefers other files there to the one that is compared.
    """
    room = (folder / SAVED_MODEL).parent
    inside = [p.relative_to(folder).as_posix() for p in room.rglob("*") if not p.is_dir()]
    return inside + [name for name in (GGUF, MODULE) if (folder / name).exists()]


def graph_in(words: Words, where: str, manifest: Manifest) -> Graph:
    """The graph of these words, with the element type that the manifest's weights are computed with."""
    return read_graph_words(words, ALL, where, manifest.network, computed(manifest.dtype))


def said(e: ProvennError) -> str:
    """An error in one line."""
    return f"{e.code}: {e.what}" + (f" ({e.got})" if e.got else "")


def _of_graph(folder: Path, graph: Graph, manifest: Manifest, contents: Mapping[str, bytes],
              now: Recomputed | None) -> Iterator[Finding]:
    """Findings once the words can be read."""
    try:
        tensors = graph_tensors(graph, manifest.dtype)
    except ProvennError as e:
        yield Finding(WORDS, "", said(e))
        return
    changed = words_sha256(words_of(contents[WORDS], WORDS)) != manifest.network_sha256
    if changed:
        yield Finding(WORDS, "", "holds another network than the manifest names")
    yield from _of_manifest(tensors, manifest, WORDS if changed else MANIFEST)
    if now is not None:
        yield from _of_coq(tensors, contents[WORDS], manifest, now)
    try:
        written = programs_of(graph, manifest)
    except ProvennError as e:
        yield Finding(WORDS, "", said(e))
        written = {}
    readers: Mapping[str, Callable[[bytes], Iterator[Finding]]] = {
        SAFETENSORS: lambda data: _of_tensors(SAFETENSORS, tensors, *read_safetensors(data), manifest),
        GGUF: lambda data: _of_tensors(GGUF, tensors, *read_gguf(data), manifest),
        NPZ: lambda data: named(NPZ, differences(tensors, read_npz(data))),
        TORCH: lambda data: named(TORCH, differences(tensors, read_torch(data))),
        ONNX: lambda data: of_onnx(graph, tensors, data, manifest),
        STABLEHLO: lambda data: of_stablehlo(tensors, data, written.get(STABLEHLO, b"")),
        SAVED_MODEL: lambda data: of_saved_model(graph, tensors, data, manifest)}
    for name, reader in readers.items():
        if name in contents:
            try:
                yield from list(reader(contents[name]))
            except ProvennError as e:
                yield Finding(name, "", said(e))
    if MODULE in contents and contents[MODULE] != written.get(MODULE):
        yield Finding(MODULE, "", "is not the program of this network")
    yield from _of_certificate(folder, graph, contents, manifest)


def _of_manifest(tensors: Tensors, manifest: Manifest, file: str) -> Iterator[Finding]:
    """The manifest's own list of tensors against that of the words; ``file`` is the one to blame."""
    wanted = {name: TensorFact(name, t.shape, t.dtype, "", sha256(t.data)) for name, t in tensors.items()}
    listed = {t.name: TensorFact(t.name, t.shape, t.dtype, "", t.sha256) for t in manifest.tensors}
    for name in sorted(wanted.keys() | listed.keys()):
        if wanted.get(name) != listed.get(name):
            other = MANIFEST if file == WORDS else WORDS
            what = (f"is not in {WORDS}" if name not in wanted else f"is not in {MANIFEST}"
                    if name not in listed else f"is not the tensor in {other}")
            yield Finding(file, name, what)


def _of_coq(tensors: Tensors, content: bytes, manifest: Manifest, now: Recomputed) -> Iterator[Finding]:
    """The words and the theorem as Coq computes them today."""
    if now.source_sha256 != manifest.source_sha256:
        yield Finding(manifest.source, "", "is another file than the one the weights came from")
    for name in sorted(now.imports.keys() | manifest.imports.keys()):
        if now.imports.get(name) != manifest.imports.get(name):
            what = (", which the manifest does not list" if name not in manifest.imports else
                    " no longer" if name not in now.imports else
                    ", which is another file than when the weights were written")
            yield Finding(manifest.source, "", f"imports {name}{what}")
    if words_of(content, WORDS).tobytes() != now.words.tobytes():
        coq = graph_tensors(graph_in(now.words, "the words from Coq", manifest), manifest.dtype)
        found = differences(coq, tensors)
        yield from named(WORDS, {t: f"{what}, according to Coq" for t, what in found.items()})
        if not found:
            yield Finding(WORDS, "", "has other layers than the network in Coq")
    for fact, error in zip(manifest.tensors, now.errors):
        if fact.error != error:
            yield Finding(MANIFEST, fact.name, f"is off by {fact.error} at most; according to Coq {error}")
    if manifest.theorem != now.theorem:
        statement = now.theorem.statement if now.theorem else "nothing"
        yield Finding(manifest.source, "", f"proves now, or rests on other axioms: {statement}")


def _of_tensors(file: str, tensors: Tensors, found: Tensors, metadata: Mapping[str, str],
                manifest: Manifest) -> Iterator[Finding]:
    """A file of tensors and metadata."""
    yield from metadata_findings(file, metadata, manifest)
    yield from named(file, differences(tensors, found))


def _of_certificate(folder: Path, graph: Graph, contents: Mapping[str, bytes], manifest: Manifest
                    ) -> Iterator[Finding]:
    """The certificate, checked again for these words, and the property, read again from its specification."""
    if not manifest.certified:
        if manifest.claim == "certificate":
            yield Finding(MANIFEST, "", "claims a certificate and names none")
        return
    if not {PROPERTY, CERTIFICATE, SPECIFICATION} <= contents.keys():
        yield Finding(CERTIFICATE, "", "certificate or property are missing")
        return
    try:
        prop = to_bytes(property_words(vnnlib.read(folder / SPECIFICATION, graph)))
        if prop != contents[PROPERTY]:
            yield Finding(PROPERTY, "", f"is not the property in {SPECIFICATION}")
        result = checker.run(*(words_of(contents[n], n) for n in (WORDS, PROPERTY, CERTIFICATE)))
    except ProvennError as e:
        yield Finding(CERTIFICATE, "", said(e))
        return
    about_real = semantics.of(words_of(contents[CERTIFICATE], CERTIFICATE))
    if about_real != semantics.REAL:
        yield Finding(CERTIFICATE, "", f"is about something else than {SAID['semantics']}")
    if not result.accepted:
        yield Finding(CERTIFICATE, "", f"the checker rejects it: {result.reason}")
    about = {"property_sha256": words_sha256(words_of(contents[PROPERTY], PROPERTY)),
             "certificate_sha256": words_sha256(words_of(contents[CERTIFICATE], CERTIFICATE)),
             "sha256": sha256(contents[SPECIFICATION]), **SAID}
    for key, value in about.items():
        if manifest.certified.get(key) != value:
            yield Finding(MANIFEST, "", f"says of the certified property {key} = "
                                        f"{manifest.certified.get(key, 'nothing')}; it is {value}")


def ask_again(folder: Path, source: Path, flags: Sequence[str] = (), theories: Path | None = None
              ) -> Recomputed:
    """What Coq computes from ``source`` for the network and the theorem that the folder's manifest names.

    Raises as ``provenn.coq.extract.extract`` and ``read_manifest`` do.
    """
    manifest = read_manifest(folder)
    theorem = manifest.theorem.name if manifest.theorem else ""
    return recomputed(source, extract(source, manifest.network, theorem, flags, theories,
                                      dtype=manifest.dtype))


def recomputed(source: Path, made: Extracted) -> Recomputed:
    """What Coq said of ``source`` just now."""
    theorem = Theorem(made.theorem, made.statement, made.axioms) if made.theorem else None
    errors = tuple(str(error) for layer in made.errors for error in layer)
    return Recomputed(made.words, theorem, errors, sha256(read_bytes(source, "PNN-TOOL-743", "Coq")),
                      made.imports)
