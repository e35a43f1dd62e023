"""What the cases in which a function fails have in common, and the others have not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from operator import eq
from typing import Any

Params = Mapping[str, Any]
Holds = Callable[[Params], bool]

COUNTED = {"n": "examples", "d": "features", "m": "outputs", "c": "classes", "groups": "groups", "batches": "batches"}
PLURAL = {
    "image": "images",
    "output_size": "outputs",
    "window": "windows",
    "filters": "filters",
}  # of what has a shape


def pattern(failing: Sequence[Params], passing: Sequence[Params]) -> str:
    """Say what sets the failing cases of a check apart from the passing ones, if one thing does.

    Parameters
    ----------
    failing, passing : sequence of mapping
        The parameters of the cases.

    Returns
    -------
    str
        A sentence, or nothing.

    Examples
    --------
    >>> pattern([{"stride": 2}, {"stride": 3}], [{"stride": 1}])
    'It fails just where the stride is not 1.'
    """
    if not failing or not passing:
        return ""
    for sentence, holds in _features([*failing, *passing]):
        if all(map(holds, failing)) and not any(map(holds, passing)):
            return f"It fails just where {sentence}."
    return ""


def counted(params: Params) -> dict[str, int]:
    """Return what is counted in a question, by name: a gradient may be too large by one of these.

    Examples
    --------
    >>> counted({"n": 4, "d": 3, "eps": 1e-5})
    {'examples': 4, 'features': 3}
    """
    found = {word: params[name] for name, word in COUNTED.items() if isinstance(params.get(name), int)}
    image, window, filters = (_sizes(params, name) for name in ("image", "window", "filters"))
    if len(image) == 4:
        pixels = image[2] * image[3]
        found |= {"examples": image[0], "channels": image[1], "pixels of a channel": pixels}
        found |= {"pixels of all images": image[0] * pixels} if image[0] > 1 else {}
    if len(window) == 2:
        found["pixels of a window"] = window[0] * window[1]
    if len(filters) == 4:
        found |= {"filters": filters[0], "weights of a filter": filters[1] * filters[2] * filters[3]}
    return found


def _sizes(params: Params, name: str) -> Sequence[int]:
    """Return what has sizes along several axes; a prediction may ask about one number of that name."""
    sizes = params.get(name, ())
    return sizes if isinstance(sizes, tuple) else ()


def _features(cases: Sequence[Params]) -> Iterator[tuple[str, Holds]]:
    names = list(dict.fromkeys(name for params in cases for name in params))
    for name in names:
        values = [params[name] for params in cases if params.get(name) is not None]
        if len(values) < len(cases):
            is_given = _is_given(name)
            yield f"{_word(name)} is given", is_given
            yield f"{_word(name)} is not given", partial(_not, is_given)
        if not values:
            continue
        if isinstance(values[0], str):
            for value in dict.fromkeys(values):
                yield f"{name} is {value}", _has(name, partial(eq, value))
        elif isinstance(values[0], bool):
            yield f"{name} is on", _has(name, bool)
            yield f"{name} is off", _has(name, lambda got: not got)
        elif isinstance(values[0], int | float):
            yield from _of_number(name)
        elif name in PLURAL and _is_size(values[0]):
            yield from _of_size(name)
    yield from _of_windows([name for name in names if name == "stride" or all(_sizes(one, name) for one in cases)])


def _of_number(name: str) -> Iterator[tuple[str, Holds]]:
    word = _word(name)
    yield f"{word} is 0", _has(name, lambda got: got == 0)
    yield f"{word} is not 0", _has(name, lambda got: got != 0)
    yield f"{word} is 1", _has(name, lambda got: got == 1)
    yield f"{word} is not 1", _has(name, lambda got: got != 1)


def _word(name: str) -> str:
    return {"n": "the number of examples", "pad": "the padding", "stride": "the stride"}.get(name, f"`{name}`")


def _of_size(name: str) -> Iterator[tuple[str, Holds]]:
    word = PLURAL[name]
    yield f"the {word} are not square", _has(name, lambda got: len(got) > 1 and got[-1] != got[-2])
    yield f"the {word} are square", _has(name, lambda got: len(got) > 1 and got[-1] == got[-2])


def _of_windows(names: Sequence[str]) -> Iterator[tuple[str, Holds]]:
    window = next((name for name in ("window", "filters") if name in names), None)
    if window is None or not {"stride", "image"} <= set(names):
        return

    def overlap(params: Params) -> bool:
        return any(size > params["stride"] and count > 1 for size, count in _along_axes(params, window))

    def leave_over(params: Params) -> bool:
        room = [side + 2 * params.get("pad", 0) for side in params["image"][-2:]]
        return any((side - size) % params["stride"] for side, size in zip(room, params[window][-2:], strict=True))

    yield "the windows are larger than one pixel", lambda params: max(params[window][-2:]) > 1
    yield "the windows overlap", overlap
    yield "the windows do not overlap", lambda params: not overlap(params)
    if "image" in names:
        yield "the windows leave a row or column over", leave_over


def _along_axes(params: Params, window: str) -> Iterator[tuple[int, int]]:
    """Yield how large a window is along either axis, and how many of them there are."""
    stride, pad = params["stride"], params.get("pad", 0)
    for side, size in zip(params["image"][-2:], params[window][-2:], strict=True):
        yield size, (side + 2 * pad - size) // stride + 1


def _has(name: str, holds: Callable[[Any], bool]) -> Holds:
    return lambda params: name in params and holds(params[name])


def _is_given(name: str) -> Holds:
    return lambda params: params.get(name) is not None


def _not(holds: Holds, params: Params) -> bool:
    return not holds(params)


def _is_size(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(item, int) for item in value)
