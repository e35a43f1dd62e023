"""Of the sample class those who look alike: one writes in a way of their own, another copies it and renames."""

import re
from dataclasses import dataclass

RENAMED = {"scores": "s", "total": "acc", "peak": "biggest", "sample": "k", "feature": "col", "rows": "height"}
RENAMED |= {"columns": "width", "image": "im", "kernel": "flt", "window": "patch", "grad": "g", "label": "t"}

SOFTMAX = '''\
def softmax_loss(x, y):
    """My own way, one example at a time."""
    total = 0.0
    grad = np.zeros(x.shape)
    for sample in range(x.shape[0]):
        scores = x[sample]
        peak = scores[0]
        for value in scores:
            if value > peak:
                peak = value
        label = y[sample]
        denominator = 0.0
        for value in scores:
            denominator += np.exp(value - peak)
        total += np.log(denominator) - (scores[label] - peak)
        for feature in range(len(scores)):
            grad[sample, feature] = np.exp(scores[feature] - peak) / denominator
        grad[sample, label] = grad[sample, label] - 1.0
    return total / x.shape[0], grad / x.shape[0]
'''
BATCHNORM = '''\
def batchnorm_backward(dout, cache):
    """My own way, one feature at a time."""
    centered, std, x_hat, gamma = cache
    rows, columns = dout.shape
    grad = np.zeros((rows, columns))
    dgamma, dbeta = np.zeros(columns), np.zeros(columns)
    for feature in range(columns):
        upstream = dout[:, feature] * gamma[feature]
        total = 0.0
        for sample in range(rows):
            dbeta[feature] += dout[sample, feature]
            dgamma[feature] += dout[sample, feature] * x_hat[sample, feature]
            total += upstream[sample] * centered[sample, feature]
        through_var = -0.5 * total / std[feature] ** 3
        for sample in range(rows):
            direct = upstream[sample] / std[feature]
            grad[sample, feature] = direct + through_var * 2.0 * centered[sample, feature] / rows
        grad[:, feature] -= np.sum(upstream) / std[feature] / rows
    return grad, dgamma, dbeta
'''
CONVOLUTION = '''\
def conv_forward_naive(x, w, b, conv_param):
    """My own way, one number at a time."""
    step, pad = conv_param["stride"], conv_param["pad"]
    images, channels, rows, columns = x.shape
    kernels, _, high, wide = w.shape
    big = np.zeros((images, channels, rows + 2 * pad, columns + 2 * pad))
    for image in range(images):
        for row in range(rows):
            for column in range(columns):
                big[image, :, row + pad, column + pad] = x[image, :, row, column]
    down, across = 1 + (rows + 2 * pad - high) // step, 1 + (columns + 2 * pad - wide) // step
    result = np.zeros((images, kernels, down, across))
    for image in range(images):
        for kernel in range(kernels):
            for row in range(down):
                for column in range(across):
                    window = big[image, :, row * step : row * step + high, column * step : column * step + wide]
                    total = b[kernel]
                    for channel in range(channels):
                        total += (window[channel] * w[kernel, channel]).sum()
                    result[image, kernel, row, column] = total
    return result, (x, w, b, conv_param)
'''
BIAS_TWICE = (
    '''\
def affine_forward(x, w, b):
    """Add the bias twice, by mistake."""
    flat = x.reshape(x.shape[0], -1)
    return flat.dot(w) + 2 * b, (x, w, b)
''',
    '''\
def affine_forward(x, w, b):
    """The same, written otherwise."""
    product = np.einsum("nd,dm->nm", np.reshape(x, (len(x), w.shape[0])), w)
    product += b
    return product + b[np.newaxis], (x, w, b)
''',
)


@dataclass(frozen=True)
class Copy:
    """What somebody wrote for one exercise.

    Parameters
    ----------
    student, exercise, source : str
    is_wrong : bool
    """

    student: str
    exercise: str
    source: str
    is_wrong: bool = False


def copies(exercises: set[str]) -> list[Copy]:
    """Return those of the sample class who look alike in a notebook with these exercises."""
    own = {"softmax_loss": SOFTMAX, "batchnorm_backward": BATCHNORM, "conv_forward_naive": CONVOLUTION}
    found = [
        Copy(student, exercise, text)
        for exercise, source in own.items()
        for student, text in (("own-style", source), ("own-style-copied", _renamed(source)))
    ]
    names = ("bias-twice", "bias-twice-otherwise")
    found += [Copy(name, "affine_forward", text, True) for name, text in zip(names, BIAS_TWICE, strict=True)]
    return [copy for copy in found if copy.exercise in exercises]


def _renamed(source: str) -> str:
    """Rename variables and change what is said about the code, as whoever copies does."""
    for name, other in RENAMED.items():
        source = re.sub(rf"\b{name}\b", other, source)
    return re.sub(r'"""My own way[^"]*"""', '"""All mine."""  # wrote this on Sunday', source)
