"""The numbers of the lesson on pooling, computed and compared."""

from itertools import product

import numpy as np
from printed import assert_printed, printed_matrices, text, windows

POOLING = "assignment3/pooling"
POOLED_IMAGE = np.array([[1, 3, 2, 0], [4, 6, 1, 8], [3, 1, 0, 2], [2, 2, 7, 5]])


def pooled(size, stride):
    return np.array([POOLED_IMAGE[window].max() for window in windows((4, 4), size, stride)])


def test_the_pooling_examples_keep_the_largest_entries():
    overlapping, narrow = pooled((2, 2), 1).reshape(3, 3), pooled((1, 2), 2).reshape(2, 2)

    examples = (POOLED_IMAGE, pooled((2, 2), 2).reshape(2, 2), overlapping, narrow)

    assert_printed(POOLING, "math-max-pool-forward-naive", *examples)


def test_taking_the_last_entry_of_each_window_passes_on_increasing_numbers_only():
    def passes(image):
        places = windows((4, 4), (2, 2), 2)
        return all(image[place].max() == image[place][-1, -1] for place in places)

    increasing = np.arange(16.0).reshape(4, 4)

    assert passes(increasing)
    assert not passes(increasing[::-1, ::-1])
    assert not passes(POOLED_IMAGE)
    assert POOLED_IMAGE[1::2, 1::2].ravel().tolist() == [6, 8, 2, 5]


def pooling_gradient(stride, dout):
    dx = np.zeros((4, 4))
    for (rows, cols), d in zip(windows((4, 4), (2, 2), stride), dout, strict=True):
        winner = max(
            product(range(rows.start, rows.stop), range(cols.start, cols.stop)),
            key=lambda at: POOLED_IMAGE[at],
        )
        dx[winner] += d
    return dx


def test_the_pooling_gradients_go_to_the_winners_and_add_up():
    disjoint, overlapping = pooling_gradient(2, [1, 2, 3, 4]), pooling_gradient(1, [1] * 9)

    assert_printed(POOLING, "math-max-pool-backward-naive", [[1, 2], [3, 4]], disjoint, overlapping)
    assert overlapping.sum() == 9
    assert np.count_nonzero(overlapping) == 4


def test_the_means_of_the_windows():
    means = np.array([POOLED_IMAGE[window].mean() for window in windows((4, 4), (2, 2), 2)]).reshape(2, 2)

    assert_printed(POOLING, "math-avg-pool-forward", POOLED_IMAGE, means)


def test_a_single_pixel_under_both_poolings():
    assert (1 / 16, 15 / 16) == (0.0625, 0.9375)
    assert "$1/16 = 0.0625$" in text(POOLING, "question-avg-pool-forward")
    assert "$15/16 = 0.9375$" in text(POOLING, "question-avg-pool-forward")


def spread_out(stride, dout):
    dx = np.zeros((4, 4))
    for window, d in zip(windows((4, 4), (2, 2), stride), np.ravel(dout), strict=True):
        dx[window] += d / 4
    return dx


def test_the_gradients_of_the_mean_are_shared():
    dout = np.array([[4, 8], [12, -4]])

    assert_printed(POOLING, "math-avg-pool-backward", dout, spread_out(2, dout), spread_out(1, [1] * 9))
    assert 4**5 == 1024
    assert "$4^5 = 1024$" in text(POOLING, "question-avg-pool-backward")
    assert round(100 * 8 / 9) == 89
    assert "$8/9 = 89$ percent" in text(POOLING, "question-avg-pool-backward")


def test_the_probabilities_of_a_draw():
    window = np.array([[1, 2], [0, 1]])
    p = window / window.sum()

    assert_printed(POOLING, "math-stochastic-pool-forward", window, p)
    assert (np.sum(p * window), window.mean(), window.max()) == (1.5, 1, 2)
    assert "= 1.5$. The mean of the window is 1, its maximum 2" in text(POOLING, "math-stochastic-pool-forward")


def test_test_mode_lies_between_mean_and_maximum():
    window = np.array([8, 1, 1, 0])

    assert (round(np.sum(window**2) / window.sum(), 9), window.max(), window.mean()) == (6.6, 8, 2.5)
    assert "= 6.6$; the maximum is 8, the mean 2.5" in text(POOLING, "question-stochastic-pool-forward")


def test_both_windows_draw_the_only_number_that_is_not_zero():
    x, out, dout, dx = printed_matrices(POOLING, "math-stochastic-pool-backward")

    assert (x.tolist(), out.tolist(), dout.tolist()) == ([[0, 9, 0]], [[9, 9]], [[1, 10]])
    assert dx.tolist() == [[0, dout.sum(), 0]]


