"""The program and the tools that it starts: TOOL and CLI codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-TOOL-701", "The certificate checker is missing",
          "No verdict unsat is given before the checker that was extracted from Coq has accepted a "
          "certificate. Wheels for Linux carry it; elsewhere it is compiled once, from OCaml sources that "
          "come along.",
          "a source checkout on a machine without OCaml",
          "apt-get install ocaml-nox (macOS: brew install ocaml), or point PROVENN_CHECKER at a built one."),
    Entry("PNN-TOOL-702", "The checker could not be compiled",
          "The OCaml compiler refused the checker's sources, or did not finish; its message is shown.",
          "an edited file in checker/",
          "Restore the sources (git status checker), and check that ocamlopt works."),
    Entry("PNN-TOOL-703", "A file could not be written",
          "Output files appear whole or not at all: they are written beside their place and renamed. That "
          "failed.",
          "--report on a full disk, or in a folder that does not exist",
          "Check the folder, its permissions, and free disk space."),
    Entry("PNN-TOOL-704", "PROVENN_CHECKER does not name a program",
          "The environment variable overrides where the checker is looked for, so it must name an "
          "executable file.",
          "PROVENN_CHECKER=/tmp/nothing provenn check ...",
          "Unset it, or point it at a built provenn-checker."),
    Entry("PNN-TOOL-705", "The checker failed",
          "The checker ended without a verdict: it crashed, ran out of memory, could not read its files, or"
          " is another program.",
          "PROVENN_CHECKER=/bin/ls provenn check ...",
          "Look at the message; free memory, or rebuild the checker with make checker."),
    Entry("PNN-TOOL-706", "The checker was stopped at the time limit",
          "The certificate was neither accepted nor rejected in time.",
          "provenn check ... --timeout 1 on a large certificate",
          "Allow more time with --timeout."),
    Entry("PNN-TOOL-707", "The operating system refused",
          "A file or program could not be opened, or the disk is full; the system's own words are shown.",
          "a temporary folder on a full disk",
          "Check free disk space and permissions; TMPDIR moves temporary files elsewhere."),
    Entry("PNN-TOOL-708", "Not enough memory",
          "The network or the property is too large for this machine.",
          "a very large network on a small machine",
          "Close other programs, or use a machine with more memory."),
    Entry("PNN-CLI-801", "A command line that is not right",
          "An option or argument is unknown, missing, or has a value of the wrong kind; the message says "
          "which.",
          "provenn verify model.onnx spec.vnnlib --timeout soon",
          "provenn --help and provenn VERB --help list everything."),
    Entry("PNN-CLI-802", "Files of the wrong number or kind",
          "provenn tells networks from specifications by suffix: .onnx and .vnnlib, each also with .gz; "
          "canonical files are .pvn and .pvp. Their order does not matter.",
          "provenn verify model.onnx",
          "Give one network and one specification."),
    Entry("PNN-CLI-803", "Several networks",
          "Properties over several networks are not supported.",
          "provenn verify spec.vnnlib --network A=a.onnx --network B=b.onnx",
          "Join the networks into one before export."),
    Entry("PNN-CLI-804", "An unusable time limit or seed",
          "The time limit is a positive number of seconds; the seed is a whole number that is not negative.",
          "--timeout 0",
          "Give a positive limit, such as --timeout 60."),
    Entry("PNN-CLI-805", "An unknown error code",
          "provenn explain knows only the codes of this version.",
          "provenn explain PNN-SHAPE-999",
          "provenn explain without a code lists all of them."),
    Entry("PNN-CLI-899", "An internal error",
          "Something happened that no one thought of. It is a bug in provenn; no verdict was given.",
          "-",
          "Run again with PROVENN_DEBUG=1 to see the trace, and report it with the command and its files."),
)
