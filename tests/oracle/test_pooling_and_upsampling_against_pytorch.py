"""Pooling, upsampling and lowering against PyTorch in float64, whatever the dtype and the memory layout given."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pytorch_oracle import (
    PLAIN,
    TOLERANCES,
    assert_agrees,
    assert_layer_agrees,
    generated,
    image_batches,
    kinds,
    normal,
    seeds,
    tensor,
    torch,
)

from cs231n_lib import layers

F = torch.nn.functional

pytestmark = pytest.mark.oracle

CORNER_CASES = {
    "windows of one pixel": ((2, 2, 3, 2), (1, 1), 1, 0),
    "windows that tile the image": ((1, 2, 4, 6), (2, 2), 2, 0),
    "a remainder at both edges": ((1, 1, 5, 6), (2, 3), 2, 0),
    "a stride beyond the window": ((1, 2, 5, 7), (2, 1), 3, 0),
    "one window": ((2, 1, 3, 4), (3, 4), 5, 0),
    "a window of padding only": ((1, 1, 1, 2), (2, 1), 1, 2),
}


def every_batch(padded):
    """Run a test on the corner cases and on generated ones."""

    def decorate(test):
        for batch in CORNER_CASES.values():
            if padded or batch[3] == 0:
                test = example(batch, PLAIN, 231)(test)
        return generated(given(image_batches(padded), kinds, seeds)(test))

    return decorate


def whole(seed, *shape):
    """Return whole numbers without ties, from 1, in any order."""
    return 1.0 + np.random.default_rng(seed).permutation(int(np.prod(shape))).reshape(shape)


def pool_param_of(window, stride, **more):
    return {"pool_height": window[0], "pool_width": window[1], "stride": stride, **more}


@every_batch(padded=False)
def test_average_pooling_agrees(batch, kind, seed):
    shape, window, stride, _ = batch

    assert_layer_agrees(
        lambda x: layers.avg_pool_forward(x, pool_param_of(window, stride)),
        layers.avg_pool_backward,
        lambda x: F.avg_pool2d(x, window, stride=stride),
        normal(seed, shape),
        seed,
        kind,
    )


@every_batch(padded=False)
def test_global_average_pooling_agrees(batch, kind, seed):
    assert_layer_agrees(
        layers.global_avg_pool_forward,
        layers.global_avg_pool_backward,
        lambda x: F.adaptive_avg_pool2d(x, 1).flatten(1),
        normal(seed, batch[0]),
        seed,
        kind,
    )


@every_batch(padded=False)
def test_max_pooling_agrees_in_every_dtype_and_layout(batch, kind, seed):
    shape, window, stride, _ = batch

    assert_layer_agrees(
        lambda x: layers.max_pool_forward_naive(x, pool_param_of(window, stride)),
        layers.max_pool_backward_naive,
        lambda x: F.max_pool2d(x, window, stride=stride),
        [whole(seed, *shape)],
        seed,
        kind,
    )


@every_batch(padded=False)
def test_the_places_of_the_maxima_agree(batch, kind, seed):
    shape, window, stride, _ = batch
    x = whole(seed, *shape)

    out, places = layers.max_pool_places(kind.make(x), pool_param_of(window, stride))

    expected, indices = F.max_pool2d(tensor(x), window, stride=stride, return_indices=True)
    assert_agrees(out, expected)
    np.testing.assert_array_equal(places, indices.numpy())


@every_batch(padded=False)
def test_the_places_of_ties_agree(batch, kind, seed):
    shape, window, stride, _ = batch
    x = np.random.default_rng(seed).integers(3, size=shape)

    _, places = layers.max_pool_places(kind.make(x), pool_param_of(window, stride))

    _, indices = F.max_pool2d(tensor(x), window, stride=stride, return_indices=True)
    np.testing.assert_array_equal(places, indices.numpy())


@every_batch(padded=False)
def test_unpooling_agrees_where_windows_do_not_overlap(batch, kind, seed):
    shape, window, stride, _ = batch
    stride = max(stride, *window)
    _, indices = F.max_pool2d(tensor(whole(seed, *shape)), window, stride=stride, return_indices=True)

    assert_layer_agrees(
        lambda x: layers.max_unpool_forward(x, indices.numpy(), shape[2:]),
        layers.max_unpool_backward,
        lambda x: F.max_unpool2d(x, indices, window, stride=stride, output_size=shape[2:]),
        normal(seed, tuple(indices.shape)),
        seed,
        kind,
    )


@every_batch(padded=False)
def test_unpooling_of_what_was_pooled_agrees_where_windows_overlap(batch, kind, seed):
    shape, window, stride, _ = batch
    pooled, indices = F.max_pool2d(tensor(whole(seed, *shape)), window, stride=stride, return_indices=True)

    out, _ = layers.max_unpool_forward(kind.make(pooled.numpy()), indices.numpy(), shape[2:])

    # PyTorch takes only output sizes close to what it would choose, and a remainder is less than a stride
    assert_agrees(out, F.max_unpool2d(pooled, indices, window, stride=stride, output_size=shape[2:]))


@every_batch(padded=True)
def test_transposed_convolution_agrees(batch, kind, seed):
    (N, C, H, W), (HH, WW), stride, pad = batch
    pad = min(pad, ((H - 1) * stride + HH - 1) // 2, ((W - 1) * stride + WW - 1) // 2)  # leaves a pixel
    filters = 1 + seed % 3

    assert_layer_agrees(
        lambda x, w, b: layers.conv_transpose_forward(x, w, b, {"stride": stride, "pad": pad}),
        layers.conv_transpose_backward,
        lambda x, w, b: F.conv_transpose2d(x, w, b, stride=stride, padding=pad),
        normal(seed, (N, C, H, W), (C, filters, HH, WW), (filters,)),
        seed,
        kind,
    )


@every_batch(padded=True)
def test_im2col_agrees(batch, kind, seed):
    (N, C, H, W), window, stride, pad = batch
    conv_param = {"stride": stride, "pad": pad}

    assert_layer_agrees(
        lambda x: (layers.im2col(x, *window, conv_param), x.shape),
        lambda dcols, x_shape: layers.col2im(dcols, x_shape, *window, conv_param),
        # theirs has the axes (N, C HH WW, H' W')
        lambda x: F.unfold(x, window, padding=pad, stride=stride).transpose(0, 1).flatten(1),
        normal(seed, (N, C, H, W)),
        seed,
        kind,
    )


@every_batch(padded=True)
def test_col2im_agrees(batch, kind, seed):
    (N, C, H, W), window, stride, pad = batch
    conv_param = {"stride": stride, "pad": pad}
    cols_shape = layers.im2col(np.empty((N, C, H, W)), *window, conv_param).shape

    assert_layer_agrees(
        lambda cols: (layers.col2im(cols, (N, C, H, W), *window, conv_param), None),
        lambda dx, _: layers.im2col(dx, *window, conv_param),
        lambda cols: F.fold(
            cols.reshape(len(cols), N, -1).transpose(0, 1), (H, W), window, padding=pad, stride=stride
        ),
        normal(seed, cols_shape),
        seed,
        kind,
    )


@every_batch(padded=False)
def test_stochastic_pooling_in_testing_agrees(batch, kind, seed):
    shape, window, stride, _ = batch
    x = whole(seed, *shape)

    out, _ = layers.stochastic_pool_forward(kind.make(x), pool_param_of(window, stride, mode="test"))

    squares, plain = (F.avg_pool2d(tensor(power), window, stride=stride) for power in (x**2, x))
    assert_agrees(out, squares / plain, TOLERANCES[kind.dtype])


@every_batch(padded=False)
def test_stochastic_pooling_in_training_agrees_once_the_draw_is_known(batch, kind, seed):
    shape, window, stride, _ = batch
    x, pool_param = kind.make(whole(seed, *shape)), pool_param_of(window, stride, mode="train", seed=seed)
    drawn = tensor(layers.stochastic_pool_forward(x, pool_param)[0])

    def reference(x):
        N, C, H, W = drawn.shape
        windows = F.unfold(x, window, stride=stride).reshape(N, C, -1, H * W)
        chosen = (windows == drawn.reshape(N, C, 1, H * W)).double()  # one each: no ties
        return (windows * chosen).sum(dim=2).reshape(drawn.shape)

    assert_layer_agrees(
        lambda x: layers.stochastic_pool_forward(x, pool_param),
        layers.stochastic_pool_backward,
        reference,
        [x],
        seed,
        kind,
    )


@generated
@given(st.tuples(*[st.integers(1, 3)] * 2, st.integers(1, 8)), st.data(), kinds, seeds)
def test_kmax_pooling_agrees(shape, data, kind, seed):
    k = data.draw(st.integers(1, shape[2]))

    assert_layer_agrees(
        lambda x: layers.kmax_pool_forward(x, k),
        layers.kmax_pool_backward,
        lambda x: x.gather(2, x.topk(k, dim=2).indices.sort(dim=2).values),
        [whole(seed, *shape)],
        seed,
        kind,
    )
