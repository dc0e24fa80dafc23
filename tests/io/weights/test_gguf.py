"""GGUF files load in the gguf package, bit for bit, and come back through our reader."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from provenn.errors import FileError
from provenn.io.weights import Stored, graph_tensors, read_gguf, write_gguf
from tests.io.onnx.test_writer import dense

GRAPH = dense(3, (3, 4, 2))


def test_the_package_reads_the_same(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    tensors = graph_tensors(GRAPH)
    tensors["halves"] = Stored.of(np.array([[1.5, -2.0], [0.0, 96.0]], np.float32), "F16")
    path = tmp_path / "model.gguf"
    path.write_bytes(write_gguf(tensors, {"b": "zwei", "a": "ä"}))
    reader = gguf.GGUFReader(path)
    found = {t.name: t for t in reader.tensors}
    assert found.keys() == tensors.keys()
    for name, t in tensors.items():
        assert found[name].tensor_type.name == t.dtype
        assert tuple(int(n) for n in found[name].shape[::-1]) == t.shape
        assert found[name].data.tobytes() == t.data
    assert reader.get_field("a").contents() == "ä"
    assert reader.get_field("general.architecture").contents() == "provenn"


def test_what_the_package_writes_is_read(tmp_path: Path) -> None:
    gguf = pytest.importorskip("gguf")
    path, value = tmp_path / "model.gguf", np.arange(6, dtype=np.float32).reshape(2, 3)
    writer = gguf.GGUFWriter(path, "provenn")
    writer.add_string("a", "b")
    for name in ("w", "v"):
        writer.add_tensor(name, value)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tensors, metadata = read_gguf(path.read_bytes())
    assert tensors == {"w": Stored.of(value), "v": Stored.of(value)}
    assert metadata == {"general.architecture": "provenn", "a": "b"}


@pytest.mark.parametrize(("name", "value"), [
    ("n" * 64, np.ones(1)), ("w", np.array(1.0)), ("w", np.ones((1, 1, 1, 1, 1)))])
def test_what_the_format_has_no_room_for_is_refused(name: str, value: np.ndarray) -> None:
    with pytest.raises(FileError, match="PNN-CERT-636"):
        write_gguf({name: Stored.of(value)})


@pytest.mark.parametrize(("place", "number", "kind"), [
    (4, 2, "I"), (8, 1 << 60, "Q"), (16, 1 << 60, "Q"), (24, 1 << 62, "Q"), (8, 0, "Q"), (16, 0, "Q")])
def test_wrong_numbers_in_the_header_are_errors(place: int, number: int, kind: str) -> None:
    data = bytearray(write_gguf(graph_tensors(GRAPH)))
    struct.pack_into(f"<{kind}", data, place, number)
    with pytest.raises(FileError, match="PNN-CERT-633"):
        read_gguf(bytes(data))
