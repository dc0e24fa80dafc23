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
          "Write the numbers in Z, Q, dyadic or a float type, and make them finite; turn a network R into "
          "one of expressions with ltac:(quote_network NAME), as docs/proofs.md shows."),
    Entry("PNN-TOOL-743", "A Coq file that cannot be read",
          "The file that defines the network, or one that it imports, is missing or closed to this user.",
          "provenn extract misspelt.v --network vote -o out",
          "Check the path."),
    Entry("PNN-CLI-812", "A logical path without a folder",
          "-Q and -R of provenn extract and provenn check --weights mean what they mean for coqc: a folder "
          "and the logical path that it stands for.",
          "provenn extract Vote.v --network vote -o out -Q theories",
          "Write -Q DIR PATH."),
    Entry("PNN-CERT-631", "A folder without a manifest",
          "provenn extract writes manifest.json beside the weights: where they come from, what is proved, "
          "and the hash of every file.",
          "provenn check --weights on a folder with only a .onnx file",
          "Name the folder that provenn extract wrote."),
    Entry("PNN-CERT-632", "A manifest that is damaged",
          "manifest.json is cut off, or does not hold what it must, or contradicts itself.",
          "a claim of exactness beside a tensor that was rounded",
          "Write the folder again with provenn extract."),
    Entry("PNN-CERT-633", "A file of weights that cannot be read",
          "The file is cut off or damaged, is of another kind, or holds a pickle that names anything but "
          "tensors.",
          "a model.pt of a whole module instead of a state_dict",
          "Write the folder again with provenn extract."),
    Entry("PNN-CERT-634", "A number that an element type does not hold",
          "Weights are written in another element type only where every number keeps its value; nothing is "
          "rounded in silence.",
          "the weight 1.0001 in BF16",
          "Write F32 or F64."),
    Entry("PNN-CERT-636", "A format that has no room for a tensor",
          "GGUF holds tensors of one to four axes with names of at most 63 bytes; TensorFlow takes names of "
          "letters, digits and a few signs that differ in more than case.",
          "a network with a scalar parameter, written as GGUF",
          "Leave the format out, or give the tensor another name."),
    Entry("PNN-CERT-637", "A key that cannot be used",
          "Manifests are signed with Ed25519 keys, in PEM files or those of OpenSSH: the private key signs, "
          "the public one verifies. The file is missing, is another kind of key, or its passphrase is wrong.",
          "provenn check --weights DIR --key key.pem with the private key",
          "openssl genpkey -algorithm ed25519 makes a key; openssl pkey -pubout writes its public half."),
    Entry("PNN-CERT-638", "A folder that is not signed",
          "A signature says that its owner vouches for the files. Files that differ from their manifest are "
          "not signed.",
          "provenn sign on a folder in which model.onnx was changed",
          "provenn check --weights DIR lists the differences; write the folder again with provenn extract."),
    Entry("PNN-TOOL-733", "An optional package is missing",
          "SavedModels are written and read with TensorFlow, signatures made and verified with cryptography. "
          "Nothing else needs these packages.",
          "provenn extract --also tensorflow without TensorFlow",
          "pip install 'provenn[tensorflow]' or 'provenn[sign]'."),
    Entry("PNN-CERT-635", "A theorem that is assumed",
          "Print Assumptions lists the theorem itself: it is an axiom, or its proof ends with Admitted.",
          "provenn extract --theorem with a proof that is not finished",
          "Finish the proof, or extract without --theorem."),
)
