import shutil
import subprocess

import pytest

from autograder.sandbox import protection
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import SandboxError, Tier


@pytest.fixture
def without_bubblewrap(monkeypatch):
    monkeypatch.setattr(protection, "probe", lambda: "No permissions to create new namespace")


@pytest.fixture
def with_bubblewrap(monkeypatch):
    monkeypatch.setattr(protection, "probe", lambda: "")


@pytest.fixture
def anew():
    """Forget what was found out about this machine, before and after."""
    protection.probe.cache_clear()
    yield
    protection.probe.cache_clear()


@pytest.mark.usefixtures("without_bubblewrap")
@pytest.mark.parametrize("wanted", [None, "bubblewrap", "", "best", "RLIMITS", "none"])
def test_nothing_less_than_bubblewrap_is_chosen_unless_it_is_named(wanted):
    with pytest.raises(SandboxError) as caught:
        protection.choose(wanted)

    assert str(caught.value) == (
        "`--sandbox` must be a tier that works here (bubblewrap does not: No permissions to create new namespace). "
        "Install bubblewrap, or say `--sandbox rlimits` if you trust the code: it can then reach your files and "
        "the network."
    )


@pytest.mark.usefixtures("without_bubblewrap")
def test_rlimits_is_chosen_by_its_name():
    assert protection.choose(Tier.RLIMITS) is Tier.RLIMITS


@pytest.mark.usefixtures("with_bubblewrap")
@pytest.mark.parametrize("wanted", [None, Tier.BUBBLEWRAP])
def test_bubblewrap_is_chosen_where_it_works(wanted):
    assert protection.choose(wanted) is Tier.BUBBLEWRAP


@pytest.mark.usefixtures("without_bubblewrap")
def test_for_their_own_author_any_tier_will_do():
    assert protection.best() is Tier.RLIMITS


@pytest.mark.usefixtures("with_bubblewrap")
def test_the_best_tier_is_bubblewrap_where_it_works():
    assert protection.best() is Tier.BUBBLEWRAP


def test_the_tiers_say_what_they_do():
    assert Tier.BUBBLEWRAP.sentence == (
        "student code runs in a bubblewrap sandbox: no network, no files, its own processes"
    )
    assert Tier.RLIMITS.sentence == (
        "WARNING: student code runs with resource limits only. It can read and write the files of this account and "
        "use the network. Install bubblewrap before you grade code you do not trust"
    )


@pytest.mark.usefixtures("anew")
def test_a_missing_program_is_told(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)

    assert protection.probe() == "the program bwrap is not installed"


@pytest.mark.usefixtures("anew")
def test_what_bubblewrap_says_is_told(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(
        protection, "_bubblewrap", lambda: ["/bin/sh", "-c", "echo 'bwrap: no namespace' >&2; exit 1"]
    )

    assert protection.probe() == "bwrap: no namespace"


@pytest.mark.usefixtures("anew")
def test_a_bubblewrap_that_says_nothing_is_told_by_its_status(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(protection, "_bubblewrap", lambda: ["/bin/sh", "-c", "exit 7"])

    assert protection.probe() == "bwrap ends with status 7"


def test_a_worker_has_an_environment_of_its_own(monkeypatch):
    monkeypatch.setenv("CS231N_SECRET", "canary")
    seen = {}
    monkeypatch.setattr(subprocess, "Popen", lambda _, **options: seen.update(options) or _Ended())
    monkeypatch.setattr(protection, "_kill", lambda _: None)

    with protection.start(Tier.RLIMITS, Limits()):
        pass

    assert set(seen["env"]) == set(protection.ENVIRONMENT)
    assert seen["start_new_session"]


class _Ended:
    pid = 0


def test_a_worker_is_ended_with_its_block():
    with protection.start(Tier.RLIMITS, Limits()) as process:
        running = process.poll() is None

    assert running
    assert process.poll() is not None


def test_the_limits_are_those_that_a_process_can_set():
    import resource

    for name, value in Limits().resources().items():
        assert hasattr(resource, f"RLIMIT_{name}")
        assert value >= 0
