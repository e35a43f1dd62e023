import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import every_geometry, generated, spread_out

from cs231n_lib import fast_layers, layers

FORMS = {
    form: (getattr(fast_layers, f"conv_forward_{form}"), getattr(fast_layers, f"conv_backward_{form}"))
    for form in ("fast", "im2col", "strides")
}
NAIVE = layers.conv_forward_naive, layers.conv_backward_naive
every_form = pytest.mark.parametrize("form", FORMS)


def run(form, arrays, conv_param):
    """Return the output and the three gradients."""
    forward, backward = FORMS.get(form, NAIVE)
    out, cache = forward(*arrays, conv_param)
    return out, *backward(spread_out(*out.shape, seed=3).astype(out.dtype), cache)


def arrays_of(x, w, dtype=float):
    return [spread_out(*shape, seed=k).astype(dtype) for k, shape in enumerate((x, w, w[:1]))]


def assert_same(results, expected, tolerance=1e-12):
    for ours, theirs in zip(results, expected, strict=True):
        assert ours.shape == theirs.shape
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * np.abs(theirs).max(initial=1))


@st.composite
def wide_or_deep(draw):
    """Draw what the corner cases are too small for: shapes for x and w, and parameters."""
    stride, pad, HH, WW = (draw(st.integers(a, b)) for a, b in ((1, 3), (0, 3), (1, 3), (1, 4)))
    dilation, groups, channels = (
        draw(st.integers(1, 3)),
        draw(st.sampled_from([1, 2])),
        draw(st.sampled_from([1, 2, 8])),
    )
    H = max(1, dilation * (HH - 1) + 1 - 2 * pad) + draw(st.integers(0, 3))
    W = max(1, dilation * (WW - 1) + 1 - 2 * pad) + draw(st.sampled_from([0, 1, 2, 31, 70]))
    x = draw(st.integers(1, 2)), groups * channels, H, W
    w = groups * draw(st.integers(1, 2)), channels, HH, WW
    return x, w, {"stride": stride, "pad": pad, "dilation": dilation, "groups": groups}


def convolve_plainly(arrays, conv_param):
    """Return what `run` does, by the naive layer: filters with zeros between their taps, one group at a time."""
    x, w, b = arrays
    dilation, groups = conv_param["dilation"], conv_param["groups"]
    F, C, HH, WW = w.shape
    spread = np.zeros((F, C, dilation * (HH - 1) + 1, dilation * (WW - 1) + 1))
    spread[:, :, ::dilation, ::dilation] = w
    plain = {"stride": conv_param["stride"], "pad": conv_param["pad"]}
    parts = zip(*(np.split(array, groups, axis) for array, axis in ((x, 1), (spread, 0), (b, 0))), strict=True)
    passes = [NAIVE[0](*part, plain) for part in parts]
    out = np.concatenate([out for out, _ in passes], axis=1)
    douts = np.split(spread_out(*out.shape, seed=3), groups, axis=1)
    dx, dw, db = zip(*(NAIVE[1](dout, cache) for dout, (_, cache) in zip(douts, passes, strict=True)), strict=True)
    dw = np.concatenate(dw)[:, :, ::dilation, ::dilation]
    return out, np.concatenate(dx, axis=1), dw, np.concatenate(db)


@every_form
@every_geometry(padded=True)
def test_a_fast_convolution_is_the_naive_one(form, g):
    arrays, conv_param = arrays_of((g.N, g.C, g.H, g.W), (2, g.C, g.HH, g.WW)), {"stride": g.stride, "pad": g.pad}

    results = run(form, arrays, conv_param)

    assert_same(results, run("naive", arrays, conv_param))


@every_form
@generated
@given(wide_or_deep())
def test_dilation_spreads_the_filter_and_groups_are_convolutions_of_their_own(form, case):
    x, w, conv_param = case
    arrays = arrays_of(x, w)

    results = run(form, arrays, conv_param)

    assert_same(results, convolve_plainly(arrays, conv_param))