def test_the_derivatives_in_test_mode_agree_with_central_differences():
    window, h = np.array([1.0, 2.0, 0.0, 1.0]), 1e-6

    def out(a):
        return np.sum(a**2) / a.sum()

    slopes = [(out(window + step) - out(window - step)) / (2 * h) for step in h * np.eye(4)]

    np.testing.assert_allclose(slopes, [0.125, 0.625, -0.375, 0.125], atol=1e-9)
    for number in ("0.125$ for each 1", "0.625$ for the 2", "-0.375$ for the 0"):
        assert number in text(POOLING, "question-stochastic-pool-backward")


def test_what_a_shift_changes():
    from cs231n_lib.layers import avg_pool_forward, max_pool_forward_naive
    from cs231n_lib.photographs import photograph

    four = {"pool_height": 4, "pool_width": 4, "stride": 4}
    edges = np.abs(np.diff(photograph("china", size=(80, 120), grey=True)[None], axis=3))

    def change(pool, shift):
        here, there = pool(edges[..., :112]), pool(edges[..., shift : 112 + shift])
        return np.linalg.norm(here - there) / np.linalg.norm(here)

    pooled_changes = {
        shift: [
            change(lambda x, pool=pool: pool(x, four)[0], shift)
            for pool in (max_pool_forward_naive, avg_pool_forward)
        ]
        for shift in (1, 4)
    }
    assert change(lambda x: x, 1) > 0.9
    assert np.allclose(pooled_changes[1], 1 / 3, atol=0.08)
    assert np.allclose(pooled_changes[4], 3 / 4, atol=0.03)
    assert "by about a third of their size" in text(POOLING, "question-keep-and-lose")


def test_the_mean_of_sixteen_has_a_quarter_of_the_noise_and_the_maximum_more_than_all():
    noise = np.random.default_rng(0).normal(size=(2000, 16))

    assert abs(noise.mean(axis=1).std() - 0.25) < 0.02
    assert np.sqrt(np.mean(noise.max(axis=1) ** 2)) > 1.5
    assert "has half the noise" in text(POOLING, "why-avg-pool-forward")


def test_the_global_means_and_their_gradients():
    first, second, out = printed_matrices(POOLING, "math-global-avg-pool-forward")
    dout, *shares = printed_matrices(POOLING, "math-global-avg-pool-backward")

    assert out.tolist() == [[first.mean(), second.mean()]]
    assert [share.tolist() for share in shares] == [np.full((2, 2), d / 4).tolist() for d in dout[0]]


def test_what_the_head_of_a_network_costs():
    assert 512 * 7 * 7 == 25_088
    assert "25,088 numbers" in text(POOLING, "why-global-avg-pool-forward")


def test_the_three_largest_in_their_order():
    x = np.array([3, 9, 1, 7, 8])
    places = sorted(sorted(range(5), key=lambda t: -x[t])[:3])

    assert (places, x[places].tolist()) == ([1, 3, 4], [9, 7, 8])
    assert "the places are 1, 3, 4, and the output is $9, 7, 8$" in text(POOLING, "math-kmax-pool-forward")
    dx = np.zeros(5, int)
    dx[places] = 10, 20, 30
    assert dx.tolist() == [0, 10, 0, 20, 30]
    assert r"$\mathtt{dx} = (0, 10, 0, 20, 30)$" in text(POOLING, "math-kmax-pool-backward")


def test_dynamic_k_shrinks_from_layer_to_layer():
    k = [max(3, -(-(3 - layer) * 18 // 3)) for layer in (1, 2, 3)]

    assert k == [12, 6, 3]
    for value in ("= 12$", "= 6$", "= 3$"):
        assert value in text(POOLING, "question-kmax-pool-forward")
    assert round(100 * 15 / 18) == 83
    assert "$15/18 = 83$ percent" in text(POOLING, "question-kmax-pool-backward")


def test_two_boards_become_the_same():
    names = {"np": np, "max_pool_forward_naive": lambda x, _: (pooled_boards(x), None), "plots": Panels()}

    exec(text(POOLING, "picture-boards"), names)  # noqa: S102  the course's own notebook

    board, moved, pooled_board, pooled_moved = names["plots"].shown
    assert np.argwhere(board != moved).tolist() == [[2, 2], [3, 3]]
    assert pooled_board.tolist() == pooled_moved.tolist()


def pooled_boards(x):
    return x.reshape(1, 1, 3, 2, 3, 2).max(axis=(3, 5))


class Panels:
    def matrices(self, panels):
        self.shown = list(panels.values())


def test_nine_layers_of_three_by_three_see_the_whole_board_from_the_middle():
    assert 2 * 9 + 1 == 19
    assert r"$2 \cdot 9 + 1 = 19$" in text(POOLING, "question-when-not-to-pool")
