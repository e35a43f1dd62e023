"""The pictures of the lessons: every function draws one figure from arrays or functions it is given.

Colors are the Okabe-Ito palette and the ``cividis`` map: safe for color-blind readers, readable in gray.
"""

from cs231n_lib.plots.activations import function_and_slope, output_means, signals_by_depth, training_losses
from cs231n_lib.plots.affine import softmax_bars, step_sizes
from cs231n_lib.plots.arrays import curves, matrices
from cs231n_lib.plots.batch_normalization import (
    batchnorm_distributions,
    batchnorm_graph,
    batchnorm_noise,
    gradient_parts,
    running_averages,
)
from cs231n_lib.plots.convolution import amounts, filtered, moving_window, shares, windows_on_a_line
from cs231n_lib.plots.convolutional_networks import (
    digit_through_layers,
    filter_rows,
    gradients_on_a_line,
    parameter_bars,
    training_progress,
)
from cs231n_lib.plots.dropout import dropout_gradient, dropout_masks, dropout_training
from cs231n_lib.plots.interactive import explore
from cs231n_lib.plots.lowering import convolution_times, matrix_product, memory_bars, window_and_column
from cs231n_lib.plots.networks import (
    class_regions,
    epochs,
    gradient_agreement,
    known_shares,
    learning_by_heart,
    sizes_by_depth,
)
from cs231n_lib.plots.normalization_family import accuracy_by_size, before_and_after, who_belongs
from cs231n_lib.plots.normalized_networks import effects
from cs231n_lib.plots.optimizers import descents
from cs231n_lib.plots.photographs import images, photograph
from cs231n_lib.plots.pooling import draws, kept_steps, pooled_picture
from cs231n_lib.plots.segmentation import overlap, segmentation_training, segmented
from cs231n_lib.plots.spatial_normalization import (
    channel_gradients,
    folded_layers,
    images_on_one_scale,
    noise_of_means,
    pixel_rows,
)
from cs231n_lib.plots.upsampling import stamp_counts, stamp_gradient
from cs231n_lib.plots.windows import convolution_windows, pooling_windows

__all__ = [
    "accuracy_by_size",
    "amounts",
    "batchnorm_distributions",
    "batchnorm_graph",
    "batchnorm_noise",
    "before_and_after",
    "channel_gradients",
    "class_regions",
    "convolution_times",
    "convolution_windows",
    "curves",
    "descents",
    "digit_through_layers",
    "draws",
    "dropout_gradient",
    "dropout_masks",
    "dropout_training",
    "effects",
    "epochs",
    "explore",
    "filter_rows",
    "filtered",
    "folded_layers",
    "function_and_slope",
    "gradient_agreement",
    "gradient_parts",
    "gradients_on_a_line",
    "images",
    "images_on_one_scale",
    "kept_steps",
    "known_shares",
    "learning_by_heart",
    "matrices",
    "matrix_product",
    "memory_bars",
    "moving_window",
    "noise_of_means",
    "output_means",
    "overlap",
    "parameter_bars",
    "photograph",
    "pixel_rows",
    "pooled_picture",
    "pooling_windows",
    "running_averages",
    "segmentation_training",
    "segmented",
    "shares",
    "signals_by_depth",
    "sizes_by_depth",
    "softmax_bars",
    "stamp_counts",
    "stamp_gradient",
    "step_sizes",
    "training_losses",
    "training_progress",
    "who_belongs",
    "window_and_column",
    "windows_on_a_line",
]
