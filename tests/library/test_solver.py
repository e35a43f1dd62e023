# ruff: noqa: NPY002 - the solver follows NumPy's global generator

import inspect
import re
import sys
from copy import deepcopy

import numpy as np
import pytest

from cs231n_lib import checkpoint, optim
from cs231n_lib import solver as solver_module
from cs231n_lib.classifiers.fc_net import FullyConnectedNet
from cs231n_lib.optim import __all__ as rules
from cs231n_lib.solver import Solver


def clusters(n, seed=0):
    """Return points around three corners, and the corner that each belongs to."""
    rng = np.random.default_rng(seed)
    y = rng.integers(3, size=n)
    return np.eye(3)[y] + 0.3 * rng.normal(size=(n, 3)), y


@pytest.fixture
def data():
    (X_train, y_train), (X_val, y_val) = clusters(60), clusters(30, seed=1)
    return {"X_train": X_train, "y_train": y_train, "X_val": X_val, "y_val": y_val}


@pytest.fixture(autouse=True)
def _seeded():
    """Start each test at the same place of the global generator, and put that back where it was."""
    before = np.random.get_state()
    np.random.seed(231)
    yield
    np.random.set_state(before)


def network(**options):
    """Return a network in which everything a checkpoint has to keep is at work."""
    defaults = {"normalization": "batchnorm", "dropout_keep_ratio": 0.8, "weight_scale": 0.3, "dtype": np.float64}
    return FullyConnectedNet([8, 8], input_dim=3, num_classes=3, **(defaults | options))


class Scripted:
    """A model without memory, which predicts as many labels rightly in each check as it is told."""

    def __init__(self, accuracies, dies_at=None):
        self.params = {"w": np.zeros(1)}
        self.accuracies, self.dies_at, self.steps = list(accuracies), dies_at, 0

    def loss(self, X, y=None):
        if y is None:
            right = round(self.accuracies[0] * len(X))
            return np.eye(2)[[0] * right + [1] * (len(X) - right)]
        self.steps += 1
        if self.steps == self.dies_at:
            raise KeyboardInterrupt
        return 0.0, {"w": np.ones(1)}


class ScriptedSolver(Solver):
    """Moves to the next scripted accuracy after each check."""

    def _save_checkpoint(self):
        super()._save_checkpoint()
        self.model.accuracies.pop(0)


def scripted(accuracies, dies_at=None, **options):
    """Return a solver of two iterations an epoch, with these accuracies; its w is the number of steps."""
    data = {"X_train": np.zeros((8, 1)), "y_train": np.zeros(8, int), "X_val": np.zeros((4, 1))}
    config = {"learning_rate": -1.0}
    model = Scripted(accuracies, dies_at)
    options = {"batch_size": 4, "optim_config": config, "verbose": False} | options
    return ScriptedSolver(model, data | {"y_val": np.zeros(4, int)}, **options)


def everything(solver):
    """Return all that training leaves behind."""
    model = solver.model
    names = [*solver_module.PROGRESS, "epoch"]
    return {"solver": {name: getattr(solver, name) for name in names}, "params": model.params, "bn": model.bn_params}


def assert_identical(a, b):
    """Compare bit for bit."""
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert a.keys() == b.keys()
        for key in a:
            assert_identical(a[key], b[key])
    elif isinstance(a, list):
        for one, other in zip(a, b, strict=True):
            assert_identical(one, other)
    elif isinstance(a, np.ndarray):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    else:
        assert a == b


def test_the_official_arguments_have_the_official_defaults():
    official = {
        "update_rule": "sgd",
        "lr_decay": 1.0,
        "batch_size": 100,
        "num_epochs": 10,
        "num_train_samples": 1000,
        "num_val_samples": None,
        "checkpoint_name": None,
        "print_every": 10,
        "verbose": True,
    }

    parameters = inspect.signature(Solver).parameters

    assert list(parameters)[:2] == ["model", "data"]
    assert {name: parameters[name].default for name in official} == official


def test_a_network_learns(data):
    solver = Solver(network(), data, optim_config={"learning_rate": 0.1}, batch_size=20, verbose=False)

    solver.train()

    assert solver.best_val_acc > 0.9
    assert solver.check_accuracy(data["X_val"], data["y_val"]) == solver.best_val_acc


