import numpy as np
import pytest
from layer_inputs import every_geometry, pool_param_of, spread_out

from cs231n_lib import fast_layers, layers

PAIRS = {
    "max": (
        (fast_layers.max_pool_forward_fast, fast_layers.max_pool_backward_fast),
        (layers.max_pool_forward_naive, layers.max_pool_backward_naive),
    ),
    "max by im2col": (
        (fast_layers.max_pool_forward_im2col, fast_layers.max_pool_backward_im2col),
        (layers.max_pool_forward_naive, layers.max_pool_backward_naive),
    ),
    "average": (
        (fast_layers.avg_pool_forward_fast, fast_layers.avg_pool_backward_fast),
        (layers.avg_pool_forward, layers.avg_pool_backward),
    ),
}
every_pair = pytest.mark.parametrize(("fast", "plain"), PAIRS.values(), ids=PAIRS)
every_fast_layer = pytest.mark.parametrize("fast", [fast for fast, _ in PAIRS.values()], ids=PAIRS)
TILES = {"pool_height": 2, "pool_width": 2, "stride": 2}


def run(layer, x, pool_param):
    forward, backward = layer
    out, cache = forward(x, pool_param)
    return out, backward(spread_out(*out.shape, seed=1).astype(out.dtype), cache)


def assert_same(results, expected, tolerance=1e-12):
    for ours, theirs in zip(results, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance)


@every_pair
@every_geometry(padded=False)
def test_fast_pooling_is_plain_pooling(fast, plain, g):
    x = spread_out(g.N, g.C, g.H, g.W)

    assert_same(run(fast, x, pool_param_of(g)), run(plain, x, pool_param_of(g)))


@pytest.mark.parametrize("name", ["max", "max by im2col"])
@every_geometry(padded=False)
def test_of_equal_pixels_the_first_in_reading_order_gets_the_gradient(name, g):
    fast, plain = PAIRS[name]
    x = np.random.default_rng(231).integers(0, 3, (g.N, g.C, g.H, g.W)).astype(float)

    assert_same(run(fast, x, pool_param_of(g)), run(plain, x, pool_param_of(g)))


@every_pair
@pytest.mark.parametrize("stride", [1, 2, 3, 9])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_windows_of_any_size_and_stride_may_overlap_or_lie_apart(fast, plain, stride, dtype):
    x = spread_out(2, 2, 20, 17).astype(dtype)  # rows of more pixels than 8-bit offsets can count
    pool_param = {"pool_height": 17, "pool_width": 5, "stride": stride}

    results = run(fast, x, pool_param)

    assert {result.dtype for result in results} == {np.dtype(dtype)}
    assert_same(results, run(plain, x, pool_param), tolerance=1e-12 if dtype is np.float64 else 1e-5)


@every_fast_layer
@pytest.mark.parametrize("stride", [2, 3])
def test_a_batch_of_many_blocks_is_its_images_one_by_one(fast, stride):
    x = spread_out(7, 4, 100, 101)
    pool_param = {"pool_height": 3, "pool_width": 2, "stride": stride}
    out, cache = fast[0](x, pool_param)
    dout = spread_out(*out.shape, seed=1)

    dx = fast[1](dout, cache)

    for n in range(len(x)):
        alone, its_cache = fast[0](x[n : n + 1], pool_param)
        assert_same((out[n : n + 1], dx[n : n + 1]), (alone, fast[1](dout[n : n + 1], its_cache)))


@every_fast_layer
def test_an_empty_batch_gives_an_empty_output(fast):
    out, dx = run(fast, np.ones((0, 3, 4, 4)), TILES)

    assert (out.shape, dx.shape) == ((0, 3, 2, 2), (0, 3, 4, 4))


@pytest.mark.parametrize("name", ["max", "average"])
def test_the_caches_of_fast_and_plain_pooling_can_change_places(name):
    fast, plain = PAIRS[name]
    x = spread_out(2, 3, 5, 4)
    out, fast_cache = fast[0](x, TILES)
    _, plain_cache = plain[0](x, TILES)
    dout = spread_out(*out.shape)

    np.testing.assert_allclose(fast[1](dout, plain_cache), plain[1](dout, fast_cache), rtol=1e-12)


@pytest.mark.parametrize("stride", [1, 3])
def test_infinite_pixels_can_win(stride):
    x = np.full((1, 1, 4, 4), -np.inf)
    x[0, 0, 1, 1] = np.inf
    pool_param = {"pool_height": 2, "pool_width": 3, "stride": stride}

    assert_same(run(PAIRS["max"][0], x, pool_param), run(PAIRS["max"][1], x, pool_param))


def test_infinite_pixels_of_two_rows_never_meet():
    x = np.array([[[[0.0, np.inf], [-np.inf, 0.0]]]])

    out, _ = fast_layers.avg_pool_forward_fast(x, {"pool_height": 1, "pool_width": 2, "stride": 1})

    np.testing.assert_array_equal(out[0, 0], [[np.inf], [-np.inf]])


def test_nan_in_a_window_is_not_hidden_and_loses_no_gradient():
    x = np.array([[[[1.0, np.nan, 3.0]]]])
    out, cache = fast_layers.max_pool_forward_fast(x, {"pool_height": 1, "pool_width": 3, "stride": 1})

    dx = fast_layers.max_pool_backward_fast(np.ones((1, 1, 1, 1)), cache)

    assert np.isnan(out.item())
    assert dx.sum() == 1


def test_pooling_by_reshaping_is_plain_pooling_where_no_pixels_are_equal():
    reshape = fast_layers.max_pool_forward_reshape, fast_layers.max_pool_backward_reshape
    x = spread_out(2, 3, 4, 6)

    assert_same(run(reshape, x, TILES), run(PAIRS["max"][1], x, TILES))


def test_pooling_by_reshaping_shares_the_gradient_among_equal_pixels():
    _, cache = fast_layers.max_pool_forward_reshape(np.ones((1, 1, 2, 2)), TILES)

    dx = fast_layers.max_pool_backward_reshape(np.full((1, 1, 1, 1), 4.0), cache)

    np.testing.assert_array_equal(dx, np.ones((1, 1, 2, 2)))


def test_pooling_by_reshaping_sends_no_gradient_into_nan():
    _, cache = fast_layers.max_pool_forward_reshape(np.full((1, 1, 2, 2), np.nan), TILES)

    dx = fast_layers.max_pool_backward_reshape(np.ones((1, 1, 1, 1)), cache)

    np.testing.assert_array_equal(dx, np.zeros((1, 1, 2, 2)))
