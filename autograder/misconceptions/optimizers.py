# ruff: noqa: D103  the sentence of help says what each of them gets wrong
"""What goes wrong in update rules."""

import numpy as np

from autograder.misconceptions.catalog import misconception


def _filled(w, config, names, **defaults):
    config = {} if config is None else config
    for name, value in defaults.items():
        config.setdefault(name, value)
    for name in names:
        config.setdefault(name, np.zeros_like(w))
    return config


def _momentum(w, config, momentum=0.9):
    return _filled(w, config, ["velocity"], learning_rate=1e-2, momentum=momentum)


@misconception("sgd_momentum", "The velocity is forgotten after the step: what was learned of the way is lost.")
def sgd_momentum_forgets(w, dw, config=None):
    config = _momentum(w, config)
    return w + config["momentum"] * config["velocity"] - config["learning_rate"] * dw, config


@misconception("sgd_momentum", "The step follows the gradient: it must go against it.")
def sgd_momentum_uphill(w, dw, config=None):
    config = _momentum(w, config)
    config["velocity"] = config["momentum"] * config["velocity"] + config["learning_rate"] * dw
    return w + config["velocity"], config


@misconception("sgd_momentum", "The velocity points downhill already, so it is added, not subtracted.")
def sgd_momentum_against_the_velocity(w, dw, config=None):
    config = _momentum(w, config)
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w - config["velocity"], config


@misconception("sgd_momentum", "The learning rate stands outside of the velocity: here it is inside, as in the text.")
def sgd_momentum_rate_outside(w, dw, config=None):
    config = _momentum(w, config)
    config["velocity"] = config["momentum"] * config["velocity"] + dw
    return w - config["learning_rate"] * config["velocity"], config


@misconception("sgd_momentum", "The gradient is averaged: momentum adds it in full to what is left of the speed.")
def sgd_momentum_averages(w, dw, config=None):
    config = _momentum(w, config)
    mu, eta = config["momentum"], config["learning_rate"]
    config["velocity"] = mu * config["velocity"] - (1 - mu) * eta * dw
    return w + config["velocity"], config


@misconception("sgd_momentum", "The step is made with the old velocity: the new one is what moves the parameter.")
def sgd_momentum_steps_late(w, dw, config=None):
    config = _momentum(w, config)
    old = config["velocity"]
    config["velocity"] = config["momentum"] * old - config["learning_rate"] * dw
    return w + old, config


@misconception("sgd_momentum", "A setting that is not given has a default of its own: the docstring says which.")
def sgd_momentum_of_other_defaults(w, dw, config=None):
    config = _momentum(w, config, momentum=0.5)
    config["velocity"] = config["momentum"] * config["velocity"] - config["learning_rate"] * dw
    return w + config["velocity"], config


@misconception(
    "sgd_momentum", "The velocity is kept under another name than the docstring gives: nobody finds it there."
)
def sgd_momentum_under_another_name(w, dw, config=None):
    config = _filled(w, config, ["speed"], learning_rate=1e-2, momentum=0.9)
    config["speed"] = config["momentum"] * config["speed"] - config["learning_rate"] * dw
    return w + config["speed"], config


def _rms(w, config):
    return _filled(w, config, ["cache"], learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8)


def _average(config, key, rate, new):
    config[key] = rate * config[key] + (1 - rate) * new
    return config[key]


@misconception("rmsprop", "Epsilon stands inside the root, where it acts like its own root: it is added to the root.")
def rmsprop_epsilon_inside(w, dw, config=None):
    config = _rms(w, config)
    s = _average(config, "cache", config["decay_rate"], dw**2)
    return w - config["learning_rate"] * dw / np.sqrt(s + config["epsilon"]), config


@misconception("rmsprop", "The average is taken of the gradient: it is the mean of its square that tells its size.")
def rmsprop_without_square(w, dw, config=None):
    config = _rms(w, config)
    s = _average(config, "cache", config["decay_rate"], np.abs(dw))
    return w - config["learning_rate"] * dw / (np.sqrt(s) + config["epsilon"]), config


