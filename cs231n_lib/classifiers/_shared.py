"""What the classifiers share: how weights are drawn, penalized and saved."""

from pathlib import Path

import numpy as np

from cs231n_lib.checkpoint import read_state, write_state

FOLDER = Path("saved")  # of the working directory: that of an installed package may not be writable


def normal(*shape):
    """Draw from NumPy's global generator, as the official course does: its published numbers follow from it."""
    return np.random.randn(*shape)  # noqa: NPY002


def conv_params(layer, w_shape, fan_in, F):
    """Return filters for ReLU, as `cs231n_lib.initialization.he_init` draws them, and F biases."""
    return {f"W{layer}": np.sqrt(2 / fan_in) * normal(*w_shape), f"b{layer}": np.zeros(F)}


def norm_params(layer, F):
    """Return the scales and shifts of F channels."""
    return {f"gamma{layer}": np.ones(F), f"beta{layer}": np.zeros(F)}


def set_mode(params, mode):
    """Set the mode of those dropout and normalization parameters that have one."""
    for param in params:
        if "mode" in param:
            param["mode"] = mode


def add_penalty(loss, grads, params, reg):
    """Add ``reg / 2`` times the squares of the weights to the loss, and the slopes of that to the gradients."""
    reg = float(reg)  # a NumPy float64 would turn float32 into float64
    for name in grads:
        if name.startswith("W"):  # biases, scales and shifts are free
            loss += 0.5 * reg * (params[name] ** 2).sum()
            grads[name] += reg * params[name]
    return loss, grads


def save_network(network, fname):
    """Save the parameters of the network, and the running averages if it has any.

    Parameters
    ----------
    fname : str or Path
        A name in the folder ``saved`` of the working directory, which is made, or an absolute path. The file is
        one of `cs231n_lib.checkpoint`, whatever its name ends in.
    """
    save_state(fname, {"params": network.params, "bn_params": getattr(network, "bn_params", [])})


def load_network(network, fname):
    """Load what `save` has saved.

    Parameters
    ----------
    fname : str or Path

    Returns
    -------
    found : bool
        False if there is no such file.

    Raises
    ------
    ValueError
        If the file is damaged, or its parameters have other names.
    """
    state = load_state(fname, network.params)
    if state is not None:
        network.params = state["params"]
        if state["bn_params"]:
            network.bn_params = state["bn_params"]
    return state is not None


def save_state(fname, state):
    """Write a file and say so."""
    write_state(FOLDER / fname, state)
    print(f"{fname} saved.")


def load_state(fname, names):
    """Return the content of a file whose parameters have these names, or None without a file, and say so."""
    if not (FOLDER / fname).exists():
        print(f"{fname} not available.")
        return None
    state = read_state(FOLDER / fname)
    saved = state.get("params", {})
    if saved.keys() != set(names):
        raise ValueError(
            f"`fname` must hold the parameters {', '.join(names)} (got {str(fname)!r} with {', '.join(saved)}). "
            "Load it into a model made like the one that saved it."
        )
    print(f"{fname} loaded.")
    return state
