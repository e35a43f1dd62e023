"""A network with normalization and dropout is not to blame for a wrong layer below it: the verdict names the layer."""

import numpy as np
import pytest
from printed import text
from released_course import WORKED, exercises_of

from autograder.core.verdict import Outcome
from autograder.student.notebook import examine

(PATH,) = [path for path in WORKED if path.stem == "normalized_networks"]


def in_test_mode(right):
    def wrong(x, gamma, beta, bn_param):
        out, cache = right(x, gamma, beta, bn_param)
        return (out + 1, cache) if bn_param["mode"] == "test" else (out, cache)

    return wrong


def without_scale(right):
    def wrong(dout, cache):
        dx, dgamma, dbeta = right(dout, cache)
        return dx, dgamma, 2 * dbeta

    return wrong


WRONG = {
    "batchnorm_forward": ("fully_connected_net_batchnorm", in_test_mode),
    "batchnorm_backward_alt": ("fully_connected_net_batchnorm", without_scale),
    "layernorm_backward": ("fully_connected_net_layernorm", without_scale),
    "dropout_backward": ("fully_connected_net_dropout", lambda right: lambda *args: 2 * right(*args)),
    "affine_backward": ("fully_connected_net_dropout", without_scale),
}


@pytest.mark.parametrize("layer", WRONG)
def test_the_wrong_layer_is_named_and_not_the_network(layer):
    check, spoil = WRONG[layer]
    names = dict(exercises_of(PATH)["FullyConnectedNet"].__init__.__globals__)
    names[layer] = spoil(names[layer])
    exec(text("assignment2/normalized_networks", "fully-connected-net"), names)  # noqa: S102  the course's own notebook

    report = examine(check, names)

    assert report.outcome is Outcome.BLOCKED
    assert report.message == (
        f"`FullyConnectedNet` needs `{layer}`, which is not right yet. Get that one right first."
    )
    assert np.all([verdict.outcome is not Outcome.BROKEN for verdict in report.verdicts])
