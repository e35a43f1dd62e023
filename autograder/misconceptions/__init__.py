"""Misconceptions: plausible wrong solutions that run, each with one sentence of help.

The checks are tested with them, and the grader recognizes them by what they answer. They are close to
solutions, so they stay with the instructor.
"""

from autograder.misconceptions import (
    activations,
    affine,
    all_conv_net,
    choices,
    convolution,
    costs,
    dropout,
    folding,
    fully_connected_net,
    fully_connected_options,
    initialization,
    linear_classifiers,
    losses,
    lowered_pooling,
    lowering,
    nearest_neighbours,
    network_steps,
    normalization,
    normalization_family,
    optimizers,
    pooling,
    pooling_random,
    pooling_whole,
    predictions_images,
    predictions_networks,
    predictions_normalization,
    relu,
    sandwiches,
    segmentation,
    slips,
    three_layer_conv_net,
    two_layer_net,
    unpooled_convolution,
    unpooling,
    upsampling,
)
from autograder.misconceptions.catalog import Misconception

FAMILIES = (
    affine,
    relu,
    losses,
    activations,
    initialization,
    nearest_neighbours,
    linear_classifiers,
    two_layer_net,
    network_steps,
    optimizers,
    normalization,
    normalization_family,
    dropout,
    fully_connected_net,
    fully_connected_options,
    predictions_networks,
    choices,
    costs,
    convolution,
    lowering,
    lowered_pooling,
    pooling,
    pooling_whole,
    pooling_random,
    folding,
    sandwiches,
    three_layer_conv_net,
    all_conv_net,
    upsampling,
    unpooling,
    segmentation,
    predictions_normalization,
    predictions_images,
    slips,
    unpooled_convolution,
)

CATALOG: tuple[Misconception, ...] = tuple(
    value for family in FAMILIES for value in vars(family).values() if isinstance(value, Misconception)
)

__all__ = ["CATALOG", "Misconception"]
