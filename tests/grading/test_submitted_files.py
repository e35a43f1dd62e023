import os
import socket
import stat
from dataclasses import replace
from pathlib import Path, PurePosixPath

import pytest

from autograder.sandbox.limits import MIB, Limits
from autograder.submission import SubmissionError, read_folder, read_notebook, read_text
from autograder.submission import file as file_module

USUAL = Limits()
SMALLER = "Clear outputs, keep data out of it, and save it again."
LESS = "Hand in your notebooks and your own modules only."


def read(folder, **limits):
    """Return what a folder holds: bytes, or what is the trouble, by path."""
    return {str(file.path): file.trouble or file.data for file in read_folder(folder, replace(USUAL, **limits))}


def test_notebooks_and_python_files_are_read_and_nothing_else(tmp_path):
    for name in ("a.ipynb", "b.py", "c.txt", "data.npy", "D.IPYNB"):
        (tmp_path / name).write_bytes(name.encode())

    assert read(tmp_path) == {"a.ipynb": b"a.ipynb", "b.py": b"b.py", "D.IPYNB": b"D.IPYNB"}


def test_what_is_near_the_top_comes_first_then_by_name(tmp_path):
    for name in ("z.py", "b/y.py", "a/deep/x.py", "a/z.py"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()

    assert list(read(tmp_path)) == ["z.py", "a/z.py", "b/y.py", "a/deep/x.py"]


def test_leftovers_of_programs_are_not_read(tmp_path):
    for folder in (".ipynb_checkpoints", "__pycache__", ".git", "__MACOSX", ".venv/lib"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.py").touch()
    (tmp_path / "._a.ipynb").touch()

    assert read(tmp_path) == {}


def make_pipe(path):
    os.mkfifo(path)


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def make_device(path):
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices")


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (Path.mkdir, "a folder"),
        (make_pipe, "a pipe"),
        (make_socket, "a socket"),
        (make_device, "a device"),
        (lambda path: path.symlink_to("/etc/passwd"), "a symbolic link"),
        (lambda path: path.symlink_to("/no/such/file"), "a symbolic link"),
        (lambda path: path.symlink_to(path.name), "a symbolic link"),
    ],
)
def test_what_is_no_file_is_told_at_once(tmp_path, monkeypatch, make, what):
    monkeypatch.chdir(tmp_path)  # names of sockets are short
    make(Path("a.ipynb"))

    assert read(tmp_path) == {"a.ipynb": f"'a.ipynb' must be a file (got {what}). Hand in the file itself."}


def test_a_link_to_a_folder_is_not_followed(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.py").touch()
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "way").symlink_to("../outside")

    assert read(tmp_path / "inside") == {
        "way": "'way' must be a file (got a symbolic link). Hand in the file itself."
    }


