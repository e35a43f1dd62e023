"""The official names lead to this library, in every form in which the official notebooks import them."""

import importlib
import importlib.util
import json
import subprocess
import sys
import types

import pytest

import cs231n_lib

ALIASES = {
    "module": "import cs231n_lib.as_cs231n",
    "plain": "import sys, cs231n_lib; sys.modules['cs231n'] = cs231n_lib",
}

# What the notebooks of 2024, 2025 and 2026 import by name ...
NAMES = {
    "data_utils": "load_CIFAR10 get_CIFAR10_data load_CIFAR_batch load_pickle load_tiny_imagenet load_imagenet_val load_models",
    "gradient_check": "eval_numerical_gradient eval_numerical_gradient_array grad_check_sparse",
    "solver": "Solver",
    "optim": "sgd sgd_momentum rmsprop adam",
    "vis_utils": "visualize_grid vis_grid vis_nn",
    "layers": "affine_forward affine_backward relu_forward relu_backward softmax_loss svm_loss batchnorm_forward "
    "batchnorm_backward batchnorm_backward_alt layernorm_forward layernorm_backward dropout_forward dropout_backward "
    "conv_forward_naive conv_backward_naive max_pool_forward_naive max_pool_backward_naive "
    "spatial_batchnorm_forward spatial_batchnorm_backward spatial_groupnorm_forward spatial_groupnorm_backward",
    "fast_layers": "conv_forward_fast conv_backward_fast max_pool_forward_fast max_pool_backward_fast "
    "conv_forward_im2col conv_backward_im2col conv_forward_strides conv_backward_strides max_pool_forward_reshape "
    "max_pool_backward_reshape max_pool_forward_im2col max_pool_backward_im2col",
    "im2col": "get_im2col_indices im2col_indices col2im_indices",
    "layer_utils": "affine_relu_forward affine_relu_backward conv_relu_forward conv_relu_backward "
    "conv_relu_pool_forward conv_relu_pool_backward conv_bn_relu_forward conv_bn_relu_backward",
    "classifiers": "KNearestNeighbor Softmax LinearSVM",
    "classifiers.k_nearest_neighbor": "KNearestNeighbor",
    "classifiers.linear_classifier": "LinearClassifier LinearSVM Softmax",
    "classifiers.linear_svm": "svm_loss_naive svm_loss_vectorized",
    "classifiers.softmax": "softmax_loss_naive softmax_loss_vectorized",
    "classifiers.fc_net": "TwoLayerNet FullyConnectedNet",
    "classifiers.cnn": "ThreeLayerConvNet",
    "features": "extract_features hog_feature color_histogram_hsv rgb2gray",
    "image_utils": "image_from_url load_image preprocess_image deprocess_image blur_image SQUEEZENET_MEAN SQUEEZENET_STD",
}
# ... and what they expect of a star
STARS = {
    "layers": ["layers"],
    "fast_layers": ["fast_layers"],
    "gradient_check": ["gradient_check"],
    "features": ["features"],
    "classifiers.fc_net": ["classifiers.fc_net", "layers", "layer_utils"],
    "classifiers.cnn": ["classifiers.cnn", "layers", "fast_layers", "layer_utils"],
}
OF_THE_NOTEBOOKS = {"time", "plt", "data", "Solver", "random", "sys", "imread", "Image", "x", "w", "b"}

EVERY_FORM = """
import json, numpy
ALIAS
missing = []
for module, names in NAMES.items():
    for name in names.split():
        scope = {}
        try:
            exec(f"from cs231n.{module} import {name}\\nimport cs231n.{module}\\ncs231n.{module}.{name}", scope)
        except Exception as error:
            missing.append(f"{module}.{name}: {error!r}")
for module, sources in STARS.items():
    scope = {}
    try:
        exec(f"from cs231n.{module} import *", scope)
    except Exception as error:
        missing.append(f"{module}: {error!r}")
    wanted = {name for source in sources for name in NAMES[source].split()}
    missing += [f"{module}.*: {name}" for name in sorted(wanted - scope.keys())]
    missing += [f"{module}.* hides {name}" for name in sorted(LEAKS & scope.keys())]
    missing += [f"{module}.* hides np"] if scope.get("np", numpy) is not numpy else []
print(json.dumps(missing))
"""

