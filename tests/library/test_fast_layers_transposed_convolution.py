import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import every_geometry, generated, spread_out

from cs231n_lib import fast_layers, layers


def arrays_of(*shapes):
    return [spread_out(*shape, seed=k) for k, shape in enumerate(shapes)]


def run(forward, backward, arrays, conv_param):
    out, cache = forward(*arrays, conv_param)
    return out, *backward(spread_out(*out.shape, seed=3), cache)


@every_geometry(padded=False)
def test_the_fast_transposed_convolution_is_the_plain_one(g):
    arrays = arrays_of((g.N, g.C, g.H, g.W), (g.C, 2, g.HH, g.WW), (2,))
    conv_param = {"stride": g.stride, "pad": (min((g.H - 1) * g.stride + g.HH, (g.W - 1) * g.stride + g.WW) - 1) // 2}

    results = run(
        fast_layers.conv_transpose_forward_fast, fast_layers.conv_transpose_backward_fast, arrays, conv_param
    )

    expected = run(layers.conv_transpose_forward, layers.conv_transpose_backward, arrays, conv_param)
    for ours, theirs in zip(results, expected, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-10)


@generated
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 2), st.sampled_from([1, 5]), st.sampled_from([2, 40]))
def test_it_is_the_transpose_of_the_convolution(stride, dilation, groups, filters, W):
    conv_param = {"stride": stride, "pad": 1, "dilation": dilation, "groups": groups}
    x, w = arrays_of((2, 2 * groups, 3, W), (2 * groups, filters, 3, 2))
    out, _ = fast_layers.conv_transpose_forward_fast(x, w, np.zeros(filters * groups), conv_param)
    y = spread_out(*out.shape, seed=3)

    there, _ = fast_layers.conv_forward_fast(y, w, np.zeros(2 * groups), conv_param)

    assert there.shape == x.shape
    np.testing.assert_allclose((there * x).sum(), (out * y).sum(), rtol=1e-10)


def test_the_caches_of_both_can_change_places():
    arrays, conv_param = arrays_of((2, 3, 3, 2), (3, 2, 3, 2), (2,)), {"stride": 2, "pad": 1}
    out, fast_cache = fast_layers.conv_transpose_forward_fast(*arrays, conv_param)
    _, plain_cache = layers.conv_transpose_forward(*arrays, conv_param)
    dout = spread_out(*out.shape)

    results = fast_layers.conv_transpose_backward_fast(dout, plain_cache)

    for ours, theirs in zip(results, layers.conv_transpose_backward(dout, fast_cache), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)