def test_the_histories_have_the_official_lengths_and_hold_plain_numbers(data):
    solver = Solver(network(dtype=np.float32), data, batch_size=20, num_epochs=4, verbose=False)

    solver.train()

    assert len(solver.loss_history) == 4 * 3
    assert len(solver.train_acc_history) == len(solver.val_acc_history) == 4 + 1
    histories = solver.loss_history, solver.train_acc_history, solver.val_acc_history
    assert {type(value) for history in histories for value in history} == {float}


def test_minibatches_follow_the_global_generator_as_in_the_official_course(data):
    """An independent loop over the same stream gives the same parameters."""
    model, expected = network(normalization=None, dropout_keep_ratio=1), None
    expected = deepcopy(model)
    solver = Solver(model, data, batch_size=20, num_epochs=2, num_train_samples=50, verbose=False)
    state = np.random.get_state()
    solver.train()

    np.random.set_state(state)
    val_accs, params = [], []
    for t in range(6):
        mask = np.random.choice(60, 20)
        _, grads = expected.loss(data["X_train"][mask], data["y_train"][mask])
        for name in expected.params:
            expected.params[name] = expected.params[name] - 1e-2 * grads[name]
        if t in (0, 2, 5):
            np.random.choice(60, 50)
            val_accs.append(np.mean(expected.loss(data["X_val"]).argmax(axis=1) == data["y_val"]))
            params.append(deepcopy(expected.params))

    assert solver.val_acc_history == val_accs
    assert_identical(solver.best_params, params[int(np.argmax(val_accs))])


def test_lines_of_the_official_form_are_printed(capsys):
    scripted([0.25, 0.5, 0.75], num_epochs=2, print_every=3, verbose=True).train()

    assert capsys.readouterr().out.splitlines() == [
        "(Iteration 1 / 4) loss: 0.000000",
        "(Epoch 0 / 2) train acc: 0.250000; val_acc: 0.250000",
        "(Epoch 1 / 2) train acc: 0.500000; val_acc: 0.500000",
        "(Iteration 4 / 4) loss: 0.000000",
        "(Epoch 2 / 2) train acc: 0.750000; val_acc: 0.750000",
    ]


def test_the_lines_of_the_iterations_can_be_left_out(capsys):
    scripted([0.25, 0.5], num_epochs=1, print_every=None, verbose=True).train()

    assert "Iteration" not in capsys.readouterr().out


def test_a_quiet_solver_prints_nothing(capsys):
    scripted([0.0] * 4, num_epochs=3, patience=1).train()

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(("terminal", "kernel"), [(True, False), (False, True), (False, False)])
def test_a_progress_bar_is_shown_in_terminals_and_notebooks_only(capsys, monkeypatch, terminal, kernel):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    if kernel:
        monkeypatch.setitem(sys.modules, "ipykernel", object())

    scripted([0.25, 0.5], num_epochs=1, verbose=True).train()

    assert ("2/2" in capsys.readouterr().err) == (terminal or kernel)


def test_the_learning_rate_decays_after_each_epoch():
    solver = scripted([0.0] * 4, num_epochs=3, lr_decay=0.5)

    solver.train()

    assert solver.optim_configs["w"]["learning_rate"] == -1 / 8
    assert solver.optim_config == {"learning_rate": -1.0}


def test_every_parameter_has_its_own_configuration(data):
    solver = Solver(network(), data, update_rule="adam", optim_config={"beta1": 0.8}, num_epochs=1, verbose=False)

    solver.train()

    assert {config["beta1"] for config in solver.optim_configs.values()} == {0.8}
    assert all(config["m"].shape == solver.model.params[name].shape for name, config in solver.optim_configs.items())


def test_the_model_ends_with_the_first_of_the_best_parameters():
    solver = scripted([0.25, 0.75, 0.75, 0.5], num_epochs=3)

    solver.train()

    assert (solver.best_val_acc, solver.best_epoch, solver.epoch) == (0.75, 1, 3)
    assert solver.model.params == solver.best_params == {"w": 2}


def test_running_averages_go_with_the_best_parameters(data):
    solver = Solver(network(), data, optim_config={"learning_rate": 0.1}, batch_size=20, verbose=False)

    solver.train()

    assert solver.best_epoch < solver.epoch
    assert_identical(solver.model.bn_params, solver.best_bn_params)
    assert solver.check_accuracy(data["X_val"], data["y_val"]) == solver.best_val_acc


