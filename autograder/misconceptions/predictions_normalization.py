# ruff: noqa: ARG001, D103  the sentence of help says what each of them gets wrong
"""Wrong predictions about normalization and dropout."""

import numpy as np

from autograder.misconceptions.catalog import misconception


@misconception("predict_outlier", "The layer divides by a standard deviation that the outlier itself has made large.")
def predict_outlier_as_it_was(n, size):
    return size


@misconception("predict_outlier", "That is its distance from the mean; the standard deviation of the batch is left.")
def predict_outlier_centered(n, size):
    return size * (1 - 1 / n)


@misconception("predict_outlier", "The outlier moves the mean as well: it is no longer at zero.")
def predict_outlier_around_zero(n, size):
    return np.sign(size) * np.sqrt(n)


@misconception("predict_outlier", "The variance of a batch divides by the number of examples, not by one less.")
def predict_outlier_unbiased(n, size):
    return np.sign(size) * (n - 1) / np.sqrt(n)


@misconception("predict_outlier", "An outlier below the others stays below them.")
def predict_outlier_above(n, size):
    return np.sqrt(n - 1)


@misconception("predict_outlier", "That holds in a batch of two; in a larger one the zeros outnumber the outlier.")
def predict_outlier_of_two(n, size):
    return np.sign(size)


@misconception("predict_outlier", "That is divided by the variance; the layer divides by its root.")
def predict_outlier_by_the_variance(n, size):
    return n / size


@misconception("predict_undone", "A negative factor turns the sign of everything that is normalized.")
def predict_undone_without_signs(scaled, factor):
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    return (undone | {"a channel": "batch and instance", "a map": "instance"}).get(scaled, "no layer")


@misconception(
    "predict_undone", "Batch normalization measures a channel over all images, so it sees that one is larger."
)
def predict_undone_by_the_batch(scaled, factor):
    undone = {"the batch": "all", "an image": "all", "a group": "all", "a channel": "all", "a map": "all"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


@misconception(
    "predict_undone", "Instance normalization measures each channel of each image by itself, so it undoes this, too."
)
def predict_undone_by_the_batch_only(scaled, factor):
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    undone |= {"a channel": "batch", "a map": "instance"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


@misconception(
    "predict_undone", "A channel that is larger in every image is what batch normalization measures and takes away."
)
def predict_undone_by_instance_only(scaled, factor):
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    undone |= {"a channel": "instance", "a map": "instance"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


@misconception("predict_undone", "A group holds several channels, and keeps how large they are beside each other.")
def predict_undone_by_groups(scaled, factor):
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    undone |= {"a channel": "batch and instance", "a map": "instance and group"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


@misconception("predict_undone", "One number among others that stay moves their mean: no layer can take that away.")
def predict_undone_pixel(scaled, factor):
    undone = {"the batch": "all", "an image": "all but batch", "a group": "instance and group"}
    undone |= {"a channel": "batch and instance", "a map": "instance", "a pixel": "instance"}
    return undone.get(scaled, "no layer") if factor > 0 else "no layer"


@misconception(
    "predict_undone",
    "A layer does take a change away: if all numbers that share a mean are multiplied by the same positive factor.",
)
def predict_undone_never(scaled, factor):
    return "no layer"


@misconception("predict_dropout_variance", "The mean stays as it was; the variance does not.")
def predict_dropout_variance_unchanged(p, mean, std):
    return std**2


@misconception(
    "predict_dropout_variance",
    "What grows by one over p is the mean of the squares, and the mean has its share in that.",
)
def predict_dropout_variance_of_spread_only(p, mean, std):
    return std**2 / p


@misconception("predict_dropout_variance", "That is what the mask adds; the feature varied before, too.")
def predict_dropout_variance_of_the_noise(p, mean, std):
    return (1 - p) / p * (std**2 + mean**2)


@misconception(
    "predict_dropout_variance", "The mask multiplies each example's own value, which is not always the mean."
)
def predict_dropout_variance_at_the_mean(p, mean, std):
    return std**2 + (1 - p) / p * mean**2


@misconception("predict_dropout_variance", "What is kept is divided by p, so the mask is not 0 or 1 but 0 or 1/p.")
def predict_dropout_variance_without_the_scale(p, mean, std):
    return p * (std**2 + mean**2) - p**2 * mean**2


@misconception(
    "predict_dropout_variance", "That is the mean of the squares; the square of the mean is left to subtract."
)
def predict_dropout_variance_of_squares(p, mean, std):
    return (std**2 + mean**2) / p


@misconception("predict_dropout_variance", "That is a standard deviation; the variance is its square.")
def predict_dropout_variance_root(p, mean, std):
    return np.sqrt((std**2 + mean**2) / p - mean**2)


@misconception(
    "predict_saving", "The two layers do not have the same work to do: count it for one number of the output."
)
def predict_saving_half(filters, channels, window):
    return 0.5


@misconception("predict_saving", "The share of both layers together is asked for, not of the convolution alone.")
def predict_saving_of_the_convolution(filters, channels, window):
    return 1 / (channels * window**2)


@misconception("predict_saving", "A filter is as deep as its input has channels.")
def predict_saving_flat(filters, channels, window):
    return 1 / (window**2 + 1)


@misconception(
    "predict_saving", "More filters mean more outputs, for both layers alike; what counts is how deep one filter is."
)
def predict_saving_by_filters(filters, channels, window):
    return 1 / (filters * window**2 + 1)


@misconception(
    "predict_saving", "The work for each filter is needed for each filter, and so is a normalization of its channel."
)
def predict_saving_of_all_filters(filters, channels, window):
    return 1 / (filters * channels * window**2 + 1)


@misconception("predict_saving", "A window has rows and columns.")
def predict_saving_of_rows(filters, channels, window):
    return 1 / (channels * window + 1)


@misconception("predict_saving", "That is what is left; what is saved was asked for.")
def predict_saving_left(filters, channels, window):
    return channels * window**2 / (channels * window**2 + 1)


@misconception(
    "predict_effect", "Layer normalization takes its mean over the units of one example, not over the batch."
)
def predict_effect_layers_like_batches(normalization, change):
    return "changes" if normalization is None or change == "one image" else "stays"


@misconception(
    "predict_effect", "Batch normalization takes its mean over the batch for each unit, not over the units."
)
def predict_effect_batches_like_layers(normalization, change):
    seen = change in ("one bias", "one column")
    return "changes" if normalization is None or seen else "stays"


@misconception("predict_effect", "Not only the mean is taken away: what is left is divided by its own size.")
def predict_effect_of_sizes(normalization, change):
    shifts = {"batchnorm": ("one bias", "all biases"), "layernorm": ("all biases",)}
    return "stays" if change in shifts.get(normalization, ()) else "changes"


@misconception("predict_effect", "Where nothing is subtracted and nothing divided, nothing goes unseen.")
def predict_effect_without_any(normalization, change):
    unseen = {"layernorm": ("all biases", "all weights", "one image")}
    batch = ("one bias", "all biases", "one column", "all weights")
    return "stays" if change in unseen.get(normalization, batch) else "changes"
