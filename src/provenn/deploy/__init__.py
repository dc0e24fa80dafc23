"""Folders of weights that come with a proof: the files, what is claimed of them, whether they still agree.

files_of(graph, ...)      the content of every file of a network
write_folder(...)         the folder with its manifest
compare(folder, ...)      what in a folder is not what its manifest says, tensor by tensor
checked(folder, ...)      the same, and every link from Coq's value to what a program has loaded
sign_folder(folder, key)  the user's signature of the manifest
"""

from __future__ import annotations

from provenn.deploy.chain import Chain, Link, checked
from provenn.deploy.compare import ask_again, compare, recomputed
from provenn.deploy.differences import Finding
from provenn.deploy.files import MORE, files_of, write_folder
from provenn.deploy.manifest import (
    CLAIMS,
    SEMANTICS,
    Manifest,
    TensorFact,
    Theorem,
    read_manifest,
)
from provenn.deploy.signature import sign_folder

__all__ = ["CLAIMS", "MORE", "SEMANTICS", "Chain", "Finding", "Link", "Manifest", "TensorFact", "Theorem",
           "ask_again", "checked", "compare", "files_of", "read_manifest", "recomputed", "sign_folder",
           "write_folder"]
