"""The user's signature of a manifest: Ed25519 over the bytes of manifest.json, 64 bytes in manifest.sig.

Keys are PEM files, as openssl makes them, or those of OpenSSH. The manifest names every file by hash, so one
signature covers the folder. Nothing but a valid signature by the given key is ever taken for one.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from provenn.deploy.differences import Finding
from provenn.deploy.manifest import SIGNATURE, manifest_bytes
from provenn.errors import FileError, ToolError
from provenn.io.files import read_bytes
from provenn.io.output import write_atomically

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

CODE = "PNN-CERT-637"
LENGTH = 64


def _library() -> tuple[Any, Any]:
    """The modules ed25519 and serialization of cryptography; ToolError PNN-TOOL-733 without them."""
    try:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError as e:
        raise ToolError("PNN-TOOL-733", "an optional package is missing", where="a signature",
                        expected="cryptography, which signs and verifies", got=e,
                        hint="pip install provenn[sign]") from None
    return ed25519, serialization


def private_key(path: Path, passphrase: Callable[[], str]) -> Ed25519PrivateKey:
    """The key that signs; ``passphrase`` is asked where the file is encrypted.

    Raises FileError PNN-CERT-637 for what is no such key, ToolError PNN-TOOL-733 without cryptography.
    """
    ed25519, serialization = _library()
    data = read_bytes(path, CODE, "private key")
    load = (serialization.load_ssh_private_key if b"OPENSSH PRIVATE KEY" in data
            else serialization.load_pem_private_key)
    try:
        key = load(data, None)
    except TypeError:
        key = _or_refuse(path, "an Ed25519 private key, and its passphrase",
                         lambda: load(data, passphrase().encode()))
    except Exception as e:  # noqa: BLE001 - whatever the library raises, this is no key
        raise _refused(path, "an Ed25519 private key", e) from None
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise _refused(path, "an Ed25519 private key", type(key).__name__)
    made: Ed25519PrivateKey = key
    return made


def public_key(path: Path) -> Ed25519PublicKey:
    """The key that verifies; raises as ``private_key`` does."""
    ed25519, serialization = _library()
    data = read_bytes(path, CODE, "public key")
    load = (serialization.load_ssh_public_key if data.startswith(b"ssh-")
            else serialization.load_pem_public_key)
    key = _or_refuse(path, "an Ed25519 public key", lambda: load(data))
    if not isinstance(key, ed25519.Ed25519PublicKey):
        raise _refused(path, "an Ed25519 public key", type(key).__name__)
    made: Ed25519PublicKey = key
    return made


def _or_refuse(path: Path, expected: str, load: Callable[[], Any]) -> Any:
    try:
        return load()
    except Exception as e:  # noqa: BLE001 - whatever the library raises, this is no key
        raise _refused(path, expected, e) from None


def _refused(path: Path, expected: str, why: object) -> FileError:
    return FileError(CODE, "this key cannot be used", where=str(path), expected=f"{expected}, PEM or OpenSSH",
                     got=str(why)[:200] or type(why).__name__,
                     hint="openssl genpkey -algorithm ed25519 -out key.pem makes one; "
                          "openssl pkey -in key.pem -pubout writes its public half")


def sign_folder(folder: Path, key: Ed25519PrivateKey) -> None:
    """Write manifest.sig; raises FileError PNN-CERT-631 without a manifest, ToolError PNN-TOOL-703."""
    write_atomically(folder / SIGNATURE, key.sign(manifest_bytes(folder)))


def signature_findings(folder: Path, signed: bytes, key: Ed25519PublicKey) -> list[Finding]:
    """Nothing where manifest.sig is the signature of the bytes ``signed`` by this key."""
    from cryptography.exceptions import InvalidSignature

    try:
        signature = (folder / SIGNATURE).read_bytes()
        key.verify(signature, signed)
    except FileNotFoundError:
        return [Finding(SIGNATURE, "", "is missing: the manifest is not signed")]
    except OSError as e:
        return [Finding(SIGNATURE, "", f"cannot be read: {e.strerror or e}")]
    except (InvalidSignature, ValueError):
        what = "is not the signature of manifest.json by this key"
        return [Finding(SIGNATURE, "", what if len(signature) == LENGTH else "is no signature of 64 bytes")]
    return []


def fingerprint(key: Ed25519PublicKey) -> str:
    """The key as OpenSSH names it: SHA256 and 43 letters."""
    kind, raw = b"ssh-ed25519", key.public_bytes_raw()
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (kind, raw))
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")
