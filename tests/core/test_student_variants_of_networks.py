"""What real students write in networks and optimizers, right and wrong: the right pass, the wrong are told what is wrong.

The mistakes are those that were seen most often in public solutions, written anew in the style of students.
"""

import inspect

import numpy as np
import pytest
import right_solutions_nets

from autograder.checks import BANK, of_exercises
from autograder.core.examiner import Examiner
from autograder.core.published import published_explanation
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers

NET = "\n\n".join(
    inspect.getsource(part)
    for part in (
        right_solutions_nets.softmax,
        right_solutions_nets.normalized,
        right_solutions_nets.normalized_back,
        right_solutions_nets.NetOfListsOfCaches,
    )
).replace("NetOfListsOfCaches", "FullyConnectedNet")
ADAM = inspect.getsource(right_solutions_nets.adam_in_place).replace("_in_place", "")
RMSPROP = inspect.getsource(right_solutions_nets.rmsprop_in_place).replace("_in_place", "")
MOMENTUM = inspect.getsource(right_solutions_nets.sgd_momentum_in_place).replace("_in_place", "")
HALF = 'loss += 0.5 * self.reg * np.sum(np.square(self.params[f"W{i}"]))'
SLOPE = 'grads[f"W{i}"] += self.reg * self.params[f"W{i}"]'
LAYERS = "for i in range(1, L + 1):"
DRAWN = "np.random.normal(0, weight_scale, (dims[i], dims[i + 1]))"
EXPECTED = ReferenceAnswers()

