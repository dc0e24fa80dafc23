"""``provenn sign``: the user's signature of a folder of weights."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from provenn.cli.console import output, say, say_json


def sign(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder of provenn extract.")],
    key: Annotated[Path, typer.Option("--key", metavar="KEY", help="An Ed25519 private key.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")] = False,
) -> int:
    """Sign the manifest of a folder of weights, once all its files agree with it.

    The key is a PEM file (openssl genpkey -algorithm ed25519) or one of OpenSSH. The signature, 64 bytes,
    goes to manifest.sig; provenn check --weights DIR --key PUB verifies it, and so does
    openssl pkeyutl -verify. A folder with differences is not signed (exit status 2).
    """
    output.json = as_json
    from provenn import deploy
    from provenn.cli.extract import passphrase
    from provenn.deploy.signature import fingerprint, private_key, sign_folder
    from provenn.errors import CertificateError

    made = private_key(key, passphrase)
    found = deploy.compare(folder)[1]
    if found:
        raise CertificateError("PNN-CERT-638", "files that do not agree with their manifest are not signed",
                               where=str(folder / found[0].file),
                               got=f"{found[0].tensor} {found[0].what}".strip(),
                               expected="no difference", hint=f"provenn check --weights {folder}")
    sign_folder(folder, made)
    by = fingerprint(made.public_key())
    if as_json:
        say_json({"folder": str(folder), "key": by})
    else:
        say("signed")
        say(f"  {'folder':<18} {folder}")
        say(f"  {'key':<18} {by}")
    return 0
