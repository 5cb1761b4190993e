"""The papers and tutorials behind the networks."""

from __future__ import annotations

from typing import NamedTuple


class Paper(NamedTuple):
    """A publication: authors, title, venue, year."""

    authors: str
    title: str
    venue: str
    year: int


class Source(NamedTuple):
    """Where a network's definition is taken from when that is not a paper."""

    name: str
    about: str


LENET = Paper(
    "LeCun, Bottou, Bengio, Haffner", "Gradient-Based Learning Applied to Document Recognition", "Proc. IEEE", 1998
)
ALEXNET = Paper(
    "Krizhevsky, Sutskever, Hinton", "ImageNet Classification with Deep Convolutional Neural Networks", "NIPS", 2012
)
VGG = Paper(
    "Simonyan, Zisserman", "Very Deep Convolutional Networks for Large-Scale Image Recognition", "ICLR 2015", 2014
)
GOOGLENET = Paper(
    "Szegedy, Liu, Jia, Sermanet, Reed, Anguelov, Erhan, Vanhoucke, Rabinovich",
    "Going Deeper with Convolutions",
    "CVPR 2015",
    2014,
)
RESNET = Paper("He, Zhang, Ren, Sun", "Deep Residual Learning for Image Recognition", "CVPR 2016", 2015)
DENSENET = Paper(
    "Huang, Liu, van der Maaten, Weinberger", "Densely Connected Convolutional Networks", "CVPR 2017", 2016
)

MLM = Source("Machine Learning Mastery", "How to implement the major architectural innovations for CNNs")
