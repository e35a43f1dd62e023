"""The numbers of the lesson on convolution, computed and compared."""

import numpy as np
from printed import assert_printed, printed_matrices, text, windows

CONVOLUTION = "assignment3/convolution"


def test_filters_need_fewer_parameters_than_an_affine_layer():
    why = text(CONVOLUTION, "why-conv-forward-naive")

    assert round(227 * 227 * 3 * 96 / 1e6, 1) == 14.8
    assert 96 * (11 * 11 * 3) + 96 == 34944
    assert "14.8 million" in why
    assert r"$96 \cdot 363 + 96 = 34{,}944$" in why


def test_the_convolution_example_counts_the_ones_below_the_filter():
    image, kernel, out = printed_matrices(CONVOLUTION, "math-conv-forward-naive")

    counts = [np.count_nonzero(image[window] * kernel) for window in windows((5, 5), (3, 3), 1)]

    assert out.ravel().tolist() == counts
    assert kernel[::-1, ::-1].tolist() == kernel.tolist()


def test_output_sizes_count_the_windows_that_fit():
    assert len(windows((5, 5), (2, 3), 2)) == 2 * 2
    assert [window[0].start for window in windows((5, 5), (2, 3), 2)] == [0, 0, 2, 2]
    assert len(windows((3, 640), (3, 3), 2)) == 319
    assert windows((3, 640), (3, 3), 2)[-1][1] == slice(636, 639)
    assert "is 319" in text(CONVOLUTION, "question-conv-output-size")


def test_the_convolution_gradients_are_stamps_and_windows_added_up():
    x, w = np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]]), np.array([[1, 2], [0, -1]])
    dout = np.array([[1, 2], [0, 3]])
    places = windows((3, 3), (2, 2), 1)
    stamps = np.zeros((4, 3, 3))
    for stamp, place, d in zip(stamps, places, dout.ravel(), strict=True):
        stamp[place] = d * w

    out = np.array([np.sum(x[place] * w) for place in places]).reshape(2, 2)
    dw = sum(d * x[place] for place, d in zip(places, dout.ravel(), strict=True))

    used = [x[place] for place, d in zip(places, dout.ravel(), strict=True) if d]
    expected = (x, w, out, dout, *stamps[[0, 1, 3]], stamps.sum(axis=0), *used, dw)
    assert_printed(CONVOLUTION, "math-conv-backward-naive", *expected)
    assert r"\mathtt{db} = 1 + 2 + 0 + 3 = 6" in text(CONVOLUTION, "math-conv-backward-naive")


def test_a_slice_that_ends_at_minus_zero_is_empty():
    assert np.zeros((2, 3, 4, 5))[:, :, 0:-0, 0:-0].shape == (2, 3, 0, 0)
    assert "$(N, C, 0, 0)$" in text(CONVOLUTION, "question-conv-backward-naive")


def test_stride_three_with_a_small_filter_leaves_28_of_64_pixels_out():
    covered = np.zeros((8, 8), dtype=bool)
    for window in windows((8, 8), (2, 2), 3):
        covered[window] = True

    assert np.count_nonzero(~covered) == 28
    assert "28 of 64" in text(CONVOLUTION, "question-conv-backward-naive")


def places(size, field, stride, pad):
    return len(range(0, size + 2 * pad - field + 1, stride))


def test_windows_of_three_on_seven_pixels():
    assert [places(7, 3, stride, 0) for stride in (1, 2, 3)] == [5, 3, 2]
    assert "With $S = 1$ there are $4$ steps and $5$ windows" in text(CONVOLUTION, "math-conv-output-size")
    assert "$4/3$ is rounded down to $1$ step: $2$ windows" in text(CONVOLUTION, "math-conv-output-size")


def test_alexnet_needs_227_pixels_or_a_padding():
    assert (places(224, 11, 4, 0), places(227, 11, 4, 0), places(224, 11, 4, 2)) == (54, 55, 55)
    assert ((224 - 11) / 4, (224 + 4 - 11) / 4) == (53.25, 54.25)
    for number in ("53.25", "54 windows", "$227$", "54.25"):
        assert number in text(CONVOLUTION, "question-conv-output-size")


def test_a_single_one_prints_the_filter_turned_by_half_a_turn():
    kernel, image = np.arange(1, 10).reshape(3, 3), np.zeros((5, 5))
    image[2, 2] = 1

    out = np.array([np.sum(image[window] * kernel) for window in windows((5, 5), (3, 3), 1)]).reshape(3, 3)

    assert out.tolist() == kernel[::-1, ::-1].tolist()
    assert_printed(CONVOLUTION, "ask-conv-forward-naive", kernel)
    assert "$9, 8, 7$ in the first row" in text(CONVOLUTION, "question-conv-forward-naive")


