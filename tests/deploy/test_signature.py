"""A folder passes with --key exactly where its manifest carries a signature by that key."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from provenn import deploy
from provenn.cli.app import run
from provenn.deploy.signature import fingerprint, private_key, public_key, sign_folder
from provenn.errors import FileError, ToolError
from tests.deploy.test_compare import GRAPH, MANIFEST, OTHER, manifest_for

ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")
SECRET = bytes(range(32))


def private_pem(form: str = "PKCS8", passphrase: bytes = b"", secret: bytes = SECRET) -> str:
    """A private key as a file holds it."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(secret)
    lock = (serialization.BestAvailableEncryption(passphrase) if passphrase
            else serialization.NoEncryption())
    text: bytes = key.private_bytes(serialization.Encoding.PEM,
                                    getattr(serialization.PrivateFormat, form), lock)
    return text.decode()


def public_text(form: str = "PKCS8", secret: bytes = SECRET) -> str:
    """Its public half in the format that goes with it."""
    key = ed25519.Ed25519PrivateKey.from_private_bytes(secret).public_key()
    coding, kind = {"PKCS8": ("PEM", "SubjectPublicKeyInfo"), "OpenSSH": ("OpenSSH", "OpenSSH")}[form]
    text: bytes = key.public_bytes(getattr(serialization.Encoding, coding),
                                   getattr(serialization.PublicFormat, kind))
    return text.decode()


def written(path: Path, text: str) -> Path:
    """A file with this text."""
    path.write_text(text)
    return path


def no_passphrase() -> str:
    raise AssertionError("asked for a passphrase")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with its two keys beside it."""
    deploy.write_folder(tmp_path / "net", GRAPH, MANIFEST, {})
    written(tmp_path / "key.pem", private_pem())
    written(tmp_path / "key.pub", public_text())
    return tmp_path / "net"


def signed(folder: Path) -> Path:
    assert run(["sign", str(folder), "--key", str(folder.parent / "key.pem")]) == 0
    return folder


def status(folder: Path, key: str = "key.pub") -> int:
    return run(["check", "--weights", str(folder), "--key", str(folder.parent / key)])


@pytest.mark.parametrize("form", ["PKCS8", "OpenSSH"])
def test_what_is_signed_passes(form: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(folder.parent / "key.pem", private_pem(form))
    written(folder.parent / "key.pub", public_text(form))
    assert status(signed(folder)) == 0
    assert "signature          valid, by SHA256:" in capsys.readouterr().out
    assert run(["check", "--weights", str(folder), "--json", "--key", str(folder.parent / "key.pub")]) == 0
    assert json.loads(capsys.readouterr().out)["key"].startswith("SHA256:")


def test_a_key_with_a_passphrase(tmp_path: Path) -> None:
    path = written(tmp_path / "key", private_pem(passphrase=b"open"))
    assert private_key(path, lambda: "open").private_bytes_raw() == SECRET
    with pytest.raises(FileError, match="PNN-CERT-637"):
        private_key(path, lambda: "wrong")


def test_an_unsigned_folder_is_rejected(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(folder) == 2
    assert "manifest.sig       is missing: the manifest is not signed" in capsys.readouterr().out


def test_a_stranger_is_rejected(folder: Path) -> None:
    written(folder.parent / "other.pub", public_text(secret=bytes(32)))
    assert status(signed(folder), "other.pub") == 2
    assert status(folder) == 0


@pytest.mark.parametrize("bit", range(0, 512, 37))
def test_every_changed_signature_is_rejected(bit: int, folder: Path) -> None:
    path = signed(folder) / "manifest.sig"
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(bytes(data))
    assert status(folder) == 2


@pytest.mark.parametrize("data", [b"", bytes(63), bytes(64), bytes(65), b"x" * 1000])
def test_what_is_no_signature_is_rejected(data: bytes, folder: Path) -> None:
    (signed(folder) / "manifest.sig").write_bytes(data)
    assert status(folder) == 2


def test_every_changed_byte_of_the_manifest_is_rejected_with_the_key(folder: Path) -> None:
    path = signed(folder) / "manifest.json"
    text = path.read_bytes()
    by = public_key(folder.parent / "key.pub")
    for changed in (text + b"\n", text.replace(b'"provenn": "0"', b'"provenn": "1"')):
        assert changed != text
        path.write_bytes(changed)
        assert deploy.compare(folder)[1] == []
        assert [f.file for f in deploy.compare(folder, key=by)[1]] == ["manifest.sig"]


def test_another_network_under_the_old_signature_is_rejected(folder: Path) -> None:
    signature = (signed(folder) / "manifest.sig").read_bytes()
    deploy.write_folder(folder, OTHER, manifest_for(OTHER), {})
    assert not (folder / "manifest.sig").exists()
    (folder / "manifest.sig").write_bytes(signature)
    assert run(["check", "--weights", str(folder)]) == 0
    assert status(folder) == 2


def test_a_folder_with_differences_is_not_signed(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"")
    assert run(["sign", str(folder), "--key", str(folder.parent / "key.pem")]) == 2
    assert not (folder / "manifest.sig").exists()


@pytest.mark.parametrize("text", ["", "-----BEGIN PUBLIC KEY-----\n", "ssh-ed25519 AAAA", private_pem()])
def test_what_is_no_public_key_is_an_error(text: str, folder: Path) -> None:
    written(folder.parent / "key.pub", text)
    assert status(signed(folder)) == 1


def test_other_kinds_of_keys_are_errors(folder: Path) -> None:
    ec = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ec")
    key = ec.generate_private_key(ec.SECP256R1())
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                serialization.NoEncryption())
    public = key.public_key().public_bytes(serialization.Encoding.PEM,
                                           serialization.PublicFormat.SubjectPublicKeyInfo)
    for read, data in ((lambda p: private_key(p, no_passphrase), private), (public_key, public)):
        (folder.parent / "key").write_bytes(data)
        with pytest.raises(FileError, match="PNN-CERT-637"):
            read(folder.parent / "key")


def test_without_the_package_nothing_is_accepted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    signed(folder)
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives", None)
    assert status(folder) == 1
    with pytest.raises(ToolError, match="PNN-TOOL-733"):
        public_key(folder.parent / "key.pub")


def test_openssl_verifies_the_signature(folder: Path) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    signed(folder)
    command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "../key.pub", "-rawin", "-in",
               "manifest.json", "-sigfile", "manifest.sig"]
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode == 0
    (folder / "manifest.json").write_text("{}")
    assert subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0


def test_the_fingerprint_is_that_of_openssh(tmp_path: Path) -> None:
    path = written(tmp_path / "key.pub", public_text("OpenSSH"))
    if shutil.which("ssh-keygen") is None:
        pytest.skip("no ssh-keygen")
    done = subprocess.run(["ssh-keygen", "-l", "-f", str(path)], capture_output=True, text=True, check=True)
    assert fingerprint(public_key(path)) in done.stdout


def test_signing_by_function(folder: Path) -> None:
    sign_folder(folder, private_key(folder.parent / "key.pem", no_passphrase))
    assert status(folder) == 0
