"""Certificates and their check: CERT and CHECK codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-CERT-601", "A certificate tree that is not finished",
          "A certificate covers the whole domain: every split has both its halves.",
          "writing a tree while the search still has open boxes",
          "Finish the search first."),
    Entry("PNN-CERT-602", "A certificate that ends too early",
          "The words stop in the middle of a tree.",
          "a certificate whose last words were lost",
          "Copy the file again, or make the certificate anew."),
    Entry("PNN-CERT-603", "An impossible number in a certificate",
          "A word that must be a whole number in a certain range, such as a node or a count, is not.",
          "a kind of tree node that does not exist",
          "Make the certificate anew; docs/formats/certificate.md lists the ranges."),
    Entry("PNN-CERT-604", "Not a certificate of this version",
          "The header's magic number, version or length is wrong, or words follow the end of the trees.",
          "a certificate with something appended",
          "Make the certificate anew with this version of provenn."),
    Entry("PNN-CERT-611", "The file cannot be read",
          "The certificate or canonical file is missing or closed to this user.",
          "provenn check model.onnx spec.vnnlib misspelt.cert",
          "Check the path."),
    Entry("PNN-CERT-612", "A canonical file that stops inside a word",
          "Canonical files are sequences of 64-bit words, so their size is a multiple of 8 bytes.",
          "a certificate of 1003 bytes",
          "Copy the file again; it was cut off."),
    Entry("PNN-CERT-613", "The file is not a certificate",
          "A certificate starts with the eight bytes pvnPROOF (docs/formats/certificate.md).",
          "provenn check model.onnx spec.vnnlib model.onnx",
          "Give the file that provenn verify --certificate FILE wrote."),
    Entry("PNN-CERT-614", "A VNN-LIB property beside a canonical graph",
          "A VNN-LIB file is read against the network's shapes, which need the ONNX file.",
          "provenn check graph.pvn spec.vnnlib proof.cert",
          "Give the .onnx file, or the canonical property file."),
    Entry("PNN-CERT-615", "A certificate for other files",
          "The header of a certificate names its network and property by SHA-256 of their canonical words. "
          "Those given are others.",
          "checking the certificate of an earlier version of the network",
          "Give the files that the certificate was made for, or verify anew."),
    Entry("PNN-CERT-616", "Results that cannot be continued",
          "provenn certify keeps its results in a file and continues from it. The file that is there is "
          "damaged, or about another network, data set, radius or number of images.",
          "certifying a model again after more training, with the same --out",
          "Name another file with --out, or give --fresh to replace it."),
    Entry("PNN-CERT-617", "Nothing to certify",
          "provenn certify takes the folder of a trained model, or an ONNX file.",
          "provenn certify misspelt --eps 0.1",
          "Check the path; provenn train --out DIR makes such a folder."),
    Entry("PNN-CHECK-650", "The checker rejected our own certificate",
          "The search produced a certificate and the checker that was extracted from Coq did not accept it."
          " The search is trusted for nothing, so the answer is unknown and nothing wrong was claimed; but "
          "it is a bug.",
          "a bound that holds in the search's arithmetic by less than the checker's rounding error",
          "Report it with the model, the property and the seed. Another seed or a longer time limit may "
          "succeed."),
    Entry("PNN-CHECK-651", "A counterexample did not survive its replay",
          "The search proposed a counterexample, but the exact replay in binary32 does not violate the "
          "property. Nothing was claimed; but it is a bug.",
          "an input that violates the property only in binary64",
          "Report it with the model, the property and the seed."),
    Entry("PNN-CHECK-652", "A verdict without its evidence",
          "The record of a verdict refuses unsat without an accepted certificate and sat without a "
          "replayed counterexample, whatever code makes it.",
          "Verdict(answer='unsat', ...) made by hand",
          "Use provenn.verify; if that led here, report it as a bug."),
    Entry("PNN-CERT-621", "Too large to be checked inside Coq",
          "Coq reads about 40,000 numbers a second and keeps them all in memory, so the file it would have "
          "to compile is limited.",
          "a network of ten million weights",
          "Use the extracted checker: provenn check."),
    Entry("PNN-CERT-622", "Coq refused the file",
          "The file that provenn export --coq wrote holds a theorem which Coq proves by running the checker. "
          "It was not proved: the checker rejects the certificate, or the file was changed.",
          "provenn export --coq with the certificate of another network, then --compile",
          "Run provenn check on the three files: it says why the checker rejects them."),
)
