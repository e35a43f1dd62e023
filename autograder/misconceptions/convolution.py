# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in convolutions. The cache is that of the lesson: (x, w, b, conv_param)."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _padded(x, pad):
    return np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))


def _output_size(padded, w, stride):
    return (padded.shape[2] - w.shape[2]) // stride + 1, (padded.shape[3] - w.shape[3]) // stride + 1


def _window(i, j, w, stride):
    rows, columns = slice(i * stride, i * stride + w.shape[2]), slice(j * stride, j * stride + w.shape[3])
    return slice(None), slice(None), rows, columns


def _convolved(padded, w, stride):
    rows, columns = _output_size(padded, w, stride)
    out = np.zeros((len(padded), len(w), rows, columns))
    for i in range(rows):
        for j in range(columns):
            out[:, :, i, j] = np.tensordot(padded[_window(i, j, w, stride)], w, ((1, 2, 3), (1, 2, 3)))
    return out


def _gradients(dout, padded, w, stride):
    dpadded, dw = np.zeros_like(padded), np.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = _window(i, j, w, stride)
            dw += np.tensordot(dout[:, :, i, j], padded[window], ((0,), (0,)))
            dpadded[window] += np.tensordot(dout[:, :, i, j], w, 1)
    return dpadded, dw


@misconception("conv_forward_naive", "The filter is flipped: networks call convolution what is cross-correlation.")
def conv_forward_naive_flipped(x, w, b, conv_param):
    out = _convolved(_padded(x, conv_param["pad"]), w[:, :, ::-1, ::-1], conv_param["stride"])
    return out + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "The window moves by one, whatever the stride says.")
def conv_forward_naive_ignores_stride(x, w, b, conv_param):
    padded = _padded(x, conv_param["pad"])
    rows, columns = _output_size(padded, w, conv_param["stride"])
    out = _convolved(padded, w, 1)[:, :, :rows, :columns]
    return out + b[:, None, None], (x, w, b, conv_param)


@misconception(
    "conv_forward_naive", "Height and width change places: rows of the output come from rows of the image."
)
def conv_forward_naive_transposed(x, w, b, conv_param):
    out = _convolved(_padded(x, conv_param["pad"]), w, conv_param["stride"])
    return out.swapaxes(2, 3) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "The images have no frame of zeros, whatever the padding says.")
def conv_forward_naive_without_padding(x, w, b, conv_param):
    out = _convolved(x, w, conv_param["stride"])
    return out + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "The padding is added at one end of each axis: the frame goes all around.")
def conv_forward_naive_pads_one_side(x, w, b, conv_param):
    pad, stride = conv_param["pad"], conv_param["stride"]
    padded = np.pad(x, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))
    return _convolved(padded, w, stride) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "The frame repeats the edge of the image: the padding is of zeros.")
def conv_forward_naive_pads_with_the_edge(x, w, b, conv_param):
    pad, stride = conv_param["pad"], conv_param["stride"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), mode="edge")
    return _convolved(padded, w, stride) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "The bias is missing.")
def conv_forward_naive_without_bias(x, w, b, conv_param):
    return _convolved(_padded(x, conv_param["pad"]), w, conv_param["stride"]), (x, w, b, conv_param)


@misconception(
    "conv_forward_naive", "The bias is added once for each channel: it belongs to the sum of all channels."
)
def conv_forward_naive_bias_per_channel(x, w, b, conv_param):
    out = _convolved(_padded(x, conv_param["pad"]), w, conv_param["stride"])
    return out + x.shape[1] * b[:, None, None], (x, w, b, conv_param)


@misconception("conv_forward_naive", "Windows that stick out of the image are counted: H' and W' are rounded down.")
def conv_forward_naive_rounds_up(x, w, b, conv_param):
    pad, stride = conv_param["pad"], conv_param["stride"]
    padded = _padded(x, pad)
    missing = [-(padded.shape[axis] - w.shape[axis]) % stride for axis in (2, 3)]
    padded = np.pad(padded, ((0, 0), (0, 0), (0, missing[0]), (0, missing[1])))
    return _convolved(padded, w, stride) + b[:, None, None], (x, w, b, conv_param)


