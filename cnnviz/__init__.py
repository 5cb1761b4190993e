"""cnnviz: put convolutional networks together from blocks and see exactly what they are and what they cost."""

__version__ = "0.1.0"
