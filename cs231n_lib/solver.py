"""The training loop: minibatches, accuracy, checkpoints, and the best parameters in the end.

A model is anything with ``params``, a dictionary of arrays, and ``loss(X, y=None)``, which returns scores with
the classes on axis 1, or, with labels, ``(loss, grads)`` with a gradient for each parameter. If it also has
``bn_params``, the running averages of batch normalization, they are kept together with the parameters.
"""

import operator
import os
import sys
from copy import deepcopy

import numpy as np
from tqdm.auto import tqdm

from cs231n_lib.checkpoint import read_state, write_state

__all__ = ["Solver"]

SETTINGS = (
    "optim_config",
    "lr_decay",
    "batch_size",
    "num_epochs",
    "num_train_samples",
    "num_val_samples",
    "checkpoint_name",
    "print_every",
    "verbose",
    "patience",
)
PROGRESS = (
    "optim_configs",
    "loss_history",
    "train_acc_history",
    "val_acc_history",
    "best_val_acc",
    "best_epoch",
    "best_params",
    "best_bn_params",
)


class Solver:
    """Train a model on minibatches, and keep the parameters that were best on the validation data.

    Parameters
    ----------
    model : object
        With ``params`` and ``loss(X, y=None)``, see above.
    data : dict
        ``X_train``, ``y_train``, ``X_val`` and ``y_val``: arrays with the examples on their first axis. Labels
        have one axis, or those of the scores without the classes, such as a label for each pixel.
    update_rule : str or callable
        The name of a rule of `cs231n_lib.optim`, or a function of the same form.
    optim_config : dict, optional
        Hyperparameters of the rule. Each parameter of the model gets a copy.
    lr_decay : float
        After each epoch the learning rate is multiplied by it.
    batch_size : int
        Examples in a minibatch, drawn with replacement.
    num_epochs : int
        How often to go through the training data, ``len(X_train) // batch_size`` minibatches each time.
    num_train_samples, num_val_samples : int or None
        On how many examples to measure the accuracies; None for all.
    checkpoint_name : str, optional
        After the first iteration and after each epoch, everything is saved in the file
        ``<checkpoint_name>_epoch_<epoch>.npz``, from which `resume` goes on.
    print_every : int or None
        Print the loss every so many iterations; None for never.
    verbose : bool
        Print, and show a progress bar in terminals and notebooks.
    patience : int, optional
        Stop when the validation accuracy has not risen for so many epochs.

    Attributes
    ----------
    loss_history : list of float
        The loss of each minibatch.
    train_acc_history, val_acc_history : list of float
        The accuracies after the first iteration and after each epoch.
    best_params : dict of str to ndarray
        The parameters of the highest validation accuracy so far, the first of equals.
    best_bn_params : list of dict
        The running averages that belong to them.
    best_val_acc, best_epoch : float, int
    epoch : int
        Full epochs so far.
    optim_configs : dict of str to dict
        The state of the update rule, for each parameter.

    Raises
    ------
    TypeError
        If a number of examples, epochs or iterations is not an integer.
    ValueError
        If such a number is too small, there is no such rule, or the data are incomplete.

    Notes
    -----
    Minibatches come from NumPy's global generator, as in the official course: after ``np.random.seed(231)`` the
    published numbers come out. Dropout with a seed of its own resets this generator in every forward pass, and
    with it the choice of minibatches: use such seeds for gradient checks only.

    Unlike the official solver, this one leaves a model that is never right its parameters, returns the running
    averages of batch normalization to where the best parameters had them, does not pickle, and does not train
    again what is trained: to train longer, raise ``num_epochs`` first.

    Examples
    --------
    A model of one parameter that learns the mean of the training data:

    >>> class Mean:
    ...     def __init__(self):
    ...         self.params = {"mean": np.zeros(1)}
    ...
    ...     def loss(self, X, y=None):
    ...         miss = self.params["mean"] - X  # (N, 1)
    ...         return miss if y is None else ((miss**2).mean(), {"mean": 2 * miss.mean(axis=0)})
    >>> X, y = np.full((8, 1), 3.0), np.zeros(8, int)
    >>> data = {"X_train": X, "y_train": y, "X_val": X, "y_val": y}
    >>> solver = Solver(Mean(), data, optim_config={"learning_rate": 0.25}, batch_size=4, num_epochs=1, print_every=1)
    >>> solver.train()
    (Iteration 1 / 2) loss: 9.000000
    (Epoch 0 / 1) train acc: 1.000000; val_acc: 1.000000
    (Iteration 2 / 2) loss: 2.250000
    (Epoch 1 / 1) train acc: 1.000000; val_acc: 1.000000
    >>> solver.loss_history
    [9.0, 2.25]
    """

    def __init__(
        self,
        model,
        data,
        *,
        update_rule="sgd",
        optim_config=None,
        lr_decay=1.0,
        batch_size=100,
        num_epochs=10,
        num_train_samples=1000,
        num_val_samples=None,
        checkpoint_name=None,
        print_every=10,
        verbose=True,
        patience=None,
    ):
        self.model = model
        self.X_train, self.y_train = _examples(data, "train")
        self.X_val, self.y_val = _examples(data, "val")
        self.update_rule = _find_rule(update_rule)
        self.optim_config = {} if optim_config is None else optim_config
        self.lr_decay = lr_decay
        self.batch_size = _count("batch_size", batch_size, 1)
        self.num_epochs = _count("num_epochs", num_epochs, 0)
        self.num_train_samples = _count_or_none("num_train_samples", num_train_samples)
        self.num_val_samples = _count_or_none("num_val_samples", num_val_samples)
        self.checkpoint_name = None if checkpoint_name is None else os.fspath(checkpoint_name)
        self.print_every = _count_or_none("print_every", print_every)
        self.verbose = verbose
        self.patience = _count_or_none("patience", patience)
        self._reset()

    @classmethod
    def resume(cls, path, model, data, **changes):
        """Make a solver that goes on from a checkpoint, to the very bits that an uninterrupted run gives.

        Parameters
        ----------
        path : str or Path
            A file saved by a solver with a ``checkpoint_name``. Nothing in it is executed.
        model : object
            Made with the arguments of the first run. Its parameters are replaced by those of the checkpoint.
        data : dict
            The data of the first run.
        **changes
            Arguments of `Solver` to take instead of the saved ones, such as a larger ``num_epochs``. An update
            rule of your own is not in the file: pass it as ``update_rule``.

        Returns
        -------
        solver : Solver
            Call its `train` next: NumPy's global generator stands where it stood at the checkpoint.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged or no checkpoint, or belongs to another model or to data of other shapes.
        """
        state = read_state(path)
        if "progress" not in state:
            raise ValueError(
                f"`path` must be a checkpoint of a solver (got {os.fspath(path)!r} with {', '.join(state)}). "
                "Pass a file whose name ends in _epoch_ and a number."
            )
        solver = cls(model, data, **(state["settings"] | changes))
        _check_same("data", "shapes", solver._shapes(), state["shapes"])
        _check_same("model", "parameters", _describe(model.params), _describe(state["params"]))
        for name in PROGRESS:
            setattr(solver, name, state["progress"][name])
        _set_parameters(model, state["params"], state["bn_params"])
        np.random.set_state(tuple(state["random"]))  # noqa: NPY002 - the generator of the official course
        return solver

    @property
    def epoch(self):
        """Full epochs so far."""
        return len(self.loss_history) // self._iterations_per_epoch()

    def train(self):
        """Train until `num_epochs` epochs are done, or patience is at its end; the model ends with `best_params`.

        An interrupted run, too, leaves the best parameters in the model. Called again, it goes on from them; a
        checkpoint goes on from the last ones. To train longer than planned, raise `num_epochs` and call again.
        """
        end = self.num_epochs * self._iterations_per_epoch()
        if self.verbose and len(self.loss_history) >= end:
            print(f"Epoch {self.epoch} of {self.num_epochs} is done: raise num_epochs to train on.")
        try:
            with self._progress_bar(end) as bar:
                while len(self.loss_history) < end and not self._out_of_patience():
                    self._step()
                    bar.set_postfix(loss=f"{self.loss_history[-1]:.4f}", refresh=False)
                    bar.update()
                    self._report_and_check(end, bar)
        finally:
            if self.best_params:  # empty until the first accuracy
                _set_parameters(self.model, self.best_params, self.best_bn_params)

    def check_accuracy(self, X, y, num_samples=None, batch_size=100):
        """Return the fraction of labels that the model predicts.

        Parameters
        ----------
        X : ndarray of shape (N, d_1, ..., d_k)
        y : ndarray of shape (N,) or (N, H, W)
        num_samples : int, optional
            If there are more examples, draw so many, with replacement.
        batch_size : int
            How many to predict at once, for the sake of memory.

        Returns
        -------
        accuracy : float

        Raises
        ------
        ValueError
            If the labels do not have the shape of the predictions.
        """
        if num_samples is not None and len(X) > num_samples:
            chosen = _draw(len(X), num_samples)
            X, y = X[chosen], y[chosen]
        batches = range(0, len(X), batch_size)
        predicted = np.concatenate([self.model.loss(X[i : i + batch_size]).argmax(axis=1) for i in batches])
        if predicted.shape != np.shape(y):
            raise ValueError(
                f"`y` must have the shape of the predictions, {predicted.shape} (got {np.shape(y)}). "
                "A label is the number of a class."
            )
        return float(np.mean(predicted == y))

    def _reset(self):
        """Forget all training but the parameters of the model."""
        self.best_val_acc, self.best_epoch = 0, 0
        self.best_params, self.best_bn_params = {}, []
        self.loss_history, self.train_acc_history, self.val_acc_history = [], [], []
        self.optim_configs = {name: dict(self.optim_config) for name in self.model.params}

    def _step(self):
        """Update the parameters once."""
        batch = _draw(len(self.X_train), self.batch_size)
        loss, grads = self.model.loss(self.X_train[batch], self.y_train[batch])
        for name, w in self.model.params.items():
            self.model.params[name], self.optim_configs[name] = self.update_rule(
                w, grads[name], self.optim_configs[name]
            )
        self.loss_history.append(float(loss))

    def _report_and_check(self, end, bar):
        done = len(self.loss_history)
        if self.print_every and (done - 1) % self.print_every == 0:
            self._print(f"(Iteration {done} / {end}) loss: {self.loss_history[-1]:f}", bar)
        epoch_ends = done % self._iterations_per_epoch() == 0
        if epoch_ends:
            self._decay_learning_rates()
        if done == 1 or epoch_ends:
            self._measure_accuracies()
            self._save_checkpoint()
            accuracies = f"train acc: {self.train_acc_history[-1]:f}; val_acc: {self.val_acc_history[-1]:f}"
            self._print(f"(Epoch {self.epoch} / {self.num_epochs}) {accuracies}", bar)
        if self._out_of_patience():
            self._print(f"Stopped: val_acc has not risen since epoch {self.best_epoch}.", bar)

    def _decay_learning_rates(self):
        for config in self.optim_configs.values():
            if "learning_rate" in config:  # a rule of your own may do without
                config["learning_rate"] *= self.lr_decay

    def _measure_accuracies(self):
        self.train_acc_history.append(self.check_accuracy(self.X_train, self.y_train, self.num_train_samples))
        self.val_acc_history.append(self.check_accuracy(self.X_val, self.y_val, self.num_val_samples))
        if not self.best_params or self.val_acc_history[-1] > self.best_val_acc:
            self.best_val_acc, self.best_epoch = self.val_acc_history[-1], self.epoch
            self.best_params = deepcopy(self.model.params)
            self.best_bn_params = deepcopy(_bn_params(self.model))

    def _save_checkpoint(self):
        """Save all that the rest of the training depends on."""
        if self.checkpoint_name is None:
            return
        rule = getattr(self.update_rule, "__name__", None)
        state = {
            "settings": {name: getattr(self, name) for name in SETTINGS} | {"update_rule": rule},
            "progress": {name: getattr(self, name) for name in PROGRESS},
            "shapes": self._shapes(),
            "params": self.model.params,
            "bn_params": _bn_params(self.model),
            "random": np.random.get_state(),  # noqa: NPY002 - the generator of the official course
        }
        write_state(f"{self.checkpoint_name}_epoch_{self.epoch}.npz", state)

    def _iterations_per_epoch(self):
        return max(len(self.X_train) // self.batch_size, 1)

    def _out_of_patience(self):
        return self.patience is not None and self.epoch - self.best_epoch >= self.patience

    def _shapes(self):
        return {name: list(getattr(self, name).shape) for name in ("X_train", "y_train", "X_val", "y_val")}

    def _progress_bar(self, end):
        seen = sys.stderr.isatty() or "ipykernel" in sys.modules
        return tqdm(total=end, initial=len(self.loss_history), unit="batch", disable=not (self.verbose and seen))

    def _print(self, line, bar):
        if self.verbose:
            bar.write(line)  # above the bar


def _examples(data, part):
    keys = f"X_{part}", f"y_{part}"
    if missing := [key for key in keys if key not in data]:
        raise ValueError(
            f"`data` must have X_train, y_train, X_val and y_val (got no {' and no '.join(missing)}). "
            "Training needs examples to learn from and others to be judged by."
        )
    X, y = (np.asarray(data[key]) for key in keys)
    if X.ndim == 0 or y.ndim == 0 or not 0 < len(X) == len(y):
        raise ValueError(
            f"`data['{keys[1]}']` must have one label for each of at least one example "
            f"(got shapes {X.shape} and {y.shape}). Split the data into images and labels alike."
        )
    return X, y


def _find_rule(rule):
    if callable(rule):
        return rule
    rules = _named_rules()
    if rule not in rules:
        names = f"one of {', '.join(rules)}, or a function" if rules else "a function"
        raise ValueError(
            f"`update_rule` must be {names} (got {rule!r}). Pass a rule of your own as the function itself."
        )
    return rules[rule]


def _named_rules():
    """Return the rules of the library by name; students hold the solver and no rules, which they write."""
    try:
        from cs231n_lib import optim
    except ImportError:
        return {}
    return {name: getattr(optim, name) for name in optim.__all__}


def _count(name, value, at_least):
    message = f"`{name}` must be an integer of at least {at_least} (got {value!r}). Pass a whole number."
    try:
        value = operator.index(value)
    except TypeError:
        raise TypeError(message) from None
    if value < at_least:
        raise ValueError(message)
    return value


def _count_or_none(name, value):
    return None if value is None else _count(name, value, 1)


def _draw(N, size):
    """Draw numbers below N with replacement, as the official solver draws them."""
    return np.random.choice(N, size)  # noqa: NPY002 - the published numbers follow from this generator


def _bn_params(model):
    return getattr(model, "bn_params", [])


def _set_parameters(model, params, bn_params):
    model.params = deepcopy(params)  # a copy: training on must not change the best ones
    if bn_params:
        model.bn_params = deepcopy(bn_params)


def _describe(params):
    return {name: f"{w.dtype}{list(w.shape)}" for name, w in params.items()}


def _check_same(name, noun, given, saved):
    if given != saved:
        raise ValueError(
            f"`{name}` must have the {noun} of the checkpoint, {saved} (got {given}). "
            "Resume with the model and the data of the first run."
        )
