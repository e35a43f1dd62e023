from pathlib import Path

import pytest
from classroom import needs, protected_tiers

from autograder.sandbox import launch, protection, warm, wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.protection import SandboxError, Tier

FORBIDDEN = "No permissions to create new namespace"


@pytest.fixture
def works(monkeypatch):
    """Let only the named tiers work."""

    def works(*tiers):
        monkeypatch.setattr(protection, "probe", lambda tier: "" if tier in tiers else FORBIDDEN)

    return works


@pytest.fixture
def anew():
    """Forget what was found out about this machine, before and after."""
    protection.probe.cache_clear()
    warm.end_all()
    yield
    protection.probe.cache_clear()
    warm.end_all()


def test_nothing_that_protects_less_is_chosen_unless_it_is_named(works):
    works()

    with pytest.raises(SandboxError) as caught:
        protection.choose(None)

    assert str(caught.value) == (
        "`--sandbox` must be a tier that works here (bubblewrap does not: No permissions to create new namespace; "
        "landlock does not: No permissions to create new namespace). Install bubblewrap, or say `--sandbox rlimits` "
        "if you trust the code: it can then reach your files and the network."
    )


@pytest.mark.parametrize("wanted", [Tier.BUBBLEWRAP, Tier.LANDLOCK])
def test_a_tier_that_is_named_and_does_not_work_is_not_replaced(works, wanted):
    works(*set(Tier) - {wanted})

    with pytest.raises(SandboxError, match=f"`--sandbox` must be a tier that works here .{wanted} does not: No perm"):
        protection.choose(wanted)


def test_rlimits_is_chosen_by_its_name(works):
    works()

    assert protection.choose(Tier.RLIMITS) is Tier.RLIMITS


def test_the_best_that_works_is_chosen(works):
    works(Tier.BUBBLEWRAP, Tier.LANDLOCK)
    assert protection.choose(None) is protection.best() is Tier.BUBBLEWRAP
    assert protection.choose(Tier.LANDLOCK) is Tier.LANDLOCK

    works(Tier.LANDLOCK)
    assert protection.choose(None) is protection.best() is Tier.LANDLOCK


def test_for_their_own_author_any_tier_will_do(works):
    works()

    assert protection.best() is Tier.RLIMITS


def test_the_tiers_say_what_they_do():
    assert Tier.BUBBLEWRAP.sentence == (
        "student code runs in a bubblewrap sandbox with a filter of system calls: no network, no files, no processes"
    )
    assert Tier.LANDLOCK.sentence == (
        "student code runs under Landlock with a filter of system calls: no network, no files but those it needs to "
        "run, no processes. It can tell which files exist; install bubblewrap to prevent that"
    )
    assert Tier.RLIMITS.sentence == (
        "WARNING: student code runs with resource limits only. It can read and write the files of this account and "
        "use the network. Install bubblewrap before you grade code you do not trust"
    )


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("tier", protected_tiers)
def test_a_tier_that_contains_student_code_works(tier):
    assert protection.probe(tier) == ""


@pytest.mark.usefixtures("anew")
def test_a_tier_that_contains_nothing_does_not_work():
    trouble = protection.probe(Tier.RLIMITS)

    assert trouble.startswith("student code can start processes, open sockets, ")
    assert "read our files" in trouble


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("tier", protected_tiers)
def test_a_tier_without_its_filter_does_not_work(monkeypatch, tier):
    told = launch.rules
    monkeypatch.setattr(launch, "rules", lambda *args: told(*args) | {"filtered": False})

    assert "student code can start processes" in protection.probe(tier)


@needs(Tier.LANDLOCK)
@pytest.mark.usefixtures("anew")
def test_a_worker_that_cannot_be_confined_does_not_start(monkeypatch):
    told = launch.rules
    monkeypatch.setattr(launch, "rules", lambda *args: told(*args) | {"files": {"unheard": []}})

    assert "unexpected keyword argument 'unheard'" in protection.probe(Tier.LANDLOCK)


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("tier", [Tier.BUBBLEWRAP, Tier.LANDLOCK])
def test_another_system_is_told(monkeypatch, tier):
    monkeypatch.setattr(protection.sys, "platform", "darwin")

    assert protection.probe(tier) == "it needs Linux (this is darwin)"


@pytest.mark.usefixtures("anew")
def test_a_missing_program_is_told(monkeypatch):
    monkeypatch.setattr(protection, "which", lambda _: None)

    assert protection.probe(Tier.BUBBLEWRAP) == "the program bwrap is not installed"


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        ("echo careful >&2; echo 'bwrap: no namespace' >&2; exit 1", "bwrap: no namespace"),
        ("exit 7", "it ends with status 7"),
    ],
)
def test_what_goes_wrong_is_told(monkeypatch, script, trouble):
    monkeypatch.setattr(protection, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(launch, "in_bubblewrap", lambda: ["/bin/sh", "-c", script])

    assert protection.probe(Tier.BUBBLEWRAP).startswith(trouble)


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (b"half", "the worker breaks off ("),
        (b"\1\0\0\0x", "the worker breaks off (A reply must be a well-formed message"),
        (wire.encode(wire.Raised(2, "")), "the worker does not answer (Raised(number=2"),
    ],
)
def test_a_worker_that_answers_something_else_is_told(monkeypatch, answer, trouble):
    monkeypatch.setattr(warm.Child, "communicate", lambda *_, **__: (answer, b""))

    assert protection.probe(Tier.LANDLOCK).startswith(trouble)


@pytest.mark.usefixtures("anew")
def test_what_never_starts_is_told(monkeypatch):
    monkeypatch.setattr(protection, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(warm, "START_SECONDS", 0.1)
    monkeypatch.setattr(launch, "in_bubblewrap", lambda: ["/bin/sleep", "60"])

    assert protection.probe(Tier.BUBBLEWRAP) == "it does not start in 0.1 seconds"


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("tier", protected_tiers)
def test_a_worker_that_never_answers_is_told(monkeypatch, tier):
    monkeypatch.setattr(protection, "PROBE_SECONDS", 0.1)
    monkeypatch.setattr(protection, "PROBE", "def escapes(path):\n    while True:\n        pass")

    assert "timed out after 0.1 seconds" in protection.probe(tier)


def test_a_worker_has_an_environment_of_its_own(monkeypatch):
    monkeypatch.setenv("CS231N_SECRET", "canary")
    seen = {}

    class Process:
        pid, excess, stdin, stdout, stderr = 0, "", None, None, None

        def __init__(self, _, **options):
            seen.update(options)

    monkeypatch.setattr(protection, "Process", Process)
    monkeypatch.setattr(protection, "_kill", lambda _: None)

    with protection.start(Tier.RLIMITS, Limits()):
        pass

    assert set(seen["env"]) == {*launch.ENVIRONMENT, "HOME", "TMPDIR"}
    assert seen["env"]["HOME"] == seen["env"]["TMPDIR"] == str(seen["cwd"])
    assert seen["start_new_session"]


@pytest.mark.parametrize("tier", [*protected_tiers, Tier.RLIMITS])
def test_a_worker_is_ended_with_its_block(tier):
    with protection.start(tier, Limits()) as process:
        running = Path(f"/proc/{process.pid}").exists()

    assert running
    assert not Path(f"/proc/{process.pid}").exists()
