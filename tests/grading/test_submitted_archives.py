import io
import struct
import tracemalloc
from dataclasses import replace
from pathlib import PurePosixPath
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA, ZipFile, ZipInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autograder.sandbox.limits import MIB, Limits
from autograder.submission import File, read_folder
from autograder.submission.archive import unpack

USUAL = Limits()
SMALLER = "Clear outputs, keep data out of it, and save it again."


def zip_of(members, method=ZIP_DEFLATED, attributes=0):
    buffer = io.BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            info = ZipInfo(name)
            info.compress_type, info.external_attr = method, attributes
            archive.writestr(info, data)
    return buffer.getvalue()


def unpacked(data, **limits):
    """Return what a zip holds: bytes, or what is the trouble, by path."""
    files = unpack(File(PurePosixPath("hw.zip"), data), replace(USUAL, **limits))
    return {str(file.path): file.trouble or file.data for file in files}


def test_notebooks_and_python_files_are_read_and_nothing_else():
    data = zip_of(
        {"a.ipynb": b"{}", "in/b.py": b"x", "c.txt": b"", "in/": b"", "__MACOSX/._a.ipynb": b"", ".x/a.py": b""}
    )

    assert unpacked(data) == {"hw.zip/a.ipynb": b"{}", "hw.zip/in/b.py": b"x"}


def test_an_empty_zip_holds_nothing():
    assert unpacked(zip_of({})) == {}


def test_a_zip_in_a_folder_is_read_like_a_folder(tmp_path):
    (tmp_path / "HW.ZIP").write_bytes(zip_of({"a.ipynb": b"{}"}))

    (found,) = read_folder(tmp_path, USUAL)

    assert (str(found.path), found.data) == ("HW.ZIP/a.ipynb", b"{}")


@pytest.mark.parametrize(
    "name", ["../a.py", "in/../../a.py", "..\\a.py", "/abs/a.py", "\\a.py", "C:\\a.py", "c:a.py", "in/../a.py"]
)
def test_a_name_that_leads_out_of_the_zip_is_told_and_the_others_are_read(name):
    path = str(PurePosixPath("hw.zip/" + name.replace("\\", "/")))

    assert unpacked(zip_of({name: b"", "good.py": b"x"})) == {
        path: f"'{path}' must be named as a file in its zip (got a name that leads out of it). "
        "Zip the folder that it is in.",
        "hw.zip/good.py": b"x",
    }


def test_nothing_is_written_anywhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    unpacked(zip_of({"../a.py": b"", f"{tmp_path}/b.py": b"", "c.py": b""}))

    assert list(tmp_path.iterdir()) == []


def test_a_backslash_separates_folders_as_windows_zips_them():
    assert unpacked(zip_of({"in\\a.py": b"x"})) == {"hw.zip/in/a.py": b"x"}


def test_of_two_members_of_one_name_the_last_counts():
    data = zip_of({"a.py": b"first", "b.py": b"last"}).replace(b"b.py", b"a.py")

    assert unpacked(data) == {"hw.zip/a.py": b"last"}


def test_a_member_that_is_a_link_is_told():
    data = zip_of({"a.ipynb": b"/etc/passwd"}, attributes=0o120777 << 16)

    assert unpacked(data) == {
        "hw.zip/a.ipynb": "'hw.zip/a.ipynb' must be a file (got a symbolic link). Zip the file itself."
    }


def test_a_zip_in_a_zip_is_told():
    assert unpacked(zip_of({"in.zip": zip_of({"a.ipynb": b"{}"})})) == {
        "hw.zip/in.zip": "'hw.zip/in.zip' must be a notebook or a Python file (got an archive in a zip). "
        "Zip the files themselves."
    }


def test_a_member_with_a_password_is_told():
    data = bytearray(zip_of({"a.ipynb": b"{}"}))
    for begins, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(begins) + flags] |= 1

    assert unpacked(bytes(data)) == {
        "hw.zip/a.ipynb": "'hw.zip/a.ipynb' must open without a password (got an encrypted file). "
        "Zip it again without one."
    }


@pytest.mark.parametrize("method", [ZIP_BZIP2, ZIP_LZMA, 9, 99])
def test_a_member_that_is_compressed_in_another_way_is_told(method):
    data = bytearray(zip_of({"a.ipynb": b"{}"}))
    for begins, place in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        data[data.find(begins) + place] = method

    assert unpacked(bytes(data)) == {
        "hw.zip/a.ipynb": "'hw.zip/a.ipynb' must be compressed in the usual way (got another one). "
        "Zip it with what your system comes with."
    }