@misconception("rmsprop", "The decay rate is the share of the old average, not of the new square.")
def rmsprop_reversed(w, dw, config=None):
    config = _rms(w, config)
    s = _average(config, "cache", 1 - config["decay_rate"], dw**2)
    return w - config["learning_rate"] * dw / (np.sqrt(s) + config["epsilon"]), config


@misconception("rmsprop", "The squares only add up: an average forgets old ones, a sum does not and steps die away.")
def rmsprop_sums(w, dw, config=None):
    config = _rms(w, config)
    config["cache"] = config["cache"] + dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(config["cache"]) + config["epsilon"]), config


@misconception("rmsprop", "The step is divided by the mean square itself: a size is its root.")
def rmsprop_without_root(w, dw, config=None):
    config = _rms(w, config)
    s = _average(config, "cache", config["decay_rate"], dw**2)
    return w - config["learning_rate"] * dw / (s + config["epsilon"]), config


@misconception("rmsprop", "The step is divided by the average of before: the newest square belongs to it.")
def rmsprop_steps_late(w, dw, config=None):
    config = _rms(w, config)
    old = config["cache"]
    _average(config, "cache", config["decay_rate"], dw**2)
    return w - config["learning_rate"] * dw / (np.sqrt(old) + config["epsilon"]), config


@misconception("rmsprop", "The average of the squares is not kept for the next step.")
def rmsprop_forgets(w, dw, config=None):
    config = _rms(w, config)
    s = config["decay_rate"] * config["cache"] + (1 - config["decay_rate"]) * dw**2
    return w - config["learning_rate"] * dw / (np.sqrt(s) + config["epsilon"]), config


@misconception(
    "rmsprop", "The mean square is kept under another name than the docstring gives: nobody finds it there."
)
def rmsprop_under_another_name(w, dw, config=None):
    config = _filled(w, config, ["mean_square"], learning_rate=1e-2, decay_rate=0.99, epsilon=1e-8)
    s = _average(config, "mean_square", config["decay_rate"], dw**2)
    return w - config["learning_rate"] * dw / (np.sqrt(s) + config["epsilon"]), config


