"""CPU time of the fast layers beside PyTorch, beside the naive loops and beside a matrix product, in one run.

One thread for everybody. Times are medians of interleaved repeats, so that a busy machine is busy for all. The naive
loops run once, on one image, and are scaled up.

    .venv/bin/python benchmarks/layers.py
"""

# ruff: noqa: E402 - the number of threads is read when NumPy and PyTorch are imported
import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{_library}_NUM_THREADS"] = "1"

import argparse
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
from layer_cases import CONVOLUTIONS, Case, cases, draw, torch
from layer_report import print_table, write_page
from layer_targets import DTYPES

from cs231n_lib.fast_layers import conv_forward_fast

GEMM = 1024


@dataclass(frozen=True)
class Row:
    """CPU milliseconds of one pass of one layer."""

    layer: str
    direction: str
    dtype: str
    size: str
    ours_ms: float
    torch_ms: float | None  # None without PyTorch
    gemm_ms: float | None  # what its operations would take at the rate of a matrix product of 1024 by 1024
    naive_ms: float | None


@dataclass(frozen=True)
class Memory:
    """Bytes that a forward convolution takes beside its output, and those of im2col of the batch."""

    size: str
    dtype: str
    extra: int
    im2col: int


def main() -> None:
    """Measure, and print a table or JSON, or write the page of the documentation."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", action="store_true", help="print a list of rows")
    parser.add_argument("--write", action="store_true", help="write docs/layers-benchmark.md and its picture")
    arguments = parser.parse_args()
    if torch is not None:
        torch.set_num_threads(1)
    rows = [measure(case) for dtype in DTYPES for case in cases(dtype)]
    if arguments.json:
        print(json.dumps([as_json(row) for row in rows], indent=1))
        return
    memory = [measure_memory(size, dtype) for size in CONVOLUTIONS for dtype in DTYPES]
    print_table(rows, memory)
    if arguments.write:
        write_page(rows, memory)


def as_json(row: Row) -> dict:
    """Return a row with the names of the interface."""
    fields = asdict(row)
    return {"layer": fields.pop("layer"), "pass": fields.pop("direction"), **fields}


def measure(case: Case) -> Row:
    """Time one case."""
    (matrix,) = draw(case.dtype, (GEMM, GEMM))
    functions = {"ours": case.ours, "gemm": lambda: matrix @ matrix}
    if case.theirs:
        functions["theirs"] = case.theirs
    ms = medians(functions)
    gemm = ms["gemm"] * case.flops / (2 * GEMM**3) if case.flops else None
    naive = cpu_ms(case.naive) * case.images if case.naive and case.dtype == "float64" else None  # slow in any dtype
    return Row(case.layer, case.direction, case.dtype, case.size, ms["ours"], ms.get("theirs"), gemm, naive)


def medians(functions: dict[str, Callable], budget_ms: float = 700) -> dict[str, float]:
    """Return the median CPU time of each function, called in turn for about as long as the budget allows."""
    once = sum(cpu_ms(function) for function in functions.values())
    repeats = range(max(5, min(25, int(budget_ms / once))))
    times = [[cpu_ms(function) for function in functions.values()] for _ in repeats]
    return dict(zip(functions, map(statistics.median, zip(*times, strict=True)), strict=True))


def cpu_ms(function: Callable) -> float:
    """Return the CPU milliseconds of one call."""
    start = time.thread_time()
    function()
    return 1000 * (time.thread_time() - start)


def measure_memory(size: str, dtype: str) -> Memory:
    """Trace what one forward convolution allocates; NumPy reports it."""
    x, w, stride, pad = CONVOLUTIONS[size]
    arrays = draw(dtype, x, w, w[:1])
    tracemalloc.start()
    out, _ = conv_forward_fast(*arrays, {"stride": stride, "pad": pad})
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Memory(size, dtype, peak - out.nbytes, out.nbytes // w[0] * int(np.prod(w[1:])))


if __name__ == "__main__":
    main()
