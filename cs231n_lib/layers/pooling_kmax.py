"""k-max pooling: the k largest numbers over time, in their order."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape, check_whole


def kmax_pool_forward(x, k):
    r"""Keep the k largest numbers of each channel in the order in which they came.

    .. math::
        \mathrm{out}_{ncj} = x_{n,\,c,\,t_j}, \qquad t_1 < t_2 < \dots < t_k
        \text{ the places of the } k \text{ largest of } x_{nc1}, \dots, x_{ncT}

    Parameters
    ----------
    x : ndarray of shape (N, C, T)
        N sequences, such as sentences, of C channels and T steps.
    k : int
        How many numbers to keep, from 1 to T.

    Returns
    -------
    out : ndarray of shape (N, C, k)
        Of the dtype of ``x``; float64 if ``x`` holds integers.
    cache : tuple
        For `kmax_pool_backward`; what is in it is its own.

    Raises
    ------
    TypeError
        If ``x`` does not hold real numbers, or ``k`` is no integer.
    ValueError
        If ``x`` does not have three axes, or ``k`` is not from 1 to T.

    Notes
    -----
    Sequences of any length become k numbers a channel, so that an affine layer can follow. With k = 1 it is the
    maximum over time. Unlike the maximum it can tell "not good" from "good, not": the order is kept, though
    not the distances.

    If equal numbers compete for the last of the k seats, the earlier ones get them: a convention, as for the
    maximum. NaN counts as the largest, so that a network that has diverged shows it.

    k may depend on the sequence. The paper lets it shrink from layer to layer, from T down to the k of the top.

    References
    ----------
    Kalchbrenner, Grefenstette and Blunsom, "A convolutional neural network for modelling sentences", 2014,
    sections 3.2 and 3.3.

    Examples
    --------
    >>> import numpy as np
    >>> out, cache = kmax_pool_forward(np.array([[[3.0, 9.0, 1.0, 7.0, 8.0]]]), 3)
    >>> out[0]
    array([[9., 7., 8.]])
    """
    (x,) = as_floats(x=x)
    _, _, T = check_axes("x", x, "N, C, T")
    k = _count(k, T)
    # argsort puts the largest last, and of equal ones the last: read from the end, that is the first.
    order = T - 1 - np.argsort(x[:, :, ::-1], axis=2, kind="stable")  # (N, C, T)
    places = np.sort(order[:, :, T - k :], axis=2)  # (N, C, k)
    return np.take_along_axis(x, places, axis=2), (places, x.shape)


def kmax_pool_backward(dout, cache):
    r"""Send each gradient to the step whose number was kept.

    .. math:: dx_{n,\,c,\,t_j} = \mathrm{dout}_{ncj}, \qquad dx_{nct} = 0 \text{ elsewhere}

    Parameters
    ----------
    dout : ndarray of shape (N, C, k)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `kmax_pool_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, T)
        Of the dtype of ``dout``; float64 if ``dout`` holds integers.

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    No step is kept twice, so gradients are assigned, not added.

    References
    ----------
    Kalchbrenner, Grefenstette and Blunsom, "A convolutional neural network for modelling sentences", 2014.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = kmax_pool_forward(np.array([[[3.0, 9.0, 1.0, 7.0, 8.0]]]), 3)
    >>> kmax_pool_backward(np.array([[[10.0, 20.0, 30.0]]]), cache)[0]
    array([[ 0., 10.,  0., 20., 30.]])
    """
    (dout,) = as_floats(dout=dout)
    places, shape = cache
    check_shape("dout", dout, places.shape, "It has the shape of the output of `kmax_pool_forward`.")
    dx = np.zeros(shape, dout.dtype)  # (N, C, T)
    np.put_along_axis(dx, places, dout, axis=2)
    return dx


def _count(k, T):
    remedy = f"The sequences have {T} steps to choose from."
    k = check_whole("k", k, 1, remedy)
    if k > T:
        raise ValueError(f"`k` must be an integer of at most {T} (got {k}). {remedy}")
    return k