def _begun(w, dw, config, **settings):
    """Count the step and update both averages."""
    defaults = {"learning_rate": 1e-3, "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "t": 0} | settings
    config = _filled(w, config, ["m", "v"], **defaults)
    config["t"] += 1
    m = _average(config, "m", config["beta1"], dw)
    return config, m, _average(config, "v", config["beta2"], dw**2)


def _corrected(config, m, v, t):
    return m / (1 - config["beta1"] ** t), v / (1 - config["beta2"] ** t)


@misconception("adam", "The averages are not corrected: they began at zero, so the first of them are too small.")
def adam_without_correction(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "Only the mean is corrected for its start at zero: the mean square began there, too.")
def adam_corrects_one(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    m, _ = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "Epsilon stands inside the root of Adam: it is added to the root.")
def adam_epsilon_inside(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    m, v = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / np.sqrt(v + config["epsilon"]), config


@misconception("adam", "Epsilon is added before the correction, which then enlarges it: it comes last.")
def adam_epsilon_early(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    rate = (
        config["learning_rate"] * np.sqrt(1 - config["beta2"] ** config["t"]) / (1 - config["beta1"] ** config["t"])
    )
    return w - rate * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The steps are not counted: t grows by one in each.")
def adam_never_counts(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    config["t"] -= 1
    m, v = _corrected(config, m, v, config["t"] + 1)
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "t stays what it was, so every step is corrected like the first.")
def adam_stands_still(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    config["t"] -= 1
    with np.errstate(all="ignore"):
        m, v = _corrected(config, m, v, np.float64(config["t"]))
        return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "t is counted up after it is used: the first step is number one.")
def adam_counts_late(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    with np.errstate(all="ignore"):
        m, v = _corrected(config, m, v, np.float64(config["t"] - 1))
        return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The corrected averages are kept and corrected again: keep them as they were before.")
def adam_keeps_the_corrected(w, dw, config=None):
    config, m, v = _begun(w, dw, config)
    config["m"], config["v"] = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * config["m"] / (np.sqrt(config["v"]) + config["epsilon"]), config


@misconception(
    "adam", "The two decay rates are exchanged: the first is for the mean, the second for the mean square."
)
def adam_exchanges_rates(w, dw, config=None):
    config = _filled(w, config, ["m", "v"], learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    config["t"] += 1
    m, v = _average(config, "m", config["beta2"], dw), _average(config, "v", config["beta1"], dw**2)
    m, v = m / (1 - config["beta2"] ** config["t"]), v / (1 - config["beta1"] ** config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


def _begun_with(w, dw, config, kept, new):
    """Count the step and update both averages, that of the squares with weights of its own."""
    config = _filled(w, config, ["m", "v"], learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    config["t"] += 1
    m = _average(config, "m", config["beta1"], dw)
    config["v"] = config[kept] * config["v"] + (1 - config[new]) * dw**2
    return config, m, config["v"]


@misconception("adam", "Both averages decay at the rate of the mean: the squares have a rate of their own.")
def adam_with_one_rate(w, dw, config=None):
    config, m, v = _begun_with(w, dw, config, "beta1", "beta1")
    m, v = (average / (1 - config["beta1"] ** config["t"]) for average in (m, v))
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The squares are averaged at the rate of the mean, and corrected at their own.")
def adam_averages_squares_like_the_mean(w, dw, config=None):
    config, m, v = _begun_with(w, dw, config, "beta1", "beta1")
    m, v = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The new square is weighed by the rate of the mean: the weights of an average add up to 1.")
def adam_weighs_the_square_like_the_mean(w, dw, config=None):
    config, m, v = _begun_with(w, dw, config, "beta2", "beta1")
    m, v = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The settings that are not given have defaults of their own: the docstring says which.")
def adam_of_other_defaults(w, dw, config=None):
    config, m, v = _begun(w, dw, config, learning_rate=1e-2)
    m, v = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


@misconception("adam", "The averages are kept under other names than the docstring gives: nobody finds them there.")
def adam_under_other_names(w, dw, config=None):
    config = _filled(w, config, ["mean", "square"], learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8, t=0)
    config["t"] += 1
    m, v = _average(config, "mean", config["beta1"], dw), _average(config, "square", config["beta2"], dw**2)
    m, v = _corrected(config, m, v, config["t"])
    return w - config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"]), config


def _step_of_adam(w, dw, config):
    config, m, v = _begun(w, dw, config, weight_decay=1e-2)
    m, v = _corrected(config, m, v, config["t"])
    return config, config["learning_rate"] * m / (np.sqrt(v) + config["epsilon"])


@misconception("adamw", "The decay goes through the averages of Adam, which divide it by the size of the gradients.")
def adamw_through_the_gradient(w, dw, config=None):
    decay = (config or {}).get("weight_decay", 1e-2)
    config, step = _step_of_adam(w, dw + decay * w, config)
    return w - step, config


@misconception(
    "adamw", "The decay is not multiplied by the learning rate: a smaller rate means smaller steps of both."
)
def adamw_without_the_rate(w, dw, config=None):
    config, step = _step_of_adam(w, dw, config)
    return (1 - config["weight_decay"]) * w - step, config


@misconception("adamw", "The parameter grows instead of decaying: a sign is wrong.")
def adamw_grows(w, dw, config=None):
    config, step = _step_of_adam(w, dw, config)
    return (1 + config["learning_rate"] * config["weight_decay"]) * w - step, config


@misconception("adamw", "The step decays with the parameter: the decay is that of the parameter before the step.")
def adamw_decays_the_step(w, dw, config=None):
    config, step = _step_of_adam(w, dw, config)
    return (1 - config["learning_rate"] * config["weight_decay"]) * (w - step), config


@misconception("adamw", "Nothing decays: this is Adam itself.")
def adamw_is_adam(w, dw, config=None):
    config, step = _step_of_adam(w, dw, config)
    return w - step, config
