"""What students see: HTML or formulas in a notebook, text where there is none."""

import sys


class Shown:
    """What is handed to the display: HTML where there is a browser, text elsewhere.

    Parameters
    ----------
    text, html : str
    """

    def __init__(self, text: str, html: str) -> None:
        self._text = text
        self._html = html

    def __repr__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        return self._html


class ShownMarkdown:
    """What is handed to the display where formulas are to be set.

    Parameters
    ----------
    text : str
    """

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text

    def _repr_markdown_(self) -> str:
        return self._text


def show(shown: Shown | ShownMarkdown) -> None:
    """Display in a notebook, print elsewhere.

    Parameters
    ----------
    shown : Shown or ShownMarkdown
    """
    if "IPython" in sys.modules:
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(shown)
            return
    print(repr(shown))
