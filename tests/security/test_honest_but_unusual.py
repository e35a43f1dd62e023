"""Section 9 of the table in docs/security.md: what must keep working. Every point must be earned."""

from dataclasses import replace

import pytest
from classroom import MIB, needs, with_cell, with_function
from hostile import LIMITS, WORKED, threat

from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import Tier

pytestmark = pytest.mark.security

# What each exercise returns, and what surrounds it, in ways that are right and not what the course shows.
RELU = {
    "Fortran order": "return np.asfortranarray(np.maximum(0, x)), np.asfortranarray(x)",
    "a strided view": "wide = np.zeros((*x.shape, 2)); wide[..., 1] = np.maximum(0, x); return wide[..., 1], x",
    "a reversed view": "out = np.maximum(0, x)[::-1].copy()[::-1]; return out, x",
    "a reused buffer": "global buffer; buffer.resize(x.shape, refcheck=False); np.maximum(0, x, out=buffer); return buffer, x",
    "big-endian": "return np.maximum(0, x).astype('>f8'), x",
    "prints and warnings": "print('relu', x); import warnings; warnings.warn('careful'); return np.maximum(0, x), x",
    "a logger": "import logging; logging.warning('relu'); logging.getLogger('a').error(x); return np.maximum(0, x), x",
    "helpers in other cells": "return clip_below_zero(x), x",
    "a class in another cell": "return Layer().forward(x), x",
    "a decorator": "return cached_maximum(x.tobytes(), x.shape), x",
    "NumPy scalars": "return np.where(x > np.float64(0), x * np.int64(1), np.float32(0)), x",
    "float32 parameters": "slope = np.float32(1); return np.maximum(0, slope * x), x",
    "lists": "return np.array([[max(0.0, float(v)) for v in row] for row in x.reshape(len(x), -1)]).reshape(x.shape), x",
    "half a second of honest work": "import time; time.sleep(0.1); return np.maximum(0, x), x",
    "temporary files": (
        "import tempfile\n    with tempfile.NamedTemporaryFile() as f, tempfile.TemporaryDirectory() as d:\n"
        "        np.save(f'{d}/x.npy', x)\n        x = np.load(f'{d}/x.npy')\n    return np.maximum(0, x), x"
    ),
    "a file in the working directory": (
        "np.savetxt('x.txt', x.ravel())\n    from pathlib import Path\n    Path('d').mkdir(exist_ok=True)\n"
        "    Path('d/touched').touch()\n    return np.maximum(0, x), x"
    ),
    "Unicode": "größe, π = x, 'ελληνικά 数 😀'; return np.maximum(0, größe), größe",
    "seeded generators": "np.random.seed(0); rng = np.random.default_rng(1); return np.maximum(0, x) + 0 * rng.normal(), x",
    "a thread pool": (
        "from concurrent.futures import ThreadPoolExecutor\n    with ThreadPoolExecutor(8) as pool:\n"
        "        rows = list(pool.map(lambda row: np.maximum(0, row), x))\n    return np.array(rows), x"
    ),
    "threads and a queue": (
        "import queue, threading\n    results = queue.Queue()\n"
        "    thread = threading.Thread(target=lambda: results.put(np.maximum(0, x)))\n    thread.start()\n"
        "    thread.join()\n    return results.get(), x"
    ),
    "a cache that cannot be pickled": "return np.maximum(0, x), (lambda: x, (i for i in range(3)), open('/dev/null'))",
    "much memory": "big = np.ones(500 * 2**17); out = np.maximum(0, x) * big[0]; return out, x",
    "deep recursion": "import sys; sys.setrecursionlimit(5000); down = lambda n: n and down(n - 1); down(2000); return np.maximum(0, x), x",
    "the standard library": "import ctypes, decimal, json, sqlite3, ssl, statistics, zlib; return np.maximum(0, x), x",
    "linear algebra": "import numpy.linalg, numpy.fft, numpy.ma, numpy.polynomial; return np.maximum(0, x) + 0 * np.linalg.norm(x), x",
    "an error state": "with np.errstate(all='raise'):\n        return np.maximum(0, x), x",
    "the garbage collector": "import gc; gc.collect(); return np.maximum(0, x), x",
}
HELPERS = """
# -*- coding: utf-8 -*-
%matplotlib inline
%load_ext autoreload
!pip install nothing
import functools
import matplotlib.pyplot as plt
import scipy.stats
import numpy as np

buffer = np.zeros(0)

def clip_below_zero(values):
    return np.clip(values, 0, None)

class Layer:
    def forward(self, x):
        return np.maximum(0, x)

@functools.lru_cache(maxsize=None)
def cached_maximum(data, shape):
    return np.maximum(0, np.frombuffer(data).reshape(shape))

plt.plot([1, 2, 3])
"""
SOURCE = """
import numpy as np

def relu_forward(x):
    {body}
"""
BACKWARD = """
import numpy as np

def relu_backward(dout, cache):
    x = cache[0]() if isinstance(cache, tuple) else cache
    return dout * (x > 0)
"""


@threat("9")
@pytest.mark.parametrize("body", RELU.values(), ids=RELU)
def test_unusual_code_that_is_right_earns_every_point(hand_in_and_grade, body):
    node = with_cell(WORKED, HELPERS, at=1)
    node = with_function(node, "relu_forward", SOURCE.format(body=body))
    node = with_function(node, "relu_backward", BACKWARD)
    limits = replace(Limits(), cpu_seconds=LIMITS.cpu_seconds)

    report = hand_in_and_grade(node, limits=limits).report

    assert {c.report.check: c.report.message for c in report.checks if c.score < c.points} == {}


@threat("9")
@pytest.mark.parametrize("tier", [pytest.param(Tier.BUBBLEWRAP, marks=needs(Tier.BUBBLEWRAP))], indirect=True)
def test_the_other_kind_of_thread_pool_works_where_there_is_memory_to_share(hand_in_and_grade):
    body = (
        "from multiprocessing.pool import ThreadPool\n    with ThreadPool(4) as pool:\n"
        "        return np.array(pool.map(lambda row: np.maximum(0, row), list(x))), x"
    )

    report = hand_in_and_grade(with_function(WORKED, "relu_forward", SOURCE.format(body=body))).report

    assert report.score == report.max_score


@threat("9")
def test_an_honest_notebook_needs_little_of_what_it_may_use(hand_in_and_grade):
    little = replace(LIMITS, memory=320 * MIB, open_files=16, file_size=MIB, folder_size=MIB, folder_files=5)

    report = hand_in_and_grade(WORKED, limits=little).report

    assert report.score == report.max_score
