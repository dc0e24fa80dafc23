"""Properties: PROP and VNNLIB codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-PROP-301", "Coefficients that no binary64 scale holds",
          "A constraint may be multiplied by any positive number without changing its meaning. provenn "
          "looks for a multiple whose coefficients binary64 holds exactly; for this row there is none.",
          "a row with coefficients 1e-300 and 0.1234567890123456789",
          "Write the coefficients with fewer digits, or closer to each other in size."),
    Entry("PNN-PROP-302", "A box without points",
          "The lower end of an interval lies above its upper end, or one of them is not a finite number.",
          "robustness(model, x, -0.1); a pixel of 1.5 with hi=1",
          "Check the sign of eps, and that the point lies within the limits given."),
    Entry("PNN-PROP-303", "A label that is no output",
          "A label counts the network's outputs from 0.",
          "label 10 of a network with 10 outputs",
          "Count from 0; leave the label out to take the network's own class."),
    Entry("PNN-VNNLIB-501", "The property file cannot be read",
          "The file is missing, closed to this user, or a damaged gzip file.",
          "provenn verify model.onnx misspelt.vnnlib",
          "Check the path. Files compressed with gzip are recognised by content."),
    Entry("PNN-VNNLIB-502", "Text that is not made of S-expressions",
          "VNN-LIB is text in UTF-8 with balanced parentheses and quotation marks, nested to a sane depth.",
          "(assert (<= X_0 0.5)",
          "Go to the line and column in the message. A file cut off in transit ends like this."),
    Entry("PNN-VNNLIB-503", "An unknown command",
          "On the top level VNN-LIB 1.0 has declarations and assertions only.",
          "(maximize Y_0)",
          "Remove the command, or turn it into an assertion."),
    Entry("PNN-VNNLIB-504", "A declaration that cannot be read, or is missing",
          "Variables are declared once, before their use, as (declare-const X_i Real) for inputs and "
          "(declare-const Y_j Real) for outputs, numbered from 0 in row-major order.",
          "(assert (<= X_7 1.0)) in a file that declares X_0 to X_4",
          "Declare the variable, or correct its name."),
    Entry("PNN-VNNLIB-505", "An expression that is not VNN-LIB",
          "An assertion is built from and, or, not, <=, >=, <, >, =, and from sums, differences and "
          "products of variables and decimal numbers, each with the right number of operands.",
          "(assert (<= X_0))",
          "Go to the line and column in the message."),
    Entry("PNN-VNNLIB-506", "Valid text of a kind that is not read",
          "The construction exists in SMT-LIB or VNN-LIB, but provenn's properties are linear inequalities "
          "over the inputs and outputs.",
          "(assert (<= (* Y_0 Y_1) 1.0))",
          "Rewrite the constraint as linear inequalities, following the hint."),
    Entry("PNN-VNNLIB-507", "Too many combinations of disjunctions",
          "The property is brought into a union of boxes, each with a disjunction of conjunctions. Several "
          "disjunctions under one conjunction multiply.",
          "twenty assertions that are each an or of two parts: 2**20 combinations",
          "Split the query into several files."),
    Entry("PNN-VNNLIB-508", "An input without bounds",
          "Every input needs a lower and an upper bound in every disjunct: a network over an unbounded "
          "domain cannot be enclosed.",
          "X_3 occurs in no assertion",
          "Add (assert (>= X_3 LOW)) and (assert (<= X_3 HIGH))."),
    Entry("PNN-VNNLIB-509", "Variables that do not match the network",
          "The file must declare exactly as many inputs X_i and outputs Y_j as the network has, without "
          "gaps.",
          "a property of a 5-input network given with a 784-input network",
          "Check that the property belongs to this network."),
    Entry("PNN-VNNLIB-510", "A VNN-LIB 2.0 query of a kind that is not read",
          "Queries of version 2.0 are read about one network with one input and one output tensor of real "
          "or float32 numbers, without hidden nodes.",
          "two declare-network forms in one query",
          "Split the query, or join the networks into one."),
    Entry("PNN-VNNLIB-511", "A VNN-LIB 2.0 query that is not valid",
          "The vnnlib package, which parses version 2.0, found the text or its types to be wrong; its "
          "message and place are shown.",
          "(assert (<= X[0,0] Z[0,0])) where Z is declared nowhere",
          "Go to the line in the message."),
    Entry("PNN-VNNLIB-512", "A number too large for binary64",
          "Bounds and coefficients must stay below 2**1000 in absolute value, so that nothing overflows.",
          "(assert (<= X_0 1e400))",
          "Scale the constraint, or bound the input by a number that makes sense for it."),
    Entry("PNN-VNNLIB-513", "The vnnlib package is missing",
          "Properties of VNN-LIB 2.0 are parsed by the vnnlib package. Version 1.0 needs nothing.",
          "an installation without its dependencies",
          "pip install vnnlib."),
)
