"""What students are given: the one list of modules of the library that hold no answer, and of packages.

Everything else in ``cs231n_lib`` is what the exercises ask for: layers, update rules, networks.
"""

GIVEN = (
    "checkpoint",
    "data_utils",
    "download",
    "features",
    "gradient_check",
    "image_utils",
    "imagenet",
    "photographs",
    "pickles",
    "plots",
    "scenes",
    "solver",
    "vis_utils",
)

# What the notebooks and the student's part of the autograder import, and JupyterLab to open them.
PACKAGES = (
    "numpy",
    "jupyter",
    "matplotlib",
    "ipywidgets",
    "scikit-learn",
    "tqdm",
    "msgspec",
    "rich",
    "typer",
)
