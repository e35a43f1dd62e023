"""Fetch CIFAR-10 once: resumed where it broke off, checked, and never half there."""

import hashlib
import os
import tarfile
import tempfile
import urllib.error
import urllib.request
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path

from tqdm.auto import tqdm

__all__ = ["datasets_folder", "download_cifar10"]

CIFAR10 = "cifar-10-batches-py"
URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"  # of 170,498,071 bytes
CHUNK = 1 << 16  # bytes; small enough for a lively bar
TIMEOUT = 30  # seconds of silence


def datasets_folder():
    """Return the folder of the data sets: the environment's CS231N_DATASETS, else ``datasets`` in this package."""
    return Path(os.environ.get("CS231N_DATASETS") or Path(__file__).with_name("datasets"))


def download_cifar10(directory=None, url=URL, sha256=SHA256, progress=True):
    """Download CIFAR-10, 163 MiB, and unpack it.

    Call it again after any mishap: it goes on where it stopped, and does nothing if all is there.

    Parameters
    ----------
    directory : str or Path, optional
        Gets the folder ``cifar-10-batches-py``. By default `datasets_folder`, where `get_CIFAR10_data` looks.
    url : str
        Where to get the archive: a mirror, say.
    sha256 : str
        What the archive must hash to, in hexadecimal.
    progress : bool
        Show a bar with the time left.

    Returns
    -------
    folder : Path
        The folder with the batches.

    Raises
    ------
    ConnectionError
        If the archive cannot be fetched, or not wholly. What has come is kept for the next call.
    ValueError
        If the archive has another hash. It is deleted.

    Notes
    -----
    The archive grows in a file that ends in ``.part``. It is checked, unpacked beside the folder, and the folder
    moved to its place: if it is there, it is whole. Without a network, bring the archive into ``directory`` by
    other means and call this function.
    """
    directory = Path(directory or datasets_folder())
    folder, archive = directory / CIFAR10, directory / "cifar-10-python.tar.gz"
    if folder.is_dir():
        return folder
    directory.mkdir(parents=True, exist_ok=True)
    if not archive.exists():
        archive = _fetch(url, archive, progress)
    _check(archive, sha256)
    _unpack(archive, folder)
    archive.unlink()
    return folder


def _fetch(url, archive, progress):
    part = archive.with_name(f"{archive.name}.part")
    try:
        _append(url, part, progress)
    except (OSError, HTTPException) as error:
        raise ConnectionError(
            f"`url` must be reachable (got {url}: {error}). Go online and call again, it goes on where it stopped; "
            f"or bring the archive to {archive} by other means. `get_digits_data` needs no network."
        ) from error
    return part


def _append(url, part, progress):
    """Add to the partial file what is missing, or all of it if the server cannot start in the middle."""
    have = part.stat().st_size if part.exists() else 0
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})  # noqa: S310
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - whatever comes must have the hash
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:  # nothing is missing
            return
        raise
    with response:
        if response.status != HTTPStatus.PARTIAL_CONTENT:
            part.unlink(missing_ok=True)
            have = 0
        total = None if response.length is None else have + response.length
        bar = tqdm(desc=part.stem, initial=have, total=total, unit="B", unit_scale=True, disable=not progress)
        with bar, part.open("ab") as file:
            while chunk := response.read(CHUNK):
                bar.update(file.write(chunk))
    if total and part.stat().st_size < total:
        raise ConnectionError(f"only {part.stat().st_size} of {total} bytes came")


def _check(archive, sha256):
    with archive.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        archive.unlink()
        raise ValueError(
            f"`sha256` must be the hash of the archive (got {sha256}, the archive has {found}). The archive was "
            "damaged or another one, and is deleted. Call again, or name another `url`."
        )


def _unpack(archive, folder):
    with tempfile.TemporaryDirectory(dir=folder.parent) as beside:
        with tarfile.open(archive) as tar:
            tar.extractall(beside, filter="data")  # nothing outside, no links to outside, no devices
        Path(beside, folder.name).replace(folder)
