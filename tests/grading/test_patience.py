import os
import time
from contextlib import suppress

import pytest

from autograder.sandbox.patience import MOST, Deadline, Waiting, number_of


class Busy:
    """A machine on which a process waits for a processor all the time, or for some seconds."""

    def __init__(self, most=float("inf")):
        self.start, self.most = time.monotonic(), most

    def seconds(self):
        return min(time.monotonic() - self.start, self.most)


class Idle:
    def seconds(self):
        return 0.0


def lasted(deadline):
    start = time.monotonic()
    with suppress(TimeoutError):
        while True:
            time.sleep(min(deadline.remaining(), 0.01))
    return time.monotonic() - start


def test_a_deadline_comes_when_its_seconds_are_over():
    assert lasted(Deadline(0.1, Idle())) >= 0.1


def test_a_deadline_of_nothing_has_come():
    with pytest.raises(TimeoutError):
        Deadline(0.0, Idle()).remaining()


def test_seconds_without_a_processor_do_not_count():
    assert lasted(Deadline(0.1, Busy(most=0.15))) >= 0.25


def test_nobody_is_waited_for_without_end():
    assert 0.1 * MOST <= lasted(Deadline(0.1, Busy())) < 10


def test_a_process_tells_how_long_it_waited_for_a_processor():
    waiting = Waiting(os.getpid())

    assert waiting.seconds() >= 0.0
    waiting.close()
    assert waiting.seconds() == 0.0


@pytest.mark.parametrize("process", [None, 2**30])
def test_of_a_process_that_is_not_there_nothing_is_known(process):
    waiting = Waiting(process)

    assert waiting.seconds() == 0.0
    waiting.close()


def test_a_descriptor_of_a_process_tells_its_number():
    descriptor = os.pidfd_open(os.getpid())

    assert number_of(descriptor) == os.getpid()
    os.close(descriptor)
    assert number_of(descriptor) is None
