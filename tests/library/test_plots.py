"""The pictures of the lessons can be read: every axis says what it shows."""

import matplotlib as mpl
import numpy as np
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from cs231n_lib import plots

MATRIX = np.arange(12.0).reshape(3, 4)
PIXELS = np.arange(16.0).reshape(2, 2, 2, 2)
LINE = np.linspace(0.0, 1.0, 5)
LABELS = np.array([[[0, 1, 1, 0, 0]] * 4, [[0, 0, 1, 1, 0]] * 4])  # (2, 4, 5)

CHANNELS = MATRIX[None]
CONV = {"stride": 1, "pad": 0}


def forward(x, w, b, conv_param):
    return x + w + b, conv_param


def backward(dout, _):
    return dout, dout, dout


PICTURES = {
    "who_belongs": lambda: plots.who_belongs({"a": np.ones((2, 3, 2, 4)), "b": np.zeros((2, 3, 2, 4), dtype=bool)}),
    "before_and_after": lambda: plots.before_and_after({"a": np.ones((3, 2, 4))}, {"a": np.zeros((3, 2, 4))}),
    "effects": lambda: plots.effects(np.eye(2), [["stays", "changes"]] * 2, rows=["a", "b"], columns=["c", "d"]),
    "accuracy_by_size": lambda: plots.accuracy_by_size([2, 8], {"a": [0.5, 0.9], "b": [0.1, 0.2]}, "batch size"),
    "parameter_bars": lambda: plots.parameter_bars({"convolution": 120, "affine": 12352}),
    "gradients_on_a_line": lambda: plots.gradients_on_a_line({"W1": (MATRIX, MATRIX + 1e-6), "b1": (LINE, LINE)}),
    "training_progress": lambda: plots.training_progress([2.3, 1.0, 0.5], [0.1, 0.8], [0.1, 0.7]),
    "filter_rows": lambda: plots.filter_rows({"before": PIXELS[:, :1], "after": -PIXELS[:, :1]}),
    "digit_through_layers": lambda: plots.digit_through_layers({"digit": MATRIX, "nothing": 0 * MATRIX}),
    "function_and_slope": lambda: plots.function_and_slope(LINE, {"f": LINE**2}, {"f": 2 * LINE}),
    "output_means": lambda: plots.output_means({"f": MATRIX, "g": -MATRIX}),
    "signals_by_depth": lambda: plots.signals_by_depth([MATRIX, 0 * MATRIX, -MATRIX], [MATRIX] * 3, title="three"),
    "training_losses": lambda: plots.training_losses({"a": np.ones(12), "b": LINE}, every=2),
    "pixel_rows": lambda: plots.pixel_rows(PIXELS, PIXELS.transpose(0, 2, 3, 1).reshape(-1, 2)),
    "noise_of_means": lambda: plots.noise_of_means([1, 2, 4], {"a": [0.5, 0.3, 0.2], "b": [0.1, 0.1, 0.05]}),
    "images_on_one_scale": lambda: plots.images_on_one_scale({"dark": MATRIX, "bright": MATRIX + 5}),
    "channel_gradients": lambda: plots.channel_gradients(PIXELS),
    "folded_layers": lambda: plots.folded_layers(MATRIX, MATRIX + 1e-12, {"two": 3.0, "one": 2.0}),
    "dropout_masks": lambda: plots.dropout_masks(np.eye(3), {"p = 0.5": np.ones(4), "p = 0.9": np.zeros(4)}),
    "dropout_gradient": lambda: plots.dropout_gradient(np.eye(3), 2 * np.eye(3)),
    "dropout_training": lambda: plots.dropout_training({1.0: np.ones((3, 2)), 0.5: np.zeros((3, 2))}, every=10),
    "matrices": lambda: plots.matrices({"a": MATRIX, "b": MATRIX[0], "gate": MATRIX > 3, "flat": np.ones((2, 2))}),
    "curves": lambda: plots.curves(LINE, {"f": LINE, "g": LINE**2}, title="two", xlabel="t", ylabel="f(t)"),
    "step_sizes": lambda: plots.step_sizes(lambda w: np.sum(w**3), LINE, 3 * LINE**2),
    "softmax_bars": lambda: plots.softmax_bars(np.array([[-0.25, 0.25], [0.25, -0.25]]), np.array([0, 1])),
    "batchnorm_distributions": lambda: plots.batchnorm_distributions(MATRIX, MATRIX / 12),
    "batchnorm_noise": lambda: plots.batchnorm_noise(LINE, batch_size=4),
    "running_averages": lambda: plots.running_averages(MATRIX, mean=8, variance=16, batch_variance=15.2),
    "gradient_parts": lambda: plots.gradient_parts({"dout": LINE[:, None], "dx": -LINE[:, None]}),
    "convolution_windows": lambda: plots.convolution_windows(np.ones((5, 5)), np.ones((3, 3)), np.full((3, 3), 9.0)),
    "windows_on_a_line": lambda: plots.windows_on_a_line(8, field=3, stride=2, pad=1, count=4),
    "moving_window": lambda: plots.moving_window(CHANNELS, np.eye(2)[None], 1.0, np.eye(3), (0, 1), (1, 2)),
    "filtered": lambda: plots.filtered(MATRIX, np.eye(3), -MATRIX),
    "amounts": lambda: plots.amounts({"small": 12, "large": 3_000_000}, "what layers learn", "parameters"),
    "shares": lambda: plots.shares({"parameters": [1, 3], "work": [3, 1]}, ["first", "second"]),
    "pooling_windows": lambda: plots.pooling_windows(MATRIX, MATRIX[1::2, 1::2], size=(2, 2), stride=2),
    "window_and_column": lambda: plots.window_and_column(MATRIX, np.ones((4, 6)), (2, 2), place=(1, 2), number=5),
    "matrix_product": lambda: plots.matrix_product(("filters", 2, 12), ("columns", 12, 30)),
    "memory_bars": lambda: plots.memory_bars({"first": (0.6, 4.4), "second": (3.2, 3.2)}),
    "convolution_times": lambda: plots.convolution_times(
        {"one": (forward, backward)}, PIXELS, PIXELS, LINE[:2], CONV
    ),
    "segmented": lambda: plots.segmented({"scenes": np.ones((2, 3, 4, 5)), "right": LABELS}, ["background", "disc"]),
    "overlap": lambda: plots.overlap(LABELS[0] > 0, LABELS[1] > 0, "disc", "IoU 0.5"),
    "segmentation_training": lambda: plots.segmentation_training(
        {"one": np.ones((3, 2)), "two": MATRIX[:, :2]}, {"one": LINE[:2], "two": LINE[1:3]}, ["background", "disc"]
    ),
    "stamp_counts": lambda: plots.stamp_counts(MATRIX, "filter 3, stride 2"),
    "stamp_gradient": lambda: plots.stamp_gradient(dict.fromkeys(("dout", "w", "dx", "dw"), np.eye(2)), size=(2, 2)),
    "pooled_picture": lambda: plots.pooled_picture(MATRIX / 11, MATRIX[::2, ::2] / 11, "mean"),
    "kept_steps": lambda: plots.kept_steps(np.array([3.0, 9.0, 1.0, 7.0, 8.0]), [1, 3, 4]),
    "draws": lambda: plots.draws(np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[3, 5], [0, 2]])),
    "descents": lambda: plots.descents(
        lambda a, b: a**2 + b**2, {"plain": np.zeros((3, 2)), "adam": np.ones((3, 2))}
    ),
    "gradient_agreement": lambda: plots.gradient_agreement({"W": MATRIX}, {"W": MATRIX, "b": LINE}),
    "class_regions": lambda: plots.class_regions(
        {"1 layer": MATRIX.astype(int) % 3, "2 layers": MATRIX.astype(int) % 2}
    ),
    "sizes_by_depth": lambda: plots.sizes_by_depth([1.0, 0.5, 0.2], factor=0.5),
    "learning_by_heart": lambda: plots.learning_by_heart({"3 layers": LINE + 1, "5 layers": LINE + 2}),
    "known_shares": lambda: plots.known_shares({"3 layers": MATRIX / 12}, rates=[0.1, 1, 2], scales=[1, 2, 3, 4]),
    "epochs": lambda: plots.epochs({"3 layers": np.ones((4, 2)), "5 layers": np.zeros((4, 2))}),
    "images": lambda: plots.images({"photograph": plots.photograph(), "matrix": MATRIX}),
}


