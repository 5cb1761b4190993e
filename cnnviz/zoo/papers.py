"""The papers and tutorials behind the networks."""

from __future__ import annotations

from typing import NamedTuple


class Paper(NamedTuple):
    """A publication: all authors, title, venue, the year it came out, and its number at arXiv if it has one."""

    key: str
    authors: str
    title: str
    venue: str
    year: int
    arxiv: str = ""


class Source(NamedTuple):
    """Where a network's definition is taken from when that is not a paper."""

    name: str
    about: str


LENET = Paper(
    "lecun1998gradient",
    "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner",
    "Gradient-Based Learning Applied to Document Recognition",
    "Proceedings of the IEEE 86(11)",
    1998,
)
ALEXNET = Paper(
    "krizhevsky2012imagenet",
    "A. Krizhevsky, I. Sutskever, G. E. Hinton",
    "ImageNet Classification with Deep Convolutional Neural Networks",
    "NIPS 2012",
    2012,
)
ZFNET = Paper(
    "zeiler2014visualizing",
    "M. D. Zeiler, R. Fergus",
    "Visualizing and Understanding Convolutional Networks",
    "ECCV 2014",
    2013,
    "1311.2901",
)
VGG = Paper(
    "simonyan2015very",
    "K. Simonyan, A. Zisserman",
    "Very Deep Convolutional Networks for Large-Scale Image Recognition",
    "ICLR 2015",
    2014,
    "1409.1556",
)
GOOGLENET = Paper(
    "szegedy2015going",
    "C. Szegedy, W. Liu, Y. Jia, P. Sermanet, S. Reed, D. Anguelov, D. Erhan, V. Vanhoucke, A. Rabinovich",
    "Going Deeper with Convolutions",
    "CVPR 2015",
    2014,
    "1409.4842",
)
BATCH_NORM = Paper(
    "ioffe2015batch",
    "S. Ioffe, C. Szegedy",
    "Batch Normalization: Accelerating Deep Network Training by Reducing Internal Covariate Shift",
    "ICML 2015",
    2015,
    "1502.03167",
)
INCEPTION_V3 = Paper(
    "szegedy2016rethinking",
    "C. Szegedy, V. Vanhoucke, S. Ioffe, J. Shlens, Z. Wojna",
    "Rethinking the Inception Architecture for Computer Vision",
    "CVPR 2016",
    2015,
    "1512.00567",
)
INCEPTION_V4 = Paper(
    "szegedy2017inception",
    "C. Szegedy, S. Ioffe, V. Vanhoucke, A. Alemi",
    "Inception-v4, Inception-ResNet and the Impact of Residual Connections on Learning",
    "AAAI 2017",
    2016,
    "1602.07261",
)
RESNET = Paper(
    "he2016deep",
    "K. He, X. Zhang, S. Ren, J. Sun",
    "Deep Residual Learning for Image Recognition",
    "CVPR 2016",
    2015,
    "1512.03385",
)
PREACTIVATION = Paper(
    "he2016identity",
    "K. He, X. Zhang, S. Ren, J. Sun",
    "Identity Mappings in Deep Residual Networks",
    "ECCV 2016",
    2016,
    "1603.05027",
)
DENSENET = Paper(
    "huang2017densely",
    "G. Huang, Z. Liu, L. van der Maaten, K. Q. Weinberger",
    "Densely Connected Convolutional Networks",
    "CVPR 2017",
    2016,
    "1608.06993",
)
SQUEEZENET = Paper(
    "iandola2016squeezenet",
    "F. N. Iandola, S. Han, M. W. Moskewicz, K. Ashraf, W. J. Dally, K. Keutzer",
    "SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size",
    "arXiv",
    2016,
    "1602.07360",
)
XCEPTION = Paper(
    "chollet2017xception",
    "F. Chollet",
    "Xception: Deep Learning with Depthwise Separable Convolutions",
    "CVPR 2017",
    2016,
    "1610.02357",
)
MOBILENET = Paper(
    "howard2017mobilenets",
    "A. G. Howard, M. Zhu, B. Chen, D. Kalenichenko, W. Wang, T. Weyand, M. Andreetto, H. Adam",
    "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications",
    "arXiv",
    2017,
    "1704.04861",
)
MOBILENET_V2 = Paper(
    "sandler2018mobilenetv2",
    "M. Sandler, A. Howard, M. Zhu, A. Zhmoginov, L.-C. Chen",
    "MobileNetV2: Inverted Residuals and Linear Bottlenecks",
    "CVPR 2018",
    2018,
    "1801.04381",
)
EFFICIENTNET = Paper(
    "tan2019efficientnet",
    "M. Tan, Q. V. Le",
    "EfficientNet: Rethinking Model Scaling for Convolutional Neural Networks",
    "ICML 2019",
    2019,
    "1905.11946",
)
CONVNEXT = Paper(
    "liu2022convnet",
    "Z. Liu, H. Mao, C.-Y. Wu, C. Feichtenhofer, T. Darrell, S. Xie",
    "A ConvNet for the 2020s",
    "CVPR 2022",
    2022,
    "2201.03545",
)
NETWORK_IN_NETWORK = Paper(
    "lin2014network",
    "M. Lin, Q. Chen, S. Yan",
    "Network In Network",
    "ICLR 2014",
    2013,
    "1312.4400",
)
SQUEEZE_EXCITE = Paper(
    "hu2018squeeze",
    "J. Hu, L. Shen, G. Sun",
    "Squeeze-and-Excitation Networks",
    "CVPR 2018",
    2017,
    "1709.01507",
)

MLM = Source("Machine Learning Mastery", "How to implement the major architectural innovations for CNNs")
CSDN = Source("CSDN", "Nani_xiao's classic networks wrapped in Keras, LeNet to DenseNet (2019)")
DDI = Source("Data Driven Investor", "Five Powerful CNN Architectures")
COURSERA = Source("Coursera exercise", "A write-up of the residual-network exercise on hand signs (SIGNS)")
TFNOTES = Source("TensorFlow Notes", "AI Practice: TensorFlow Notes, lecture 5, CIFAR-10")
