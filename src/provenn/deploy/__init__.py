"""Folders of weights that come with a proof: the files, what is claimed of them, whether they still agree.

files_of(graph, ...)      the content of every file of a network
write_folder(...)         the folder with its manifest
compare(folder, ...)      what in a folder is not what its manifest says, tensor by tensor
"""

from __future__ import annotations

from provenn.deploy.compare import Finding, compare, recomputed
from provenn.deploy.files import files_of, write_folder
from provenn.deploy.manifest import (
    CLAIMS,
    SEMANTICS,
    Manifest,
    TensorFact,
    Theorem,
    read_manifest,
)

__all__ = ["CLAIMS", "SEMANTICS", "Finding", "Manifest", "TensorFact", "Theorem", "compare", "files_of",
           "read_manifest", "recomputed", "write_folder"]
