import fcntl
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace

import pytest

from autograder.sandbox import private
from autograder.sandbox.limits import MIB, Limits

LIMITS = Limits(folder_size=MIB, folder_files=20)


@pytest.fixture(autouse=True)
def temporary(tmp_path, monkeypatch):
    """Let temporary folders be made in a folder of the test; nothing was swept yet."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(private, "_sweep_first_and_last", private.sweep)
    return tmp_path


def left_behind(folder):
    """Make a folder as a killed grader leaves it, with something in it."""
    old = folder / f"{private.PREFIX}old"
    (old / "home" / "deep").mkdir(parents=True)
    (old / "home" / "deep" / "file").write_text("x")
    return old


def deepen(folder, levels, name):
    """Make folders in folders, which no path needs to reach."""
    here = os.open(folder, os.O_RDONLY)
    for _ in range(levels):
        os.mkdir(name, dir_fd=here)
        inner = os.open(name, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)


def test_a_private_folder_is_empty_and_gone_at_the_end(temporary):
    with private.private_folder(None) as home:
        (home / "file").write_text("x")
        made = list(temporary.iterdir())

    assert len(made) == 1
    assert home.parent == made[0]
    assert list(temporary.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes folders for others")
def test_a_private_folder_is_open_to_the_account_it_is_made_for_and_to_nobody_else():
    with private.private_folder(65534) as home:
        modes = {path: (path.stat().st_mode & 0o777, path.stat().st_gid) for path in (home.parent, home)}

    assert modes == {home.parent: (0o750, 65534), home: (0o770, 65534)}


def test_what_a_killed_grader_left_is_removed_at_the_next_start(temporary):
    old = left_behind(temporary)

    with private.private_folder(None):
        pass

    assert not old.exists()


def test_what_another_grader_uses_is_left_alone(temporary):
    used = left_behind(temporary)
    lock = os.open(used, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)

    private.sweep()

    os.close(lock)
    assert used.exists()


def test_what_is_in_use_here_is_left_alone():
    with private.private_folder(None) as home:
        private.sweep()

        assert home.exists()


def test_what_was_left_is_removed_at_the_end_too(temporary):
    code = (
        "import os\nfrom autograder.sandbox.private import private_folder\n"
        "with private_folder(None):\n    pass\n"
        f"os.mkdir({str(temporary / private.PREFIX)!r} + 'killed')"
    )

    subprocess.run([sys.executable, "-c", code], env=os.environ | {"TMPDIR": str(temporary)}, check=True)  # noqa: S603

    assert list(temporary.iterdir()) == []


def test_a_link_of_that_name_is_not_followed(temporary):
    target = temporary / "precious"
    target.mkdir()
    (target / "file").write_text("x")
    (temporary / f"{private.PREFIX}link").symlink_to(target)

    private.sweep()

    assert (target / "file").exists()


def test_a_very_deep_folder_is_removed(tmp_path):
    folder = tmp_path / "deep"
    folder.mkdir()
    deepen(folder, 1100, "deep")  # deeper than a path can say and than Python may recurse

    private.remove(folder)

    assert not folder.exists()


def test_folders_that_cannot_be_looked_into_are_removed(tmp_path):
    folder = tmp_path / "closed"
    (folder / "inner").mkdir(parents=True)
    (folder / "inner" / "file").write_text("x")
    for path, mode in ((folder / "inner", 0o300), (folder, 0)):
        path.chmod(mode)

    private.remove(folder)

    assert not folder.exists()


def test_links_in_a_folder_are_removed_and_their_targets_stay(tmp_path):
    (tmp_path / "precious").mkdir()
    (tmp_path / "precious" / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "precious")
    os.mkfifo(tmp_path / "folder" / "pipe")

    private.remove(tmp_path / "folder")

    assert [path.name for path in tmp_path.iterdir()] == ["precious"]
    assert (tmp_path / "precious" / "file").exists()


def test_little_is_no_excess(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_bytes(bytes(1000))

    assert private.excess(tmp_path, LIMITS) == ""


def test_too_many_bytes_are_an_excess_wherever_they_stand(tmp_path):
    (tmp_path / "a").mkdir()
    for name in ("x", "a/y", "a/z"):
        (tmp_path / name).write_bytes(os.urandom(MIB // 2))

    assert private.excess(tmp_path, LIMITS) == "writes more than the 1 MiB that all its files may take."


def test_a_sparse_file_counts_as_what_it_takes(tmp_path):
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)

    assert private.excess(tmp_path, LIMITS) == ""


def test_too_many_files_are_an_excess(tmp_path):
    for number in range(21):
        (tmp_path / str(number)).touch()

    assert private.excess(tmp_path, LIMITS) == "makes more than the 20 files and folders it may."


@pytest.mark.skipif(os.geteuid() == 0, reason="root looks into every folder")
def test_a_folder_that_hides_its_contents_is_an_excess(tmp_path):
    (tmp_path / "closed").mkdir(mode=0o300)

    assert private.excess(tmp_path, LIMITS) == "makes a folder that cannot be looked into (Permission denied)."


def test_a_path_too_long_to_look_at_is_an_excess(tmp_path):
    deepen(tmp_path, 30, "d" * 200)

    sentence = private.excess(tmp_path, replace(LIMITS, folder_files=1000))

    private.remove(tmp_path)
    assert sentence == "makes a folder that cannot be looked into (File name too long)."


def test_what_watches_a_folder_says_once_what_it_holds_too_much_of(tmp_path):
    said = []

    with private.watched(tmp_path, LIMITS, said.append):
        for number in range(21):
            (tmp_path / str(number)).touch()
        deadline = time.monotonic() + 5
        while not said and time.monotonic() < deadline:
            time.sleep(0.01)

    assert said == ["makes more than the 20 files and folders it may."]
