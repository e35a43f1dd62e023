"""Pictures of the lesson on affine layers and losses."""

import matplotlib.pyplot as plt
import numpy as np

from cs231n_lib.plots._style import BLUE, INK, ORANGE, grouped_bars, label, legend_above


def step_sizes(loss, w, dw):
    """Draw the error of the central difference against its step, in two precisions.

    Parameters
    ----------
    loss : callable
        Takes an array like ``w``, returns a number.
    w, dw : ndarray of the same shape
        Where to differentiate, and the gradient of the loss there.
    """
    steps = 10.0 ** np.arange(-12, 0.5, 0.5)
    _, ax = plt.subplots(figsize=(5.5, 3.4), layout="constrained")
    for dtype, color, style in ((np.float32, ORANGE, "s--"), (np.float64, BLUE, "o-")):
        errors = [np.abs(_central_differences(loss, w, h, dtype) - dw).max() / np.abs(dw).max() for h in steps]
        ax.loglog(steps, np.maximum(errors, 1e-16), style, color=color, label=dtype.__name__, markersize=4)
    ax.axvline(1e-5, color=INK, linestyle=":", label="h = 1e-5")
    ax.legend()
    label(ax, "How good is a numeric gradient?", "step h", "relative error")


def softmax_bars(dx, y):
    """Draw the probabilities of each example beside the gradient of its scores.

    Parameters
    ----------
    dx : ndarray of shape (N, C)
        Gradient of the mean softmax loss.
    y : ndarray of shape (N,)
        True classes.
    """
    N, C = dx.shape
    truth = np.eye(C)[y]  # (N, C)
    figure, axes = plt.subplots(1, N, figsize=(3.4 * N, 3.3), sharey=True, squeeze=False, layout="constrained")
    for n, ax in enumerate(axes[0]):
        bars = {
            "truth": truth[n],
            "probability p": N * dx[n] + truth[n],
            "N · dx, that is p minus truth": N * dx[n],
        }
        grouped_bars(ax, bars)
        ax.set_xticks(range(C))
        label(ax, f"example {n}, true class {y[n]}", "class", "value")
    legend_above(figure, axes[0, 0])


def _central_differences(loss, w, h, dtype):
    """Differentiate in the given precision: steps and losses are rounded to it."""
    gradient = np.zeros(w.shape)
    for index in np.ndindex(w.shape):
        up, down = w.astype(dtype), w.astype(dtype)
        up[index] += dtype(h)
        down[index] -= dtype(h)
        gradient[index] = (float(dtype(loss(up))) - float(dtype(loss(down)))) / (2 * h)
    return gradient
