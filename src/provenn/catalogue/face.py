"""Tensors, layers and optimisers: FACE codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-FACE-901", "Something that cannot become a tensor",
          "A tensor holds at least one real number, kept as binary32. Lists, NumPy arrays and whatever has "
          "__array__ are accepted; ragged rows, texts, complex numbers and empty arrays are not.",
          "Tensor([[1.0, 2.0], [3.0]])",
          "Look at numpy.asarray(data).dtype and shape."),
    Entry("PNN-FACE-902", "A symbol is asked for its value",
          "While a function is traced, its arguments and the parameters are symbols without values. The "
          "graph must not depend on values, because it serves all of them.",
          "if x.sum() > 0: ...      # in the forward of a compiled model",
          "Write the choice with step, maximum or relu, or decide by shapes, which are known."),
    Entry("PNN-FACE-903", "Shapes that do not broadcast",
          "Elementwise operations repeat axes of size 1, counted from the last axis, as NumPy and PyTorch "
          "do. All other sizes must agree.",
          "Tensor of shape [3, 4] plus a tensor of shape [3]",
          "Add an axis where it is missing: x.unsqueeze(-1) or x[:, None]."),
    Entry("PNN-FACE-904", "An axis or a position that does not exist",
          "Axes and positions are counted from 0, or from -1 backwards. A slice must select something.",
          "x.sum(2) of a matrix; x[5] of five rows",
          "Compare with x.shape."),
    Entry("PNN-FACE-905", "Inner sizes of a matrix product",
          "x @ y multiplies the last axis of x with the last but one of y, so both must have the same size.",
          "[128, 784] @ [10, 784]",
          "Transpose one of them. functional.linear takes weights as [out, in]."),
    Entry("PNN-FACE-906", "A symbol from elsewhere",
          "A graph is built from the inputs that it is given. Here the result depends on a symbol of another "
          "trace, which somebody kept.",
          "a forward that stores a tensor in self and uses it in the next trace",
          "Declare state that lives on as a buffer with register_buffer."),
    Entry("PNN-FACE-907", "A tensor that is no number",
          "item(), float() and truth values need exactly one element.",
          "if x == y: ...      # x and y with ten elements each",
          "Reduce first: (x == y).min().item()."),
    Entry("PNN-FACE-908", "New values of another shape",
          "Values are replaced, and cotangents given, in exactly the shape of the tensor: nothing is "
          "broadcast.",
          "parameter.assign(zeros of shape [10]) where the parameter is [10, 784]",
          "Reshape or expand the values first."),
    Entry("PNN-FACE-909", "Cutting gradients in a traced function",
          "detach() and no_grad() make a value a constant for gradients. A graph has no such operation, so a "
          "traced function cannot do so to symbols that depend on parameters.",
          "loss = mse(model(x), model(x).detach()) in a compiled step",
          "Compute the constant part outside and pass it as an argument."),
    Entry("PNN-FACE-910", "An index of an unsupported kind",
          "Tensors are indexed with integers, slices with positive steps, None and an ellipsis. Indexing by "
          "arrays of positions or by truth values is not supported.",
          "x[[0, 2, 5]], x[::-1] or x[x > 0]",
          "functional.embedding looks up rows; multiply by (x > 0) to mask."),
    Entry("PNN-FACE-911", "A gradient of something that requires none",
          "backward() fills the gradients of tensors made with requires_grad=True. Nothing that this tensor "
          "was computed from is one, or its history was forgotten on purpose.",
          "model(x).sum().backward() under no_grad()",
          "Make the tensor with requires_grad=True, or leave out no_grad() and detach()."),
    Entry("PNN-FACE-912", "A layer applied to what it was not made for",
          "The layer's sizes do not fit the tensor, or its setting is impossible; the message names both.",
          "BatchNorm2d(16) of a tensor with 8 channels; Dropout(1.5)",
          "Compare the shapes before the layer, or the settings, with what is expected."),
    Entry("PNN-FACE-913", "A class number outside its range",
          "Class numbers and rows of an embedding are whole numbers from 0 up to the number of classes less "
          "one.",
          "cross_entropy of logits [128, 10] with the target 10",
          "Count classes from 0, and check that labels and outputs belong together."),
    Entry("PNN-FACE-914", "A state that does not fit the model",
          "load_state_dict compares names and shapes before it changes anything. Names are those of PyTorch.",
          "the weights of a network with 128 hidden neurons for one with 512",
          "Build the model with the settings it was saved with; strict=False takes what fits by name."),
    Entry("PNN-FACE-915", "A list of modules called like a module",
          "A ModuleList only holds modules, so that their parameters are found.",
          "ModuleList([a, b])(x)",
          "Loop over it in your forward, or use Sequential."),
    Entry("PNN-FACE-916", "A setting of an optimizer out of range",
          "Learning rates, momenta and decays are not negative, betas lie below 1, and there must be "
          "parameters to change.",
          "SGD(model.parameters(), lr=-0.1)",
          "Correct the setting that the message names."),
    Entry("PNN-FACE-917", "The state of another optimizer",
          "The state lists one set of arrays for each parameter, in the order of the optimizer's groups.",
          "loading Adam's state of a larger model",
          "Make the optimizer for the same model, with the same groups, before loading."),
    Entry("PNN-FACE-918", "An unknown reduction",
          "A loss is averaged over all its elements, summed, or left as it is.",
          'mse_loss(x, y, reduction="avg")',
          'Use "mean", "sum" or "none".'),
    Entry("PNN-FACE-919", "A tensor changed between forward and backward",
          "Gradients are taken at the values that the forward pass used. A parameter that it read was "
          "changed since, by an optimizer's step or assign().",
          "loss = f(model(x)); optimizer.step(); loss.backward()",
          "Call backward() on everything before the step, or compute the loss again after it."),
    Entry("PNN-FACE-921", "Something that is no network",
          "Networks are ONNX files, graphs, and modules of provenn.nn or torch.nn.",
          "provenn.verify(lambda x: x, spec)",
          "Write a function as the forward of an nn.Module."),
)
