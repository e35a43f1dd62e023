"""Notebooks in the form of the official ones run on the library. The cells are our own."""

import importlib.util
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

from cs231n_lib import data_utils

SCRIPT = Path(__file__).parents[2] / "examples" / "run_official_notebook.py"

COLAB = """\
from google.colab import drive
drive.mount('/content/drive')
FOLDERNAME = 'cs231n/assignments/assignment2/'
import sys
sys.path.append('/content/drive/My Drive/{}'.format(FOLDERNAME))
%cd /content/drive/My\\ Drive/$FOLDERNAME/cs231n/datasets/
!bash get_datasets.sh
"""
BUILD = """\
%cd /content/drive/My\\ Drive/$FOLDERNAME/cs231n/
!python setup.py build_ext --inplace
"""
SETUP = """\
import time
import numpy as np
import matplotlib.pyplot as plt
{imports}
%matplotlib inline
plt.rcParams['figure.figsize'] = (10.0, 8.0)
%load_ext autoreload
%autoreload 2
"""
FULLY_CONNECTED = [
    COLAB,
    SETUP.format(
        imports="""\
from cs231n.classifiers.fc_net import *
from cs231n.data_utils import get_CIFAR10_data
from cs231n.gradient_check import eval_numerical_gradient, eval_numerical_gradient_array
from cs231n.solver import Solver
"""
    ),
    """\
data = get_CIFAR10_data(num_training=400, num_validation=50, num_test=50)
for k, v in list(data.items()):
    print(f"{k}: {v.shape}")
""",
    """\
np.random.seed(231)
x, w, b = np.random.randn(10, 2, 3), np.random.randn(6, 5), np.random.randn(5)
dout = np.random.randn(10, 5)
dx_num = eval_numerical_gradient_array(lambda x: affine_forward(x, w, b)[0], x, dout)
dx, dw, db = affine_backward(dout, affine_forward(x, w, b)[1])
assert np.abs(dx - dx_num).max() < 1e-8
""",
    """\
np.random.seed(231)
X, y = np.random.randn(2, 15), np.random.randint(10, size=(2,))
model = FullyConnectedNet([10, 12], input_dim=15, num_classes=10, reg=3.14, weight_scale=5e-2, dtype=np.float64)
loss, grads = model.loss(X, y)
for name in sorted(grads):
    f = lambda _: model.loss(X, y)[0]
    numeric = eval_numerical_gradient(f, model.params[name], verbose=False, h=1e-5)
    assert np.abs(numeric - grads[name]).max() < 1e-6, name
print(loss)
""",
    """\
solvers = {}
for update_rule in ['sgd_momentum', 'adam']:
    model = FullyConnectedNet([50, 50], weight_scale=5e-2, normalization='batchnorm')
    solver = Solver(model, data, num_epochs=6, batch_size=50, update_rule=update_rule,
                    optim_config={'learning_rate': 5e-3}, verbose=True)
    solvers[update_rule] = solver
    solver.train()
tic = time.time()
for update_rule, solver in solvers.items():
    plt.plot(solver.loss_history, label=update_rule)
plt.legend()
plt.show()
assert max(solver.train_acc_history) > 0.5
""",
    """\
from cs231n.classifiers.fc_net import TwoLayerNet
best_model = TwoLayerNet()
best_model.save('best_two_layer_net.npy')
""",
]
CONVOLUTION = [
    COLAB,
    SETUP.format(
        imports="""\
from cs231n.classifiers.cnn import *
from cs231n.data_utils import get_CIFAR10_data
from cs231n.gradient_check import eval_numerical_gradient_array, eval_numerical_gradient
from cs231n.layers import *
from cs231n.fast_layers import *
from cs231n.solver import Solver
"""
    ),
    "data = get_CIFAR10_data(num_training=400, num_validation=50, num_test=50)",
    """\
from imageio import imread
from PIL import Image
kitten = imread('cs231n/notebook_images/kitten.jpg')
puppy = imread('cs231n/notebook_images/puppy.jpg')
d = kitten.shape[1] - kitten.shape[0]
kitten = kitten[:, d//2:-d//2, :]
x = np.zeros((2, 3, 40, 40))
for k, picture in enumerate((puppy, kitten)):
    x[k] = np.array(Image.fromarray(picture).resize((40, 40))).transpose((2, 0, 1))
w = np.zeros((2, 3, 3, 3))
w[0, :, 1, 1] = [0.3, 0.6, 0.1]
w[1, 2] = [[1, 2, 1], [0, 0, 0], [-1, -2, -1]]
out, _ = conv_forward_naive(x, w, np.array([0, 128]), {'stride': 1, 'pad': 1})
plt.imshow(out[1, 0].astype('uint8'))
plt.show()
""",
    BUILD,
    """\
from cs231n.fast_layers import conv_forward_fast, conv_backward_fast
from time import time
np.random.seed(231)
x, w, b = np.random.randn(10, 3, 31, 31), np.random.randn(25, 3, 3, 3), np.random.randn(25,)
conv_param = {'stride': 2, 'pad': 1}
start = time()
naive, cache = conv_forward_naive(x, w, b, conv_param)
fast, fast_cache = conv_forward_fast(x, w, b, conv_param)
assert np.abs(naive - fast).max() < 1e-10
for one, other in zip(conv_backward_naive(fast, cache), conv_backward_fast(fast, fast_cache)):
    assert np.abs(one - other).max() < 1e-8
print('Seconds:', time() - start)
""",
    """\
small_data = {name: values[:100] for name, values in data.items()}
np.random.seed(231)
model = ThreeLayerConvNet(weight_scale=1e-2, num_filters=8)
solver = Solver(model, small_data, num_epochs=2, batch_size=50, update_rule='adam',
                optim_config={'learning_rate': 1e-3}, verbose=True, print_every=1)
solver.train()
print(solver.check_accuracy(small_data['X_train'], small_data['y_train']))
""",
    """\
from cs231n.vis_utils import visualize_grid
plt.imshow(visualize_grid(model.params['W1'].transpose(0, 2, 3, 1)).astype('uint8'))
plt.show()
""",
]
LINEAR = [
    COLAB,
    SETUP.format(imports="import random\nfrom cs231n.data_utils import load_CIFAR10"),
    """\
cifar10_dir = 'cs231n/datasets/cifar-10-batches-py'
X_train, y_train, X_test, y_test = load_CIFAR10(cifar10_dir)
mask = list(range(400))
X_train, y_train = X_train[mask], y_train[mask]
""",
    """\
from cs231n.classifiers import KNearestNeighbor
classifier = KNearestNeighbor()
classifier.train(np.reshape(X_train, (X_train.shape[0], -1)), y_train)
dists = classifier.compute_distances_two_loops(np.reshape(X_test, (X_test.shape[0], -1))[:5])
print(classifier.predict_labels(dists, k=1))
""",
    """\
from cs231n.features import *
feature_fns = [hog_feature, lambda img: color_histogram_hsv(img, nbin=25)]
X_train_feats = extract_features(X_train, feature_fns, verbose=True)
X_train_feats -= np.mean(X_train_feats, axis=0, keepdims=True)
X_train_feats /= np.std(X_train_feats, axis=0, keepdims=True)
""",
    """\
from cs231n.classifiers.linear_classifier import Softmax
from cs231n.classifiers.softmax import softmax_loss_naive, softmax_loss_vectorized
softmax = Softmax()
loss_hist = softmax.train(X_train_feats, y_train, learning_rate=1e-1, reg=1e-4, num_iters=300, verbose=True)
print(np.mean(y_train == softmax.predict(X_train_feats)))
assert np.mean(y_train == softmax.predict(X_train_feats)) > 0.8
softmax.save('softmax.npy')
""",
]
NOTEBOOKS = {"FullyConnectedNets": FULLY_CONNECTED, "ConvolutionalNetworks": CONVOLUTION, "features": LINEAR}


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("run_official_notebook", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def small(script, monkeypatch):
    """Let the digits be few, and matrix products in the kernel not wait for a busy second core."""
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    whole = script.write_digits
    monkeypatch.setattr(script, "write_digits", lambda folder: whole(folder, images=100))
    return script


def notebook_of(cells):
    return new_notebook(cells=[new_markdown_cell("# A notebook"), *map(new_code_cell, cells)])


def test_the_cells_of_colab_go_and_the_alias_comes_first(script):
    notebook = notebook_of([COLAB, "import numpy as np", BUILD])

    prepared = script.prepare(notebook, Path("/data"))

    assert [cell.cell_type for cell in prepared.cells] == ["code", "markdown", "code"]
    assert "import cs231n_lib.as_cs231n" in prepared.cells[0].source
    assert "'/data'" in prepared.cells[0].source
    assert prepared.cells[2].source == "import numpy as np"
    assert len(notebook.cells) == 4


def test_the_digits_are_written_in_the_form_of_cifar10(script, tmp_path):
    script.write_digits(tmp_path / "digits", images=60)

    Xtr, Ytr, Xte, Yte = data_utils.load_CIFAR10(tmp_path / "digits")

    assert (Xtr.shape, Ytr.shape, Xte.shape, Yte.shape) == ((300, 32, 32, 3), (300,), (60, 32, 32, 3), (60,))
    assert set(Ytr) == set(range(10))
    assert 0 <= Xtr.min() < 20
    assert 230 < Xtr.max() <= 250
    assert (Xtr.std(axis=0) > 0).all()


def test_the_pictures_fit_the_crop_of_the_notebook(script, tmp_path):
    script.write_pictures(tmp_path)

    for name in ("kitten", "puppy"):
        with Image.open(tmp_path / f"{name}.jpg") as picture:
            width, height = picture.size
        assert width > height


def test_a_notebook_that_is_not_there_is_said_to_be_missing(script, capsys):
    with pytest.raises(SystemExit) as ended:
        script.main(["nowhere.ipynb"])

    assert ended.value.code == 2
    message = "`notebook` must be a file (got nowhere.ipynb). Name the .ipynb of an assignment."
    assert message in capsys.readouterr().err


@pytest.mark.integration
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_of_the_official_form_runs_on_the_library(name, small, tmp_path, capsys):
    source, into = tmp_path / f"{name}.ipynb", tmp_path / "into"
    nbformat.write(notebook_of(NOTEBOOKS[name]), source)

    status = small.main([str(source), "--data", "digits", "--into", str(into), "--timeout", "120"])

    assert capsys.readouterr().out == f"{into / source.name}: 0 cells raised an error.\n"
    assert status == 0
    executed = nbformat.read(into / source.name, as_version=4)
    assert any(output.output_type == "stream" for cell in executed.cells for output in cell.get("outputs", []))


@pytest.mark.integration
def test_a_cell_that_waits_for_an_answer_is_reported_and_stops_nothing(small, tmp_path, capsys):
    source, into = tmp_path / "tuning.ipynb", tmp_path / "into"
    nbformat.write(notebook_of(["best_model = None", "best_model.loss(0)", "print('still here')"]), source)

    status = small.main([str(source), "--data", "digits", "--into", str(into)])

    said = capsys.readouterr().out
    assert said.startswith("cell 3: AttributeError: 'NoneType' object has no attribute 'loss'\n")
    assert status == 1
    executed = nbformat.read(into / source.name, as_version=4)
    assert executed.cells[-1].outputs[0].text == "still here\n"