@pytest.fixture(autouse=True)
def _closed_figures():
    plt.close("all")
    yield
    plt.close("all")


def drawn(picture):
    picture()
    (figure,) = map(plt.figure, plt.get_fignums())
    figure.canvas.draw()
    return figure


@pytest.mark.parametrize("name", PICTURES)
def test_every_picture_is_one_figure_with_titles_and_labelled_axes(name):
    figure = drawn(PICTURES[name])

    assert figure.axes
    for ax in figure.axes:
        assert ax.get_title()
        assert ax.get_xlabel()
        assert ax.get_ylabel() or not ax.get_yticks().size


def test_every_public_picture_is_tested():
    own = set(plots.__all__)

    public = {name for name in own if not name.startswith("_")}

    assert public - set(PICTURES) == {"batchnorm_graph", "explore", "photograph"}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_returns_nothing_that_a_notebook_would_print(name):
    assert PICTURES[name]() is None


def test_matrices_shows_every_number():
    figure = drawn(lambda: plots.matrices({"a": np.array([[1.0, -2.0], [0.125, 3.0]])}))

    assert [number.get_text() for number in figure.axes[0].texts] == ["$1$", "$-2$", "$0.125$", "$3$"]


def test_matrices_share_one_scale_of_colors():
    figure = drawn(PICTURES["matrices"])

    assert len({ax.images[0].get_clim() for ax in figure.axes}) == 1


