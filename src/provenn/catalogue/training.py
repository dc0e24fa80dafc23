"""Data and training: DATA and TRAIN codes."""

from __future__ import annotations

from provenn.catalogue.entry import Entry

ENTRIES = (
    Entry("PNN-DATA-951", "A data file is not there",
          "Data sets are kept in a folder of this machine and are never downloaded behind your back. A file "
          "of the set is missing or cannot be read.",
          "provenn train mnist before provenn data mnist",
          "Run the command that the message names, or give the folder that has the files with --from."),
    Entry("PNN-DATA-952", "Not the IDX file that was expected",
          "An IDX file of bytes starts with 0, 0, 8 and the number of its dimensions: 3 for images, 1 for "
          "labels.",
          "labels where images should be",
          "Give each file its published name; download it again when it is something else."),
    Entry("PNN-DATA-953", "An IDX file of the wrong length",
          "The sizes in the header say how long the file is, to the byte. Shorter and longer files are "
          "refused.",
          "a download that was cut off",
          "Copy or download the file again."),
    Entry("PNN-DATA-954", "Not the published file",
          "The file is well formed, but its MD5 is not that of the published data set, so results on it "
          "would not be results on that data set.",
          "a file of Fashion-MNIST in the folder of MNIST",
          "Remove the file and obtain the data set again."),
    Entry("PNN-DATA-955", "Images and labels that do not go together",
          "There is one label an image, and each is the number of a class.",
          "60,000 images with 10,000 labels",
          "Take both files from the same part of the same data set."),
    Entry("PNN-DATA-956", "An unknown data set",
          "provenn knows a few data sets by name.",
          "provenn data minst",
          "provenn data lists them."),
    Entry("PNN-DATA-957", "Batches that hold nothing",
          "A batch has at least one example; with drop_last it may not be larger than the data.",
          "DataLoader(data, batch_size=0)",
          "Give a batch size between 1 and the number of examples."),
    Entry("PNN-TRAIN-971", "An unknown model, or widths that it cannot have",
          "provenn train knows a few architectures by name; some have a fixed number of widths.",
          "--model cnn --hidden 128",
          "Choose one that the message lists, with positive widths; Python trains any other model."),
    Entry("PNN-TRAIN-972", "The state of another run",
          "A run continues bit for bit, so everything that decides its result must be what it was: settings, "
          "design of the model, data.",
          "--resume with another --lr",
          "Leave the options out (they are taken from the state), or train into another folder."),
    Entry("PNN-TRAIN-973", "A checkpoint that cannot be used",
          "A model is a folder with config.json and model.safetensors, a state one safetensors file, all as "
          "provenn writes them. This one is missing, damaged, or of something else.",
          "from_pretrained on a folder of another program",
          "Check the folder; pass the model as second argument when the config has no design."),
    Entry("PNN-TRAIN-974", "Training has diverged",
          "The loss or the gradient is NaN or infinite. Nothing that came after was kept: the folder has the "
          "last state that was sound.",
          "a learning rate that is far too large",
          "Train again with a smaller --lr, with --clip, or a longer --warmup."),
    Entry("PNN-TRAIN-975", "A setting that makes no sense",
          "A number is out of its range, or a name is none of those that are known.",
          "--lr -1",
          "Give a value as the message says."),
    Entry("PNN-TRAIN-976", "A run is there already, or is not",
          "A folder holds one run, which is never overwritten unless asked for; --resume needs a folder.",
          "the same --out twice",
          "Use --resume to continue, --overwrite to start anew, or another folder."),
    Entry("PNN-TRAIN-977", "Nothing to train",
          "The optimiser holds no parameter on which the loss depends, often because it was made from "
          "another model.",
          "compile(model, loss, SGD(other.parameters(), lr=0.1))",
          "Make the optimiser from model.parameters()."),
    Entry("PNN-TRAIN-978", "A loss without an optimiser, or the reverse",
          "compile(model) compiles the model for use; compile(model, loss, optimizer) a step of training.",
          "compile(model, loss)",
          "Give both or none."),
)
