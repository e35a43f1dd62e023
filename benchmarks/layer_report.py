"""The tables and the page of `layers.py`."""

import os
import platform
import sys
from pathlib import Path

import numpy as np
from layer_picture import draw_picture
from layer_targets import DTYPES, TARGETS, ratio
from rich.console import Console
from rich.table import Table

DOCS = Path(__file__).parent.parent / "docs"
PAGE = """\
# Benchmark of the fast layers

CPU time of `cs231n_lib.fast_layers` (and of the affine layer of `cs231n_lib.layers`) as a multiple of PyTorch's, in
the same run, on the same arrays, with one thread each: medians of interleaved repeats. Ratios differ by 10 to 20 %
from run to run. Written by `.venv/bin/python benchmarks/layers.py --write` on {machine}.

![CPU time of each layer as a multiple of PyTorch's, on a log scale, with the targets](images/layers-benchmark.png)

## Targets

Geometric means over the sizes below.

{targets}

{missed}

PyTorch's float64 convolution is a slow path, except for 1x1 filters, which it multiplies as matrices, too; in float32
it is a strong rival. The portable yardstick is the rate of a product of two 1024 by 1024 matrices in the same run,
which no convolution by matrix products can beat.

## All sizes

Sizes of convolutions:

- A: x (100, 3, 31, 31), 25 filters of 3x3, stride 2, pad 1
- B: x (64, 16, 32, 32), 32 filters of 3x3, pad 1
- C: x (128, 3, 32, 32), 32 filters of 7x7, pad 3
- 1x1: x (32, 64, 28, 28), 128 filters
- 64 channels: x (32, 64, 28, 28), 64 filters of 3x3, pad 1

"PyTorch": our time as a multiple of PyTorch's. "Product": as a multiple of what the operations take at the rate of
the matrix product. "Loops": how many times longer the naive loops take, in float64, measured once on one image.

{rows}

## Memory

What a forward convolution takes beside its output, by `tracemalloc`.

{memory}
"""


def print_table(rows, memory):
    """Print all of it."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    for title, (header, lines) in {
        "All sizes": all_sizes(rows),
        "Targets: geometric means, and at most": targets(rows),
        "Memory of conv forward": memory_lines(memory),
    }.items():
        table = Table(*header, title=title)
        for line in lines:
            table.add_row(*line)
        console.print(table)


def write_page(rows, memory):
    """Write the page of the documentation and its picture."""
    machine = (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, NumPy {np.__version__}"
    )
    page = PAGE.format(
        machine=machine,
        targets=markdown(*targets(rows)),
        missed=missed(rows),
        rows=markdown(*all_sizes(rows)),
        memory=markdown(*memory_lines(memory)),
    )
    (DOCS / "layers-benchmark.md").write_text(page, encoding="utf-8")
    if all(row.torch_ms for row in rows):
        draw_picture(rows, DOCS / "images" / "layers-benchmark.png")


def all_sizes(rows):
    """Return the header and the lines of the table of all sizes."""
    header = ["layer", "size"]
    for dtype in DTYPES:
        header += [f"{dtype} ms", "PyTorch", "product"]
    lines = []
    for first in (row for row in rows if row.dtype == DTYPES[0]):
        line = [f"{first.layer.replace('_', ' ')} {first.direction}", first.size]
        for row in (row for dtype in DTYPES for row in rows if row.dtype == dtype and same_size(row, first)):
            line += [f"{row.ours_ms:.2f}", times(ratio(row, "torch_ms")), times(ratio(row, "gemm_ms"))]
        lines.append([*line, f"{first.naive_ms / first.ours_ms:,.0f}" if first.naive_ms else ""])
    return [*header, "loops"], lines


def same_size(row, other):
    """Return whether two rows differ in the dtype only."""
    return (row.layer, row.direction, row.size) == (other.layer, other.direction, other.size)


def targets(rows):
    """Return the header and the lines of the table of targets."""
    lines = []
    for target in TARGETS:
        line = [target.name]
        for dtype in DTYPES:
            mean = target.mean(rows, dtype)
            verdict = "" if mean is None else "met" if mean <= target.limit(dtype) else "missed"
            line += [times(mean), f"{target.limit(dtype):.2f}", verdict]
        lines.append(line)
    return ["pass", *(f"{dtype}{part}" for dtype in DTYPES for part in ("", " at most", ": target"))], lines


def missed(rows):
    """Say which targets are missed, and why."""
    lines = ["All targets are met."]
    for target in TARGETS:
        means = {dtype: target.mean(rows, dtype) for dtype in DTYPES}
        over = [dtype for dtype in DTYPES if means[dtype] is not None and means[dtype] > target.limit(dtype)]
        if over:
            lines.append(f"- Missed: {target.name} in {' and '.join(over)}. {target.why}".rstrip())
    return "\n".join(lines[1:] or lines)


def memory_lines(memory):
    """Return the header and the lines of the table of memory."""
    lines = [
        [
            line.size,
            line.dtype,
            f"{line.extra / 2**20:.2f}",
            f"{line.im2col / 2**20:.1f}",
            f"{line.im2col / line.extra:.0f}",
        ]
        for line in memory
    ]
    return ["size", "dtype", "MiB", "MiB of im2col of the batch", "ratio"], lines


def times(value):
    """Return a ratio as text."""
    return "" if value is None else f"{value:.2f}"


def markdown(header, lines):
    """Return a Markdown table."""
    rule = ["---"] * len(header)
    return "\n".join("| " + " | ".join(line) + " |" for line in (header, rule, *lines))
