"""What a learner needs to know of each topic of the stepping page, as Markdown."""

from __future__ import annotations

WORDS: dict[str, str] = {
    "convolution": (
        "A **filter** is a small grid of weights, the kernel. It is laid on the input, each weight is multiplied "
        "with the number under it, and the products are added up: that is **one** output cell. Then the window "
        "moves on by the stride. The kernel reaches through **all channels** of the input and gives one output "
        "channel; a layer with 64 filters does this 64 times, each with weights of its own. Here you choose the "
        "weights; a network learns them."
    ),
    "pooling": (
        "Pooling has no weights: each window becomes one number, in every channel by itself. **Max pooling** "
        "keeps the strongest value, so fine bright texture survives and the background is lost. **Average "
        "pooling** keeps the mean, so the background stays and fine texture is washed out: where windows tile the "
        "input, the mean of the whole map does not change."
    ),
    "normalisation": (
        "In **training** each channel is shifted and scaled by the mean and variance of the **batch** at hand, "
        "over all its pictures and positions, then by a learned γ and β. So a value's output depends on its "
        "neighbours in the batch. At **inference** there may be no batch: the **running** mean and variance are "
        "used, which every training step moves a little towards the batch's. With a high momentum they are slow: "
        "after few steps training and inference still disagree, which looks like a network that learns well and "
        "predicts badly."
    ),
    "dropout": (
        "In **training** each value is set to 0 with probability *rate*, drawn anew at each step, and the others "
        "are divided by 1 − rate: the expected output is the input. At **inference** nothing is dropped and "
        "nothing is scaled. Step through the draws: single outputs jump, their mean settles on the values."
    ),
    "head": (
        "A **dense** layer after *flatten* has a weight for every position of the last map in every channel, for "
        "each unit: its parameters grow with the square of the side, and it takes pictures of one size only. "
        "**Global average pooling** first takes the mean of each channel: what is left is one number a channel, "
        "whatever the side, and far fewer parameters. What it gives up is where in the picture something was."
    ),
    "field": (
        "The **receptive field** of a position is the part of the picture that it can see. Each layer's window "
        "widens it, strides and pooling make later windows count for more. Most of its influence comes from the "
        "middle: the **effective** field, measured by gradient, is smaller than the theoretical one."
    ),
}
