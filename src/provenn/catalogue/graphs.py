"""Graphs and their operations: SHAPE, GRAPH and OP codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-SHAPE-101", "Wrong number of operands",
          "Every operation takes a fixed number of operands; linear and conv take two, or three with a "
          "bias.",
          "builder.add(relu, x, y)      # relu has one operand",
          "Pass the operands that the operation's docstring lists."),
    Entry("PNN-SHAPE-102", "Elementwise operands of different types",
          "add, sub and mul work element by element on tensors of one shape and element type. Nothing is "
          "broadcast silently, so that the graph says everything that is computed.",
          "add of float32[1, 50] and float32[50]",
          "Repeat the smaller operand to the larger shape first. The ONNX reader does so for constants."),
    Entry("PNN-SHAPE-103", "Input of another shape than the network's",
          "Evaluation takes a batch: one leading axis, then exactly the shape of the network's input.",
          "run(graph, x) with x of shape [5] where the network takes [1, 1, 1, 5]",
          "Reshape to [batch, *graph.input_type.shape]; replay() takes any shape with the right number of "
          "elements."),
    Entry("PNN-SHAPE-104", "A weight does not fit its operand",
          "linear(x, w, b) multiplies the last axis of x with a weight of shape [outputs, inputs], the "
          "layout of torch.nn.Linear.",
          "x float32[1, 784] with weight float32[784, 10]: the weight must be [10, 784]",
          "Transpose the weight, or check that the layers follow each other in the right order."),
    Entry("PNN-SHAPE-105", "A bias of the wrong size",
          "The bias of linear and conv has exactly one element for each output (linear) or output channel "
          "(conv).",
          "linear with weight [10, 784] and bias [784]",
          "Give a bias of shape [outputs], or none."),
    Entry("PNN-SHAPE-106", "Convolution over the wrong number of axes",
          "conv is two-dimensional: the operand is [N, C, H, W] and the weight [O, C/groups, kh, kw].",
          "conv of float32[1, 784] with a weight of rank 4",
          "Reshape the operand to four axes; a one-dimensional convolution has H = 1."),
    Entry("PNN-SHAPE-107", "Channels, groups and weight disagree",
          "The operand must have (weight's second size) * groups channels, and the number of outputs must "
          "be a multiple of groups.",
          "conv of float32[1, 3, 8, 8] with weight [4, 1, 3, 3] and groups 1",
          "Set groups, or use the weight that belongs to this layer."),
    Entry("PNN-SHAPE-108", "Kernel larger than the padded image",
          "After padding and dilation the kernel must fit into the image at least once along both axes.",
          "a 5 x 5 kernel over a 3 x 3 image without padding",
          "Pad the image, or use a smaller kernel or dilation."),
    Entry("PNN-SHAPE-109", "Reshape to another number of elements",
          "reshape keeps all elements in row-major order, so the sizes must multiply to the same number.",
          "reshape of float32[1, 6] to [2, 4]",
          "Check the new shape; all its sizes must be given as numbers."),
    Entry("PNN-SHAPE-110", "Transpose by something that is no permutation",
          "perm lists every axis of the operand exactly once.",
          "transpose of a rank 3 tensor with perm (0, 2, 2)",
          "Give each axis once, counted from 0."),
    Entry("PNN-SHAPE-111", "Concat of tensors that do not line up",
          "All operands of concat have the same rank and agree on every axis except the one along which "
          "they are joined.",
          "concat along axis 1 of float32[1, 2] and float32[2, 2]",
          "Check the axis and the shapes."),
    Entry("PNN-SHAPE-112", "Slice outside its axis",
          "slice keeps start <= index < stop of one axis; the range must not be empty and must lie inside "
          "it.",
          "slice of float32[1, 5] along axis 1 from 4 to 9",
          "Count from 0; negative positions are resolved by the reader, not by the graph."),
    Entry("PNN-SHAPE-113", "A view that does not fit",
          "A view says which element of a tensor each point of a loop nest touches. Its sizes must multiply "
          "to the tensor's number of elements, and it must say how it moves along every loop.",
          "a move whose source view has 6 elements, of a tensor with 4",
          "Build views with Loops.view; a step backwards is written as a transpose of slices."),
    Entry("PNN-SHAPE-114", "A network for other data",
          "To certify a classifier on a data set, its input must have the size of an image and its output "
          "one score a class.",
          "a model for 8 x 8 digits with --data mnist",
          "Name the data set that the model was trained on with --data."),
    Entry("PNN-SHAPE-131", "Points or boxes that are no inputs of the network",
          "An input has the network's shape, or is flat with as many elements. Bounds are computed of "
          "batches, whose first axis counts inputs; a robustness property is about one input.",
          "BoundedTensor of shape [1, 28, 28] for a network that takes [1, 1, 28, 28]",
          "Compare the shape with the one in the message: x[None] adds the axis of the batch."),
    Entry("PNN-SHAPE-132", "Rows that do not fit the outputs",
          "C holds linear rows of the network's outputs: [batch, specs, outputs], one set of rows for each "
          "input of the batch, or [1, specs, outputs] for all.",
          "C of shape [9, 10], or [1, 9, 10] for a network with 43 outputs",
          "Add the missing axis with C[None], or count the outputs again."),
    Entry("PNN-SHAPE-133", "A module without the shape of its input",
          "A file and a Graph say which shape their input has; a module takes many. Where no property tells, "
          "it has to be given.",
          "read_network(nn.Linear(2, 2)), without a shape",
          "Give shape=, the batch axis 1 included: shape=(1, 3, 32, 32)."),
    Entry("PNN-GRAPH-101", "A node reads a node that does not exist yet",
          "Graphs are built in order: a node can only read nodes that were added before it.",
          "builder.add(relu, 7) while the builder has three nodes",
          "Add the operand first and pass the index that add() returned."),
    Entry("PNN-GRAPH-102", "A parameter is not finite",
          "Weights must be finite numbers. A NaN or an infinity would make every statement about the "
          "network void.",
          "a weight tensor with a NaN, as a diverged training run leaves behind",
          "Train again with a smaller step size, or repair the file. The message names the element."),
    Entry("PNN-GRAPH-103", "An operand that must be a parameter is not",
          "Bounds need weights, biases and constant factors as parameters, whose values stand in the graph. "
          "They do not cover products of two tensors that both depend on the input yet.",
          "bounds of builder.add(mul, x, x)",
          "Add the constant with builder.parameter() and pass its index."),
    Entry("PNN-GRAPH-104", "A gradient with respect to something that is no input",
          "Reverse mode returns cotangents of the graph's inputs. Parameters are constants of the graph.",
          "vjp with respect to a node that computes something",
          "Make the tensor an input of the graph; training does so with every trainable weight."),
    Entry("PNN-GRAPH-105", "The gradient of something that is no scalar",
          "A gradient belongs to a function with one number as its value.",
          "gradient() of a graph whose first output has shape [128, 10]",
          "Sum or average the result, or pass a cotangent of its shape to vjp."),
    Entry("PNN-OP-201", "An operation lacks what this analysis needs",
          "Each operation lists what it can do as facets: run, intervals, linear bounds, transposes, "
          "gradients. The one that is needed here is missing, for the reason in the message.",
          "asking for the slope lines of an operation that has none",
          "provenn supports shows all operations and facets; CONTRIBUTING.md says how to add one."),
    Entry("PNN-OP-202", "A network that does not depend on its input",
          "Bounds are computed as functions of the input. Here the output, or what an activation reads, is "
          "a constant.",
          "a graph whose output is relu of a parameter",
          "Check that the right output was exported; fold constants before verifying."),
    Entry("PNN-OP-203", "Bounds of a product of two intervals",
          "A graph of bounds covers products, convolutions and quotients in which one operand is exact, "
          "such as a weight. Here both depend on the input.",
          "the graph of bounds of mul(x, x)",
          "Write the network with one varying factor a product; squares and attention have none yet."),
    Entry("PNN-OP-231", "A ball that is no box",
          "Bounds are computed over boxes, that is, for the infinity norm.",
          "PerturbationLpNorm(norm=2, eps=0.5)",
          "Use norm=numpy.inf. The box of the same eps contains the ball, so its bounds hold there too."),
    Entry("PNN-OP-232", "A method of bounding that is not there",
          "The methods are IBP, CROWN-IBP, CROWN (also named backward) and alpha-CROWN (also named "
          "CROWN-Optimized).",
          "compute_bounds(x=(ball,), method='forward')",
          "Choose one from the list; they are ordered from fast to tight."),
)
