"""The numbers beside the predictions of the lessons on layers: computed, compared, and predicted as they come out."""

import numpy as np
import pytest
from released_course import WORKED, cells_of, defined_in

TEXT = {cell["id"]: cell["source"] for path in WORKED for cell in cells_of(path)}
ROW = [0, 1, 2, 3, 4]


def predict(notebook, name, *case):
    return defined_in(notebook)[f"predict_{name}"](*case)


def normalized(x):
    return (x - x.mean()) / x.std()


def windows(size, window, stride):
    return [range(start, start + window) for start in range(0, size - window + 1, stride)]


def test_the_mean_of_the_squares_of_a_feature():
    assert 4**2 + 3**2 == 25
    assert "= 4^2 + 3^2 = 25$" in TEXT["math-predict-dropout-variance"]


def test_dropout_varies_as_predicted():
    forward = defined_in("dropout")["dropout_forward"]
    feature = 10 + np.random.default_rng(0).normal(size=400_000)

    for p in (0.5, 0.8):
        out, _ = forward(feature, {"mode": "train", "p": p, "seed": 0})
        assert out.var() == pytest.approx(predict("dropout", "dropout_variance", p, 10.0, 1.0), rel=0.01)
    assert predict("dropout", "dropout_variance", 0.5, 0.0, 1.0) == 1 / 0.5


def test_an_outlier_in_a_batch_of_two_and_of_fifty():
    assert normalized(np.array([8.0, 0.0])).tolist() == [1, -1]
    assert predict("batch_normalization", "outlier", 2, 8.0) == 1

    x = np.zeros(50)
    x[0] = 1000
    assert (x.std(), normalized(x)[0], normalized(x)[1]) == pytest.approx((140, 7, -1 / 7))
    assert round(140**2 / 10) == 1960
    assert predict("batch_normalization", "outlier", 50, 1000.0) == 7


def test_four_numbers_that_are_multiplied_by_ten():
    x, text = np.array([3.0, 9.0, 11.0, 17.0]), TEXT["math-predict-undone"]

    assert normalized(x) == pytest.approx([-1.4, -0.2, 0.2, 1.4])
    assert ((10 * x).mean(), (10 * x).std()) == pytest.approx((100, 50))
    assert np.array([3, 9, 11, 170]).mean() == 48.25
    assert "mean $48.25$" in text
    for scaled in ("the batch", "an image", "a group", "a channel", "a map", "a pixel"):
        assert f'`"{scaled}"`' in text


def test_the_words_to_choose_from_stand_in_the_text_and_in_the_stub():
    for word in ("no layer", "batch", "instance", "batch and instance", "instance and group", "all but batch", "all"):
        assert f'`"{word}"`' in TEXT["math-predict-undone"]
        assert f"'{word}'" in TEXT["predict-undone"]


def test_windows_that_hang_over_a_row_of_four():
    covered = [range(start - 1, start + 2) for start in range(4)]

    assert [f"{min(one)} to {max(one)}" for one in covered] == ["-1 to 1", "0 to 2", "1 to 3", "2 to 4"]
    assert sum(min(one) < 0 or max(one) > 3 for one in covered) == 2
    assert [predict("convolution", "padded", 28, k) / 28**2 for k in (3, 5, 7)] == pytest.approx(
        [0.138, 0.265, 0.383], abs=1e-3
    )


def test_how_often_pixels_of_a_row_are_copied():
    assert [sum(pixel in one for one in windows(5, 3, 1)) for pixel in ROW] == [1, 2, 3, 2, 1]
    assert [sum(pixel in one for one in windows(5, 3, 2)) for pixel in ROW] == [1, 1, 2, 1, 1]


def test_the_sums_of_all_copies():
    for stride, total in ((1, 324), (2, 81)):
        counts = [predict("im2col", "copies", i, j, 8, 3, stride) for i in range(8) for j in range(8)]
        assert sum(counts) == total == 9 * len(windows(8, 3, stride)) ** 2
        assert f"= {total}$" in TEXT["question-predict-copies"]


def test_three_of_four_windows_of_two_pixels_are_bright():
    assert np.mean([max(a, b) for a in (0, 1) for b in (0, 1)]) == 0.75


def test_two_layers_of_pooling_are_one_larger_layer():
    once = predict("pooling", "bright", 0.1, 2)

    assert f"{once:.3f}" == "0.344"
    assert f"{predict('pooling', 'bright', once, 2):.3f}" == "0.815"
    assert predict("pooling", "bright", once, 2) == pytest.approx(predict("pooling", "bright", 0.1, 4))
    assert "0.344" in TEXT["question-predict-bright"]
    assert "0.815" in TEXT["question-predict-bright"]


def test_the_saving_of_single_pixels_and_channels():
    assert predict("spatial_normalization", "saving", 16, 1, 1) == 0.5


def test_the_view_of_two_layers_and_of_the_sandwich():
    assert predict("convolutional_networks", "receptive_field", 3, [3, 1]) == 9
    assert predict("convolutional_networks", "receptive_field", 5, [7]) == 5
    assert [predict("convolutional_networks", "receptive_field", 3, [s] * 4) for s in (1, 2)] == [9, 31]
    pooled = {pixel for place in (0, 1) for pixel in range(place, place + 3)}
    assert len(pooled) == 4
    assert r"$4 \times 4$, 16 pixels" in TEXT["question-predict-receptive-field"]


def test_stamps_in_a_row_and_in_blocks_of_two_by_two():
    counts = np.zeros(4)
    for start in range(3):
        counts[start : start + 2] += 1
    assert counts.tolist() == [1, 2, 2, 1]

    row = np.array([2, 1])  # far from the border, filter 3 and stride 2
    assert sorted(np.outer(row, row).ravel().tolist()) == [1, 2, 2, 4]
    assert predict("upsampling", "unevenness", 3, 2) == 4


def test_an_outline_that_is_one_pixel_off():
    truth, guess = set(range(2, 6)), set(range(1, 7))

    assert (len(truth), len(guess)) == (4, 6)
    assert f"{len(truth & guess) / len(truth | guess):.3f}" == "0.667"
    assert f"{predict('segmentation', 'iou', 10, 1):.3f}" == "0.694"
    assert f"{predict('segmentation', 'iou', 10, -1):.2f}" == "0.64"