# By the check that is asked: the line that a student writes otherwise, and a word of the sentence that he reads.
NETS = {
    "no half": ("fully_connected_net_loss", HALF, HALF.replace("0.5 * ", ""), "got", "loss"),
    "no half anywhere": (
        "fully_connected_net_loss",
        f"{HALF}\n            {SLOPE}",
        f"{HALF.replace('0.5 * ', '')}\n            {SLOPE.replace('self.reg', '2 * self.reg')}",
        "The one half before the penalty is missing",
    ),
    "the last layer is left out": (
        "fully_connected_net_loss",
        LAYERS,
        "for i in range(1, L):",
        "leaves out the last layer",
    ),
    "only the last layer": ("fully_connected_net_loss", LAYERS, "for i in [L]:", "Only the last layer is penalized"),
    "no slope of the penalty": ("fully_connected_net_loss", SLOPE, "pass", "the gradients have nothing of it"),
    "twice the slope": (
        "fully_connected_net_loss",
        SLOPE,
        SLOPE.replace("self.reg", "2 * self.reg"),
        "twice too large",
    ),
    "the sum is squared": (
        "fully_connected_net_loss",
        'np.sum(np.square(self.params[f"W{i}"]))',
        'np.sum(self.params[f"W{i}"]) ** 2',
        "The sum of the weights is squared",
    ),
    "a lost line continuation": (
        "fully_connected_net_loss",
        HALF,
        'loss = loss\n            + 0.5 * self.reg * np.sum(np.square(self.params[f"W{i}"]))'.replace(
            "            +", "            +"
        ),
        "the loss has not",
    ),
    "relu on the scores": (
        "fully_connected_net_scores",
        'scores = out @ self.params[f"W{L}"] + self.params[f"b{L}"]',
        'scores = np.maximum(0, out @ self.params[f"W{L}"] + self.params[f"b{L}"])',
        "The last layer ends in relu",
    ),
    "its own weight scale": (
        "fully_connected_net_parameters",
        "normal(0, weight_scale,",
        "normal(0, 0.01,",
        "does not depend on weight_scale",
    ),
    "rand for randn": (
        "fully_connected_net_parameters",
        DRAWN,
        "weight_scale * np.random.rand(dims[i], dims[i + 1])",
        "weights are drawn around zero",
    ),
    "unscaled weights": (
        "fully_connected_net_parameters",
        DRAWN,
        "np.random.randn(dims[i], dims[i + 1])",
        "They are not scaled at all",
    ),
    "dtype is ignored": (
        "fully_connected_net_parameters",
        "v.astype(dtype)",
        "v.astype(np.float64)",
        "A parameter has 8 bytes for each number, and 4 are asked for",
    ),
    "dtype is always single": (
        "fully_connected_net_parameters",
        "v.astype(dtype)",
        "v.astype(np.float32)",
        "A parameter has 4 bytes for each number, and 8 are asked for",
    ),
    "labels are always asked for": (
        "fully_connected_net_scores",
        'if mode == "test":\n            return scores',
        "y = np.zeros(len(X), int) if y is None else y",
        "`scores` must be an array",
    ),
    "a bias as a row": (
        "fully_connected_net_parameters",
        "np.zeros(dims[i + 1])",
        "np.zeros((1, dims[i + 1]))",
        "one bias for each output",
    ),
    "layers are counted from zero": ("fully_connected_net_scores", "str(i + 1)", "str(i)", "must hold `W3`"),
    "small letters": (
        "fully_connected_net_scores",
        'params["W" + str(i + 1)]',
        'params["w" + str(i + 1)]',
        "must hold `W1`",
    ),
    "no gamma": (
        "fully_connected_net_batchnorm",
        'self.params["gamma" + str(i + 1)]',
        'self.params["gama" + str(i + 1)]',
        "must hold `gamma1`",
    ),
    "batch norm trains at test time": (
        "fully_connected_net_batchnorm",
        'if mode == "test":\n            return (z',
        'if mode == "tset":\n            return (z',
        "The batch is normalized by itself at test time",
    ),
    "beta begins at one": (
        "fully_connected_net_layernorm",
        'self.params["beta" + str(i + 1)] = np.zeros',
        'self.params["beta" + str(i + 1)] = np.ones',
        "The shifts begin at one",
    ),
    "dropout is ignored": (
        "fully_connected_net_dropout",
        "dropout_keep_ratio != 1",
        "dropout_keep_ratio > 1",
        "got a factor of 1 ",
    ),
    "dropout at test time": (
        "fully_connected_net_dropout",
        'if self.use_dropout and mode == "train":',
        "if self.use_dropout:",
        "scores in test mode",
    ),
    "no 1/p": ("fully_connected_net_dropout", ' / self.dropout_param["p"]', "", "got a factor of 1 "),
    "p is that of dropping": (
        "fully_connected_net_dropout",
        'np.random.rand(*h.shape) < self.dropout_param["p"])',
        'np.random.rand(*h.shape) > self.dropout_param["p"])',
        "is the probability of keeping one",
    ),
    "a typing error": (
        "fully_connected_net_loss",
        "loss, dscores = softmax(",
        "loss, dscores = sofmax(",
        "NameError",
    ),
    "a float as a size": (
        "fully_connected_net_scores",
        "X.reshape(X.shape[0], -1)",
        "X.reshape(X.shape[0], X.size / X.shape[0])",
        "sizes want //",
    ),
}
STEP = 'w -= config["learning_rate"] * m_hat / (np.sqrt(v_hat) + config["epsilon"])'
RULES = {
    "adam: epsilon inside": (
        "adam",
        ADAM,
        '(np.sqrt(v_hat) + config["epsilon"])',
        'np.sqrt(v_hat + config["epsilon"])',
        "inside the root",
    ),
    "adam: no correction": (
        "adam",
        ADAM,
        STEP,
        STEP.replace("m_hat", "config['m']").replace("v_hat", "config['v']"),
        "not corrected",
    ),
    "adam: t is counted late": (
        "adam",
        ADAM.replace('    config["t"] += 1\n', ""),
        STEP,
        f'{STEP}\n    config["t"] += 1',
        "counted up after it is used",
    ),
    "adam: t never grows": ("adam", ADAM, 'config["t"] += 1', 'config["t"] += 0', "t stays what it was"),
    "adam: other names": (
        "adam",
        ADAM.replace('"m"', '"mean"').replace('"v"', '"square"'),
        "w -=",
        "w -=",
        "under other names",
    ),
    "adam: own default": ("adam", ADAM, '"learning_rate": 1e-3', '"learning_rate": 1e-2', "defaults of their own"),
    "rmsprop: epsilon inside": (
        "rmsprop",
        RMSPROP,
        '(config["cache"] ** 0.5 + config["epsilon"])',
        'np.sqrt(config["cache"] + config["epsilon"])',
        "inside the root",
    ),
    "rmsprop: reversed": (
        "rmsprop",
        RMSPROP.replace('+= (1 - config["decay_rate"])', '+= config["decay_rate"]'),
        '*= config["decay_rate"]',
        '*= 1 - config["decay_rate"]',
        "share of the old average",
    ),
    "rmsprop: a sum": (
        "rmsprop",
        RMSPROP.replace('    config["cache"] *= config["decay_rate"]\n', ""),
        '(1 - config["decay_rate"]) * dw',
        "dw",
        "only add up",
    ),
    "momentum: velocity is not kept": (
        "sgd_momentum",
        MOMENTUM,
        'config["velocity"] = v',
        'config.setdefault("velocity", 0 * w)',
        "The velocity is forgotten",
    ),
    "momentum: a sign": (
        "sgd_momentum",
        MOMENTUM,
        '- config["learning_rate"] * dw',
        '+ config["learning_rate"] * dw',
        "against it",
    ),
    "momentum: own default": ("sgd_momentum", MOMENTUM, '"momentum", 0.9', '"momentum", 0.99', ""),
}


