"""A question about a class says what the class lacks."""

import numpy as np
import pytest

from autograder.checks._models import Model, entries
from autograder.core.subject import NamespaceSubject, SubjectError, Trouble
from autograder.core.values import Opaque


class Line:
    def __init__(self, slope, offset=0.0):
        self.params = {"a": slope, "b": np.array([offset])}

    def at(self, x):
        return self.params["a"] * x + self.params["b"], {"x": x}

    def stop(self):
        raise NotImplementedError


def model(line=Line, *args):
    return Model(NamespaceSubject({"Line": line}), "Line", *(args or [2.0]))


def trouble(call):
    with pytest.raises(SubjectError) as caught:
        call()
    assert (caught.value.function, caught.value.trouble) == ("Line", Trouble.MISFIT)
    return caught.value.message


def test_a_method_is_called_and_its_arrays_come_back():
    out, _ = model(Line, 2.0, 1.0).call("at", np.array([3.0]))

    assert out.tolist() == [7.0]


def test_parameters_are_read_and_set():
    line = model()

    line.set_params({"a": np.array(5.0)})

    assert line.params(["a", "b"]) == {"a": 5.0, "b": [0.0]}
    assert line.call("at", np.array([3.0]))[0].tolist() == [15.0]


def test_a_dictionary_that_a_method_returns_is_read():
    line = model()

    _, cache = line.call("at", np.array([3.0]))

    assert line.entries("cache", cache, ["x"])["x"].tolist() == [3.0]


def test_a_parameter_of_another_name_is_told():
    message = "`params` of `Line` must hold `W1` (got `a`, `b`). The docstring of the class says which."

    assert trouble(lambda: model().params(["a", "W1"])) == message
    assert trouble(lambda: model().set_params({"W1": np.ones(2)})) == message


@pytest.mark.parametrize(
    ("names", "got"),
    [
        (["w1", "b1", "w2"], "`b1`, `w1`, `w2`"),
        ([f"w{number}" for number in range(9)], "`w0`, `w1`, `w2`, `w3` and others"),
        (["w1", "<script>", 7], "`w1` and others"),
        (["w" * 21, "a name", "na\u00efve"], "none"),
        ([], "none"),
    ],
)
def test_names_that_are_there_are_told_if_they_are_plain(names, got):
    grads = Opaque("dict", dict.fromkeys(names, 0))

    message = trouble(lambda: entries(NamespaceSubject({}), "Line", "grads", grads, ["W1"]))

    assert message == f"`grads` of `Line` must hold `W1` (got {got}). The docstring of the class says which."


def test_a_missing_attribute_is_told():
    class Empty:
        def __init__(self, _slope):
            pass

    assert trouble(lambda: model(Empty).params([])) == (
        "`params` of `Line` must be an attribute (got none). The docstring of the class says which."
    )


@pytest.mark.parametrize("params", [np.ones(3), None, [Line, Line]])
def test_parameters_that_are_no_dictionary_are_told(params):
    class Listed:
        def __init__(self, _slope):
            self.params = params

    assert trouble(lambda: model(Listed).params(["a"])) == (
        "`params` of `Line` must be a dictionary (got something else). The docstring of the class says which."
    )


def test_an_unfinished_method_is_told_by_its_name():
    with pytest.raises(SubjectError) as caught:
        model().call("stop")

    assert caught.value.trouble is Trouble.UNFINISHED
    assert caught.value.message == "`Line.stop` is not finished: it raises NotImplementedError."
