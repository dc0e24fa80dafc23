"""safetensors: a header in JSON, then the bytes of all tensors (github.com/huggingface/safetensors).

The package's own writer puts metadata in an order that changes from run to run, so the header is written
here, sorted; reading is the package's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from safetensors import SafetensorError, deserialize

from provenn.io.weights.stored import Stored, Tensors, unreadable

KIND = "safetensors"
ALIGNMENT = 8


def write_safetensors(tensors: Tensors, metadata: Mapping[str, str] | None = None) -> bytes:
    """The bytes of a safetensors file; tensors lie in it in the order of their names."""
    header: dict[str, object] = {"__metadata__": dict(sorted((metadata or {}).items()))}
    parts, at = list[bytes](), 0
    for name, t in sorted(tensors.items()):
        header[name] = {"dtype": t.dtype, "shape": list(t.shape), "data_offsets": [at, at + len(t.data)]}
        parts.append(t.data)
        at += len(t.data)
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % ALIGNMENT)
    return b"".join([len(text).to_bytes(8, "little"), text, *parts])


def read_safetensors(data: bytes, where: str = "") -> tuple[dict[str, Stored], dict[str, str]]:
    """Tensors and metadata. Raises FileError PNN-CERT-633 for a damaged file."""
    try:
        found = deserialize(data)  # type: ignore[no-untyped-call]
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    except (SafetensorError, ValueError) as e:
        raise unreadable(KIND, where, e) from None
    tensors = {name: Stored(str(t["dtype"]), tuple(t["shape"]), bytes(t["data"])) for name, t in found}
    return tensors, dict(header.get("__metadata__", {}))
