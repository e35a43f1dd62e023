"""Run a notebook of the official CS231n on this library: without Colab, a compiler or a download.

    python examples/run_official_notebook.py assignment2/BatchNormalization.ipynb
    python examples/run_official_notebook.py assignment1/knn.ipynb --data digits --into trial

The notebook is not changed. A copy without the cells that need Colab, and with one cell more at its top, is executed
in the folder given by --into and saved there. Cells that raise an error, such as those that wait for your answer, are
reported and do not stop the others. Exit status: 0 if there are none, 1 if there are some.
"""

import argparse
import sys
from pathlib import Path

import nbformat
import numpy as np
from nbclient import NotebookClient
from PIL import Image
from sklearn.datasets import load_digits
from tqdm import tqdm

from cs231n_lib.data_utils import BATCHES
from cs231n_lib.download import datasets_folder
from cs231n_lib.photographs import photograph

OF_COLAB = "google.colab", "/content/drive"
FIRST_CELL = """\
import os
os.environ["CS231N_DATASETS"] = {datasets!r}
import cs231n_lib.as_cs231n

try:
    import imageio
except ImportError:
    import matplotlib.image, sys
    sys.modules["imageio"] = matplotlib.image  # has imread, too
"""
BINARY_VERSION = "cifar-10-batches-bin"
IMAGES_PER_BATCH = 10_000  # as in CIFAR-10


def main(arguments=None):
    """Run the command line; return its exit status."""
    options = read_options(arguments)
    write_pictures(options.into / "cs231n" / "notebook_images")
    datasets = datasets_folder() if options.data == "cifar10" else options.into / "digits"
    if options.data == "digits" and not (datasets / BINARY_VERSION / "test_batch.bin").exists():
        write_digits(datasets / BINARY_VERSION)
    notebook = prepare(nbformat.read(options.notebook, as_version=4), datasets.absolute())
    execute(notebook, options.into, options.timeout)
    result = options.into / options.notebook.name
    nbformat.write(notebook, result)
    failed = errors(notebook)
    print(*failed, f"{result}: {len(failed)} cells raised an error.", sep="\n")
    return 1 if failed else 0


def read_options(arguments):
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("notebook", type=Path)
    parser.add_argument(
        "--data",
        choices=["cifar10", "digits"],
        default="cifar10" if any(datasets_folder().glob("cifar-10-batches-*")) else "digits",
        help="CIFAR-10, or handwritten digits in its form (default: %(default)s, by what is there)",
    )
    parser.add_argument("--into", type=Path, default=Path("official"), help="folder of the results (%(default)s)")
    parser.add_argument("--timeout", type=int, default=3600, help="seconds for each cell (%(default)s)")
    options = parser.parse_args(arguments)
    if not options.notebook.is_file():
        parser.error(f"`notebook` must be a file (got {options.notebook}). Name the .ipynb of an assignment.")
    return options


def prepare(notebook, datasets):
    """Return a copy without the cells of Colab, and with the alias at its top."""
    copy = nbformat.from_dict(notebook)
    of_colab = [cell.cell_type == "code" and any(word in cell.source for word in OF_COLAB) for cell in copy.cells]
    kept = [cell for cell, leave_out in zip(copy.cells, of_colab, strict=True) if not leave_out]
    copy.cells = [nbformat.v4.new_code_cell(FIRST_CELL.format(datasets=str(datasets))), *kept]
    return copy


def execute(notebook, folder, timeout):
    """Run all cells in a fresh kernel."""
    with tqdm(total=len(notebook.cells), unit="cell", disable=not sys.stderr.isatty()) as bar:
        NotebookClient(
            notebook,
            timeout=timeout,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(folder)}},
            on_cell_complete=lambda **_: bar.update(),
        ).execute()


def errors(notebook):
    """Return a line for each cell that raised an error."""
    return [
        f"cell {k}: {output.ename}: {output.evalue}"
        for k, cell in enumerate(notebook.cells)
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]


def write_pictures(folder):
    """Write photographs under the names that the notebook on convolution reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, ours in {"kitten": "china", "puppy": "flower"}.items():
        pixels = np.uint8(255 * photograph(ours).transpose(1, 2, 0))
        Image.fromarray(pixels).save(folder / f"{name}.jpg")


def write_digits(folder, images=IMAGES_PER_BATCH):
    """Write handwritten digits, enlarged and colored, as the binary version of CIFAR-10; each appears often."""
    folder.mkdir(parents=True, exist_ok=True)
    digits, rng = load_digits(), np.random.default_rng(0)
    for name in BATCHES:
        known = range(300, 1797) if name != "test_batch" else range(300)
        chosen = rng.choice(known, images)
        strokes = digits.images[chosen].repeat(4, axis=1).repeat(4, axis=2)[:, None] / 16  # (images, 1, 32, 32)
        paper, ink = rng.uniform(150, 230, (images, 3, 1, 1)), rng.uniform(20, 100, (images, 3, 1, 1))
        noise = rng.uniform(-20, 20, (images, 3, 32, 32))  # no feature is the same in all images
        planes = (paper + strokes * (ink - paper) + noise).reshape(images, -1)
        records = np.column_stack([digits.target[chosen], planes]).astype(np.uint8)
        records.tofile(folder / f"{name}.bin")


if __name__ == "__main__":
    sys.exit(main())
