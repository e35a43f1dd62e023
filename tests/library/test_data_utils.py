"""Data sets are read exactly as their authors wrote them, and a file cannot run code."""

import io
import pickle
import re

import cifar_files
import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from cs231n_lib import checkpoint, data_utils, download

PARTS = ("train", "val", "test")


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    """Work in an empty folder, with an empty folder of data sets."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CS231N_DATASETS", str(tmp_path / "datasets"))
    return tmp_path


@pytest.fixture
def cifar10(elsewhere):
    return cifar_files.write_python_version(elsewhere / "datasets" / "cifar-10-batches-py", n=6)


# Pickles


class Command:
    def __reduce__(self):
        return (open, ("canary", "w"))


def read(content):
    return data_utils.load_pickle(io.BytesIO(content))


@pytest.mark.parametrize("protocol", range(5))
def test_a_pickle_that_runs_something_is_refused_and_nothing_runs(protocol, elsewhere):
    message = (
        "`f` must hold nothing but data (got io.open). "
        "Do not open this file with other tools unless you made it yourself."
    )

    with pytest.raises(pickle.UnpicklingError, match=f"^{re.escape(message)}$"):
        read(pickle.dumps({"data": [Command()]}, protocol))

    assert not (elsewhere / "canary").exists()


@pytest.mark.parametrize(
    "name",
    ["os.system", "builtins.eval", "__builtin__.eval", "numpy.load", "numpy.fromfile", "_codecs.encode"],
)
def test_no_other_function_is_found(name):
    module, function = name.split(".")

    with pytest.raises(pickle.UnpicklingError, match=re.escape(name)):
        read(f"c{module}\n{function}\n(tR.".encode())


def test_a_dotted_name_does_not_reach_through_an_allowed_one():
    with pytest.raises(pickle.UnpicklingError, match=re.escape("numpy.dtype.newbyteorder")):
        read(b"\x80\x04\x8c\x05numpy\x8c\x12dtype.newbyteorder\x93.")


@pytest.mark.parametrize("flags", [0, 63])
@pytest.mark.parametrize("code", [b"O8", b"O,i4"])
def test_bytes_that_pose_as_pointers_are_refused(code, flags):
    array = cifar_files.pickled_array(code, b"|", flags, shape=(1,), content=b"A" * np.dtype(code.decode()).itemsize)

    with pytest.raises(ValueError, match="OBJECT"):
        read(b"\x80\x02" + array + b".")


def test_bytes_that_do_not_fill_the_shape_are_refused():
    array = cifar_files.pickled_array(b"u1", b"|", 0, shape=(1000, 1000), content=b"few")

    with pytest.raises(ValueError, match="reshape"):
        read(b"\x80\x02" + array + b".")


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.uint8).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(3, dtype=">i4"),
        np.array(2.5, dtype=np.float32),
        np.array([{"a": np.eye(2)}, [1, "x"]], dtype=object),
        np.zeros((0, 3)),
    ],
    ids=lambda array: f"{array.dtype}{array.shape}",
)
@pytest.mark.parametrize("protocol", [3, 4])
def test_arrays_in_lists_tuples_and_dictionaries_come_back(array, protocol):
    content = read(pickle.dumps({"tuple": (array, 1), "list": [array]}, protocol))

    for found in (content["tuple"][0], content["list"][0]):
        assert type(found) is np.ndarray
        assert (found.dtype, found.flags.writeable) == (array.dtype, True)
        assert str(found) == str(array)
    assert content["tuple"][1] == 1


# CIFAR-10


@pytest.mark.parametrize(
    ("write", "ending"), [(cifar_files.write_python_version, ""), (cifar_files.write_binary_version, ".bin")]
)
def test_a_batch_is_read_from_either_version(write, ending, elsewhere):
    folder = write(elsewhere / "batches", n=7)
    planes, labels = cifar_files.images(2, 7)

    X, Y = data_utils.load_CIFAR_batch(str(folder / f"data_batch_3{ending}"))

    assert (X.shape, X.dtype) == ((7, 32, 32, 3), np.float64)
    assert (X[4, 10, 20, 2], Y[4]) == (planes[4, 2, 10, 20], labels[4])
    np.testing.assert_array_equal(X.transpose(0, 3, 1, 2), planes)
    np.testing.assert_array_equal(Y, labels)


@pytest.mark.parametrize(
    ("name", "content", "shapes"),
    [
        ("short.bin", bytes(3000), "(3000,) and (0,)"),
        ("mnist", pickle.dumps({"data": np.zeros((2, 784)), "labels": [1, 2]}, 4), "(2, 784) and (2,)"),
        ("unlabelled", pickle.dumps({"data": np.zeros((2, 3072)), "labels": [1]}, 4), "(2, 3072) and (1,)"),
    ],
)
def test_a_file_with_other_images_is_refused(name, content, shapes, elsewhere):
    elsewhere.joinpath(name).write_bytes(content)
    message = (
        "`filename` must hold images of CIFAR-10, 3072 bytes and a label each "
        f"(got {name!r} with shapes {shapes}). Download it again."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        data_utils.load_CIFAR_batch(name)


def test_all_of_cifar10_is_the_batches_one_after_the_other(cifar10):
    Xtr, Ytr, Xte, Yte = data_utils.load_CIFAR10(cifar10)

    assert (Xtr.shape, Ytr.shape, Xte.shape, Yte.shape) == ((30, 32, 32, 3), (30,), (6, 32, 32, 3), (6,))
    assert Xtr.flags.c_contiguous
    for batch in range(5):
        planes, labels = cifar_files.images(batch, 6)
        np.testing.assert_array_equal(Xtr[6 * batch : 6 * batch + 6].transpose(0, 3, 1, 2), planes)
        np.testing.assert_array_equal(Ytr[6 * batch : 6 * batch + 6], labels)
    np.testing.assert_array_equal(Xte.transpose(0, 3, 1, 2), cifar_files.images(5, 6)[0])
    np.testing.assert_array_equal(Yte, cifar_files.images(5, 6)[1])


@pytest.mark.parametrize(
    ("write", "place"),
    [
        (cifar_files.write_python_version, "cs231n/datasets/cifar-10-batches-py"),
        (cifar_files.write_binary_version, "cs231n/datasets/cifar-10-batches-bin"),
        (cifar_files.write_python_version, "datasets/cifar-10-batches-py"),
        (cifar_files.write_binary_version, "datasets/cifar-10-batches-bin"),
    ],
)
def test_the_path_of_the_official_notebooks_leads_to_the_data_wherever_they_are(write, place, elsewhere):
    write(elsewhere / place, n=2)

    Xtr, *_ = data_utils.load_CIFAR10("cs231n/datasets/cifar-10-batches-py")
    data = data_utils.get_CIFAR10_data(num_training=8, num_validation=2, num_test=2, subtract_mean=False)

    np.testing.assert_array_equal(data["X_train"], Xtr[:8].transpose(0, 3, 1, 2))


@pytest.mark.usefixtures("cifar10")
def test_the_working_directory_comes_before_the_folder_of_the_data_sets(elsewhere):
    cifar_files.write_python_version(elsewhere / "cs231n" / "datasets" / "cifar-10-batches-py", n=1)

    Xtr, *_ = data_utils.load_CIFAR10("cs231n/datasets/cifar-10-batches-py")

    assert len(Xtr) == 5


def test_by_default_the_data_sets_are_in_the_package(monkeypatch):
    monkeypatch.delenv("CS231N_DATASETS")

    assert download.datasets_folder() == download.Path(data_utils.__file__).parent / "datasets"


@pytest.mark.parametrize("missing", ["data_batch_4", "test_batch"])
def test_an_incomplete_folder_is_refused_with_what_to_do(cifar10, missing):
    (cifar10 / missing).unlink()
    message = (
        f"`ROOT` must be a folder with the six batches of CIFAR-10 (got {str(cifar10)!r}, and "
        f"{str(cifar10.parent)!r} has none either). Call download_cifar10(), or use get_digits_data(), "
        "which downloads nothing."
    )

    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        data_utils.load_CIFAR10(cifar10)


def test_the_first_images_train_and_the_next_validate(cifar10):
    Xtr, Ytr, Xte, Yte = data_utils.load_CIFAR10(cifar10)

    data = data_utils.get_CIFAR10_data(num_training=20, num_validation=5, num_test=4, subtract_mean=False)

    expected = {"train": (Xtr[:20], Ytr[:20]), "val": (Xtr[20:25], Ytr[20:25]), "test": (Xte[:4], Yte[:4])}
    for part, (X, y) in expected.items():
        assert data[f"X_{part}"].dtype == np.float64
        np.testing.assert_array_equal(data[f"X_{part}"], X.transpose(0, 3, 1, 2))
        np.testing.assert_array_equal(data[f"y_{part}"], y)


@pytest.mark.usefixtures("cifar10")
def test_the_mean_training_image_is_subtracted_from_every_part():
    raw = data_utils.get_CIFAR10_data(20, 5, 4, subtract_mean=False)

    data = data_utils.get_CIFAR10_data(20, 5, 4)

    np.testing.assert_allclose(data["X_train"].mean(axis=0), 0, atol=1e-12)
    for part in PARTS:
        np.testing.assert_allclose(data[f"X_{part}"], raw[f"X_{part}"] - raw["X_train"].mean(axis=0), atol=1e-12)


@pytest.mark.usefixtures("cifar10")
@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (
            {"num_training": 29, "num_validation": 2},
            "`num_training` and `num_validation` must be 0 or more, and together at most 30 (got 29, 2). "
            "There are no more images.",
        ),
        (
            {"num_training": 9, "num_validation": 2, "num_test": 7},
            "`num_test` must be 0 or more, and together at most 6 (got 7). There are no more images.",
        ),
    ],
)
def test_more_images_than_there_are_cannot_be_had(counts, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        data_utils.get_CIFAR10_data(**counts)


# Digits


def test_the_digits_are_those_of_scikit_learn_each_once():
    data = data_utils.get_digits_data(subtract_mean=False)

    found = np.concatenate([data[f"X_{part}"].reshape(-1, 64) for part in PARTS])
    labels = np.concatenate([data[f"y_{part}"] for part in PARTS])
    ours = sorted(map(tuple, np.column_stack([found, labels])))
    digits = load_digits()
    assert ours == sorted(map(tuple, np.column_stack([digits.data, digits.target])))


def test_the_digits_come_as_images_of_one_channel():
    data = data_utils.get_digits_data()

    assert [data[f"X_{part}"].shape for part in PARTS] == [(1297, 1, 8, 8), (250, 1, 8, 8), (250, 1, 8, 8)]
    assert [data[f"y_{part}"].shape for part in PARTS] == [(1297,), (250,), (250,)]
    assert {data[f"X_{part}"].dtype for part in PARTS} == {np.dtype(np.float64)}
    assert set(data["y_val"]) == set(range(10))


def test_the_digits_come_as_rows_if_so_wished():
    images, rows = data_utils.get_digits_data(), data_utils.get_digits_data(flatten=True)

    for part in PARTS:
        np.testing.assert_array_equal(rows[f"X_{part}"], images[f"X_{part}"].reshape(-1, 64))


def test_the_mean_digit_is_subtracted():
    raw, data = data_utils.get_digits_data(subtract_mean=False), data_utils.get_digits_data()

    for part in PARTS:
        np.testing.assert_allclose(data[f"X_{part}"], raw[f"X_{part}"] - raw["X_train"].mean(axis=0), atol=1e-12)


def test_the_split_of_the_digits_follows_from_the_seed_alone():
    before = str(np.random.get_state())  # noqa: NPY002 - the global generator of the course

    first, second = data_utils.get_digits_data(seed=3), data_utils.get_digits_data(seed=3)

    for name, values in first.items():
        np.testing.assert_array_equal(second[name], values)
    assert not np.array_equal(first["y_train"], data_utils.get_digits_data(seed=4)["y_train"])
    assert str(np.random.get_state()) == before  # noqa: NPY002


@pytest.mark.parametrize(("num_training", "num_test"), [(1298, 250), (-1, 250)])
def test_more_digits_than_there_are_cannot_be_had(num_training, num_test):
    message = (
        "`num_training` and `num_validation` and `num_test` must be 0 or more, and together at most 1797 "
        f"(got {num_training}, 250, {num_test}). There are no more images."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        data_utils.get_digits_data(num_training=num_training, num_test=num_test)


def test_without_cifar10_the_digits_are_loaded_and_it_is_said(capsys):
    data = data_utils.load_data()

    assert data["X_train"].shape == (1297, 1, 8, 8)
    assert capsys.readouterr().out == "Data: handwritten digits, 1297 training images of shape (1, 8, 8).\n"


def test_with_cifar10_it_is_loaded_and_it_is_said(elsewhere, capsys, monkeypatch):
    cifar_files.write_binary_version(elsewhere / "datasets" / "cifar-10-batches-bin", n=1)
    counts = {"num_training": 4, "num_validation": 1, "num_test": 1}
    whole = data_utils.get_CIFAR10_data
    monkeypatch.setattr(data_utils, "get_CIFAR10_data", lambda **options: whole(**counts, **options))

    data = data_utils.load_data(subtract_mean=False)

    assert data["X_train"].max() > 200
    assert capsys.readouterr().out == "Data: CIFAR-10, 4 training images of shape (3, 32, 32).\n"


# Models


def test_the_parameters_of_all_saved_models_are_loaded(elsewhere):
    checkpoint.write_state(elsewhere / "saved" / "a.npy", {"params": {"W": np.eye(2)}})
    checkpoint.write_state(elsewhere / "saved" / "b.npz", {"params": {"W": np.ones(3)}, "progress": {}})

    models = data_utils.load_models("saved")

    assert list(models) == ["a.npy", "b.npz"]
    np.testing.assert_array_equal(models["b.npz"]["W"], np.ones(3))


# ImageNet


def write_picture(path, value):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full((64, 64), value, np.uint8)).save(path, "PNG")


@pytest.fixture
def tiny_imagenet(elsewhere):
    root = elsewhere / "tiny"
    for wnid, values in {"n02": (10, 20), "n01": (30, 40)}.items():
        for k, value in enumerate(values):
            write_picture(root / "train" / wnid / "images" / f"{wnid}_{k}.JPEG", value)
    write_picture(root / "val" / "images" / "val_0.JPEG", 50)
    write_picture(root / "test" / "images" / "test_0.JPEG", 60)
    root.joinpath("wnids.txt").write_text("n02\nn01\n")
    root.joinpath("words.txt").write_text("n00\tentity\nn01\tgoldfish, Carassius auratus\nn02\ttench\n")
    root.joinpath("val", "val_annotations.txt").write_text("val_0.JPEG\tn01\t0\t0\t63\t63\n")
    return root


def test_tiny_imagenet_is_read_in_the_order_of_its_classes(tiny_imagenet):
    data = data_utils.load_tiny_imagenet(tiny_imagenet, subtract_mean=False)

    assert data["class_names"] == [["tench"], ["goldfish", "Carassius auratus"]]
    assert (data["X_train"].shape, data["X_train"].dtype) == ((4, 3, 64, 64), np.float32)
    assert data["X_train"][:, 2, 5, 5].tolist() == [10, 20, 30, 40]
    assert data["y_train"].tolist() == [0, 0, 1, 1]
    assert (data["X_val"].max(), data["y_val"].tolist()) == (50, [1])
    assert (data["X_test"].max(), data["y_test"]) == (60, None)


def test_the_mean_of_tiny_imagenet_is_subtracted(tiny_imagenet):
    data = data_utils.load_tiny_imagenet(str(tiny_imagenet), dtype=np.float64)

    np.testing.assert_array_equal(data["mean_image"], np.full((3, 64, 64), 25.0))
    assert [data[f"X_{part}"][0, 0, 0, 0] for part in PARTS] == [-15, 25, 35]


def test_labels_of_the_test_images_are_read_if_there_are_any(tiny_imagenet):
    tiny_imagenet.joinpath("test", "test_annotations.txt").write_text("test_0.JPEG\tn02\n")

    data = data_utils.load_tiny_imagenet(tiny_imagenet)

    assert data["y_test"].tolist() == [0]


def test_the_validation_images_of_imagenet_are_read_without_running_their_pickle(elsewhere):
    path = elsewhere / "datasets" / "imagenet_val_25.npz"
    path.parent.mkdir()
    images = np.arange(3 * 12, dtype=np.uint8).reshape(3, 2, 2, 3)
    np.savez(path, X=images, y=np.array([5, 6, 7]), label_map=np.array({5: "ray", 6: "cock"}, dtype=object))

    X, y, class_names = data_utils.load_imagenet_val(num=2)

    np.testing.assert_array_equal(X, images[:2])
    assert (y.tolist(), class_names) == ([5, 6], {5: "ray", 6: "cock"})
    assert len(data_utils.load_imagenet_val()[0]) == 3


def test_without_the_validation_images_it_is_said_where_they_belong(elsewhere):
    message = (
        f"`imagenet_val_25.npz` must be in the folder of the data sets (got {str(elsewhere / 'datasets')!r}). "
        "Download it from the official course."
    )

    with pytest.raises(FileNotFoundError, match=f"^{re.escape(message)}$"):
        data_utils.load_imagenet_val()
