"""One class is built in one notebook and grows in another: each asks its own checks of it."""

import pytest
import right_solutions_nets

import autograder
from autograder.checks import BANK
from autograder.core import lessons
from autograder.core.verdict import Outcome
from autograder.reference import FUNCTIONS
from autograder.student import selfcheck, worked
from autograder.student.notebook import examine
from autograder.student.taught import checks_of

OF_THE_CLASS = ["fully_connected_net_parameters", "fully_connected_net_scores", "fully_connected_net_loss"]
BUILT = ["network_forward", "network_backward", *OF_THE_CLASS, "predict_first_loss", "overfitting_settings"]
GROWN = ["fully_connected_net_batchnorm", "fully_connected_net_layernorm", "fully_connected_net_dropout"]
LATER = [*GROWN, "predict_effect"]
NET = "class FullyConnectedNet:\n    def __init__(self, *args):\n        raise NotImplementedError()\n"
STEPS = "def network_forward(params, x):\n    raise NotImplementedError()\n"


class PlainNet(right_solutions_nets.NetOfListsOfCaches):
    """A right network for the lesson that builds it, which knows nothing of normalization."""

    def __init__(self, *args):
        super().__init__(*args[:3], 1, None, *args[5:])


class WrongNet(PlainNet):
    """Its gradients are zero."""

    def loss(self, X, y=None):
        answer = super().loss(X, y)
        return answer if y is None else (answer[0], {name: 0 * grad for name, grad in answer[1].items()})


def names(checks):
    return [check.name for check in checks]


def asked_in(source, capsys):
    """Return the names of the checks that ``check()`` asks below some code."""
    exec(f"{source}\nfrom autograder import check\ncheck()", {"__name__": "__main__"})  # noqa: S102  our own
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    return [words[1].rstrip(":") for words in lines if len(words) > 1 and words[1].rstrip(":") in BANK]


def test_where_the_class_is_built_all_checks_of_that_notebook_are_asked(capsys):
    assert asked_in(STEPS + NET, capsys) == BUILT


def test_where_the_class_grows_only_the_checks_of_that_notebook_are_asked(capsys):
    assert asked_in(NET, capsys) == LATER


def test_functions_that_are_imported_from_where_it_was_built_do_not_count(capsys):
    imported = STEPS + "network_forward.__module__ = 'fully_connected_networks'\n"

    assert asked_in(imported + NET, capsys) == LATER


def test_the_name_of_the_open_notebook_says_more_than_what_is_defined(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/ada/course/assignment1/fully_connected_networks.ipynb")

    assert asked_in(NET, capsys) == BUILT


def test_a_name_that_says_nothing_is_no_name(capsys, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "Copy of fully_connected_networks.ipynb")

    assert asked_in(NET, capsys) == LATER


def test_a_class_that_is_imported_is_asked_as_where_it_was_written():
    found = {"overfitting_settings", "FullyConnectedNet"}

    assert names(checks_of({"FullyConnectedNet"}, found)) == OF_THE_CLASS
    assert names(checks_of({"FullyConnectedNet"}, found, {"FullyConnectedNet": "normalized_networks"})) == GROWN


def test_without_a_sign_the_first_notebook_is_meant(monkeypatch):
    places = {name: lessons.places()[name] for name in ("fully_connected_net_loss", GROWN[0])}
    monkeypatch.setattr(lessons, "places", lambda: places)

    assert names(checks_of({"FullyConnectedNet"})) == ["fully_connected_net_loss"]


def test_what_no_lesson_asks_for_is_asked_as_a_whole():
    assert names(checks_of({"TwoLayerNet", "nothing"})) == names(
        check for check in BANK.values() if check.exercise == "TwoLayerNet"
    )


def test_a_network_without_options_is_not_to_blame_for_settings():
    report = examine(
        "overfitting_settings", {"FullyConnectedNet": PlainNet, "overfitting_settings": lambda _: (9.0, 0.2)}
    )

    assert report.outcome is Outcome.FAILED
    assert "The loss grows instead of falling" in report.message


def test_a_wrong_network_is_to_blame_for_settings():
    right = FUNCTIONS["overfitting_settings"]

    report = examine("overfitting_settings", {"FullyConnectedNet": WrongNet, "overfitting_settings": right})

    assert report.outcome is Outcome.BLOCKED
    assert "needs `FullyConnectedNet`, which is not right yet" in report.message


@pytest.mark.parametrize(
    ("source", "name", "asked"),
    [
        (STEPS + NET, "FullyConnectedNet", OF_THE_CLASS),
        (NET, "FullyConnectedNet", GROWN),
        (NET, "fully_connected_net_loss", OF_THE_CLASS),
        (STEPS + NET, "fully_connected_net_dropout", GROWN),
        ("", "FullyConnectedNet", OF_THE_CLASS),
        ("", "fully_connected_net_dropout", GROWN),
        ("", "network_forward", BUILT[:1]),
    ],
)
def test_the_solution_is_that_of_the_notebook_that_is_open_or_of_the_check_that_is_named(
    source, name, asked, monkeypatch
):
    shown = []
    monkeypatch.setattr(worked, "solution", lambda checks: shown.extend(names(checks)))

    show = f"{source}\nfrom autograder import show_solution\nshow_solution({name!r}, sure=True)"
    exec(show, {"__name__": "__main__"})  # noqa: S102  our own

    assert shown == asked


def test_the_name_of_the_open_notebook_tells_which_solution_is_meant_before_anything_is_defined(monkeypatch):
    shown = []
    monkeypatch.setattr(worked, "solution", lambda checks: shown.extend(names(checks)))
    monkeypatch.setenv("JPY_SESSION_NAME", "normalized_networks.ipynb")

    autograder.show_solution("FullyConnectedNet", sure=True)

    assert shown == GROWN


@pytest.mark.parametrize(
    ("file", "source", "asked"),
    [
        ("mine.py", STEPS + NET, [BUILT[0], *OF_THE_CLASS]),
        ("mine.py", NET, GROWN),
        ("fully_connected_networks.py", NET, OF_THE_CLASS),
        ("normalized_networks.py", STEPS + NET, [BUILT[0], *GROWN]),
    ],
)
def test_of_a_python_file_its_name_and_its_functions_tell_which_notebook_it_was(file, source, asked, tmp_path):
    path = tmp_path / file
    path.write_text(source, encoding="utf-8")

    reports = selfcheck.check_file(path)

    assert sorted(report.check for report in reports) == sorted(asked)