def test_a_link_that_takes_the_place_of_a_file_is_not_followed(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").symlink_to("/etc/passwd")
    regular = Path(__file__).lstat()
    monkeypatch.setattr(file_module.Path, "lstat", lambda _path: regular)  # as it was a moment ago

    with pytest.raises(SubmissionError) as caught:
        file_module.read_bytes(tmp_path / "a.ipynb", PurePosixPath("a.ipynb"), MIB)

    assert str(caught.value).startswith("'a.ipynb' must be a file that can be read (got: Too many levels")


def test_a_file_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(*_args, **_fields):
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.ipynb").touch()
    monkeypatch.setattr(file_module.os, "open", refuse)

    assert read(tmp_path) == {
        "a.ipynb": "'a.ipynb' must be a file that can be read (got: Permission denied). Hand it in again."
    }


def test_a_folder_that_may_not_be_read_is_told(tmp_path, monkeypatch):
    def refuse(_path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("autograder.submission.folder.os.scandir", refuse)

    assert read(tmp_path) == {
        ".": "A submission must be a folder that can be read (got: Permission denied). Hand it in again."
    }


@pytest.mark.parametrize(
    ("make", "what"), [(Path.touch, "a file"), (lambda path: path.symlink_to("/etc"), "a symbolic link")]
)
def test_what_stands_in_place_of_the_folder_is_told(tmp_path, make, what):
    make(tmp_path / "assignment1")

    assert read(tmp_path / "assignment1") == {
        ".": f"A submission must be a folder (got {what}). Put its files into a folder of that name."
    }


def test_a_large_file_is_told_without_reading_it(tmp_path):
    with (tmp_path / "a.ipynb").open("wb") as file:
        file.truncate(300 * MIB)  # takes no room on the disk

    assert read(tmp_path) == {"a.ipynb": f"'a.ipynb' must be at most 20 MiB (got 300 MiB). {SMALLER}"}


def test_a_file_that_grows_while_it_is_read_is_told(tmp_path, monkeypatch):
    (tmp_path / "a.ipynb").write_bytes(bytes(101))
    monkeypatch.setattr(file_module.os, "fstat", lambda _file: os.stat_result([0] * 10))

    assert read(tmp_path, notebook_size=100) == {
        "a.ipynb": f"'a.ipynb' must be at most 0.1 MiB (got 0.1 MiB). {SMALLER}"
    }


def test_files_that_are_too_large_together_are_read_as_far_as_they_may(tmp_path):
    for name in ("a.ipynb", "b.ipynb", "c.ipynb", "d.ipynb"):
        (tmp_path / name).write_bytes(bytes(MIB))

    found = read(tmp_path, upload_size=2 * MIB)

    assert list(found) == ["a.ipynb", "b.ipynb", "c.ipynb"]
    assert found["c.ipynb"] == f"The files must be at most 2 MiB in all (got more, with 'c.ipynb'). {LESS}"


def test_of_very_many_files_those_near_the_top_are_read(tmp_path):
    (tmp_path / "venv").mkdir()
    for number in range(20):
        (tmp_path / "venv" / f"{number}.py").touch()
    (tmp_path / "a.ipynb").touch()

    assert read(tmp_path, upload_files=10) == {
        "a.ipynb": b"",
        "venv": f"A submission must hold at most 10 files (got more). {LESS}",
    }


@pytest.mark.parametrize("name", ["a.ipynb.txt", "a.ipynb.json", "A.IPYNB.TXT"])
def test_a_notebook_that_a_browser_renamed_is_read(tmp_path, name):
    (tmp_path / name).write_bytes(b"{}")

    (found,) = read_folder(tmp_path, USUAL)

    assert (found.kind, found.data) == (".ipynb", b"{}")


@pytest.mark.parametrize("name", ["hw.rar", "hw.7z", "hw.tar.gz", "hw.tgz"])
def test_an_archive_that_is_no_zip_is_told(tmp_path, name):
    (tmp_path / name).touch()

    assert read(tmp_path) == {
        name: f"{name!r} must be a zip (got {Path(name).suffix}). Zip your files, or hand in each."
    }


@pytest.mark.parametrize(
    "name",
    ["\x1b[31m\u202e.py", "a\nERROR: forged.py", "x" * 252 + ".py", "CON.py", "[red].py", os.fsdecode(b"\xff.py")],
)
def test_a_name_of_any_kind_is_read_and_shown_printable(tmp_path, name):
    (tmp_path / name).touch()

    (found,) = read_folder(tmp_path, USUAL)

    assert (found.path.name, found.data, found.trouble) == (name, b"", "")
    assert found.name.isprintable()


def test_a_path_that_is_longer_than_the_system_allows_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(25):
        os.mkdir("d" * 200)  # noqa: PTH102  relative, else it could not be made
        os.chdir("d" * 200)

    (trouble,) = read(tmp_path).values()

    assert "must be a folder that can be read (got: File name too long)" in trouble


def test_no_descriptor_is_left_open(tmp_path):
    (tmp_path / "a.ipynb").mkdir()
    (tmp_path / "b.ipynb").symlink_to("c.ipynb")
    (tmp_path / "d.ipynb").touch()
    before = len(list(Path("/proc/self/fd").iterdir()))

    for _ in range(5):
        read(tmp_path)

    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_file_that_stands_alone_is_read_as_a_notebook(tmp_path):
    (tmp_path / "a.py").write_text("x = 1")

    assert read_notebook(tmp_path / "a.py", USUAL).cells[0].source == "x = 1"


def test_a_small_text_is_read(tmp_path):
    (tmp_path / "timestamp.txt").write_text("2026-01-02")

    assert read_text(tmp_path / "timestamp.txt") == "2026-01-02"


def test_a_text_that_is_not_small_is_told(tmp_path):
    (tmp_path / "timestamp.txt").write_text("9" * 1000)

    with pytest.raises(SubmissionError, match=r"'timestamp\.txt' must be at most"):
        read_text(tmp_path / "timestamp.txt")


def test_a_small_text_that_is_none_is_told(tmp_path):
    (tmp_path / "timestamp.txt").write_bytes(b"\xff")

    with pytest.raises(SubmissionError) as caught:
        read_text(tmp_path / "timestamp.txt")

    assert str(caught.value) == "'timestamp.txt' must be UTF-8 text."
