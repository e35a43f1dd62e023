import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from layer_inputs import generated, spread_out

from cs231n_lib.gradient_check import eval_numerical_gradient_array
from cs231n_lib.layers import affine_backward, affine_forward

sizes = st.integers(1, 4)
inputs = st.tuples(sizes, st.lists(st.integers(1, 3), max_size=3), sizes)  # N, the axes of an example, M


def draw_arrays(N, axes, M):
    return spread_out(N, *axes), spread_out(int(np.prod(axes)), M, seed=1), spread_out(M, seed=2)


@generated
@given(inputs)
def test_each_output_is_an_inner_product_and_a_bias(shape):
    x, w, b = draw_arrays(*shape)

    out, _ = affine_forward(x, w, b)

    expected = [
        [
            sum(p * q for p, q in zip(example.flat, column, strict=True)) + bias
            for column, bias in zip(w.T, b, strict=True)
        ]
        for example in x
    ]
    np.testing.assert_allclose(out, expected, rtol=1e-12, atol=1e-12)


@generated
@given(inputs)
def test_the_gradients_are_the_numeric_ones(shape):
    arrays = draw_arrays(*shape)
    out, cache = affine_forward(*arrays)
    dout = spread_out(*out.shape, seed=3)

    grads = affine_backward(dout, cache)

    for array, grad in zip(arrays, grads, strict=True):
        numeric = eval_numerical_gradient_array(lambda _: affine_forward(*arrays)[0], array, dout)
        np.testing.assert_allclose(grad, numeric, rtol=1e-6, atol=1e-8)


def test_pixels_of_uint8_do_not_overflow():
    x = np.array([[200, 200]], dtype=np.uint8)
    w = np.array([[2], [2]], dtype=np.uint8)

    out, _ = affine_forward(x, w, np.zeros(1, dtype=np.uint8))

    np.testing.assert_array_equal(out, [[800.0]])


def test_an_empty_batch_gives_an_empty_output_and_zero_gradients():
    out, cache = affine_forward(np.zeros((0, 2, 3)), np.ones((6, 4)), np.ones(4))

    dx, dw, db = affine_backward(out, cache)

    assert out.shape == (0, 4)
    assert dx.shape == (0, 2, 3)
    assert not dw.any()
    assert not db.any()


@pytest.mark.parametrize(
    ("x", "w", "b", "message"),
    [
        (
            (2, 5),
            (6, 3),
            (3,),
            "`x` must have 6 features for each example (got shape (2, 5)). "
            "The rows of `w` belong to the features of `x`.",
        ),
        (
            (),
            (6, 3),
            (3,),
            "`x` must have 6 features for each example (got shape ()). "
            "The rows of `w` belong to the features of `x`.",
        ),
        ((2, 6), (6,), (3,), "`w` must have the axes (D, M) (got shape (6,)). Reshape it first."),
        (
            (2, 6),
            (6, 3),
            (1, 3),
            "`b` must have shape (3,) (got (1, 3)). There is one bias for each column of `w`.",
        ),
    ],
)
def test_shapes_that_do_not_belong_together_are_refused(x, w, b, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        affine_forward(np.ones(x), np.ones(w), np.ones(b))