def written(source, before, after):
    assert before in source
    namespace = {"__name__": "__main__", "np": np}
    exec(source.replace(before, after), namespace)  # noqa: S102  our own
    return namespace


def report_on(check, namespace):
    np.random.seed(0)  # noqa: NPY002  as students draw
    subject = NamespaceSubject(namespace)
    (report,) = Examiner(subject, EXPECTED, explain=published_explanation).examine([BANK[check]], b"secret")
    return report


@pytest.mark.parametrize("name", NETS)
def test_a_wrong_network_fails_and_the_sentence_names_the_mistake(name):
    check, before, after, *words = NETS[name]

    report = report_on(check, written(NET, before, after))

    assert report.outcome is Outcome.FAILED
    assert report.credit < 1
    assert words[-1] in " ".join(report.sentences)


@pytest.mark.parametrize("name", RULES)
def test_a_wrong_rule_fails_and_the_sentence_names_the_mistake(name):
    rule, source, before, after, words = RULES[name]

    report = report_on(rule, written(source, before, after))

    assert report.outcome is Outcome.FAILED
    assert report.credit < 1
    assert words in " ".join(report.sentences)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("X.reshape(X.shape[0], -1)", "X.reshape((X.shape[0], int(np.prod(X.shape[1:]))))"),
        (
            "np.random.normal(0, weight_scale, (dims[i], dims[i + 1]))",
            "np.random.randn(dims[i], dims[i + 1]) * weight_scale",
        ),
        ("np.maximum(a, 0)", "a * (a >= 0)"),
        ("dout * (a > 0)", "np.where(a > 0, dout, 0)"),
        (HALF, 'loss = loss + self.reg / 2 * np.linalg.norm(self.params[f"W{i}"]) ** 2'),
        ("return loss, grads", "print('loss', loss)\n        return [loss, dict(sorted(grads.items()))]"),
        ("X = X.astype(self.dtype)", "X = np.array(X, dtype=self.dtype, order='F')"),
    ],
)
def test_a_right_network_in_other_words_passes(before, after):
    namespace = written(NET, before, after)

    for check in of_exercises({"FullyConnectedNet"}):
        assert report_on(check.name, namespace).message == ""