@every_form
@generated
@given(wide_or_deep())
def test_single_precision_gives_the_same_within_its_precision(form, case):
    x, w, conv_param = case

    results = run(form, arrays_of(x, w, np.float32), conv_param)

    assert {result.dtype for result in results} == {np.dtype(np.float32)}
    assert_same(results, run(form, arrays_of(x, w), conv_param), tolerance=1e-4)


@pytest.mark.parametrize("x", [(40, 8, 12, 12), (40, 4, 20, 40), (40, 3, 30, 20), (40, 300, 9, 9)])
def test_a_batch_of_many_blocks_is_its_images_one_by_one(x):
    filters = (2, x[1], 1, 1) if x[1] == 300 else (2, x[1], 3, 3)
    images, w, b = arrays_of(x, filters)
    conv_param = {"stride": 1, "pad": (filters[2] - 1) // 2}
    out, cache = fast_layers.conv_forward_fast(images, w, b, conv_param)
    dout = spread_out(*out.shape, seed=3)

    dx, dw, db = fast_layers.conv_backward_fast(dout, cache)

    totals = np.zeros_like(dw), np.zeros_like(db)
    for n in range(len(images)):
        alone, its_cache = fast_layers.conv_forward_fast(images[n : n + 1], w, b, conv_param)
        its_dx, *its_sums = fast_layers.conv_backward_fast(dout[n : n + 1], its_cache)
        assert_same((out[n : n + 1], dx[n : n + 1]), (alone, its_dx))
        for total, its_sum in zip(totals, its_sums, strict=True):
            total += its_sum
    assert_same((dw, db), totals, tolerance=1e-11)


def test_the_caches_of_the_fast_and_the_naive_layer_can_change_places():
    arrays, conv_param = arrays_of((2, 3, 5, 4), (2, 3, 3, 2)), {"stride": 2, "pad": 1}
    out, fast_cache = fast_layers.conv_forward_fast(*arrays, conv_param)
    _, naive_cache = layers.conv_forward_naive(*arrays, conv_param)
    dout = spread_out(*out.shape)

    results = fast_layers.conv_backward_fast(dout, naive_cache)

    assert_same(results, layers.conv_backward_naive(dout, fast_cache))


@every_form
def test_the_parameters_are_left_alone(form):
    conv_param = {"stride": 2, "pad": 1}

    run(form, arrays_of((2, 3, 5, 4), (2, 3, 3, 2)), conv_param)

    assert conv_param == {"stride": 2, "pad": 1}


@every_form
@pytest.mark.parametrize("x", [(0, 3, 4, 4), (0, 8, 4, 40)])
def test_an_empty_batch_gives_an_empty_output_and_no_gradient(form, x):
    out, dx, dw, db = run(form, arrays_of(x, (2, x[1], 3, 3)), {"stride": 1, "pad": 1})

    assert (out.shape, dx.shape) == ((0, 2, *x[2:]), x)
    assert not dw.any()
    assert not db.any()


@pytest.mark.parametrize(
    ("x", "w", "stride", "pad"),
    [
        ((100, 3, 31, 31), (25, 3, 3, 3), 2, 1),
        ((32, 16, 32, 32), (32, 16, 3, 3), 1, 1),
        ((32, 3, 32, 32), (8, 3, 7, 7), 1, 3),
        ((32, 64, 14, 14), (16, 64, 3, 3), 1, 1),
        ((32, 64, 14, 14), (16, 64, 1, 1), 1, 0),
    ],
)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_forward_pass_takes_less_than_a_tenth_of_the_memory_of_im2col(x, w, stride, pad, dtype):
    arrays, conv_param = arrays_of(x, w, dtype), {"stride": stride, "pad": pad}
    tracemalloc.start()  # NumPy reports what it allocates

    out, _ = fast_layers.conv_forward_fast(*arrays, conv_param)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    columns = w[1] * w[2] * w[3] * out.size // w[0] * out.itemsize
    assert peak - out.nbytes < columns / 10
