"""The question bank: every check of the course, by name, in the order of the course."""

from collections.abc import Collection
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
    spatial_normalization,
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
    spatial_normalization,
    folding,
    sandwiches,
    three_layer_conv_net,
    all_conv_net,
    upsampling,
    segmentation,
    predictions_normalization,
    predictions_images,
)

SLIP = 0.85  # so near that nothing else was meant
MOST_NEAREST = 3  # names that are suggested
BANK = MappingProxyType(
    {value.name: value for family in FAMILIES for value in vars(family).values() if isinstance(value, Check)}
)
EXERCISES = frozenset(check.exercise for check in BANK.values())


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
        If there is none; the message names the nearest ones.
    """
    try:
        return BANK[name]
    except (KeyError, TypeError):  # a list is no key
        raise unknown(name, BANK) from None


def unknown(name: object, names: Collection[str]) -> UnknownCheckError:
    """Say that there is no check, or exercise, of that name, and which names are nearest.

    Parameters
    ----------
    name : object
        What was given: perhaps the function itself.
    names : collection of str
        Those that there are.
    """
    given = getattr(name, "__name__", None)
    if not isinstance(name, str) and given in names:
        return UnknownCheckError(
            f"`name` must be a name (got the function `{given}` itself). Write it in quotes: {given!r}."
        )
    *others, last = map(repr, _nearest(str(name), names))
    alike = f"{', '.join(others)} or {last}" if others else last
    return UnknownCheckError(f"`name` must be the name of a check (got {name!r}). Did you mean {alike}?")


def _nearest(name: str, names: Collection[str]) -> list[str]:
    """Return the one name that is a slip of the finger away, or up to three that hold the given one, or like it."""
    slips = get_close_matches(name, names, n=1, cutoff=SLIP)
    holding = [known for known in names if name and name.lower() in known.lower()]
    return slips or (holding or get_close_matches(name, names, n=MOST_NEAREST, cutoff=0))[:MOST_NEAREST]


def of_exercises(exercises: set[str]) -> list[Check]:
    """Return the checks of some exercises, in the order of the course."""
    return [check for check in BANK.values() if check.exercise in exercises]
