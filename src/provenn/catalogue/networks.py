"""ONNX files: ONNX codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-ONNX-401", "The network file cannot be read",
          "The file is missing, closed to this user, or a damaged gzip file.",
          "provenn verify misspelt.onnx spec.vnnlib",
          "Check the path. Files compressed with gzip are recognised by content."),
    Entry("PNN-ONNX-402", "The file is not an ONNX model",
          "The bytes are no ONNX protobuf message, or the message holds no graph with an output.",
          "a .onnx file that is an HTML error page or a Git LFS pointer",
          "Open the file in a text editor: a few lines of text mean that the real file was never "
          "downloaded."),
    Entry("PNN-ONNX-403", "An opset that is not read",
          "The meaning of ONNX operators depends on the opset number of the file; opsets from 7 on are "
          "read, up to the newest that the installed onnx package knows.",
          "a model of opset 5",
          "Convert it with onnx.version_converter.convert_version(model, 13), or update the onnx package."),
    Entry("PNN-ONNX-404", "An operator that is not read",
          "The network uses an ONNX operator outside those that provenn supports lists. It is refused "
          "rather than guessed.",
          "a model with a Softmax node",
          "Export the network without it (a final Softmax does not change which class wins), or add the "
          "operator: CONTRIBUTING.md has the recipe."),
    Entry("PNN-ONNX-405", "An operator used in a way that is not read",
          "The operator is known, but not with these attributes or with an operand that depends on the "
          "input where a constant is needed.",
          "MatMul of two tensors that both depend on the network's input",
          "Follow the hint; the message names the node."),
    Entry("PNN-ONNX-406", "More than one input or output",
          "A network has one input and one output here; the property numbers their elements in row-major "
          "order.",
          "a detector with three output heads",
          "Cut the network, or join its outputs with Concat before export."),
    Entry("PNN-ONNX-407", "An input that is not float32",
          "The theorem and the replay speak about float32 inputs.",
          "a network that takes uint8 pixels",
          "Export the network from the point where its data are float32."),
    Entry("PNN-ONNX-408", "A tensor that is damaged",
          "The elements stored for a tensor do not fill its declared shape.",
          "a weight of shape [10, 20] with 150 elements",
          "Export the model again."),
    Entry("PNN-ONNX-409", "A weight that is NaN or infinite",
          "Weights must be finite numbers; the message names the tensor and the element.",
          "a model saved after training had diverged",
          "Train again with a smaller step size, or repair the file."),
    Entry("PNN-ONNX-410", "External data that cannot be read",
          "The model keeps its weights in another file, which is missing, too short, or outside the model's"
          " folder.",
          "model.onnx without model.onnx.data beside it",
          "Keep the data files beside the model, or save it with its data inside."),
    Entry("PNN-ONNX-411", "A weight that float32 cannot hold",
          "The verified network is a float32 network: a constant of another type must be exactly "
          "representable.",
          "a float64 weight 0.1",
          "Export the network in float32."),
    Entry("PNN-ONNX-412", "Operands of a node that do not fit",
          "The shapes that reach the node break its rule; the message shows both.",
          "Gemm of float32[1, 5] with a weight for 6 inputs",
          "Check the shapes that the file declares; symbolic sizes are read as 1."),
    Entry("PNN-ONNX-413", "Constants of different element types",
          "ONNX operators take operands of one element type; constants are folded in that type.",
          "a float64 constant normalised with float32 statistics",
          "Insert a Cast, or export the model again."),
    Entry("PNN-ONNX-414", "A node that breaks the ONNX specification",
          "An attribute or operand is missing, has the wrong kind, or does not exist in this opset.",
          "a Conv node without a weight",
          "Run onnx.checker.check_model on the file and repair what it names."),
    Entry("PNN-ONNX-415", "A constant too large to write out",
          "Folding constants would make a tensor larger than the reader allows.",
          "an Expand to 10**12 elements",
          "Export a smaller network; such a constant is usually a mistake in its shape."),
    Entry("PNN-ONNX-416", "A graph that is not well formed",
          "Names must be made exactly once, and nothing may depend on itself; the network's output must be "
          "made by some node.",
          "two nodes that both name their output y",
          "Run onnx.checker.check_model on the file and repair what it names."),
    Entry("PNN-ONNX-417", "An element type or storage that is not read",
          "Tensors of strings, complex numbers or packed formats, and sparse tensors, are not read.",
          "a model with a sparse initialiser",
          "Save the weights as dense float32 tensors."),
    Entry("PNN-ONNX-418", "An input without a usable shape",
          "Shapes are static here: the file must declare the sizes of the input. Symbolic sizes are read as"
          " 1, a missing shape or a size of zero cannot be read.",
          "a network input of unknown rank",
          "Set the shape, for instance with onnx.tools.update_model_dims."),
    Entry("PNN-ONNX-421", "A torch module that torch does not export",
          "Modules of torch.nn are exported to ONNX in memory and read like files. Torch could not run or "
          "export this one for an input of the shape in the message.",
          "a forward that looks at values, or a Linear of 784 inputs with shape=(1, 10)",
          "Call the module on torch.zeros of that shape; torch.onnx.export with other options may write a "
          "file."),
)