def test_a_vector_has_no_axis_of_rows():
    figure = drawn(lambda: plots.matrices({"w": MATRIX, "b": MATRIX[0]}))

    matrix, vector = figure.axes
    assert (matrix.get_ylabel(), matrix.get_yticks().tolist()) == ("row", [0, 1, 2])
    assert (vector.get_ylabel(), vector.get_yticks().tolist()) == ("", [])


def test_rows_and_columns_of_a_matrix_may_have_names():
    plots.matrices({"a": MATRIX}, columns=["p", "q", "r", "s"], rows=["one", "two", "three"])

    (ax,) = plt.gcf().axes
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["p", "q", "r", "s"]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == ["one", "two", "three"]


def test_images_say_their_sizes_and_have_no_border():
    figure = drawn(PICTURES["images"])

    assert [ax.get_title() for ax in figure.axes] == ["photograph\n120 × 128 pixels", "matrix\n3 × 4 pixels"]  # noqa: RUF001
    assert not any(spine.get_visible() for ax in figure.axes for spine in ax.spines.values())


def test_running_averages_marks_the_population_and_the_average_over_batches():
    figure = drawn(PICTURES["running_averages"])

    assert {line.get_ydata()[0] for line in figure.axes[1].lines[2:]} == {16, 15.2}


def shades_of(ax):
    return ax.images[0].get_array().tolist()


def test_the_columns_of_a_table_of_pixels_have_one_shade_each_only_if_the_channels_were_moved_last():
    right = drawn(lambda: plots.pixel_rows(PIXELS, PIXELS.transpose(0, 2, 3, 1).reshape(-1, 2)))
    assert shades_of(right.axes[-1]) == [[0, 1]] * 8
    plt.close("all")

    wrong = drawn(lambda: plots.pixel_rows(PIXELS, PIXELS.reshape(-1, 2)))
    assert shades_of(wrong.axes[-1]) == [[0, 0], [0, 0], [1, 1], [1, 1]] * 2


