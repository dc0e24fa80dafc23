"""Benchmarks: BENCH codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-BENCH-841", "The instance list cannot be read",
          "The CSV file is missing, closed to this user, no text, or has no row.",
          "provenn bench misspelt.csv",
          "Check the path. A row is NETWORK.onnx,SPECIFICATION.vnnlib,SECONDS."),
    Entry("PNN-BENCH-842", "A row of the instance list is not right",
          "A row has another number of cells than the others, no positive number of seconds, or an expected "
          "answer that is neither sat nor unsat; or the header lacks net, vnnlib or timeout. Nothing was "
          "measured.",
          "onnx/net.onnx,vnnlib/prop_1.vnnlib,soon",
          "Correct the line that the message names."),
    Entry("PNN-BENCH-843", "Files of the instance list are missing",
          "Paths in the list are relative to the folder of the list. Where a file is not there, its name "
          "with .gz is tried. Nothing was measured.",
          "a list that was copied without its networks",
          "Bring the files, or remove their rows."),
    Entry("PNN-BENCH-844", "No instance is chosen",
          "--family leaves the instances of one family; it is a column of the list, or else the name of the "
          "list's folder.",
          "provenn bench instances.csv --family acasxv",
          "Choose one of the families that the message names."),
    Entry("PNN-BENCH-845", "Results of another program or version",
          "A run goes on from results.csv in its folder. The one that is there cannot be understood, and is "
          "left as it is.",
          "--out with a folder that holds a results.csv of another tool",
          "Choose another folder with --out, or move the file away."),
    Entry("PNN-BENCH-846", "The folder of results is in use",
          "Another run writes its results to this folder at this moment; two would overwrite each other's.",
          "the same command in two terminals",
          "Wait for the other run, or choose another folder with --out."),
)