TRAINING = """
ALIAS
import numpy as np
from cs231n.classifiers.fc_net import *
from cs231n.data_utils import get_digits_data
from cs231n.solver import Solver
from cs231n import optim
data = get_digits_data(flatten=True)
np.random.seed(231)
model = FullyConnectedNet([30], input_dim=64, weight_scale=5e-2, normalization="batchnorm")
solver = Solver(model, data, update_rule="adam", optim_config={"learning_rate": 5e-3}, num_epochs=3, verbose=False)
solver.train()
assert solver.update_rule.__name__ == optim.adam.__name__
print(solver.check_accuracy(data["X_test"], data["y_test"]))
"""


def run(code):
    """Run code in a fresh interpreter, where a warning is an error, and return what it prints."""
    ended = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def installed():
    return [name for name in sys.modules if name.split(".")[0] == "cs231n" or name == "cs231n_lib.as_cs231n"]


@pytest.fixture
def fresh(monkeypatch):
    """Undo before and after a test what importing the alias does to this process."""
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    for name in installed():
        monkeypatch.delitem(sys.modules, name)
    yield
    for name in installed():
        del sys.modules[name]


@pytest.fixture
def alias(fresh):  # noqa: ARG001 - in a fresh process, as it were
    return importlib.import_module("cs231n_lib.as_cs231n")


@pytest.mark.parametrize("alias", ALIASES.values(), ids=ALIASES)
def test_every_import_of_the_official_notebooks_works(alias):
    tables = f"NAMES = {NAMES!r}\nSTARS = {STARS!r}\nLEAKS = {OF_THE_NOTEBOOKS!r}\n"

    missing = json.loads(run(tables + EVERY_FORM.replace("ALIAS", alias)))

    assert missing == []


@pytest.mark.parametrize("alias", ALIASES.values(), ids=ALIASES)
def test_a_network_trains_under_the_official_names(alias):
    assert float(run(TRAINING.replace("ALIAS", alias))) > 0.85


@pytest.mark.usefixtures("alias")
def test_both_names_are_one_module():
    for name in ("", ".solver", ".layers", ".layers.affine", ".classifiers.fc_net"):
        ours, official = (importlib.import_module(package + name) for package in ("cs231n_lib", "cs231n"))
        assert ours is official


@pytest.mark.usefixtures("alias")
def test_a_module_is_an_attribute_of_its_package():
    importlib.import_module("cs231n.classifiers.softmax")

    assert sys.modules["cs231n"].classifiers.softmax is sys.modules["cs231n_lib.classifiers.softmax"]


@pytest.mark.usefixtures("alias")
def test_a_module_keeps_its_own_name_so_that_it_can_be_reloaded():
    module = importlib.import_module("cs231n.vis_utils")

    assert (module.__name__, module.__spec__.name) == ("cs231n_lib.vis_utils", "cs231n_lib.vis_utils")
    assert importlib.reload(module) is module


def test_nothing_is_loaded_before_it_is_imported():
    code = f"{ALIASES['module']}\nimport sys\nprint(*sorted(name for name in sys.modules if 'cs231n' in name))"

    assert run(code).split() == ["cs231n", "cs231n_lib", "cs231n_lib.as_cs231n"]


@pytest.mark.usefixtures("alias")
def test_what_the_library_does_not_have_is_not_found():
    assert importlib.util.find_spec("cs231n.coco_utils") is None
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'cs231n\.coco_utils'$"):
        importlib.import_module("cs231n.coco_utils")


@pytest.mark.usefixtures("alias")
def test_other_packages_are_found_as_before():
    assert importlib.util.find_spec("cs231n_other") is None
    assert importlib.import_module("json") is json


@pytest.mark.usefixtures("fresh")
def test_another_cs231n_is_not_replaced_behind_its_back(monkeypatch):
    monkeypatch.setitem(sys.modules, "cs231n", types.ModuleType("cs231n"))

    with pytest.raises(ImportError) as raised:
        importlib.import_module("cs231n_lib.as_cs231n")

    assert str(raised.value) == (
        "`cs231n_lib.as_cs231n` must be imported before any other `cs231n` (got <module 'cs231n'>). "
        "Restart the kernel and import it first."
    )


def test_the_package_itself_is_the_alias():
    code = f"{ALIASES['module']}\nimport cs231n\nprint(cs231n.__name__, cs231n.__file__)"

    assert run(code).split() == ["cs231n_lib", cs231n_lib.__file__]
