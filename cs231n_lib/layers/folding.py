"""What training needs and using does not, taken into the layer before it."""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape
from cs231n_lib.layers.normalization import fold_batchnorm


def fold_into_convolution(w, b, gamma, beta, mean, var, eps=1e-5):
    r"""Return one convolution that does what a convolution and a spatial batch normalization in 'test' mode do.

    .. math::
        w'_f = \frac{\gamma_f}{\sqrt{\mathrm{Var}_f + \epsilon}}\, w_f, \qquad
        b'_f = \frac{\gamma_f}{\sqrt{\mathrm{Var}_f + \epsilon}}\, (b_f - \mathrm{E}_f) + \beta_f

    Parameters
    ----------
    w : ndarray of shape (F, C, HH, WW)
        The filters before the normalization.
    b : ndarray of shape (F,)
    gamma, beta : ndarray of shape (F,)
        The learned scale and shift of each output channel.
    mean, var : ndarray of shape (F,)
        The statistics for inference, such as the running averages.
    eps : float
        That of the normalization.

    Returns
    -------
    w : ndarray of shape (F, C, HH, WW)
    b : ndarray of shape (F,)

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not belong together.

    Notes
    -----
    In 'test' mode the normalization multiplies every pixel of a channel by one number and adds another. A
    convolution is linear, so both can be done to its filters and biases, once, instead of to every pixel of every
    image. Whatever the stride and the padding: the frame of zeros is there before the filters and stays zero.

    References
    ----------
    Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only inference",
    2018, section 3.2.

    Examples
    --------
    A filter of one pixel doubles, the normalization takes 10 away and divides by 2:

    >>> import numpy as np
    >>> w, b, one, zero = np.full((1, 1, 1, 1), 2.0), np.zeros(1), np.ones(1), np.zeros(1)
    >>> w, b = fold_into_convolution(w, b, one, zero, np.array([10.0]), np.array([4.0]), eps=0.0)
    >>> w.shape, w.item(), b
    ((1, 1, 1, 1), 1.0, array([-5.]))
    """
    w, b, gamma, beta, mean, var = as_floats(w=w, b=b, gamma=gamma, beta=beta, mean=mean, var=var)
    F, _, _, _ = check_axes("w", w, "F, C, HH, WW")
    for name, array in (("b", b), ("gamma", gamma)):
        check_shape(name, array, (F,), "There is one for each filter in `w`.")
    scale, shift = fold_batchnorm(gamma, beta, mean, var, eps)  # (F,), (F,)
    return scale[:, np.newaxis, np.newaxis, np.newaxis] * w, scale * b + shift
