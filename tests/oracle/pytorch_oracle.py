"""What the comparisons with PyTorch share: inputs of every kind, and one comparison of forward and backward."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch", reason="PyTorch is the oracle: pip install torch")

# Derandomized: the same examples on every machine. No deadline: a test must not depend on the clock.
generated = settings(max_examples=60, deadline=None, derandomize=True)
seeds = st.integers(0, 10_000)

TOLERANCES = {np.float64: 1e-9, np.int64: 1e-9, np.float32: 1e-3}
LAYOUTS = {
    "C order": np.ascontiguousarray,
    "Fortran order": np.asfortranarray,
    "every other number": lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    "backwards": lambda array: array[::-1].copy()[::-1],
    "axes turned": lambda array: np.moveaxis(np.moveaxis(array, 0, -1).copy(), -1, 0),
}


@dataclass(frozen=True)
class Kind:
    """What arrays are made of and how they lie in memory."""

    dtype: Any
    layout: str

    def make(self, array):
        return LAYOUTS[self.layout](array.astype(self.dtype))


PLAIN = Kind(np.float64, "C order")
kinds = st.builds(Kind, st.sampled_from(list(TOLERANCES)), st.sampled_from(list(LAYOUTS)))


@st.composite
def image_batches(draw, padded):
    """Draw (N, C, H, W), (HH, WW), stride and pad, with a window that fits into the padded image."""
    pad = draw(st.integers(0, 3)) if padded else 0
    HH, WW = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    H = draw(st.integers(max(1, HH - 2 * pad), HH + 5))
    W = draw(st.integers(max(1, WW - 2 * pad), WW + 5))
    shape = draw(st.integers(1, 3)), draw(st.integers(1, 3)), H, W
    return shape, (HH, WW), draw(st.integers(1, 5)), pad


def distinct(seed, *shape):
    """Return numbers 0.25 apart, none of them zero, that float32 holds exactly."""
    size = int(np.prod(shape))
    return (np.random.default_rng(seed).permutation(size).reshape(shape) - size // 2 + 0.5) / 4


def normal(seed, *shapes):
    """Return arrays of normal numbers, times 4 so that integers are left of them."""
    rng = np.random.default_rng(seed)
    return [4 * rng.normal(size=shape) for shape in shapes]


def tensor(array):
    return torch.tensor(np.array(array, np.float64, order="C"))  # PyTorch refuses arrays that run backwards


def assert_agrees(ours, theirs, tolerance=1e-9):
    theirs = theirs.detach().numpy()
    assert ours.shape == theirs.shape
    scale = max(1.0, np.abs(theirs).max(initial=0.0))
    np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=tolerance * scale)


def assert_layer_agrees(forward, backward, reference, arrays, seed, kind=PLAIN):
    """Compare the output, and each gradient for a random upstream gradient; nothing given may change."""
    arrays = [kind.make(array) for array in arrays]
    leaves = [tensor(array).requires_grad_() for array in arrays]
    expected = reference(*leaves)
    dout = kind.make(normal(seed + 1, tuple(expected.shape))[0])
    expected.backward(tensor(dout))
    given = [array.copy() for array in (*arrays, dout)]

    out, cache = forward(*arrays)
    grads = backward(dout, cache)

    results, theirs = [out, *(grads if isinstance(grads, tuple) else (grads,))], [expected, *(x.grad for x in leaves)]
    for ours, their in zip(results, theirs, strict=True):
        assert ours.dtype == (np.float32 if kind.dtype is np.float32 else np.float64)
        assert_agrees(ours, their, TOLERANCES[kind.dtype])
    for array, before in zip((*arrays, dout), given, strict=True):
        np.testing.assert_array_equal(array, before)
