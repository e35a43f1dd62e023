"""A figure with controls where widgets run, and the same figure standing still where they do not."""

from base64 import b64encode
from io import BytesIO

import ipywidgets as widgets
import matplotlib.pyplot as plt
from IPython.display import display

LONGEST_SLIDER = 60  # choices; what is longer than that is no choice


def explore(draw, /, **choices):
    """Show a figure that is drawn anew whenever the reader chooses other settings.

    The output holds both the controls and a picture of the first setting, and every front end shows the best it can:
    JupyterLab the controls; a printout, a page or an editor without widgets the picture.

    Parameters
    ----------
    draw : callable
        ``draw(**settings)`` draws one matplotlib figure, and returns nothing that is used.
    **choices : sequence
        What may be chosen for each argument of `draw`. The first one is shown first. Numbers get a slider, in the
        order given by their size; anything else gets a menu.

    Raises
    ------
    ValueError
        If there is nothing to choose, or more than a slider can offer.

    Examples
    --------
    >>> explore(lambda depth: plots.curves(...), depth=[2, 5, 10])  # doctest: +SKIP
    """
    for name, values in choices.items():
        if not 1 <= len(values) <= LONGEST_SLIDER:
            raise ValueError(f"`{name}` must offer 1 to {LONGEST_SLIDER} choices (got {len(values)}). Name fewer.")
    controls = {name: _control(name, list(values)) for name, values in choices.items()}
    first = _drawn(draw, {name: control.value for name, control in controls.items()})
    picture = widgets.Image(value=first, format="png")

    def redraw(_):
        picture.value = _drawn(draw, {name: control.value for name, control in controls.items()})

    for control in controls.values():
        control.observe(redraw, names="value")
    figure = widgets.VBox([*controls.values(), picture])
    display(figure._repr_mimebundle_() | {"image/png": b64encode(first).decode()}, raw=True)


def _control(name, values):
    label = name.replace("_", " ")
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return widgets.SelectionSlider(
            description=label, options=sorted(values), value=values[0], continuous_update=False
        )
    return widgets.Dropdown(description=label, options=values, value=values[0])


def _drawn(draw, settings):
    """Return the figure as a PNG, and close it: pyplot would show it once more below the cell."""
    before = set(plt.get_fignums())
    draw(**settings)
    (number,) = set(plt.get_fignums()) - before
    figure = plt.figure(number)
    memory = BytesIO()
    figure.savefig(memory, format="png", dpi=110)
    plt.close(figure)
    return memory.getvalue()
