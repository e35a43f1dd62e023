"""The numbers of the lesson on segmentation, computed and compared."""

from itertools import product

import numpy as np
from released_course import WORKED, cells_of, exercises_of

from cs231n_lib import layers, scenes

(PATH,) = [path for path in WORKED if path.stem == "segmentation"]
TEXT = {cell["id"]: cell["source"] for cell in cells_of(PATH)}
OWN = exercises_of(PATH)
Y = np.array([[0, 0, 1, 1], [0, 0, 2, 2]])
PAIRS = [(0, 0), (0, 1), (1, 0), (1, 1)]  # of a 2 x 2 window, and of four windows
Y_PRED = np.array([[0, 1, 1, 1], [0, 0, 0, 2]])


def matrix(array):
    """Write a matrix as the lesson does."""
    return r"\begin{pmatrix} " + r" \\ ".join("&".join(map(str, row)) for row in array) + r" \end{pmatrix}"


def test_two_pixels_by_hand():
    scores = np.array([[[[0, np.log(3)]], [[0, 0]]]])  # (1, 2, 1, 2)

    loss, dscores = OWN["pixel_softmax_loss"](scores, np.array([[[1, 0]]]))

    costs = [round(-np.log(p), 3) for p in (1 / 2, 3 / 4)]
    assert costs == [0.693, 0.288]
    assert round(loss, 3) == 0.490
    for number in ("0.693", "0.288", "0.490", r"(0.25,\; -0.125)", r"(-0.25,\; 0.125)"):
        assert number in TEXT["math-pixel-softmax-loss"]
    np.testing.assert_allclose(dscores[0, :, 0], [[0.25, -0.125], [-0.25, 0.125]])


def test_scores_of_zero_cost_the_logarithm_of_four():
    loss, _ = OWN["pixel_softmax_loss"](np.zeros((2, 4, 3, 3)), np.ones((2, 3, 3), int))

    assert f"{loss:.3f}" == "1.386"
    assert "$\\ln 4 = 1.386$" in TEXT["question-pixel-softmax-loss"]
    assert 24 * 24 == 576


def test_eight_pixels_by_hand():
    rows = [line.split("|")[1:7] for line in TEXT["math-mean-iou"].splitlines() if line[:3] in {"| 0", "| 1", "| 2"}]

    assert matrix(Y) in TEXT["math-mean-iou"]
    assert matrix(Y_PRED) in TEXT["math-mean-iou"]
    for c, right, predicted, both, either, iou in rows:
        guess, truth = int(c) == Y_PRED, int(c) == Y
        counts = [truth.sum(), guess.sum(), (guess & truth).sum(), (guess | truth).sum()]
        assert counts == [int(right), int(predicted), int(both), int(either)]
        assert f" {counts[2] / counts[3]:.3f} " == iou
    assert len(rows) == 3
    assert f"{OWN['mean_iou'](Y_PRED, Y, 4):.3f}" == "0.589"
    assert (Y_PRED == Y).mean() == 0.75
    assert f"{OWN['mean_iou'](np.zeros_like(Y), Y, 4):.3f}" == "0.167"
    assert all(number in TEXT["math-mean-iou"] for number in ("0.589", r"75\,\%", "0.167"))


def test_a_square_that_is_one_pixel_off():
    ious = []
    for side in (10, 40):
        y = np.zeros((60, 60), int)
        y[5 : 5 + side, 5 : 5 + side] = 1
        ious.append(np.sum(np.roll(y, 1, axis=1) & y) / np.sum(np.roll(y, 1, axis=1) | y))

    assert [f"{iou:.3f}" for iou in ious] == ["0.818", "0.951"]
    assert all(f"{iou:.3f}" in TEXT["question-mean-iou"] for iou in ious)


def test_three_quarters_of_the_new_scenes_are_background():
    _, labels = scenes.make_scenes(200, size=24, seed=1)

    assert f"{np.mean(labels == 0):.0%}" == "74%"
    assert "74 %" in TEXT["why-mean-iou"]


def test_the_weights_of_the_two_decoders():
    unpool = 24 * 48 * 3 * 3, 4 * 24 * 3 * 3
    transpose = 48 * 24 * 4 * 4, 24 * 4 * 4 * 4

    for counts in (unpool, transpose):
        assert f"{counts[0]} + {counts[1]} = {sum(counts)}" in TEXT["question-experiment"]


def test_unpooling_and_a_convolution_by_hand():
    arguments = np.array([[[[7.0, 8.0]]]]), np.array([[[[1.0, 10.0]]]]), np.zeros(1), np.array([[[[4, 2]]]]), (2, 4)
    dout = np.array([[1, 2, 3], [4, 5, 6]])

    out, cache = OWN["unpool_conv_forward"](*arguments, {"stride": 1, "pad": 0})
    dx, dw, db = OWN["unpool_conv_backward"](dout[None, None].astype(float), cache)

    assert matrix(out[0, 0].astype(int)) in TEXT["math-unpool-conv-forward"]
    assert matrix(dout) in TEXT["math-unpool-conv-backward"]
    assert (dx.ravel().tolist(), dw.ravel().tolist(), db.tolist()) == ([4, 23], [52, 16], [21])
    for numbers in (r"(4,\; 23)", r"(52,\; 16)", r"\mathtt{db} = 21"):
        assert numbers in TEXT["math-unpool-conv-backward"]


def test_the_gradient_of_a_place_that_nobody_wrote():
    large = np.array([[[[0.0, 0, 8, 0], [7, 0, 0, 0]]]])
    _, cache = layers.conv_forward_naive(large, np.array([[[[1.0, 10.0]]]]), np.zeros(1), {"stride": 1, "pad": 0})

    dlarge, _, _ = layers.conv_backward_naive(np.arange(1.0, 7).reshape(1, 1, 2, 3), cache)

    assert dlarge[0, 0, 0, 3] == 30
    assert r"$10 \cdot 3 = 30$" in TEXT["question-unpool-conv-backward"]


def test_how_many_numbers_lie_under_a_filter():
    counts = {
        sum((2 * i + p in rows) and (2 * j + q in rows) for (i, j), (p, q) in zip(PAIRS, winners, strict=True))
        for rows in (range(3), range(1, 4))
        for winners in product(PAIRS, repeat=4)
    }

    assert counts == {1, 2, 3, 4}
