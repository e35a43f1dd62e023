# ruff: noqa: ARG005, D103  the sentence of help says what each of them gets wrong
"""What goes wrong in all layers of a network forward and backward."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _layers(params, x, *, relu=True, last=False):
    L, caches = len(params) // 2, []
    for layer in range(1, L + 1):
        rows = x.reshape(len(x), -1)
        z = rows @ params[f"W{layer}"] + params[f"b{layer}"]
        x = np.maximum(0, z) if relu and (layer < L or last) else z
        caches.append((rows, params[f"W{layer}"], z))
    return x, caches


@misconception("network_forward", "The last layer ends in relu, too: then no score is negative.")
def network_forward_relu_on_scores(params, x):
    return _layers(params, x, last=True)


@misconception("network_forward", "No layer ends in relu: affine maps in a row make one affine map.")
def network_forward_without_relu(params, x):
    return _layers(params, x, relu=False)


@misconception("network_forward", "Every layer works on the examples: it is to work on what the layer before gives.")
def network_forward_from_the_input(params, x):
    rows, L = x.reshape(len(x), -1), len(params) // 2
    out = rows
    for layer in range(1, L + 1):
        W = params[f"W{layer}"]
        source = rows if len(W) == rows.shape[1] else out
        out = source @ W + params[f"b{layer}"]
        out = out if layer == L else np.maximum(0, out)
    return out, _layers(params, x)[1]


@misconception("network_forward", "The biases of the layers are left out.")
def network_forward_without_biases(params, x):
    bare = {name: array if name[0] == "W" else 0 * array for name, array in params.items()}
    return _layers(bare, x)


def _backward(dout, caches, *, gate):
    """Go back through affine and relu, as long as the caches are those of the course."""
    L, grads = len(caches), {}
    for layer in range(L, 0, -1):
        fc, z = (caches[layer - 1], None) if layer == L else caches[layer - 1]
        x, W, _ = fc
        dz = dout if z is None else gate(dout, z)
        grads[f"W{layer}"], grads[f"b{layer}"] = x.reshape(len(x), -1).T @ dz, dz.sum(axis=0)
        dout = dz @ W.T
    return grads


@misconception(
    "network_backward", "The gradient does not go back through relu: it stops where the output was cut off."
)
def network_backward_without_relu(dscores, caches):
    return _backward(dscores, caches, gate=lambda dout, z: dout)


@misconception("network_backward", "The gate of relu is that of the gradient: it is the output that was cut off.")
def network_backward_gates_the_gradient(dscores, caches):
    return _backward(dscores, caches, gate=lambda dout, z: np.maximum(0, dout))


@misconception("network_backward", "The names count the layers from the end: W1 belongs to the first layer.")
def network_backward_numbers_from_the_end(dscores, caches):
    grads = _backward(dscores, caches, gate=lambda dout, z: dout * (z > 0))
    L = len(caches)
    return {f"{name[0]}{L + 1 - int(name[1:])}": grad for name, grad in grads.items()}


@misconception("network_backward", "The gradients are averaged over the examples once more: the loss has done that.")
def network_backward_averages(dscores, caches):
    grads = _backward(dscores, caches, gate=lambda dout, z: dout * (z > 0))
    return {name: grad / len(dscores) for name, grad in grads.items()}
