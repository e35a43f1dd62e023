"""Checks of stochastic pooling, by the laws that every right answer keeps whatever chance decides.

Five laws in seven cases leave something to chance. So a right solution fails with a probability below 4e-7; each
bound says how. No window holds a positive number twice, so an output tells which one was drawn.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from autograder.checks._windows import Sizes, fitting, output_size, pool_param
from autograder.core.inputs import Array, Fill, spread, waves, waves_from
from autograder.core.question import Law, check
from autograder.core.subject import Subject

FALSE_ALARM = 1e-8  # for each law
Range = tuple[float, float]

SMALL: list[dict[str, Any]] = [
    {"fill": spread, "image": (2, 3, 4, 4), "window": (2, 2), "stride": 2, "between": (0.0, 1.0)},
    {"fill": waves, "image": (8, 2, 4, 5), "window": (2, 3), "stride": 1, "between": (-0.3, 1.0)},  # windows overlap
    {"fill": waves, "image": (2, 3, 4, 7), "window": (2, 1), "stride": 2, "between": (-2.0, 1.0)},  # windows of zeros
]
ALIKE: dict[str, Any] = {
    "fill": waves,
    "image": (8, 3, 6, 8),
    "window": (2, 2),
    "stride": 2,
    "between": (-0.3, 1.0),
    "alike": True,
}
RETURNS = {"stochastic_pool_forward": ("out", "cache")}


def draw(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw windows that overlap, that are all alike, and that leave gaps, some of them without a positive number."""
    height, width = ((2, 3), (3, 3), (1, 2))[number - 1]
    stride, low = ((1, -0.5), (3, 0.0), (2, -2.0))[number - 1]
    n, c = (int(size) for size in rng.integers((8, 2), (11, 4)))
    return {
        "fill": waves_from(rng),
        "image": (n, c, fitting(3, height, stride), fitting(4, width, stride)),
        "window": (height, width),
        "stride": stride,
        "between": (low, 1.0),
        "alike": number == 2,
    }


def draw_small(rng: np.random.Generator, number: int) -> dict[str, Any]:
    """Draw the same kinds of windows, fewer of them: where the gradient goes is not a matter of chance."""
    params = draw(rng, number)
    return params | {"image": (2, *params["image"][1:])}


