"""The download is resumed, checked and never half there; the servers are on this machine."""

import hashlib
import io
import re
import socket
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import cifar_files
import pytest

from cs231n_lib import data_utils, download
from cs231n_lib.download import download_cifar10

BROKEN_OFF = 40_000  # bytes


def packed(files):
    """Return a tar archive of the given contents by name."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text))
    return content.getvalue()


ARCHIVE = packed(
    {
        f"cifar-10-batches-py/{name}": cifar_files.python2_pickle(*cifar_files.images(batch, 4))
        for batch, name in enumerate(cifar_files.BATCHES)
    }
)
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()


class Server(HTTPServer):
    """Offers one archive, with the weaknesses that a test asks for."""

    content, ranges, says_length, stops_after = ARCHIVE, True, True, None

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}/cifar-10-python.tar.gz"
        self.asked = []


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.headers["Range"])
        asked = re.search(r"\d+", self.headers["Range"] or "") if self.server.ranges else None
        start = int(asked[0]) if asked else 0
        content = self.server.content[start:]
        if self.path != "/cifar-10-python.tar.gz":
            self.send_error(404)
        elif start and not content:
            self.send_error(416)
        else:
            self.send_response(206 if start else 200)
            if self.server.says_length:
                self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: self.server.stops_after])

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def get(server, tmp_path):
    """Download from the server into an empty folder."""

    def get(**options):
        return download_cifar10(tmp_path, **{"url": server.url, "sha256": SHA256, "progress": False} | options)

    return get


@pytest.fixture
def begun(server, get):
    """Break off a download."""
    server.stops_after = BROKEN_OFF
    with pytest.raises(ConnectionError):
        get()
    server.stops_after = None
    server.asked.clear()
    return get


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_download_is_the_official_layout_and_leaves_nothing_else(get, tmp_path):
    folder = get()

    assert folder == tmp_path / "cifar-10-batches-py"
    assert names(tmp_path) == ["cifar-10-batches-py"]
    assert names(folder) == cifar_files.BATCHES


def test_what_was_downloaded_can_be_loaded(server, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CS231N_DATASETS", str(tmp_path / "new" / "folder"))

    download_cifar10(url=server.url, sha256=SHA256, progress=False)

    data = data_utils.get_CIFAR10_data(16, 4, 4)
    assert data["X_train"].shape == (16, 3, 32, 32)


def test_what_is_there_is_not_asked_for_again(server, get):
    first = get()

    assert get() == first
    assert server.asked == [None]


def test_a_broken_download_says_how_far_it_came_and_keeps_it(server, get, tmp_path):
    server.stops_after = BROKEN_OFF
    message = (
        f"`url` must be reachable (got {server.url}: only {BROKEN_OFF} of {len(ARCHIVE)} bytes came). Go online and "
        f"call again, it goes on where it stopped; or bring the archive to {tmp_path / 'cifar-10-python.tar.gz'} by "
        "other means. `get_digits_data` needs no network."
    )

    with pytest.raises(ConnectionError, match=f"^{re.escape(message)}$"):
        get()

    assert (tmp_path / "cifar-10-python.tar.gz.part").read_bytes() == ARCHIVE[:BROKEN_OFF]


def test_a_broken_download_goes_on_where_it_stopped(server, begun):
    folder = begun()

    assert server.asked == [f"bytes={BROKEN_OFF}-"]
    assert names(folder) == cifar_files.BATCHES


def test_a_server_that_cannot_start_in_the_middle_starts_anew(server, begun):
    server.ranges = False

    assert names(begun()) == cifar_files.BATCHES


def test_a_server_that_does_not_say_how_much_there_is_will_do(server, get):
    server.says_length = False

    assert names(get()) == cifar_files.BATCHES


def test_a_download_that_was_whole_but_not_unpacked_is_not_downloaded_again(server, get, tmp_path):
    (tmp_path / "cifar-10-python.tar.gz.part").write_bytes(ARCHIVE)

    assert names(get()) == cifar_files.BATCHES
    assert server.asked == [f"bytes={len(ARCHIVE)}-"]


def test_an_archive_brought_by_other_means_needs_no_network(tmp_path):
    (tmp_path / "cifar-10-python.tar.gz").write_bytes(ARCHIVE)

    folder = download_cifar10(tmp_path, url="http://nowhere.invalid/", sha256=SHA256)

    assert names(tmp_path) == ["cifar-10-batches-py"]
    assert names(folder) == cifar_files.BATCHES


def test_an_archive_with_another_hash_is_deleted_before_it_is_opened(server, get, tmp_path):
    server.content = b"not an archive at all"
    message = (
        f"`sha256` must be the hash of the archive (got {SHA256}, the archive has "
        f"{hashlib.sha256(server.content).hexdigest()}). The archive was damaged or another one, and is deleted. "
        "Call again, or name another `url`."
    )

    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        get()

    assert names(tmp_path) == []


def test_a_part_of_another_file_is_found_out_and_the_next_call_starts_anew(server, get, tmp_path):
    (tmp_path / "cifar-10-python.tar.gz.part").write_bytes(bytes(BROKEN_OFF))
    with pytest.raises(ValueError, match="must be the hash"):
        get()

    assert names(get()) == cifar_files.BATCHES
    assert server.asked == [f"bytes={BROKEN_OFF}-", None]


def test_a_wrong_address_is_said_to_be_wrong(server, get):
    with pytest.raises(ConnectionError, match="HTTP Error 404"):
        get(url=f"{server.url}.zip")


def test_without_a_network_it_is_said_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/cifar-10-python.tar.gz"

        with pytest.raises(ConnectionError, match=re.escape("`get_digits_data` needs no network.")):
            download_cifar10(tmp_path, url=url, progress=False)

    assert names(tmp_path) == []


@pytest.mark.parametrize("name", ["../outside", "cifar-10-batches-py/../../outside"])
def test_an_archive_that_writes_elsewhere_is_refused(name, server, get, tmp_path):
    server.content = packed({"cifar-10-batches-py/data_batch_1": b"", name: b"evil"})

    with pytest.raises(tarfile.OutsideDestinationError):
        get(sha256=hashlib.sha256(server.content).hexdigest())

    assert names(tmp_path) == ["cifar-10-python.tar.gz.part"]
    assert not (tmp_path.parent / "outside").exists()


def test_a_bar_shows_what_is_missing(begun, capsys):
    begun(progress=True)

    bar = capsys.readouterr().err
    assert bar.startswith("\rcifar-10-python.tar.gz:")
    assert "100%" in bar


def test_the_official_archive_is_the_one_that_is_asked_for():
    assert download.URL == "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
    assert download.SHA256 == "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
