"""What the lessons print: cells, and the matrices in them."""

import json
import math
import re
from itertools import product
from pathlib import Path

import numpy as np

SOLUTIONS = Path(__file__).parents[2] / "solutions"


def text(notebook, cell_id):
    cells = json.loads((SOLUTIONS / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    return next("".join(cell["source"]) for cell in cells if cell["id"] == cell_id)


def printed_matrices(notebook, cell_id):
    bodies = re.findall(r"\\begin\{pmatrix\}(.*?)\\end\{pmatrix\}", text(notebook, cell_id), re.DOTALL)
    return [np.array([[number(entry) for entry in row.split("&")] for row in body.split(r"\\")]) for body in bodies]


def number(latex):
    latex = re.sub(r"\\tfrac(\d)(\d)", r"\1/\2", latex.strip())
    if latex.startswith(r"\ln"):
        return math.log(float(latex[3:]))
    above, _, below = latex.partition("/")
    return float(above) / float(below or 1)


def assert_printed(notebook, cell_id, *expected):
    printed = printed_matrices(notebook, cell_id)
    assert len(printed) == len(expected)
    for shown, computed in zip(printed, expected, strict=True):
        np.testing.assert_allclose(shown, computed, atol=1e-12)


def windows(shape, size, stride):
    starts = (range(0, length - extent + 1, stride) for length, extent in zip(shape, size, strict=True))
    return [(slice(i, i + size[0]), slice(j, j + size[1])) for i, j in product(*starts)]
