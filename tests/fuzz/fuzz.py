"""Fuzz the reader of submissions, or the decoder of replies, with many inputs that follow from a seed.

``python tests/fuzz/fuzz.py reader --inputs 1000000``. A find ends it, and says how to see it again. With
``--guided``, atheris (``pip install atheris``) chooses the inputs by the lines of code that they reach.
"""

import argparse
import random
import sys
import time
import traceback
from collections.abc import Callable
from multiprocessing import Pool

PART = 5000  # inputs that a process is given at once
LONGEST = 4096  # bytes of choices that atheris makes
INSTRUMENTED = ["autograder", "zipfile", "json", "tokenize"]

Target = Callable[[random.Random], None]


class Choices(random.Random):
    """Randomness that is read from bytes, so that a fuzzer of bytes makes all choices."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        super().__init__(0)

    def getrandbits(self, k: int) -> int:
        """Return the next bits; zeros at the end."""
        size = (k + 7) // 8
        taken, self._data = self._data[:size], self._data[size:]
        return int.from_bytes(taken.ljust(size, b"\0"), "little") & ((1 << k) - 1)

    def random(self) -> float:
        """Return the next number from 0 to 1."""
        return self.getrandbits(16) / 2**16


def target_of(name: str) -> Target:
    """Return what is fuzzed; it is imported when atheris has been told to watch."""
    from targets import TARGETS

    return TARGETS[name]


def try_one(name: str, seed: int, number: int) -> None:
    """Try one input: it follows from the seed and its number."""
    target_of(name)(random.Random(f"{seed} {number}"))  # noqa: S311  nothing secret


def _part(task: tuple[str, int, int, int]) -> str:
    name, seed, first, end = task
    for number in range(first, end):
        try:
            try_one(name, seed, number)
        except Exception:  # a find
            return f"{traceback.format_exc()}\nSee it: {name} --seed {seed} --first {number} --inputs 1"
    return ""


def _many(name: str, seed: int, first: int, inputs: int, jobs: int) -> int:
    start, end = time.perf_counter(), first + inputs
    tasks = [(name, seed, place, min(place + PART, end)) for place in range(first, end, PART)]
    with Pool(jobs) as pool:
        for done, find in enumerate(pool.imap_unordered(_part, tasks), start=1):
            if find:
                print(find)
                return 1
            print(f"\r{min(done * PART, inputs):,} inputs", end="", file=sys.stderr, flush=True)
    seconds = time.perf_counter() - start
    print(f"\n{name}: {inputs:,} inputs from seed {seed} in {seconds:.0f} s, nothing found")
    return 0


def _guided(name: str, inputs: int) -> int:
    import atheris

    with atheris.instrument_imports(include=INSTRUMENTED):
        target = target_of(name)
    atheris.Setup([sys.argv[0], f"-runs={inputs}", f"-max_len={LONGEST}"], lambda data: target(Choices(data)))
    atheris.Fuzz()
    return 0


def main() -> int:
    """Read the command line and fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=("reader", "wire"))
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="the number of the first input")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--guided", action="store_true", help="let atheris choose")
    given = parser.parse_args()
    if given.guided:
        return _guided(given.target, given.inputs)
    return _many(given.target, given.seed, given.first, given.inputs, given.jobs)


if __name__ == "__main__":
    sys.exit(main())
