"""The relatives of batch normalization: the same formula, averaged over other axes.

Of images of shape (N, C, H, W), numbers are averaged together over

================  ==========================================================
spatial batch     N, H, W: statistics for each channel
layer             of features (N, D), over D: for each example
group             H, W and the channels of a group: for each image and group
instance          H, W: for each image and channel
================  ==========================================================
"""

import numpy as np

from cs231n_lib.layers._checks import as_floats, check_axes, check_shape, check_trained, check_whole
from cs231n_lib.layers._norms import check_filled, check_scale_and_shift, standardize, standardize_backward
from cs231n_lib.layers.normalization import batchnorm_backward_alt, batchnorm_forward


def layernorm_forward(x, gamma, beta, ln_param):
    r"""Normalize each example over its features, then scale and shift each feature.

    .. math::
        \mu_n = \frac{1}{D} \sum_d x_{nd}, \qquad \sigma_n^2 = \frac{1}{D} \sum_d (x_{nd} - \mu_n)^2, \qquad
        \mathrm{out}_{nd} = \gamma_d \frac{x_{nd} - \mu_n}{\sqrt{\sigma_n^2 + \epsilon}} + \beta_d

    Parameters
    ----------
    x : ndarray of shape (N, D)
    gamma, beta : ndarray of shape (D,)
    ln_param : dict
        ``eps`` (1e-5, the official default) keeps us from dividing by the zero deviation of a constant example.
        Other keys are ignored.

    Returns
    -------
    out : ndarray of shape (N, D)
    cache : tuple
        For `layernorm_backward`; what is in it is its own.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not belong together, or there is no feature.

    Notes
    -----
    It is `batchnorm_forward` in 'train' mode turned on its side. No example looks at another, so there are no
    running averages, training and testing are the same, and a batch of one is as good as any.

    With D = 1 the output is ``beta``, whatever the input.

    References
    ----------
    Ba, Kiros and Hinton, "Layer Normalization", 2016.

    Examples
    --------
    One example is ten times the other, plus 5. Afterwards they are the same:

    >>> import numpy as np
    >>> out, cache = layernorm_forward(np.array([[1.0, 3.0], [15.0, 35.0]]), np.ones(2), np.zeros(2), {})
    >>> out.round(3)
    array([[-1.,  1.],
           [-1.,  1.]])
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    _, D = check_axes("x", x, "N, D")
    check_scale_and_shift(gamma, beta, (D,), "feature")
    check_filled(x)
    x_hat, std = standardize(x, (1,), ln_param)  # (N, D), (N, 1)
    return gamma * x_hat + beta, (x_hat, std, gamma)


def layernorm_backward(dout, cache):
    r"""Send the gradient back through `layernorm_forward`.

    .. math::
        dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( d\hat{x} - \frac{1}{D} \sum_d d\hat{x}_d
        - \hat{x}\, \frac{1}{D} \sum_d d\hat{x}_d \hat{x}_d \right), \qquad d\hat{x} = \mathrm{dout}\, \gamma

    for each example, and :math:`d\gamma = \sum_n \mathrm{dout}_n \hat{x}_n`,
    :math:`d\beta = \sum_n \mathrm{dout}_n`.

    Parameters
    ----------
    dout : ndarray of shape (N, D)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `layernorm_forward`.

    Returns
    -------
    dx : ndarray of shape (N, D)
    dgamma, dbeta : ndarray of shape (D,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Two directions: the statistics run along the features, so the means in dx do; γ and β are shared by the
    examples, so their gradients are sums over the batch, as in `batchnorm_backward`.

    References
    ----------
    Ba, Kiros and Hinton, "Layer Normalization", 2016, section 3.

    Examples
    --------
    The example of `batchnorm_backward_alt`, turned on its side:

    >>> import numpy as np
    >>> _, cache = layernorm_forward(np.array([[1.0, 2.0, 6.0]]), np.ones(3), np.zeros(3), {})
    >>> dx, dgamma, dbeta = layernorm_backward(np.array([[1.0, 0.0, 0.0]]), cache)
    >>> dx.round(3)
    array([[ 0.176, -0.22 ,  0.044]])
    """
    dout, x_hat, std, gamma = _unpack(dout, cache, "layernorm_forward")
    dbeta = dout.sum(axis=0)  # (D,)
    dgamma = (dout * x_hat).sum(axis=0)  # (D,)
    dx = standardize_backward(dout * gamma, x_hat, std, axes=1)  # (N, D)
    return dx, dgamma, dbeta


def instancenorm_forward(x, gamma, beta, in_param):
    r"""Normalize each channel of each image over its pixels, then scale and shift each channel.

    .. math::
        \mu_{nc} = \frac{1}{HW} \sum_{h,v} x_{nchv}, \qquad
        \sigma_{nc}^2 = \frac{1}{HW} \sum_{h,v} (x_{nchv} - \mu_{nc})^2, \qquad
        \mathrm{out}_{nchv} = \gamma_c \frac{x_{nchv} - \mu_{nc}}{\sqrt{\sigma_{nc}^2 + \epsilon}} + \beta_c

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    gamma, beta : ndarray of shape (C,)
    in_param : dict
        ``eps`` (1e-5, as for the others) keeps us from dividing by the zero deviation of a constant channel.
        Other keys are ignored.

    Returns
    -------
    out : ndarray of shape (N, C, H, W)
    cache : tuple
        For `instancenorm_backward`; what is in it is its own.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not belong together, or there is no pixel.

    Notes
    -----
    It takes the contrast out of an image, channel by channel. Its first use was style transfer, where the
    contrast of the content image should not decide that of the result.

    A channel of one pixel is its own mean: its output is ``beta``.

    References
    ----------
    Ulyanov, Vedaldi and Lempitsky, "Instance normalization: the missing ingredient for fast stylization", 2016.

    Examples
    --------
    A pale picture and the same in strong contrast:

    >>> import numpy as np
    >>> pale = np.array([[[4.0, 5.0, 6.0]]])
    >>> x = np.stack([pale, 20 * pale - 70])
    >>> out, cache = instancenorm_forward(x, np.ones(1), np.zeros(1), {})
    >>> out.round(3)[:, 0, 0]
    array([[-1.225,  0.   ,  1.225],
           [-1.225,  0.   ,  1.225]])
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    _, C, _, _ = check_axes("x", x, "N, C, H, W")
    check_scale_and_shift(gamma, beta, (C,), "channel")
    check_filled(x)
    gamma, beta = gamma.reshape(C, 1, 1), beta.reshape(C, 1, 1)
    x_hat, std = standardize(x, (2, 3), in_param)  # (N, C, H, W), (N, C, 1, 1)
    return gamma * x_hat + beta, (x_hat, std, gamma)


def instancenorm_backward(dout, cache):
    r"""Send the gradient back through `instancenorm_forward`.

    .. math::
        dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( d\hat{x} - \frac{1}{HW} \sum_{h,v} d\hat{x}_{hv}
        - \hat{x}\, \frac{1}{HW} \sum_{h,v} d\hat{x}_{hv} \hat{x}_{hv} \right), \qquad
        d\hat{x} = \mathrm{dout}\, \gamma

    for each channel of each image, and :math:`d\gamma_c = \sum_{n,h,v} \mathrm{dout}_{nchv}\, \hat{x}_{nchv}`,
    :math:`d\beta_c = \sum_{n,h,v} \mathrm{dout}_{nchv}`.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `instancenorm_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dgamma, dbeta : ndarray of shape (C,)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    An equal step of all the pixels of a channel changes nothing in the output, so the gradients of a channel
    sum to zero.

    References
    ----------
    Ulyanov, Vedaldi and Lempitsky, "Instance normalization: the missing ingredient for fast stylization", 2016.

    Examples
    --------
    >>> import numpy as np
    >>> _, cache = instancenorm_forward(np.array([[[[1.0, 2.0, 6.0]]]]), np.ones(1), np.zeros(1), {})
    >>> dx, dgamma, dbeta = instancenorm_backward(np.array([[[[1.0, 0.0, 0.0]]]]), cache)
    >>> dx.round(3)[0, 0]
    array([[ 0.176, -0.22 ,  0.044]])
    """
    dout, x_hat, std, gamma = _unpack(dout, cache, "instancenorm_forward")
    dbeta = dout.sum(axis=(0, 2, 3))  # (C,)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3))  # (C,)
    dx = standardize_backward(dout * gamma, x_hat, std, axes=(2, 3))  # (N, C, H, W)
    return dx, dgamma, dbeta


def spatial_batchnorm_forward(x, gamma, beta, bn_param):
    r"""Normalize each channel over the pixels of all the images, then scale and shift it.

    .. math::
        \mu_c = \frac{1}{NHW} \sum_{n,h,v} x_{nchv}, \qquad
        \sigma_c^2 = \frac{1}{NHW} \sum_{n,h,v} (x_{nchv} - \mu_c)^2, \qquad
        \mathrm{out}_{nchv} = \gamma_c \frac{x_{nchv} - \mu_c}{\sqrt{\sigma_c^2 + \epsilon}} + \beta_c

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    gamma, beta : ndarray of shape (C,)
    bn_param : dict
        As in `batchnorm_forward`, with running averages of shape (C,), which 'train' mode updates in place.

    Returns
    -------
    out : ndarray of shape (N, C, H, W)
    cache : tuple or None
        For `spatial_batchnorm_backward`; what is in it is its own. None in 'test' mode.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If ``mode`` is neither 'train' nor 'test', the shapes do not belong together, or there is no pixel to
        train on.

    Notes
    -----
    A convolution treats all the places of an image alike, and so does its normalization: every pixel is an
    example, with the channels for features, and `batchnorm_forward` does the rest. A batch of 10 images of
    3 by 3 pixels gives 90 numbers to each statistic.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3.2.

    Examples
    --------
    Two images of two pixels, with one channel. All four numbers are averaged together:

    >>> import numpy as np
    >>> x = np.array([[[[0.0, 2.0]]], [[[8.0, 10.0]]]])
    >>> bn_param = {"mode": "train"}
    >>> out, cache = spatial_batchnorm_forward(x, np.ones(1), np.zeros(1), bn_param)
    >>> out.round(3)[:, 0, 0]
    array([[-1.213, -0.728],
           [ 0.728,  1.213]])
    >>> bn_param["running_mean"].round(3)
    array([0.5])
    """
    x = np.asarray(x)
    check_axes("x", x, "N, C, H, W")
    out, cache = batchnorm_forward(_pixels(x), gamma, beta, bn_param)  # (N * H * W, C)
    return _images(out, x.shape), None if cache is None else (cache, x.shape)


def spatial_batchnorm_backward(dout, cache):
    r"""Send the gradient back through `spatial_batchnorm_forward` in 'train' mode.

    .. math::
        dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( d\hat{x} - \frac{1}{NHW} \sum_{n,h,v} d\hat{x}_{nhv}
        - \hat{x}\, \frac{1}{NHW} \sum_{n,h,v} d\hat{x}_{nhv} \hat{x}_{nhv} \right), \qquad
        d\hat{x} = \mathrm{dout}\, \gamma

    for each channel, and :math:`d\gamma_c = \sum_{n,h,v} \mathrm{dout}_{nchv}\, \hat{x}_{nchv}`,
    :math:`d\beta_c = \sum_{n,h,v} \mathrm{dout}_{nchv}`.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `spatial_batchnorm_forward` in 'train' mode.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dgamma, dbeta : ndarray of shape (C,)

    Raises
    ------
    ValueError
        If ``cache`` comes from 'test' mode, or ``dout`` does not have the shape of ``out``.

    Notes
    -----
    `batchnorm_backward_alt` with every pixel for an example.

    References
    ----------
    Ioffe and Szegedy, "Batch Normalization", 2015, section 3.2.

    Examples
    --------
    The example of `batchnorm_backward_alt`, as three images of one pixel:

    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 6.0]).reshape(3, 1, 1, 1)
    >>> _, cache = spatial_batchnorm_forward(x, np.ones(1), np.zeros(1), {"mode": "train"})
    >>> dout = np.array([1.0, 0.0, 0.0]).reshape(3, 1, 1, 1)
    >>> dx, dgamma, dbeta = spatial_batchnorm_backward(dout, cache)
    >>> dx.round(3)[:, 0, 0, 0]
    array([ 0.176, -0.22 ,  0.044])
    """
    check_trained(cache, "bn_param")
    pixel_cache, shape = cache
    dout = np.asarray(dout)
    check_shape("dout", dout, shape, "It has the shape of the output of `spatial_batchnorm_forward`.")
    dx, dgamma, dbeta = batchnorm_backward_alt(_pixels(dout), pixel_cache)
    return _images(dx, shape), dgamma, dbeta


def spatial_groupnorm_forward(x, gamma, beta, G, gn_param):
    r"""Normalize groups of neighbouring channels of each image, then scale and shift each channel.

    .. math::
        \mathrm{out}_{nchv} = \gamma_c \frac{x_{nchv} - \mu_{ng}}{\sqrt{\sigma_{ng}^2 + \epsilon}} + \beta_c,
        \qquad g = \left\lfloor \frac{c}{C / G} \right\rfloor

    where :math:`\mu_{ng}` and :math:`\sigma_{ng}^2` are mean and variance of the C/G · H · W numbers of group g in
    image n.

    Parameters
    ----------
    x : ndarray of shape (N, C, H, W)
    gamma, beta : ndarray of shape (1, C, 1, 1)
        The official shape, which multiplies images as it is.
    G : int
        How many groups. It divides C.
    gn_param : dict
        ``eps`` (1e-5, the official default) keeps us from dividing by the zero deviation of a constant group.
        Other keys are ignored.

    Returns
    -------
    out : ndarray of shape (N, C, H, W)
    cache : tuple
        For `spatial_groupnorm_backward`; what is in it is its own.

    Raises
    ------
    TypeError
        If an array does not hold real numbers, or ``G`` is no integer.
    ValueError
        If the shapes do not belong together, ``G`` does not divide the channels, or a group is empty.

    Notes
    -----
    Between its relatives: G = C is instance normalization; with G = 1 an image is normalized as a whole, as in
    layer normalization. Like both it does not depend on the batch, which is why it replaces batch
    normalization where memory allows only a few images at a time.

    References
    ----------
    Wu and He, "Group Normalization", 2018.

    Examples
    --------
    Four channels of one pixel, in two groups:

    >>> import numpy as np
    >>> x = np.array([1.0, 3.0, 100.0, 500.0]).reshape(1, 4, 1, 1)
    >>> gamma, beta = np.ones((1, 4, 1, 1)), np.zeros((1, 4, 1, 1))
    >>> out, cache = spatial_groupnorm_forward(x, gamma, beta, 2, {})
    >>> out.round(3)[0, :, 0, 0]
    array([-1.,  1., -1.,  1.])
    """
    x, gamma, beta = as_floats(x=x, gamma=gamma, beta=beta)
    _, C, _, _ = check_axes("x", x, "N, C, H, W")
    check_scale_and_shift(gamma, beta, (1, C, 1, 1), "channel")
    check_filled(x)
    G = _read_groups(G, C)
    grouped, std = standardize(_groups(x, G), (2, 3, 4), gn_param)  # (N, G, C / G, H, W), (N, G, 1, 1, 1)
    x_hat = grouped.reshape(x.shape)  # (N, C, H, W)
    return gamma * x_hat + beta, (x_hat, std, gamma, G)


def spatial_groupnorm_backward(dout, cache):
    r"""Send the gradient back through `spatial_groupnorm_forward`.

    .. math::
        dx = \frac{1}{\sqrt{\sigma^2 + \epsilon}} \left( d\hat{x} - \overline{d\hat{x}}
        - \hat{x}\; \overline{d\hat{x}\, \hat{x}} \right), \qquad d\hat{x} = \mathrm{dout}\, \gamma

    where the bar is the mean over a group of an image; :math:`d\gamma_c` and :math:`d\beta_c` are the sums of
    :math:`\mathrm{dout}\, \hat{x}` and dout over the images and pixels of channel c.

    Parameters
    ----------
    dout : ndarray of shape (N, C, H, W)
        Gradient of the loss with respect to ``out``.
    cache : tuple
        From `spatial_groupnorm_forward`.

    Returns
    -------
    dx : ndarray of shape (N, C, H, W)
    dgamma, dbeta : ndarray of shape (1, C, 1, 1)

    Raises
    ------
    ValueError
        If ``dout`` does not have the shape of ``out``.

    Notes
    -----
    Groups matter to dx only. γ and β belong to channels, so their gradients are those of the other spatial
    normalizations, in the official shape.

    References
    ----------
    Wu and He, "Group Normalization", 2018, section 3.

    Examples
    --------
    The gradients of a group sum to zero:

    >>> import numpy as np
    >>> x = np.array([1.0, 2.0, 6.0, 100.0, 500.0, 300.0]).reshape(1, 6, 1, 1)
    >>> gamma, beta = np.ones((1, 6, 1, 1)), np.zeros((1, 6, 1, 1))
    >>> _, cache = spatial_groupnorm_forward(x, gamma, beta, 2, {})
    >>> dout = np.array([1.0, 0.0, 0.0, 100.0, 0.0, 0.0]).reshape(1, 6, 1, 1)
    >>> dx, dgamma, dbeta = spatial_groupnorm_backward(dout, cache)
    >>> dx.round(3)[0, :, 0, 0]
    array([ 0.176, -0.22 ,  0.044,  0.102,  0.102, -0.204])
    >>> dgamma.shape, dbeta.shape
    ((1, 6, 1, 1), (1, 6, 1, 1))
    """
    dout, x_hat, std, gamma = _unpack(dout, cache, "spatial_groupnorm_forward")
    G = cache[3]
    dbeta = dout.sum(axis=(0, 2, 3), keepdims=True)  # (1, C, 1, 1)
    dgamma = (dout * x_hat).sum(axis=(0, 2, 3), keepdims=True)  # (1, C, 1, 1)
    grouped = standardize_backward(_groups(dout * gamma, G), _groups(x_hat, G), std, axes=(2, 3, 4))
    return grouped.reshape(x_hat.shape), dgamma, dbeta


def _unpack(dout, cache, forward):
    x_hat, std, gamma = cache[:3]
    arrays = as_floats(dout=dout, x_hat=x_hat, std=std, gamma=gamma)
    check_shape("dout", arrays[0], x_hat.shape, f"It has the shape of the output of `{forward}`.")
    return arrays


def _pixels(images):
    N, C, H, W = images.shape
    return images.transpose(0, 2, 3, 1).reshape(N * H * W, C)  # not -1, which an empty batch leaves undefined


def _images(pixels, shape):
    N, C, H, W = shape
    return pixels.reshape(N, H, W, C).transpose(0, 3, 1, 2)


def _read_groups(G, C):
    G = check_whole("G", G, 1, "Say how many groups of channels there are.")
    if C % G:
        raise ValueError(f"`G` must divide the {C} channels of `x` (got {G}). All groups have the same size.")
    return G


def _groups(images, G):
    N, C, H, W = images.shape
    return images.reshape(N, G, C // G, H, W)
