"""The two small parts of ImageNet that the course has used."""

from pathlib import Path

import numpy as np
from PIL import Image

from cs231n_lib.download import datasets_folder
from cs231n_lib.pickles import load_pickle

__all__ = ["load_imagenet_val", "load_tiny_imagenet"]


def load_tiny_imagenet(path, dtype=np.float32, subtract_mean=True):
    """Load a TinyImageNet: 100 or 200 classes, 500 training images each, 64 by 64 pixels.

    Parameters
    ----------
    path : str or Path
        The folder with ``wnids.txt``, ``words.txt``, ``train``, ``val`` and ``test``.
    dtype : dtype
        Of the images, a float.
    subtract_mean : bool
        Subtract the mean training image from all images.

    Returns
    -------
    data : dict
        ``class_names``, a list of synonyms for each class; ``X_train``, ``y_train``, ``X_val``, ``y_val``,
        ``X_test``, ``y_test``, images of shape (N, 3, 64, 64); ``mean_image`` of shape (3, 64, 64).
        ``y_test`` is None where the labels are kept secret.

    Raises
    ------
    FileNotFoundError
        If a list or an image is missing.
    """
    path = Path(path)
    wnids = path.joinpath("wnids.txt").read_text(encoding="utf-8").split()
    labels = {wnid: label for label, wnid in enumerate(wnids)}
    words = dict(_rows(path / "words.txt"))
    parts = {
        "train": [(file, wnid) for wnid in wnids for file in _images(path / "train" / wnid)],
        "val": _annotated(path / "val"),
        "test": _annotated(path / "test") or [(file, None) for file in _images(path / "test")],
    }
    data = {"class_names": [[word.strip() for word in words[wnid].split(",")] for wnid in wnids]}
    for name, files in parts.items():
        data[f"X_{name}"] = np.stack([_pixels(file).astype(dtype) for file, _ in files])
        y = [labels.get(wnid) for _, wnid in files]
        data[f"y_{name}"] = None if None in y else np.array(y)
    data["mean_image"] = data["X_train"].mean(axis=0, dtype=np.float64).astype(dtype)
    if subtract_mean:
        for name in parts:
            data[f"X_{name}"] -= data["mean_image"]
    return data


def load_imagenet_val(num=None):
    """Load a few validation images of ImageNet, from ``imagenet_val_25.npz`` in the folder of the data sets.

    Parameters
    ----------
    num : int, optional
        How many images; by default all.

    Returns
    -------
    X : ndarray of shape (num, 224, 224, 3)
        Bytes.
    y : ndarray of shape (num,)
        Integers from 0 to 999.
    class_names : dict of int to str

    Raises
    ------
    FileNotFoundError
        If the file is not there. The official course has it.
    """
    path = datasets_folder() / "imagenet_val_25.npz"
    if not path.exists():
        raise FileNotFoundError(
            f"`imagenet_val_25.npz` must be in the folder of the data sets (got {str(path.parent)!r}). "
            "Download it from the official course."
        )
    with np.load(path) as file:
        with file.zip.open("label_map.npy") as names:  # an array of objects, which is pickled
            np.lib.format.read_magic(names)
            np.lib.format.read_array_header_1_0(names)
            class_names = load_pickle(names).item()
        return file["X"][:num], file["y"][:num], class_names


def _rows(path):
    return [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]


def _images(folder):
    return sorted((folder / "images").iterdir())


def _annotated(folder):
    """Return the images that the list in a folder names, with their classes; none if there is no list."""
    path = folder / f"{folder.name}_annotations.txt"
    return [(folder / "images" / file, wnid) for file, wnid, *_ in _rows(path)] if path.exists() else []


def _pixels(file):
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB")).transpose(2, 0, 1)  # some images are gray