def test_training_on_leaves_the_best_parameters_alone():
    solver = scripted([0.25, 0.75, 0.5, 0.5], num_epochs=2)
    solver.train()

    solver.model.params["w"] += 10

    assert solver.best_params == {"w": 2}


def test_a_model_that_is_never_right_keeps_parameters():
    """The official solver leaves an empty dictionary."""
    solver = scripted([0.0] * 3, num_epochs=2)

    solver.train()

    assert solver.best_val_acc == 0
    assert solver.model.params == {"w": 1}


def test_no_epochs_leave_the_parameters_as_they_are(data):
    model = network()
    before = deepcopy(model.params)
    solver = Solver(model, data, num_epochs=0)

    solver.train()

    assert_identical(model.params, before)
    assert solver.loss_history == []


def test_a_batch_larger_than_the_data_is_one_iteration_an_epoch():
    solver = scripted([0.25, 0.5], num_epochs=2, batch_size=50)

    solver.train()

    assert len(solver.loss_history) == 2
    assert solver.val_acc_history == [0.25, 0.5]


def test_patience_ends_training(capsys):
    solver = scripted([0.25, 0.5, 0.5, 0.25, 0.75], num_epochs=9, patience=2, verbose=True)

    solver.train()

    assert solver.epoch == 3
    assert capsys.readouterr().out.endswith("Stopped: val_acc has not risen since epoch 1.\n")
    assert solver.model.params == {"w": 2}


def test_a_rise_renews_patience():
    solver = scripted([0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 0.75], num_epochs=9, patience=2)

    solver.train()

    assert (solver.epoch, solver.best_epoch) == (6, 4)


def test_training_that_is_done_is_not_repeated(capsys):
    solver = scripted([0.25, 0.5], num_epochs=1, verbose=True)
    solver.train()
    capsys.readouterr()

    solver.train()

    assert len(solver.loss_history) == 2
    assert capsys.readouterr().out == "Epoch 1 of 1 is done: raise num_epochs to train on.\n"


def test_a_larger_number_of_epochs_trains_on():
    solver = scripted([0.25, 0.5, 0.75], num_epochs=1)
    solver.train()
    solver.num_epochs = 2

    solver.train()

    assert (solver.epoch, solver.val_acc_history) == (2, [0.25, 0.5, 0.75])


@pytest.mark.parametrize(("dies_at", "w"), [(1, 0), (2, 1), (3, 2), (4, 2), (5, 2)])
def test_an_interrupted_run_leaves_the_best_parameters(dies_at, w):
    solver = scripted([0.25, 0.75, 0.5, 0.5], dies_at, num_epochs=3)

    with pytest.raises(KeyboardInterrupt):
        solver.train()

    assert solver.model.params == {"w": w}


def test_an_interrupted_run_goes_on_when_called_again():
    solver = scripted([0.25, 0.75, 0.5, 0.5], dies_at=4, num_epochs=3)
    with pytest.raises(KeyboardInterrupt):
        solver.train()

    solver.train()

    assert (solver.epoch, len(solver.loss_history)) == (3, 6)