def test_images_on_one_scale_share_it():
    figure = drawn(PICTURES["images_on_one_scale"])

    assert {ax.images[0].get_clim() for ax in figure.axes[:2]} == {(0, 16)}


def test_folded_layers_say_how_far_they_are_apart():
    figure = drawn(PICTURES["folded_layers"])

    assert figure.axes[0].get_title() == "Largest difference: 1e-12"


def test_convolution_windows_frames_the_first_window_and_its_output():
    figure = drawn(PICTURES["convolution_windows"])

    assert [len(ax.patches) for ax in figure.axes] == [1, 0, 1]


def test_pooling_windows_frames_one_window_for_each_output():
    figure = drawn(lambda: plots.pooling_windows(np.eye(4), np.ones((2, 2)), size=(2, 2), stride=2))

    assert [len(ax.patches) for ax in figure.axes] == [4, 4]


def test_one_window_is_framed_in_the_image_and_in_its_matrix():
    figure = drawn(PICTURES["window_and_column"])

    corners = [ax.patches[0].get_xy() for ax in figure.axes]
    sizes = [(ax.patches[0].get_width(), ax.patches[0].get_height()) for ax in figure.axes]
    np.testing.assert_allclose(corners, [(2 - 0.44, 1 - 0.44), (5 - 0.44, -0.44)])
    np.testing.assert_allclose(sizes, [(1.88, 1.88), (0.88, 3.88)])


def test_the_product_of_matrices_is_drawn_to_scale():
    figure = drawn(PICTURES["matrix_product"])

    boxes = [(box.get_height(), box.get_width()) for box in figure.axes[0].patches]
    assert boxes == [(2, 12), (12, 30), (2, 30)]


def test_memory_says_how_many_times_the_image_it_is():
    figure = drawn(PICTURES["memory_bars"])

    assert [text.get_text() for text in figure.axes[0].texts] == ["7.3 times", "1.0 times"]


def test_a_time_is_measured_forward_and_backward_for_each_name():
    figure = drawn(PICTURES["convolution_times"])

    (ax,) = figure.axes
    assert ax.get_yticklabels()[0].get_text() == "one"
    assert len(ax.patches) == 2 * len(ax.get_yticklabels())
    assert all(bar.get_width() > 0 for bar in ax.patches)


@pytest.mark.parametrize(("count", "dashed", "left"), [(4, 0, 1), (5, 1, 0), (0, 0, 10)])
def test_places_are_drawn_as_counted_and_what_sticks_out_is_dashed(count, dashed, left):
    figure = drawn(lambda: plots.windows_on_a_line(8, field=3, stride=2, pad=1, count=count))

    pixels, windows = figure.axes[0].patches[:10], figure.axes[0].patches[10:]
    assert len(windows) == count
    assert sum(window.get_linestyle() == "--" for window in windows) == dashed
    assert len({pixel.get_facecolor() for pixel in pixels}) == 2
    assert figure.axes[0].get_title().endswith(f" = {count} windows; left over at the end: {left}")


def test_the_products_of_a_window_are_summed_and_the_bias_added():
    figure = drawn(PICTURES["moving_window"])

    image, _, products, out = figure.axes
    assert [number.get_text() for number in products.texts] == ["$6$", "$0$", "$0$", "$11$"]
    assert (products.get_title(), out.get_title()) == ("products: 17", "output\n17\n+ bias 1 = 18")
    np.testing.assert_allclose([ax.patches[0].get_xy() for ax in (image, out)], [(1.56, 0.56), (0.56, -0.44)])


