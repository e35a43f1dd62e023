"""The classifiers: nearest neighbours, linear ones, and networks."""

from cs231n_lib.classifiers.all_conv import AllConvNet
from cs231n_lib.classifiers.cnn import ThreeLayerConvNet
from cs231n_lib.classifiers.fc_net import FullyConnectedNet, TwoLayerNet
from cs231n_lib.classifiers.k_nearest_neighbor import KNearestNeighbor
from cs231n_lib.classifiers.linear_classifier import LinearClassifier, LinearSVM, Softmax
from cs231n_lib.classifiers.segmentation import EncoderDecoder

__all__ = [
    "AllConvNet",
    "EncoderDecoder",
    "FullyConnectedNet",
    "KNearestNeighbor",
    "LinearClassifier",
    "LinearSVM",
    "Softmax",
    "ThreeLayerConvNet",
    "TwoLayerNet",
]
