"""Random weights are judged by their laws.

The seeds are fixed, so a test that passes once passes always. The bounds are six standard errors wide, which two
seeds in a billion exceed.
"""

import re

import numpy as np
import pytest

from cs231n_lib.initialization import fans, he_init, xavier_init

VARIANCES = {xavier_init: lambda fan_in, fan_out: 2 / (fan_in + fan_out), he_init: lambda fan_in, _: 2 / fan_in}
both = pytest.mark.parametrize("init", VARIANCES)


@pytest.fixture
def rng():
    return np.random.default_rng(231)


@both
@pytest.mark.parametrize(("fan_in", "fan_out"), [(500, 200), (20, 3000), (40_000, 1)])
def test_the_weights_have_mean_zero_and_the_variance_of_the_paper(init, fan_in, fan_out, rng):
    w = init(fan_in, fan_out, rng)

    variance, n = VARIANCES[init](fan_in, fan_out), fan_in * fan_out
    assert w.shape == (fan_in, fan_out)
    assert abs(w.mean()) <= 6 * np.sqrt(variance / n)
    assert abs(w.var() / variance - 1) <= 6 * np.sqrt(2 / n)


@both
def test_the_weights_are_normally_distributed(init, rng):
    w = init(300, 400, rng) / np.sqrt(VARIANCES[init](300, 400))

    for deviations, share in [(0.5, 0.382925), (1, 0.682689), (2, 0.954500)]:
        assert abs((np.abs(w) < deviations).mean() - share) <= 6 * np.sqrt(share * (1 - share) / w.size)


@both
def test_without_a_generator_the_weights_follow_the_global_one(init):
    state = np.random.get_state()  # noqa: NPY002 - the stream the course seeds
    np.random.seed(231)  # noqa: NPY002

    first, second = init(3, 4), init(3, 4)
    np.random.set_state(state)  # noqa: NPY002

    official = np.random.RandomState(231)
    deviation = np.sqrt(VARIANCES[init](3, 4))
    np.testing.assert_allclose(first, deviation * official.randn(3, 4), rtol=1e-15)
    np.testing.assert_allclose(second, deviation * official.randn(3, 4), rtol=1e-15)


@both
@pytest.mark.parametrize("generator", [np.random.default_rng, np.random.RandomState])
def test_a_generator_gives_the_same_weights_again_and_leaves_the_global_one_alone(init, generator):
    before = np.random.get_state()[1].copy()  # noqa: NPY002 - the stream the course seeds

    first, again = init(3, 4, generator(7)), init(3, 4, generator(7))

    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002


def test_he_keeps_the_size_of_signals_through_many_layers_of_relu(rng):
    x = rng.standard_normal((200, 400))

    for _ in range(20):
        x = np.maximum(0, x @ he_init(400, 400, rng))

    assert 0.5 < np.sqrt((x**2).mean()) < 2


def test_xavier_lets_signals_fade_through_many_layers_of_relu(rng):
    x = rng.standard_normal((200, 400))

    for _ in range(20):
        x = np.maximum(0, x @ xavier_init(400, 400, rng))

    assert np.sqrt((x**2).mean()) < 2 * 2**-10  # a half of the mean square for each layer


def test_xavier_keeps_the_size_of_signals_and_gradients_through_linear_layers(rng):
    x, dout = rng.standard_normal((200, 400)), rng.standard_normal((200, 400))

    for w in [xavier_init(400, 400, rng) for _ in range(20)]:
        x, dout = x @ w, dout @ w.T

    assert 0.5 < x.std() < 2
    assert 0.5 < dout.std() < 2


@pytest.mark.parametrize(
    ("w_shape", "expected"),
    [((100, 10), (100, 10)), ((96, 3, 11, 11), (363, 11616)), ((8, 4, 3, 5), (60, 120)), ((2, 3, 1, 1), (3, 2))],
)
def test_the_fans_are_those_by_hand(w_shape, expected):
    assert fans(w_shape) == expected


@both
def test_the_fans_of_an_affine_layer_are_the_arguments(init):
    assert init(*fans((30, 20))).shape == (30, 20)


@pytest.mark.parametrize("w_shape", [(3,), (2, 3, 4), ()])
def test_weights_of_other_layers_have_no_fans(w_shape):
    message = f"`w_shape` must hold the sizes (F, C, HH, WW) (got {w_shape}). Take them from the shape of an array."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        fans(w_shape)


@pytest.mark.parametrize(("size", "error"), [(-1, ValueError), (2.0, TypeError)])
def test_the_sizes_of_weights_must_be_whole(size, error):
    message = f"`w_shape[1]` must be an integer of at least 0 (got {size}). Take it from the shape of an array."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        fans((3, size))


@both
@pytest.mark.parametrize("name", ["fan_in", "fan_out"])
@pytest.mark.parametrize(("value", "error"), [(0, ValueError), (2.5, TypeError)])
def test_a_fan_must_be_whole(init, name, value, error):
    fan = {"fan_in": 3, "fan_out": 4, name: value}
    message = f"`{name}` must be an integer of at least 1 (got {value}). Take it from the shape of the weights."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        init(**fan)


@both
def test_a_seed_is_no_generator(init):
    message = "`rng` must be a generator of NumPy (got 231). Pass np.random.default_rng(seed)."

    with pytest.raises(TypeError, match=f"^{re.escape(message)}$"):
        init(3, 4, 231)
