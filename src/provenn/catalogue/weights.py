"""Weights out of proofs: canonical graphs read back, and networks that Coq computed."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-GRAPH-111", "Words that are no graph",
          "A canonical graph file is a header and one block a node (docs/formats/graph.md). A word is not "
          "what its place needs, or there are too few or too many of them.",
          "a .pvn file whose end was lost",
          "Copy the file again, or write it anew; the message names the word."),
    Entry("PNN-GRAPH-112", "An operation code that is not known",
          "Canonical graphs name operations by number. This one is not among those of this version.",
          "a .pvn file that a newer version wrote",
          "Compare with the table in docs/formats/graph.md; update provenn."),
    Entry("PNN-GRAPH-113", "A parameter that is no binary32 number",
          "Words are binary64 numbers, but the parameters of a network in them are binary32 numbers, finite, "
          "and are never rounded in silence.",
          "a .pvn file of another program that holds the weight 0.1 in binary64",
          "Round the weights before the file is written."),
    Entry("PNN-CLI-811", "Not a name in Coq",
          "--network and --theorem name definitions in the Coq file, maybe with the module they stand in.",
          "provenn extract Vote.v --network 'my vote'",
          "Give the name as Coq prints it, such as vote or Library.vote."),
    Entry("PNN-CERT-623", "A network without words",
          "Coq computes the words of a network whose numbers are finite and within the range of binary32. "
          "For this one it gave none.",
          "a layer with an infinite weight, or of type network R, whose numbers no program can compute",
          "Write the numbers in Z, Q, dyadic or a float type, and make them finite."),
    Entry("PNN-TOOL-743", "A Coq file that cannot be read",
          "The file that defines the network is missing or closed to this user.",
          "provenn extract misspelt.v --network vote -o out",
          "Check the path."),
)