def test_negative_sums_of_a_channel_stand_in_brackets():
    figure = drawn(lambda: plots.moving_window(-np.ones((2, 2, 2)), np.ones((2, 1, 1)), 0, np.eye(2), (0, 0), (0, 0)))

    assert figure.axes[-1].get_title() == "output\n(-1) + (-1)\n+ bias 0 = -2"


def test_a_filtered_picture_says_its_range():
    figure = drawn(PICTURES["filtered"])

    assert [ax.get_title() for ax in figure.axes] == ["before: 0 to 11", "filter", "after: -11 to 0"]


def test_pictures_before_and_after_pooling_share_their_grays_and_say_size_and_mean():
    figure = drawn(PICTURES["pooled_picture"])

    titles = [ax.get_title() for ax in figure.axes]
    assert titles == ["before: 3 × 4 pixels, mean 0.50", "mean: 2 × 2 pixels, mean 0.45"]  # noqa: RUF001
    assert {ax.images[0].get_clim() for ax in figure.axes} == {(0, 1)}


def test_kept_steps_are_named_in_their_order():
    figure = drawn(PICTURES["kept_steps"])

    assert figure.axes[0].get_title() == "the 3 largest, in their order: 9, 7, 8"
    assert [len(bars) for bars in figure.axes[0].containers] == [3, 2]


def test_draws_are_shown_beside_their_probabilities():
    figure = drawn(PICTURES["draws"])

    heights = [[bar.get_height() for bar in bars] for bars in figure.axes[0].containers]
    assert heights == [[0.25, 0.5, 0, 0.25], [0.3, 0.5, 0, 0.2]]


def test_amounts_and_shares_are_written_out():
    written = {}
    for name in ("amounts", "shares"):
        written[name] = [text.get_text() for text in drawn(PICTURES[name]).axes[0].texts]
        plt.close("all")

    assert written == {"amounts": ["12", "3,000,000"], "shares": ["25", "75", "75", "25"]}


def test_step_sizes_shows_that_single_precision_is_worse():
    figure = drawn(PICTURES["step_sizes"])

    single, double = (line.get_ydata().min() for line in figure.axes[0].lines[:2])
    assert double < 1e-8 < single


def test_the_graph_of_batch_normalization_names_every_value_and_its_shape():
    figure = drawn(plots.batchnorm_graph)

    labels = [box.get_text() for box in figure.axes[0].texts if box.get_text()]
    assert len(labels) == 10
    assert all(label.endswith(("(N, D)", "(D,)")) for label in labels)
    assert figure.axes[0].get_title()


def test_the_photograph_is_small_and_gray_and_between_black_and_white():
    image = plots.photograph()

    assert image.shape == (120, 128)
    assert 0 <= image.min() < image.max() <= 1


@pytest.mark.parametrize(("side", "numbers"), [(5, 25), (20, 0)])
def test_stamp_counts_writes_numbers_where_there_is_room(side, numbers):
    figure = drawn(lambda: plots.stamp_counts(np.ones((side, side)), "ones"))

    assert len(figure.axes[0].texts) == numbers
    assert len(figure.axes[1].patches) == side


def test_stamp_gradient_frames_the_first_window_and_its_pixel():
    figure = drawn(PICTURES["stamp_gradient"])

    assert [len(ax.patches) for ax in figure.axes] == [1, 0, 1, 0]


def test_segmented_puts_scenes_side_by_side_and_names_the_classes():
    figure = drawn(PICTURES["segmented"])

    assert [ax.images[0].get_array().shape[:2] for ax in figure.axes] == [(4, 12), (4, 12)]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["background", "disc"]


def test_overlap_counts_the_pixels_of_each_kind():
    figure = drawn(PICTURES["overlap"])

    assert [bar.get_width() for bar in figure.axes[1].patches] == [4, 4, 4]
    assert np.unique(figure.axes[0].images[0].get_array()).tolist() == [0, 1, 2, 3]
