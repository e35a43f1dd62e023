"""The question bank: every check of the course, by name, in the order of the course."""

from difflib import get_close_matches
from types import MappingProxyType

from autograder.checks import (
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
    predictions_images,
    predictions_networks,
    predictions_normalization,
    relu,
    sandwiches,
    segmentation,
    three_layer_conv_net,
    two_layer_net,
    upsampling,
)
from autograder.core.question import Check

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
    pooling_random,
    folding,
    sandwiches,
    three_layer_conv_net,
    all_conv_net,
    upsampling,
    segmentation,
    predictions_normalization,
    predictions_images,
)

BANK = MappingProxyType(
    {value.name: value for family in FAMILIES for value in vars(family).values() if isinstance(value, Check)}
)


class UnknownCheckError(LookupError):
    """There is no check of that name."""

    def _render_traceback_(self) -> list[str]:
        """Tell IPython to show one line."""
        return [str(self)]


def find(name: str) -> Check:
    """Return the check of that name.

    Raises
    ------
    UnknownCheckError
        If there is none; the message lists the names there are.
    """
    try:
        return BANK[name]
    except KeyError:
        alike = get_close_matches(str(name), BANK, n=1)
        remedy = f"Did you mean {alike[0]!r}?" if alike else f"There are: {', '.join(BANK)}."
        raise UnknownCheckError(f"`name` must be the name of a check (got {name!r}). {remedy}") from None


def of_exercises(exercises: set[str]) -> list[Check]:
    """Return the checks of some exercises, in the order of the course."""
    return [check for check in BANK.values() if check.exercise in exercises]