def _activations(fill: Fill, image: Sizes, window: Sizes, between: Range, alike: bool = False) -> Array:
    """Return numbers as ReLU leaves them; the windows may be all alike, so that only chance sets them apart."""
    if not alike:
        return np.maximum(0.0, fill(*image, between=between))
    one = np.maximum(0.0, fill(1, 1, *window, between=between))
    return np.tile(one, (*image[:2], image[2] // window[0], image[3] // window[1]))


def _upstream(fill: Fill, shape: Sizes) -> Array:
    return fill(*shape, between=(-1.0, 0.7), start=5)


def _windows(x: Array, window: Sizes, stride: int) -> Array:
    """Return the pixels of each window along the last axis."""
    every = np.lib.stride_tricks.sliding_window_view(x, window, axis=(2, 3))[:, :, ::stride, ::stride]
    return every.reshape(*every.shape[:4], -1)  # (N, C, H', W', HH WW)


def _drawn(windows: Array, out: Array) -> npt.NDArray[np.bool_]:
    """Tell for each pixel of each window whether the output is that pixel."""
    return np.isclose(windows, out[..., None], rtol=1e-9, atol=0)


def laws_of_forward(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say what holds for the output of stochastic pooling in training."""
    x = _activations(**{name: params[name] for name in params if name != "stride"})
    windows = _windows(x, params["window"], params["stride"])
    out, drawn, live = answer["out"], _drawn(windows, answer["out"]), windows.any(axis=-1)
    yield Law(
        "a number of the window",
        bool(drawn.any(axis=-1).all()),
        "`out` holds a number that is not in its window: of each window one number is kept, as it is.",
    )
    yield Law(
        "no zeros",
        bool((out[live] > 0).all()),
        "A zero is kept though its window holds something larger: a number of zero has no chance.",
    )
    yield from _independence(windows, drawn.argmax(axis=-1))
    yield _frequencies(windows[live] / windows[live].sum(axis=-1, keepdims=True), drawn[live])


def _frequencies(p: Array, drawn: npt.NDArray[np.bool_]) -> Law:
    """Say whether the largest number of a window, the second, ... are drawn as often as they should be.

    Bernstein: the sum of independent draws with probabilities p is further than L/3 + sqrt(L²/9 + 2 L sum p(1 - p))
    from its mean with a probability of at most 2 exp(-L). That is asked once for each rank.
    """
    by_size = np.argsort(-p, axis=-1)
    p, drawn = np.take_along_axis(p, by_size, axis=-1), np.take_along_axis(drawn, by_size, axis=-1)
    L = math.log(2 * p.shape[-1] / FALSE_ALARM)
    bound = L / 3 + np.sqrt(L**2 / 9 + 2 * L * (p * (1 - p)).sum(axis=0))
    far = np.abs(drawn.sum(axis=0) - p.sum(axis=0)) - bound
    rank = int(np.argmax(far))
    return Law(
        "frequencies",
        bool(far[rank] <= 0),
        f"The number of rank {rank + 1} of a window is kept in {drawn[:, rank].mean():.0%} of the windows, and its "
        f"share of the sum is {p[:, rank].mean():.0%} on average: that is the probability with which it is drawn.",
    )


def _independence(windows: Array, place: npt.NDArray[np.intp]) -> Iterator[Law]:
    """Say that the draws differ along each axis, where they could.

    All windows agree with the first along an axis with a probability of at most the product of their largest
    probabilities. Where that is not tiny, nothing can be said.
    """
    total = windows.sum(axis=-1)
    largest = np.divide(windows.max(axis=-1), total, out=np.ones_like(total), where=total > 0)
    for axis, what in enumerate(("images", "channels", "rows of windows", "columns of windows")):
        others = np.delete(largest, 0, axis=axis)
        alike = bool((np.diff(place, axis=axis) == 0)[np.delete(total > 0, 0, axis=axis)].all())
        yield Law(
            f"{what} draw for themselves",
            not alike or float(np.log(others).sum()) > math.log(FALSE_ALARM),
            f"The same pixel is drawn in all {what}: each window of each channel has a draw of its own.",
        )


@check(tolerance=1e-7, public=[*SMALL, ALIKE], hidden=draw, returns=RETURNS, random=["out"], laws=laws_of_forward)
def stochastic_pool_forward(
    subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int, between: Range, alike: bool = False
) -> dict[str, Any]:
    """stochastic_pool_forward draws one number of each window, and at test time takes the mean of such draws."""
    x = _activations(fill, image, window, between, alike)
    out, _ = subject.stochastic_pool_forward(x, pool_param(window, stride, mode="train", seed=1))
    test, _ = subject.stochastic_pool_forward(x[:3], pool_param(window, stride, mode="test"))
    return {"out": out, "out in test mode": test}


def laws_of_backward(answer: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[Law]:
    """Say where the gradient must go: to what the output shows to be drawn."""
    x = _activations(**{name: params[name] for name in params if name != "stride"})
    window, stride, out = params["window"], params["stride"], answer["out"]
    windows = _windows(x, window, stride)
    drawn = _drawn(windows, out) & windows.any(axis=-1, keepdims=True)
    expected = _scattered(_upstream(params["fill"], out.shape)[..., None] * drawn, x.shape, window, stride)
    reached = _scattered(1.0 * drawn, x.shape, window, stride) > 0
    yield Law(
        "nothing for the others",
        bool((answer["dx"][~reached] == 0).all()),
        "A pixel that no window drew has a gradient: it had no influence on the output.",
    )
    right = np.isclose(answer["dx"], expected, rtol=1e-7, atol=1e-12)
    yield Law(
        "all for the drawn",
        bool(right.all()),
        f"{int((~right).sum())} of {right.size} elements of `dx` do not follow the output: each window sends all of "
        "its gradient to the pixel it drew, and a pixel that several windows drew collects from each.",
    )


def _scattered(values: npt.NDArray[Any], shape: Sizes, window: Sizes, stride: int) -> Array:
    """Add what belongs to the pixels of each window up in the images."""
    x = np.zeros(shape)
    for k, (h, v) in enumerate(np.ndindex(*window)):
        for i, j in np.ndindex(values.shape[2:4]):
            x[:, :, i * stride + h, j * stride + v] += values[:, :, i, j, k]
    return x


@check(tolerance=1e-7, public=SMALL, hidden=draw_small, returns=RETURNS, random=["out", "dx"], laws=laws_of_backward)
def stochastic_pool_backward(
    subject: Subject, fill: Fill, image: Sizes, window: Sizes, stride: int, between: Range, alike: bool = False
) -> dict[str, Any]:
    """stochastic_pool_backward sends each gradient to the pixel that was drawn."""
    x = _activations(fill, image, window, between, alike)
    out, cache = subject.stochastic_pool_forward(x, pool_param(window, stride, mode="train", seed=1))
    dout = _upstream(fill, (*x.shape[:2], *output_size(x.shape, window, stride)))
    return {"out": out, "dx": subject.stochastic_pool_backward(dout, cache)}
