# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in the activations that compete with ReLU. The caches are the documented ones."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("sigmoid_forward", "That is the hyperbolic tangent: a sigmoid lies between 0 and 1.")
def sigmoid_forward_tanh(x):
    out = np.tanh(x)
    return out, out


@misconception("sigmoid_forward", "It falls where it should rise: look at the sign in the exponent.")
def sigmoid_forward_falls(x):
    out = 1 / (1 + np.exp(np.minimum(x, 700)))
    return out, out


@misconception(
    "sigmoid_forward", "For a large input infinity is divided by infinity: let the exponential become small there."
)
def sigmoid_forward_overflows(x):
    with np.errstate(all="ignore"):
        out = np.exp(x) / (1 + np.exp(x))
    return out, out


@misconception("sigmoid_forward", "A straight line stands in for the curve: that is the hard sigmoid.")
def sigmoid_forward_hard(x):
    out = np.clip(x / 4 + 0.5, 0, 1)
    return out, out


@misconception(
    "sigmoid_backward", "The slope is taken at the output: it belongs to the input, and is known from the output."
)
def sigmoid_backward_of_output(dout, cache):
    again = 1 / (1 + np.exp(-cache))
    return dout * again * (1 - again)


@misconception("sigmoid_backward", "One minus the square of the output is the slope of the hyperbolic tangent.")
def sigmoid_backward_slope_of_tanh(dout, cache):
    return dout * (1 - cache**2)


@misconception(
    "sigmoid_backward", "The slope alone is returned: the chain rule multiplies it by what comes from above."
)
def sigmoid_backward_slope_only(dout, cache):
    return cache * (1 - cache) + 0 * dout


@misconception("sigmoid_backward", "Half of the product is missing: the slope dies out on both sides, not on one.")
def sigmoid_backward_one_sided(dout, cache):
    return dout * (1 - cache)


@misconception("tanh_forward", "That is the sigmoid: the hyperbolic tangent lies between -1 and 1.")
def tanh_forward_sigmoid(x):
    out = 1 / (1 + np.exp(-np.maximum(x, -700)))
    return out, out


@misconception(
    "tanh_forward", "A sigmoid is stretched to reach from -1 to 1: it rises only half as steeply as it should."
)
def tanh_forward_stretched_sigmoid(x):
    out = 2 / (1 + np.exp(-np.maximum(x, -700))) - 1
    return out, out


@misconception("tanh_forward", "It grows without bound: that is the hyperbolic sine.")
def tanh_forward_sinh(x):
    out = np.sinh(np.clip(x, -700, 700))
    return out, out


@misconception(
    "tanh_forward", "For a large input infinity is divided by infinity: the definition is not the way to compute it."
)
def tanh_forward_overflows(x):
    with np.errstate(all="ignore"):
        up, down = np.exp(x), np.exp(-x)
        out = (up - down) / (up + down)
    return out, out


@misconception("tanh_backward", "A square is missing: the slope is the same left and right of zero.")
def tanh_backward_not_squared(dout, cache):
    return dout * (1 - cache)


@misconception("tanh_backward", "The function is applied once more: the cache holds its output already.")
def tanh_backward_of_output(dout, cache):
    return dout * (1 - np.tanh(cache) ** 2)


@misconception("tanh_backward", "The output times one minus the output is the slope of the sigmoid.")
def tanh_backward_slope_of_sigmoid(dout, cache):
    return dout * cache * (1 - cache)


@misconception("tanh_backward", "Only the slope is returned: what comes from above must be multiplied with it.")
def tanh_backward_slope_only(dout, cache):
    return 1 - cache**2 + 0 * dout


@misconception("leaky_relu_forward", "Alpha is on the wrong side: what is positive passes as it is.")
def leaky_relu_forward_other_side(x, alpha=0.01):
    return np.where(x > 0, alpha * x, x), (x, alpha)


@misconception("leaky_relu_forward", "The slope is always the default: the caller may give another one.")
def leaky_relu_forward_fixed_alpha(x, alpha=0.01):
    return np.where(x > 0, x, 0.01 * x), (x, alpha)


@misconception("leaky_relu_forward", "Negative inputs all become alpha: it is a slope there, not a value.")
def leaky_relu_forward_constant(x, alpha=0.01):
    return np.where(x > 0, x, alpha), (x, alpha)


@misconception("leaky_relu_forward", "Nothing leaks: that is plain relu.")
def leaky_relu_forward_relu(x, alpha=0.01):
    return np.maximum(x, 0), (x, alpha)


@misconception("leaky_relu_backward", "Where the input was negative nothing comes back: the leak has a slope, too.")
def leaky_relu_backward_relu(dout, cache):
    return dout * (cache[0] > 0)


@misconception(
    "leaky_relu_backward",
    "Where the input was negative the gradient is alpha itself: it must carry on what comes from above.",
)
def leaky_relu_backward_constant(dout, cache):
    x, alpha = cache
    return np.where(x > 0, dout, alpha)


@misconception("leaky_relu_backward", "The gradient decides which slope it meets: the input does.")
def leaky_relu_backward_gated_by_dout(dout, cache):
    _, alpha = cache
    return np.where(dout > 0, dout, alpha * dout)


@misconception(
    "leaky_relu_backward", "The function is passed back instead of its slope: the input appears as a factor."
)
def leaky_relu_backward_function(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, x, alpha * x)


@misconception("elu_forward", "The exponent is a constant: e to the power of x it is, not e squared.")
def elu_forward_e_squared(x, alpha=1.0):
    return np.where(x > 0, x, alpha * (np.e**2 - 1)), (x, alpha)


@misconception("elu_forward", "The two sides do not meet at zero: something must be taken off the exponential.")
def elu_forward_jumps(x, alpha=1.0):
    return np.where(x > 0, x, alpha * np.exp(np.minimum(x, 0))), (x, alpha)


@misconception("elu_forward", "Alpha is left out: it says how far down the curve goes.")
def elu_forward_without_alpha(x, alpha=1.0):
    return np.where(x > 0, x, np.expm1(np.minimum(x, 0))), (x, alpha)


@misconception("elu_forward", "Alpha stands in the exponent: it scales the curve in height, not in width.")
def elu_forward_alpha_inside(x, alpha=1.0):
    return np.where(x > 0, x, np.expm1(alpha * np.minimum(x, 0))), (x, alpha)


@misconception(
    "elu_forward", "Infinity times zero is no number: the exponential of the large inputs must not be taken at all."
)
def elu_forward_overflows(x, alpha=1.0):
    with np.errstate(all="ignore"):
        return x * (x > 0) + alpha * (np.exp(x) - 1) * (x <= 0), (x, alpha)


@misconception(
    "elu_backward", "The value of the function stands where its slope belongs: a constant vanishes in a derivative."
)
def elu_backward_value(dout, cache):
    x, alpha = cache
    return dout * np.where(x > 0, 1, alpha * np.expm1(x))


@misconception("elu_backward", "The exponential is taken of the output: the slope belongs to the input.")
def elu_backward_of_output(dout, cache):
    x, alpha = cache
    out = np.where(x > 0, x, alpha * np.expm1(x))
    return dout * np.where(x > 0, 1, alpha * np.exp(out))


@misconception("elu_backward", "The slope forgets alpha: a curve that goes down further is steeper.")
def elu_backward_without_alpha(dout, cache):
    x, _ = cache
    return dout * np.where(x > 0, 1, np.exp(x))


@misconception("elu_backward", "The negative side sends nothing back: the curve is not flat there.")
def elu_backward_relu(dout, cache):
    return dout * (cache[0] > 0)
