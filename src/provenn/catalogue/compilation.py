"""Compiled graphs: what cannot be written as StableHLO, and what the backends refuse."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-OP-221", "Views that do not compile",
          "Moves and contractions are compiled by reading their views: as transposes, slices, pads, sums, "
          "matrix products and convolutions. What is none of these is written out point by point, as long as "
          "it is short.",
          "the sum of a diagonal of a 1000 x 1000 matrix, taken by one view",
          "Write it as products, slices and convolutions, or run the graph with the backend numpy."),
    Entry("PNN-SHAPE-121", "An input with another element type",
          "Compiled graphs take float32. Compilers see bytes only, so an int32 array would be read as "
          "float32 numbers without a word.",
          "labels as integers fed where the graph has float32",
          "Convert with x.astype('float32'), or make class numbers one-hot rows."),
    Entry("PNN-GRAPH-121", "A donation that does not fit",
          "A donated input gives its memory to an output. Both must have one type, and each output takes the "
          "memory of one input at most.",
          "compile_graph(graph, donate={0: 1}) where input 0 is a matrix and output 1 a number",
          "Give positions among the inputs and outputs, not node numbers."),
    Entry("PNN-TOOL-721", "A backend's library is missing",
          "XLA comes with jax, IREE with its compiler and runtime; both are optional. NumPy is always there.",
          "the backend xla in an environment without jax",
          "pip install provenn[xla] or provenn[iree], or choose the backend numpy."),
    Entry("PNN-TOOL-722", "A backend could not compile a graph",
          "The StableHLO text was refused or the compiler failed; its message is shown.",
          "an untested version of the compiler",
          "Install the versions that pyproject.toml names; choose another backend; report it."),
    Entry("PNN-TOOL-723", "Reproducible too late",
          "XLA divides sums among its threads, so the last bits depend on the number of cores. Reproducible "
          "runs use one thread, which must be settled before XLA starts.",
          "compile_graph(graph, reproducible=True) after another graph was compiled without it",
          "Ask for it first, or set NPROC=1 in the environment, or use the backend iree."),
    Entry("PNN-CLI-821", "An unknown backend",
          "Graphs are compiled by xla or iree, or run by numpy.",
          "compile_graph(graph, backend='tpu')",
          "Choose one of the three."),
)
