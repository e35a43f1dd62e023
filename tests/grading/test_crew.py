import os
import signal
import threading
import time

import pytest
from classroom import QUICK, hand_in, job, lost, no_worker_left, with_cell, with_function, worked

from autograder.grading import crew
from autograder.grading.crew import Crew, LostError
from autograder.grading.task import pack

WRONG = with_function(worked(), "relu_forward", "def relu_forward(x):\n    return x, x")


@pytest.fixture
def submission(tmp_path):
    return pack(hand_in(tmp_path, WRONG), QUICK)


@pytest.fixture
def crowd(tmp_path):
    """Have a crew; at the end none of its processes is left."""
    with no_worker_left():
        with Crew(job(tmp_path).plan, 2) as ours:
            yield ours
        assert not [member for member in ours._members if member._process.is_alive()]


def numbers(crew):
    return {member._process.pid for member in crew._members if member.alive}


def test_a_task_is_done_by_another_process(crowd, submission):
    done = crowd.ask(submission)

    assert lost(done.result.report) == {"relu_forward"}
    assert os.getpid() not in numbers(crowd)


def test_processes_are_started_when_they_are_needed_and_kept(crowd, submission):
    assert numbers(crowd) == set()
    crowd.ask(submission)
    first = numbers(crowd)
    crowd.ask(submission)

    assert numbers(crowd) == first
    assert len(first) == 1


def test_a_killed_process_is_replaced_and_its_task_done_again(crowd, submission):
    crowd.ask(submission)
    (victim,) = numbers(crowd)
    os.kill(victim, signal.SIGKILL)

    done = crowd.ask(submission)

    assert lost(done.result.report) == {"relu_forward"}
    assert victim not in numbers(crowd)


def test_a_process_that_is_killed_in_the_middle_loses_nothing(crowd, tmp_path):
    slow = with_cell(WRONG, "import time\nclass Slow:\n    time.sleep(0.4)")
    submission = pack(hand_in(tmp_path, slow, student="slow"), QUICK)
    crowd.ask(pack(hand_in(tmp_path, WRONG), QUICK))
    killer = threading.Timer(0.1, lambda: [os.kill(number, signal.SIGKILL) for number in numbers(crowd)])
    killer.start()

    done = crowd.ask(submission)

    killer.join()
    assert lost(done.result.report) == {"relu_forward"}


def test_a_task_that_costs_every_process_is_given_up(tmp_path, monkeypatch, submission):
    class Doomed(crew._Member):
        def ask(self, submission):
            self._process.kill()
            self._process.join()
            return super().ask(submission)

    monkeypatch.setattr(crew, "_Member", Doomed)
    with Crew(job(tmp_path).plan, 1) as doomed, pytest.raises(LostError, match="ended with status -9"):
        doomed.ask(submission)


def given_up(crowd, submission):
    with pytest.raises(LostError):
        crowd.ask(submission)


def test_at_the_end_nobody_is_waited_for(tmp_path):
    endless = with_cell(WRONG, "import time\nclass Slow:\n    time.sleep(30)")
    submission = pack(hand_in(tmp_path, endless), QUICK)
    start = time.monotonic()
    with no_worker_left(), Crew(job(tmp_path).plan, 1) as crowd:
        asking = threading.Thread(target=given_up, args=(crowd, submission))
        asking.start()
        while not numbers(crowd):
            time.sleep(0.01)
    asking.join()

    assert time.monotonic() - start < 20