def test_a_bomb_of_one_large_member_is_told_without_unpacking_it():
    data = zip_of({"a.ipynb": bytes(200 * MIB), "good.py": b"x"})
    tracemalloc.start()

    found = unpacked(data)

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * MIB
    assert found == {
        "hw.zip/a.ipynb": f"'hw.zip/a.ipynb' must be at most 20 MiB unpacked (got 200 MiB). {SMALLER}",
        "hw.zip/good.py": b"x",
    }


def test_a_bomb_of_many_members_is_told_without_unpacking_it():
    data = zip_of({f"{number}.py": bytes(MIB) for number in range(20)})

    assert unpacked(data, upload_size=10 * MIB) == {
        "hw.zip": f"'hw.zip' must be at most 10 MiB unpacked (got 20 MiB). {SMALLER}"
    }


def test_a_bomb_that_lies_about_its_size_is_told():
    data = bytearray(zip_of({"a.py": bytes(MIB)}))
    for begins, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = data.find(begins) + place
        data[where : where + 4] = struct.pack("<I", 100)

    assert unpacked(bytes(data)) == {
        "hw.zip/a.py": "'hw.zip/a.py' must be a whole file (got a damaged one). Zip it again."
    }


def test_very_many_members_are_told_before_they_are_listed():
    data = zip_of({f"{number}.txt": b"" for number in range(1001)})

    assert unpacked(data) == {
        "hw.zip": "'hw.zip' must hold at most 1000 files (got 1001). Zip your notebooks and your own modules only."
    }


@pytest.mark.parametrize("data", [zip_of({"a.ipynb": b"{}"})[:-30], b"hello", b"", b"PK\x05\x06"])
def test_what_is_no_whole_zip_is_told(data):
    assert unpacked(data) == {
        "hw.zip": "'hw.zip' must be a zip that can be opened (got a damaged one, or something else). "
        "Zip your files again, or hand them in as they are."
    }


def test_a_damaged_member_costs_itself():
    data = zip_of({"a.py": b"x" * 1000, "b.py": b"y"}, method=0).replace(b"xxx", b"zzz")

    assert unpacked(data) == {
        "hw.zip/a.py": "'hw.zip/a.py' must be a whole file (got a damaged one). Zip it again.",
        "hw.zip/b.py": b"y",
    }


def test_a_member_without_a_name_is_not_read():
    assert unpacked(zip_of({"a": b"x"}).replace(b"a", b"\0")) == {}


def test_members_count_among_the_files(tmp_path):
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(zip_of({"a.py": b"", "b.py": b""}))

    found = read_folder(tmp_path, replace(USUAL, upload_files=3))

    assert [str(file.path) for file in found if not file.trouble] == ["a.zip/a.py", "a.zip/b.py", "b.zip/a.py"]
    assert found[-1].trouble.startswith("A submission must hold at most 3 files (got more).")


def test_what_was_unpacked_counts_towards_all_files(tmp_path):
    for name in ("a.zip", "b.zip"):
        (tmp_path / name).write_bytes(zip_of({"a.py": bytes(MIB)}))

    found = read_folder(tmp_path, replace(USUAL, upload_size=MIB + 10_000))

    assert [str(file.path) for file in found if not file.trouble] == ["a.zip/a.py"]
    assert "must be at most 1.1 MiB in all (got more, with 'b.zip/a.py')" in found[-1].trouble


NAMES = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("./\\:"), max_size=12)
MEMBERS = st.dictionaries(
    st.builds("".join, st.tuples(NAMES, st.sampled_from([".py", ".ipynb", ".zip", "", "/"]))),
    st.binary(max_size=60),
    max_size=6,
)


@settings(deadline=None)
@given(MEMBERS)
def test_any_zip_gives_files_inside_it_or_sentences(members):
    for path, found in unpacked(zip_of({name: data for name, data in members.items() if name})).items():
        assert path.startswith("hw.zip/")
        assert isinstance(found, bytes) or found.isprintable()
        if isinstance(found, bytes):
            assert ".." not in PurePosixPath(path).parts


@settings(deadline=None)
@given(st.binary(max_size=200), st.integers(0, 300), st.booleans())
def test_any_bytes_give_files_or_sentences(noise, place, insert):
    data = zip_of({"a.ipynb": b"{}", "in/b.py": b"x" * 50})
    data = data[:place] + noise + data[place if insert else place + len(noise) :]

    for found in unpacked(data).values():
        assert isinstance(found, bytes) or found.isprintable()