@misconception("conv_backward_naive", "The padding is cut off `dx` by [pad:-pad], which is empty when there is none.")
def conv_backward_naive_empty_without_padding(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dpadded, dw = _gradients(dout, _padded(x, pad), w, stride)
    return dpadded[:, :, pad:-pad, pad:-pad], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "A border of one is cut off `dx`, whatever the padding was.")
def conv_backward_naive_border_of_one(dout, cache):
    x, w, _, conv_param = cache
    dpadded, dw = _gradients(dout, _padded(x, conv_param["pad"]), w, conv_param["stride"])
    return dpadded[:, :, 1:-1, 1:-1], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`dx` starts after a border of one, whatever the padding was.")
def conv_backward_naive_starts_after_one(dout, cache):
    x, w, _, conv_param = cache
    dpadded, dw = _gradients(dout, _padded(x, conv_param["pad"]), w, conv_param["stride"])
    return dpadded[:, :, 1 : x.shape[2] + 1, 1 : x.shape[3] + 1], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`dx` still has the frame of the padding, which is no part of x.")
def conv_backward_naive_keeps_padding(dout, cache):
    x, w, _, conv_param = cache
    dpadded, dw = _gradients(dout, _padded(x, conv_param["pad"]), w, conv_param["stride"])
    return dpadded, dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`dx` is cut as wide as it is high, and images need not be square.")
def conv_backward_naive_cuts_a_square(dout, cache):
    x, w, _, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    dpadded, dw = _gradients(dout, _padded(x, pad), w, stride)
    H = x.shape[2]
    return dpadded[:, :, pad : pad + H, pad : pad + H], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`dx` is assigned: a pixel collects gradient from every window it lies in.")
def conv_backward_naive_assigns_dx(dout, cache):
    x, w, _, conv_param = cache
    (_, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    padded = _padded(x, pad)
    _, dw = _gradients(dout, padded, w, stride)
    dpadded = np.zeros_like(padded)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            dpadded[_window(i, j, w, stride)] = np.tensordot(dout[:, :, i, j], w, 1)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`dw` is assigned: a weight acts in every window of every image.")
def conv_backward_naive_assigns_dw(dout, cache):
    x, w, _, conv_param = cache
    (_, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    padded = _padded(x, pad)
    dpadded, _ = _gradients(dout, padded, w, stride)
    last = padded[_window(dout.shape[2] - 1, dout.shape[3] - 1, w, stride)][-1]
    dw = dout[-1, :, -1, -1, None, None, None] * last
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "The windows move by one: they must lie where they lay in the forward pass.")
def conv_backward_naive_ignores_stride(dout, cache):
    x, w, _, conv_param = cache
    (_, _, H, W), pad = x.shape, conv_param["pad"]
    dpadded, dw = _gradients(dout, _padded(x, pad), w, 1)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


@misconception(
    "conv_backward_naive", "The filter is flipped on its way into `dx`: each weight sends back to its pixel."
)
def conv_backward_naive_flipped(dout, cache):
    x, w, _, conv_param = cache
    (_, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    padded = _padded(x, pad)
    _, dw = _gradients(dout, padded, w, stride)
    dpadded, _ = _gradients(dout, padded, w[:, :, ::-1, ::-1], stride)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=(0, 2, 3))


@misconception("conv_backward_naive", "`db` is summed over the images only: a bias is added to every pixel as well.")
def conv_backward_naive_db_per_pixel(dout, cache):
    x, w, _, conv_param = cache
    (_, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    dpadded, dw = _gradients(dout, _padded(x, pad), w, stride)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw, dout.sum(axis=0)


@misconception("conv_backward_naive", "The gradients are divided by the number of images: the loss has done that.")
def conv_backward_naive_averages(dout, cache):
    x, w, _, conv_param = cache
    (N, _, H, W), stride, pad = x.shape, conv_param["stride"], conv_param["pad"]
    dpadded, dw = _gradients(dout, _padded(x, pad), w, stride)
    return dpadded[:, :, pad : pad + H, pad : pad + W], dw / N, dout.sum(axis=(0, 2, 3)) / N
