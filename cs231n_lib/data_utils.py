"""The data sets: CIFAR-10 if it is there, handwritten digits, which always are, and the small ImageNets.

Every ``get_..._data`` gives the same dictionary, the one that `Solver` takes: ``X_train``, ``y_train``, ``X_val``,
``y_val``, ``X_test``, ``y_test``; images are float64 arrays of shape (N, C, H, W), labels integers.

CIFAR-10 is looked for in ``cs231n/datasets`` below the working directory, where the official notebooks keep it,
and in `cs231n_lib.download.datasets_folder`. Both of its versions are read, the one for Python and the binary one.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np

from cs231n_lib.checkpoint import read_state
from cs231n_lib.download import CIFAR10, datasets_folder, download_cifar10
from cs231n_lib.imagenet import load_imagenet_val, load_tiny_imagenet
from cs231n_lib.pickles import load_pickle

__all__ = [
    "download_cifar10",
    "get_CIFAR10_data",
    "get_digits_data",
    "load_CIFAR10",
    "load_CIFAR_batch",
    "load_data",
    "load_imagenet_val",
    "load_models",
    "load_pickle",
    "load_tiny_imagenet",
]

OFFICIAL = Path("cs231n", "datasets", CIFAR10)
BATCHES = ("data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5", "test_batch")
PIXELS = 3 * 32 * 32


def load_CIFAR_batch(filename):  # noqa: N802 - the official name
    """Load one file of CIFAR-10.

    Parameters
    ----------
    filename : str or Path
        A pickle, as in ``cifar-10-batches-py``, or a file that ends in ``.bin``, as in ``cifar-10-batches-bin``.

    Returns
    -------
    X : ndarray of shape (N, 32, 32, 3)
        float64, from 0 to 255; red, green, blue.
    Y : ndarray of shape (N,)
        Integers from 0 to 9.

    Raises
    ------
    pickle.UnpicklingError
        If the pickle holds anything but data. No code in it is run.
    ValueError
        If the images do not have 3 by 32 by 32 bytes.
    """
    X, Y = _read_batch(Path(filename))
    return _channels_last(X), Y


def load_CIFAR10(ROOT):  # noqa: N802 - the official name
    """Load all of CIFAR-10.

    Parameters
    ----------
    ROOT : str or Path
        The folder of the six batches. If it is the official one, ``cs231n/datasets/cifar-10-batches-py``, and not
        there, the folder of the data sets is searched.

    Returns
    -------
    Xtr : ndarray of shape (50000, 32, 32, 3)
        float64, from 0 to 255: 1.2 GB.
    Ytr : ndarray of shape (50000,)
    Xte : ndarray of shape (10000, 32, 32, 3)
    Yte : ndarray of shape (10000,)

    Raises
    ------
    FileNotFoundError
        If a batch is missing.
    """
    (Xtr, Ytr), (Xte, Yte) = _read_cifar10(ROOT)
    return _channels_last(Xtr), Ytr, _channels_last(Xte), Yte


def get_CIFAR10_data(num_training=49000, num_validation=1000, num_test=1000, subtract_mean=True):  # noqa: N802
    """Load CIFAR-10 and split it as the course does: the last training images validate.

    Parameters
    ----------
    num_training, num_validation, num_test : int
        How many images of each part. The first ones train, the next ones validate.
    subtract_mean : bool
        Subtract the mean training image from all images.

    Returns
    -------
    data : dict
        Images of shape (N, 3, 32, 32), float64, not scaled.

    Raises
    ------
    FileNotFoundError
        If CIFAR-10 is not there. `get_digits_data` needs no download.
    ValueError
        If there are fewer images than asked for.
    """
    (X, y), (X_test, y_test) = _read_cifar10(OFFICIAL)
    train, val = _split(len(X), num_training=num_training, num_validation=num_validation)
    (test,) = _split(len(X_test), num_test=num_test)
    return _dataset((X[train], y[train]), (X[val], y[val]), (X_test[test], y_test[test]), subtract_mean)


def get_digits_data(num_training=1297, num_validation=250, num_test=250, subtract_mean=True, flatten=False, seed=0):
    """Load handwritten digits, 8 by 8 pixels, which come with scikit-learn: no download.

    Parameters
    ----------
    num_training, num_validation, num_test : int
        How many images of each part; there are 1797.
    subtract_mean : bool
        Subtract the mean training image from all images.
    flatten : bool
        Make each image a row of 64 numbers.
    seed : int
        Shuffles the images before they are split. The same seed gives the same split, anywhere.

    Returns
    -------
    data : dict
        Images of shape (N, 1, 8, 8), or (N, 64), float64; before the subtraction from 0, white, to 16, black.

    Raises
    ------
    ValueError
        If there are fewer images than asked for.

    References
    ----------
    Alpaydin and Kaynak, "Optical recognition of handwritten digits", UCI Machine Learning Repository, 1998.

    Examples
    --------
    >>> data = get_digits_data(num_training=1000)
    >>> data["X_train"].shape, data["y_val"].shape
    ((1000, 1, 8, 8), (250,))
    """
    from sklearn.datasets import load_digits  # here: it takes a second, and only this function needs it

    digits = load_digits()
    X, y = digits.images[:, None], digits.target  # (1797, 1, 8, 8), (1797,)
    if flatten:
        X = X.reshape(len(X), -1)
    parts = _split(len(X), num_training=num_training, num_validation=num_validation, num_test=num_test)
    order = np.random.default_rng(seed).permutation(len(X))
    train, val, test = (order[part] for part in parts)
    return _dataset((X[train], y[train]), (X[val], y[val]), (X[test], y[test]), subtract_mean)


def load_data(subtract_mean=True):
    """Load CIFAR-10 if it is there, else the handwritten digits, and print which.

    Parameters
    ----------
    subtract_mean : bool
        Subtract the mean training image from all images.

    Returns
    -------
    data : dict
        As from `get_CIFAR10_data` or `get_digits_data`. Ask ``data["X_train"].shape`` for the size of the images.
    """
    if _find_cifar10(OFFICIAL):
        name, data = "CIFAR-10", get_CIFAR10_data(subtract_mean=subtract_mean)
    else:
        name, data = "handwritten digits", get_digits_data(subtract_mean=subtract_mean)
    print(f"Data: {name}, {len(data['X_train'])} training images of shape {data['X_train'].shape[1:]}.")
    return data


def load_models(models_dir):
    """Load the parameters of all models that a folder holds.

    Parameters
    ----------
    models_dir : str or Path
        With nothing in it but files from the ``save`` of a model or the checkpoints of a `Solver`.

    Returns
    -------
    models : dict of str to dict
        The parameters of each model, by the name of its file. (The official function gives whole models, for
        which it has to run what stands in the files.)

    Raises
    ------
    ValueError
        If a file is another one.
    """
    return {path.name: read_state(path)["params"] for path in sorted(Path(models_dir).iterdir())}


def _find_cifar10(root):
    """Return the folder of all six batches, or None."""
    roots = [root, datasets_folder() / CIFAR10] if root == OFFICIAL else [root]
    folders = [folder for root in roots for folder in (root, root.with_name("cifar-10-batches-bin"))]
    return next((folder for folder in folders if all(_batch(folder, name).exists() for name in BATCHES)), None)


def _batch(folder, name):
    plain = folder / name
    return plain if plain.exists() else plain.with_suffix(".bin")


def _read_cifar10(ROOT):
    folder = _find_cifar10(Path(ROOT))
    if folder is None:
        raise FileNotFoundError(
            f"`ROOT` must be a folder with the six batches of CIFAR-10 (got {str(ROOT)!r}, and "
            f"{str(datasets_folder())!r} has none either). Call download_cifar10(), or use get_digits_data(), "
            "which downloads nothing."
        )
    *train, test = (_read_batch(_batch(folder, name)) for name in BATCHES)
    X, y = (np.concatenate(arrays) for arrays in zip(*train, strict=True))
    return (X, y), test


def _read_batch(path):
    """Return bytes of shape (N, 3, 32, 32) and their labels."""
    X, y = _read_binary(path) if path.suffix == ".bin" else _read_pickled(path)
    if X.shape != (len(y), PIXELS):
        raise ValueError(
            f"`filename` must hold images of CIFAR-10, {PIXELS} bytes and a label each "
            f"(got {str(path)!r} with shapes {X.shape} and {y.shape}). Download it again."
        )
    return X.reshape(-1, 3, 32, 32), y


def _read_binary(path):
    content = np.fromfile(path, np.uint8)
    if len(content) % (1 + PIXELS):
        return content, np.empty(0, np.int64)
    records = content.reshape(-1, 1 + PIXELS)  # first the label, then the red, the green and the blue plane
    return records[:, 1:], records[:, 0].astype(np.int64)


def _read_pickled(path):
    with path.open("rb") as file:
        content = load_pickle(file)
    return content["data"], np.array(content["labels"])


def _channels_last(X):
    return X.transpose(0, 2, 3, 1).astype(np.float64, order="C")


def _split(available, **counts):
    """Return consecutive slices of the given lengths."""
    if min(counts.values()) < 0 or sum(counts.values()) > available:
        raise ValueError(
            f"`{'` and `'.join(counts)}` must be 0 or more, and together at most {available} "
            f"(got {', '.join(map(str, counts.values()))}). There are no more images."
        )
    ends = np.cumsum([0, *counts.values()]).tolist()
    return [slice(*ends) for ends in pairwise(ends)]


def _dataset(train, val, test, subtract_mean):
    data = {}
    for name, (X, y) in {"train": train, "val": val, "test": test}.items():
        data[f"X_{name}"], data[f"y_{name}"] = X.astype(np.float64), y
    if subtract_mean:
        mean_image = data["X_train"].mean(axis=0)
        for name in ("X_train", "X_val", "X_test"):
            data[name] -= mean_image
    return data
