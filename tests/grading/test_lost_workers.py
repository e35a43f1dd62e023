"""A cluster whose connection is lost is asked again; the integration tests use a real one."""

from concurrent.futures import CancelledError
from types import SimpleNamespace

import pytest

from autograder.grading.cluster import Cluster
from autograder.grading.crew import LostError


class Losing:
    """A client of Dask whose connection is lost some times."""

    def __init__(self, times):
        self.left = times
        self.asked = 0

    def submit(self, *_args, **_options):
        self.asked += 1
        return SimpleNamespace(result=self._result)

    def _result(self):
        self.left -= 1
        if self.left >= 0:
            raise CancelledError("the connection to the scheduler was closed")
        return "done"

    def close(self):
        self.left = 0


def cluster_of(client):
    cluster = object.__new__(Cluster)
    cluster._plan, cluster._client, cluster._over = None, client, False
    return cluster


def test_a_task_is_asked_for_again_when_the_connection_was_lost():
    client = Losing(2)

    assert cluster_of(client).ask(b"a submission") == "done"
    assert client.asked == 3


def test_a_connection_that_is_lost_again_and_again_is_told():
    client = Losing(99)

    with pytest.raises(LostError, match=r"^the connection to the scheduler was lost$"):
        cluster_of(client).ask(b"a submission")
    assert client.asked == 3


def test_nobody_is_asked_again_once_it_is_over():
    client = Losing(99)
    with cluster_of(client) as cluster:
        pass

    client.left = 99
    with pytest.raises(LostError):
        cluster.ask(b"a submission")
    assert client.asked == 1
