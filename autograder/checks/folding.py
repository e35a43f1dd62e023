"""Check of batch normalization that was folded into the convolution before it."""

from typing import Any

import numpy as np

from autograder.checks._windows import Sizes
from autograder.checks.normalization import given
from autograder.core.inputs import Fill, spread, waves, waves_from
from autograder.core.question import check
from autograder.core.subject import Subject

PUBLIC: list[dict[str, Any]] = [
    {"fill": spread, "filters": (3, 2, 3, 3), "eps": 1e-5},
    {"fill": waves, "filters": (3, 3, 2, 3), "eps": 0.1},  # as many filters as channels; epsilon can be seen
    {"fill": waves, "filters": (4, 1, 1, 1), "eps": None},  # the default
]


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw filters that are not square, and an epsilon; one case has the default."""
    f, c, hh = (int(size) for size in rng.integers(2, 5, size=3))
    eps = None if number == 1 else float(rng.choice([1e-3, 0.2]))
    return {"fill": waves_from(rng), "filters": (f, c, hh, hh + number - 1), "eps": eps}


@check(tolerance=1e-8, public=PUBLIC, hidden=draw, returns={"fold_into_convolution": ("w", "b")})
def fold_into_convolution(subject: Subject, fill: Fill, filters: Sizes, eps: float | None) -> dict[str, Any]:
    """fold_into_convolution puts a batch normalization into the filters and the biases before it."""
    f = filters[0]
    layer = fill(*filters, between=(-1.0, 2.0)), fill(f, between=(-0.5, 1.0), start=1)
    scale_and_shift = fill(f, between=(0.5, 1.5), start=2), fill(f, between=(-1.0, 0.5), start=3)
    statistics = fill(f, between=(-0.5, 1.0), start=7), fill(f, between=(0.3, 2.0), start=11)
    w, b = subject.fold_into_convolution(*layer, *scale_and_shift, *statistics, *given(eps=eps).values())
    return {"w": w, "b": b}
