"""Canonical words from files of either kind: ours (docs/formats/) or ONNX and VNN-LIB."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from provenn.base.words import CERTIFICATE_MAGIC, GRAPH_MAGIC, PROPERTY_MAGIC, Words
from provenn.errors import FileError
from provenn.io import onnx, vnnlib
from provenn.io.files import read_bytes
from provenn.io.network import Network, input_shape, read_network
from provenn.ir.canonical import graph_words
from provenn.ir.graph import Graph
from provenn.ir.property import Property, property_words

INPUTS_AT = 3


def load_words(
    model: Network, spec: str | Path | Property, network_name: str | None = None,
    shape: Sequence[int] | None = None,
) -> tuple[Words, Words]:
    """Graph words and property words; VNN-LIB needs the network itself for its shapes.

    ``shape`` is that of a module's input. Raises FileError (PNN-CERT-614) for a VNN-LIB property beside a
    canonical graph file.
    """
    prop = canonical(spec, PROPERTY_MAGIC) if isinstance(spec, (str, Path)) else property_words(spec)
    if not isinstance(model, (str, Path)):
        said = input_shape(spec, model) if prop is None else (1, int(prop[INPUTS_AT]))
        model = read_network(model, shape or said).graph
    graph = canonical(model, GRAPH_MAGIC) if isinstance(model, (str, Path)) else graph_words(model)
    if graph is not None and prop is not None:
        return graph, prop
    read = model if isinstance(model, Graph) else None
    if graph is None:
        assert isinstance(model, (str, Path))
        read = onnx.read(model)
        graph = graph_words(read)
    if prop is None:
        assert isinstance(spec, (str, Path))
        if read is None:
            raise FileError("PNN-CERT-614", "a VNN-LIB property needs the ONNX file of its network",
                            where=str(spec), hint="give the .onnx file, or the canonical property file")
        prop = property_words(vnnlib.read(spec, read, network_name=network_name))
    return graph, prop


def canonical(path: str | Path, magic: float) -> Words | None:
    """The words of a canonical file of that kind, or None when it is some other file."""
    data = read_bytes(path, "PNN-CERT-611", "input")
    return words_of(data, path) if data[:8] == np.float64(magic).tobytes() else None


def words_of(data: bytes, path: str | Path) -> Words:
    """Bytes as words. Raises FileError (PNN-CERT-612) when the file stops inside a word."""
    if len(data) % 8:
        raise FileError("PNN-CERT-612", "the canonical file stops inside a word", where=str(path),
                        expected="a multiple of 8 bytes", got=f"{len(data)} bytes",
                        hint="the file was cut off in transit; copy it again")
    return np.frombuffer(data, "<f8").astype(np.float64)


def load_certificate(certificate: str | Path | Words) -> Words:
    """The words of a certificate. Raises FileError (PNN-CERT-611, -612, -613) for another file."""
    if not isinstance(certificate, (str, Path)):
        return certificate
    data = read_bytes(certificate, "PNN-CERT-611", "certificate")
    if data[:8] != np.float64(CERTIFICATE_MAGIC).tobytes():
        raise FileError("PNN-CERT-613", "the file is not a provenn certificate", where=str(certificate),
                        expected="a file that starts with the bytes pvnPROOF", got=repr(data[:8]),
                        hint="provenn verify MODEL SPEC --certificate FILE writes one")
    return words_of(data, certificate)
