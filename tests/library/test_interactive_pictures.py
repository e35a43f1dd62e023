"""An interactive picture shows controls where widgets run, and a picture everywhere."""

from base64 import b64decode

import matplotlib as mpl
import pytest
from ipywidgets.widgets.widget import _instances

mpl.use("Agg")

import matplotlib.pyplot as plt

from cs231n_lib.plots import explore, interactive

PNG = b"\x89PNG"


@pytest.fixture
def shown(monkeypatch):
    bundles = []
    monkeypatch.setattr(interactive, "display", lambda bundle, raw: bundles.append(bundle if raw else None))
    return bundles


@pytest.fixture
def drawn():
    return []


@pytest.fixture
def draw(drawn):
    def draw(**settings):
        drawn.append(settings)
        plt.subplots(figsize=(1, 1))

    return draw


def controls_of(bundle):
    return _instances[bundle["application/vnd.jupyter.widget-view+json"]["model_id"]].children


def test_the_output_holds_controls_and_a_picture_of_the_first_setting(shown, drawn, draw):
    explore(draw, depth=[5, 2, 10], activation=["tanh", "relu"])

    (bundle,) = shown
    assert b64decode(bundle["image/png"]).startswith(PNG)
    assert drawn == [{"depth": 5, "activation": "tanh"}]
    assert plt.get_fignums() == []


def test_another_choice_draws_another_picture(shown, drawn, draw):
    explore(draw, depth=[5, 2, 10], activation=["tanh", "relu"])
    slider, menu, picture = controls_of(shown[0])
    assert slider.options == (2, 5, 10)
    picture.value = b""

    menu.value = "relu"

    assert drawn[-1] == {"depth": 5, "activation": "relu"}
    assert bytes(picture.value).startswith(PNG)


@pytest.mark.parametrize("many", [0, 61])
def test_a_choice_among_none_or_too_many_is_refused(many, draw):
    with pytest.raises(ValueError, match=rf"^`depth` must offer 1 to 60 choices \(got {many}\)\. Name fewer\.$"):
        explore(draw, depth=list(range(many)))