def example_with_three_channels():
    """Return what the cell of the example defines."""
    names = {"np": np}
    exec(text(CONVOLUTION, "by-hand"), names)  # noqa: S102  the course's own notebook
    return names


def test_the_example_with_three_channels():
    names = example_with_three_channels()
    framed = np.pad(names["color"], ((0, 0), (1, 1), (1, 1)))
    outs = [
        np.array([[np.sum(framed[:, i : i + 3, j : j + 3] * w) + b for j in (0, 2, 4)] for i in (0, 2, 4)])
        for w, b in zip(names["two"], names["biases"], strict=True)
    ]
    corner = framed[:, :3, :3]

    pairs = [array for c in range(3) for array in (corner[c], names["two"][0, c])]
    assert_printed(CONVOLUTION, "three-channels", *pairs, *outs)
    assert np.sum(corner * names["two"][0], axis=(1, 2)).tolist() == [1, 4, -1]
    assert "$1 + 4 - 1 + 1 = 5$" in text(CONVOLUTION, "three-channels")
    assert framed.shape == (3, 7, 7)


def test_the_filters_of_the_table_sum_to_what_the_text_says():
    def total(middle, beside, corner):
        return middle + 4 * beside + 4 * corner

    assert (total(5, -1, 0), total(1, 1, 1), total(8, -1, -1)) == (1, 9, 0)
    assert "blur (9 times too bright" in text(CONVOLUTION, "filters")


def test_the_parameters_of_the_examples():
    assert (96 * 363, 96 * 363 + 96, 2 * 27 + 2) == (34_848, 34_944, 56)
    for number in (r"34{,}848", r"34{,}944", r"2 \cdot 27 + 2 = 56"):
        assert number in text(CONVOLUTION, "math-conv-parameters")


def test_two_small_filters_have_18_weights_for_25():
    assert (2 * 3 * 3, 5 * 5) == (18, 25)
    assert r"$2 \cdot 9\,C^2 = 18\,C^2$ against $25\,C^2$" in text(CONVOLUTION, "question-conv-parameters")


def test_the_multiply_adds_of_the_examples():
    assert (2 * 3 * 3 * 27, 96 * 55 * 55, 96 * 55 * 55 * 363) == (486, 290_400, 105_415_200)
    for number in ("$486$", r"290{,}400", r"105{,}415{,}200"):
        assert number in text(CONVOLUTION, "math-conv-multiply-adds")
    assert round(227**2 / 55**2, 1) == 17.0
    assert "$227^2/55^2 = 17.0$" in text(CONVOLUTION, "question-conv-multiply-adds")


def test_the_convolutions_of_alexnet_have_few_parameters_and_do_nearly_all_the_work():
    names = {
        "np": np,
        "conv_parameters": lambda w: int(np.prod(w)) + w[0],
        "conv_multiply_adds": lambda x, w, p: (
            w[0] * np.prod([places(x[k], w[k], *p.values()) for k in (2, 3)]) * np.prod(w[1:])
        ),
        "print": lambda *_: None,
    }
    counted = text(CONVOLUTION, "picture-conv-multiply-adds").partition("plots.")[0]

    exec(counted, names)  # noqa: S102  the course's own notebook

    learned, work = np.array(names["learned"]), np.array(names["work"])
    assert learned[:5].sum() / learned.sum() < 0.07
    assert work[:5].sum() / work.sum() > 0.93


def test_ten_steps_find_the_kind_of_filter_and_a_hundred_not_all_of_it():
    from cs231n_lib.layers import conv_backward_naive, conv_forward_naive
    from cs231n_lib.photographs import photograph

    piece = photograph("flower", size=(24, 36), grey=True)[None]
    piece = (piece - piece.mean()) / piece.std()
    target, w = np.array([[[[-1.0, 0.0, 1.0], [-2.0, 0.0, 2.0], [-1.0, 0.0, 1.0]]]]), np.zeros((1, 1, 3, 3))
    conv_param = {"stride": 1, "pad": 1}
    wanted, _ = conv_forward_naive(piece, target, np.zeros(1), conv_param)
    for _ in range(10):
        out, cache = conv_forward_naive(piece, w, np.zeros(1), conv_param)
        w = w - 0.25 * conv_backward_naive((out - wanted) / out.size, cache)[1]

    assert (np.sign(w[..., 0]) == -1).all()
    assert (np.sign(w[..., 2]) == 1).all()
    assert 0.5 < np.abs(w - target).max() < 1