def checkpoints(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_is_saved_after_the_first_iteration_and_after_each_epoch(tmp_path):
    scripted([0.25] * 4, num_epochs=3, checkpoint_name=tmp_path / "runs" / "a").train()

    assert checkpoints(tmp_path / "runs") == [f"a_epoch_{epoch}.npz" for epoch in range(4)]


OPTIONS = {"optim_config": {"learning_rate": 5e-3}, "lr_decay": 0.9, "batch_size": 20, "num_epochs": 5}


@pytest.mark.parametrize("epoch", range(6))
@pytest.mark.parametrize("rule", rules)
def test_a_resumed_run_ends_bit_for_bit_like_an_uninterrupted_one(data, tmp_path, rule, epoch):
    options = OPTIONS | {"num_train_samples": 40, "num_val_samples": 20, "verbose": False}
    solver = Solver(network(), data, update_rule=rule, checkpoint_name=tmp_path / "a", **options)
    solver.train()

    np.random.seed(7)
    resumed = Solver.resume(tmp_path / f"a_epoch_{epoch}.npz", network(), data)
    resumed.train()

    assert_identical(everything(resumed), everything(solver))


@pytest.mark.parametrize("dies_after", [2, 5, 11])
def test_a_run_killed_anywhere_is_resumed_from_its_last_checkpoint(data, tmp_path, dies_after):
    options = OPTIONS | {"update_rule": "adam", "verbose": False}
    np.random.seed(3)
    whole = Solver(network(dtype=np.float32), data, **options)
    whole.train()

    def dies(w, dw, config):
        if len(solver.loss_history) == dies_after:
            raise KeyboardInterrupt
        return optim.adam(w, dw, config)

    np.random.seed(3)
    solver = Solver(
        network(dtype=np.float32), data, checkpoint_name=tmp_path / "a", **options | {"update_rule": dies}
    )
    with pytest.raises(KeyboardInterrupt):
        solver.train()
    last = tmp_path / checkpoints(tmp_path)[-1]
    resumed = Solver.resume(last, network(dtype=np.float32), data, update_rule="adam")
    resumed.train()

    assert_identical(everything(resumed), everything(whole))


def test_settings_can_be_changed_when_resuming(data, tmp_path):
    Solver(network(), data, num_epochs=2, checkpoint_name=tmp_path / "a", verbose=False).train()

    resumed = Solver.resume(tmp_path / "a_epoch_2.npz", network(), data, num_epochs=3)
    resumed.train()

    assert (resumed.epoch, resumed.num_epochs, resumed.verbose) == (3, 3, False)


def test_a_finished_run_resumed_has_the_best_parameters(data, tmp_path):
    solver = Solver(network(), data, num_epochs=2, checkpoint_name=tmp_path / "a", verbose=False)
    solver.train()

    resumed = Solver.resume(tmp_path / "a_epoch_2.npz", network(), data)
    resumed.train()

    assert_identical(resumed.model.params, solver.best_params)


def my_rule(w, dw, config):
    return w - 0.1 * dw, config


def test_a_rule_of_ones_own_may_do_without_a_learning_rate(data):
    solver = Solver(network(), data, update_rule=my_rule, num_epochs=20, lr_decay=0.5, verbose=False)

    solver.train()

    assert solver.best_val_acc > 0.8


def test_a_rule_of_ones_own_must_be_passed_again(data, tmp_path):
    Solver(network(), data, update_rule=my_rule, checkpoint_name=tmp_path / "a", num_epochs=1, verbose=False).train()
    path = tmp_path / "a_epoch_1.npz"

    with pytest.raises(ValueError, match=r"^`update_rule` must be one of .*\(got 'my_rule'\)\. Pass a rule of your"):
        Solver.resume(path, network(), data)

    assert Solver.resume(path, network(), data, update_rule=my_rule).update_rule is my_rule


@pytest.fixture
def saved(data, tmp_path):
    Solver(network(), data, num_epochs=1, checkpoint_name=tmp_path / "a", verbose=False).train()
    return tmp_path / "a_epoch_1.npz"


def test_a_corrupted_checkpoint_is_refused_and_the_model_left_alone(data, saved):
    content = bytearray(saved.read_bytes())
    content[len(content) // 2] ^= 0xFF
    saved.write_bytes(content)
    model = network()
    before = deepcopy(model.params)

    with pytest.raises(ValueError, match=r"^`path` must be a file that this library has saved \(got .*Bad CRC-32"):
        Solver.resume(saved, model, data)

    assert_identical(model.params, before)


def test_a_file_that_is_no_checkpoint_is_refused(data, tmp_path):
    checkpoint.write_state(tmp_path / "a.npz", {"params": {}, "bn_params": []})
    message = (
        f"`path` must be a checkpoint of a solver (got {str(tmp_path / 'a.npz')!r} with params, bn_params). "
        "Pass a file whose name ends in _epoch_ and a number."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Solver.resume(tmp_path / "a.npz", network(), data)


@pytest.mark.parametrize("options", [{"dtype": np.float32}, {"normalization": None}])
def test_a_checkpoint_of_another_model_is_refused(data, saved, options):
    model = FullyConnectedNet([8, 8], **{"input_dim": 3, "num_classes": 3} | options)

    with pytest.raises(ValueError, match=r"^`model` must have the parameters of the checkpoint, \{.*Resume with the"):
        Solver.resume(saved, model, data)


def test_a_checkpoint_of_other_data_is_refused(data, saved):
    fewer = data | {"X_train": data["X_train"][:-1], "y_train": data["y_train"][:-1]}

    with pytest.raises(ValueError, match=r"^`data` must have the shapes of the checkpoint, .*'X_train': \[60, 3\]"):
        Solver.resume(saved, network(), fewer)


def test_labels_may_be_images():
    class Pixels:
        params = {"w": np.zeros(1)}  # noqa: RUF012

        def loss(self, X, y=None):
            return np.stack([0 * X, X], axis=1) if y is None else (0.0, {"w": np.zeros(1)})

    X = np.array([[[1.0, -1.0], [1.0, 1.0]]] * 3)  # (N, H, W)
    data = {"X_train": X, "y_train": X > 0, "X_val": X, "y_val": np.ones((3, 2, 2), int)}
    solver = Solver(Pixels(), data, num_epochs=1, verbose=False)

    solver.train()

    assert (solver.train_acc_history[0], solver.val_acc_history[0]) == (1, 0.75)


def test_accuracy_is_measured_in_batches_and_on_a_sample():
    solver = scripted([0.5])
    seen = []
    solver.model.loss = lambda X: seen.append(len(X)) or np.eye(2)[np.zeros(len(X), int)]

    everyone = solver.check_accuracy(np.zeros((250, 1)), np.zeros(250, int))
    sample = solver.check_accuracy(np.zeros((250, 1)), np.ones(250, int), num_samples=70, batch_size=50)

    assert (everyone, sample, seen) == (1.0, 0.0, [100, 100, 50, 50, 20])


@pytest.mark.parametrize("shape", [(4, 1), (4, 2), (3,)])
def test_labels_of_another_shape_are_refused(shape):
    message = f"`y` must have the shape of the predictions, (4,) (got {shape}). A label is the number of a class."

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        scripted([0.5]).check_accuracy(np.zeros((4, 1)), np.zeros(shape, int))


@pytest.mark.parametrize("rule", ["adagrad", "np", None])
def test_an_unknown_rule_is_refused(data, rule):
    message = (
        "`update_rule` must be one of adam, adamw, rmsprop, sgd, sgd_momentum, or a function "
        f"(got {rule!r}). Pass a rule of your own as the function itself."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Solver(network(), data, update_rule=rule)


@pytest.mark.parametrize(
    ("name", "value", "least", "error"),
    [
        ("batch_size", 0, 1, ValueError),
        ("batch_size", 2.5, 1, TypeError),
        ("num_epochs", -1, 0, ValueError),
        ("num_train_samples", 0, 1, ValueError),
        ("num_val_samples", "all", 1, TypeError),
        ("print_every", 0, 1, ValueError),
        ("patience", 0, 1, ValueError),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(data, name, value, least, error):
    message = f"`{name}` must be an integer of at least {least} (got {value!r}). Pass a whole number."

    with pytest.raises(error, match=f"^{re.escape(message)}$"):
        Solver(network(), data, **{name: value})


def test_missing_data_are_named(data):
    del data["X_val"], data["y_val"]
    message = (
        "`data` must have X_train, y_train, X_val and y_val (got no X_val and no y_val). "
        "Training needs examples to learn from and others to be judged by."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Solver(network(), data)


@pytest.mark.parametrize(("X", "y"), [((5, 3), (4,)), ((0, 3), (0,)), ((), ()), ((5, 3), ())])
def test_examples_without_labels_are_refused(data, X, y):
    message = (
        f"`data['y_val']` must have one label for each of at least one example (got shapes {X} and {y}). "
        "Split the data into images and labels alike."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Solver(network(), data | {"X_val": np.ones(X), "y_val": np.ones(y, int)})


def test_an_unknown_argument_is_refused(data):
    with pytest.raises(TypeError, match="unexpected keyword argument 'learning_rate'"):
        Solver(network(), data, learning_rate=1e-3)


def test_without_the_rules_of_the_library_a_rule_is_passed_as_a_function(monkeypatch):
    monkeypatch.setitem(sys.modules, "cs231n_lib.optim", None)  # as in a student's kit
    monkeypatch.delattr("cs231n_lib.optim")

    assert solver_module._find_rule(len) is len
    with pytest.raises(
        ValueError, match=r"^`update_rule` must be a function \(got 'sgd'\)\. Pass a rule of your own"
    ):
        solver_module._find_rule("sgd")
