"""Section 3 of the table in docs/security.md: cheating within the rules of the process."""

import textwrap
from uuid import uuid4

import numpy as np
import pytest
from classroom import SECRET, earned, lost, with_function
from hostile import FOUND_NOTHING, TARGET, WORKED, one_tier, threat, together

from autograder.checks import BANK
from autograder.core.diagnosis import HIDDEN_TROUBLE
from autograder.core.judge import ask
from autograder.core.subject import NamespaceSubject
from autograder.core.verdict import Outcome
from autograder.reference import ReferenceAnswers

pytestmark = pytest.mark.security

RELU = textwrap.dedent(
    """
    import numpy as np

    def relu_forward(x):
        {body}
        return out, x
    """
)


@threat("3.1")
@one_tier
def test_printed_answers_in_a_table_earn_nothing(hand_in_and_grade):
    check = BANK[TARGET]
    table = {}
    for case in check.public:
        answers = ReferenceAnswers()(check, case)
        seen = []

        class Spy:
            def __getattr__(self, name, seen=seen):
                return lambda *args: seen.append(args) or (0.0, args[0])

            def take_remarks(self):
                return ()

        ask(check, case, Spy(), ReferenceAnswers())
        table[seen[0][0].tobytes()] = [answers["loss"].tolist(), answers["dx"].tolist()]
    source = (
        f"import numpy as np\n\nTABLE = {table!r}\n\ndef {TARGET}(x, y):\n"
        "    loss, dx = TABLE[x.tobytes()]\n    return loss, np.array(dx)"
    )

    report = hand_in_and_grade(with_function(WORKED, TARGET, source)).report

    (target,) = (check for check in report.checks if check.report.check == TARGET)
    assert {verdict.outcome for verdict in target.report.verdicts if not verdict.hidden} == {Outcome.PASSED}
    assert {verdict.message for verdict in target.report.verdicts if verdict.hidden} == {HIDDEN_TROUBLE}
    assert target.score == 0
    assert lost(report) == {TARGET}


LIBRARIES = {
    name: f"import sys\nsys.path += {folders!r}\nimport {name}\nWRONG"
    for name in (
        "cs231n_lib.layers",
        "autograder.reference",
        "autograder.checks",
        "scipy.special",
        "torch",
        "numba",
    )
    for folders in (["/work", "/usr/lib/python3/dist-packages", "/usr/local/lib/python3.11/site-packages", "/"],)
}


@threat("3.2")
@together(LIBRARIES)
def test_a_library_that_does_the_job_is_not_there(attack, attacks):
    outcome = attack(attacks)

    for name, message in outcome.messages.items():
        assert "ModuleNotFoundError: No module named" in message or "[Errno 13]" in message
        assert name.partition(".")[0] in message


@threat("3.2")
@one_tier
def test_an_import_that_is_not_there_is_named_when_it_is_used(attack):
    outcome = attack("return scipy.special.logsumexp(x), x", "import scipy.special")

    assert "scipy.special is not available while grading" in outcome["attack"]


TELLS = {
    "the environment": "graded = any('GRAD' in name.upper() for name in os.environ)",
    "the parent": "try: graded = open(f'/proc/{os.getppid()}/cmdline').read()\nexcept OSError: graded = False",
    "the arguments": "graded = any('hidden' in word or 'case' in word for word in sys.argv + sys.orig_argv)",
    "a terminal": "graded = sys.stdout.isatty() or sys.stdin.isatty()",
    "a name": "graded = __name__ != '__main__' or 'autograder.grading.batch' in sys.modules",
}


@threat("3.3")
@together(TELLS)
def test_nothing_tells_grading_from_checking(attack, attacks):
    told = "\nif graded:\n    raise ValueError('graded')\nraise LookupError('found nothing')"

    outcome = attack({name: f"import os, sys\n{source}{told}" for name, source in attacks.items()})

    assert all(FOUND_NOTHING in message for message in outcome.messages.values())


@threat("3.3")
@one_tier
def test_counting_calls_earns_only_the_calls_that_are_right(hand_in_and_grade):
    body = "relu_forward.calls = getattr(relu_forward, 'calls', 0) + 1\n    out = np.maximum(0, x) if relu_forward.calls < 3 else x"

    report = hand_in_and_grade(with_function(WORKED, "relu_forward", RELU.format(body=body))).report

    assert earned(report)["relu_forward"] < 2


CONSISTENT = {
    "zeros": ("out, cache = np.zeros_like(x), x", "return np.zeros_like(dout)"),
    "the identity": ("out, cache = x.copy(), x", "return dout.copy()"),
    "a scaled one": ("out, cache = 2 * np.maximum(0, x), x", "return 2 * dout * (cache > 0)"),
}


@threat("3.4")
@one_tier
@pytest.mark.parametrize(("forward", "backward"), CONSISTENT.values(), ids=CONSISTENT)
def test_a_backward_pass_that_fits_a_wrong_forward_pass_earns_half_at_most(hand_in_and_grade, forward, backward):
    node = with_function(WORKED, "relu_forward", f"def relu_forward(x):\n    {forward}\n    return out, cache")
    node = with_function(node, "relu_backward", f"def relu_backward(dout, cache):\n    {backward}")

    scores = earned(hand_in_and_grade(node).report)

    assert scores["relu_forward"] == 0
    assert scores["relu_backward"] <= 1


MUTATIONS = {
    "the arguments": "x[...] = 0; WRONG",
    "the caller's arguments": "import sys; sys._getframe(1).f_locals['args'][0][...] = 0; WRONG",
    "every array": "import gc; [a.fill(0) for a in gc.get_objects() if type(a) is np.ndarray and a.flags.writeable]; WRONG",
    "the arrays' own bytes": "import ctypes; ctypes.memset(x.ctypes.data, 0, x.nbytes); WRONG",
    "a shared cache": "np.core_cache = getattr(np, 'core_cache', []) + [x]; np.core_cache[0][...] = 1; WRONG",
}


@threat("3.5")
@one_tier
@together(MUTATIONS)
def test_changing_the_inputs_changes_no_verdict(attack, attacks):
    attack(attacks)


NEW = f"cs231n-{uuid4().hex}"  # a file of that name is left behind by nobody else
MEMORIES = {
    "files": (
        f"paths = [os.path.join(folder, '{NEW}') for folder in ('/tmp', '/dev/shm', os.path.expanduser('~'), '')]\n"
        "found = [p for p in paths if os.path.exists(p)]",
        "for p in paths:\n    try: open(p, 'a').close()\n    except OSError: continue",
    ),
    "keyrings": (
        "libc = ctypes.CDLL(None)\nfound = [r for r in (-3, -4, -5) if libc.syscall(250, 10, r, b'user', b'x', 0) > 0]",
        "for r in (-3, -4, -5): libc.syscall(248, b'user', b'x', b'y', 1, r)",
    ),
    "shared memory": (
        "libc = ctypes.CDLL(None)\nfound = [1] if libc.shmget(0x7c2e, 4096, 0) >= 0 else []",
        "libc.shmget(0x7c2e, 4096, 0o1666)\nlibc.semget(0x7c2e, 1, 0o1666)\nlibc.msgget(0x7c2e, 0o1666)",
    ),
    "abstract sockets": (
        """
try:
    import socket
    s = socket.socket(socket.AF_UNIX)
    s.connect("\\0cs231n-7c2e")
    found = [1]
except OSError:
    found = []""",
        "pass",
    ),
    "modules": ("found = [1] if hasattr(np, 'seen') else []", "np.seen = 1"),
    "random numbers": (
        "found = [] if np.random.random() == np.random.RandomState(0).random_sample() else [1]",
        "np.random.random()",
    ),
}


@threat("3.6")
@together(MEMORIES)
def test_nothing_is_remembered_by_the_next_worker(attack, attacks):
    """The second ask, in a fresh worker, is the one that is told: it must not know of the first."""
    sources = {
        name: f"import ctypes, os\n{look}\n{leave}\nraise LookupError('found ' + (str(found) if found else 'nothing'))"
        for name, (look, leave) in attacks.items()
    }

    outcome = attack(sources)

    assert all(FOUND_NOTHING in message for message in outcome.messages.values())


LEAKS = {
    "an exception": "raise ValueError('input ' + repr(x.tolist()))",
    "prints": "print('input', x.tolist()); import sys; sys.stderr.write('input'); raise ValueError",
    "an exit status": "import os; os._exit(int(abs(x.sum() * 7)) % 200 + 1)",
    "a type": "raise type('input' + repr(float(x.sum())), (Exception,), {})",
    "an answer": "return type('input' + repr(float(x.sum())), (), {})()",
    "a shape": "return np.zeros((1, int(abs(x.sum() * 7)) % 50 + 60))",
}


@threat("3.7")
@one_tier
@together(LEAKS)
def test_of_a_hidden_input_nothing_comes_out(hand_in_and_grade, attacks, capfd):
    parameters = {"softmax_loss": "x, y", "relu_backward": "x, cache", "affine_backward": "x, cache"}
    node = WORKED
    for (slot, given), source in zip(parameters.items(), attacks.values(), strict=False):
        node = with_function(node, slot, f"import numpy as np\n\ndef {slot}({given}):\n    {source}")

    result = hand_in_and_grade(node)

    verdicts = [v for check in result.report.checks for v in check.report.verdicts if v.hidden]
    wrong = [verdict for verdict in verdicts if verdict.outcome is not Outcome.PASSED]
    assert len({verdict.message for verdict in wrong}) <= 2  # no answer, or one of another form
    assert not any(any(character.isdigit() for character in verdict.message) for verdict in wrong)
    assert not any(
        "input" in verdict.message or (verdict.comparisons and verdict.comparisons[0].shape) for verdict in wrong
    )
    assert capfd.readouterr() == ("", "")


def mean_of_dropout(x, dropout_param):
    """Return what dropout does on average, and a mask that says so."""
    return x.copy(), (dropout_param, np.ones_like(x))


def never_dropping(x, dropout_param):
    """Return the inputs scaled as if something had been dropped."""
    return x / dropout_param["p"], (dropout_param, np.ones_like(x) / dropout_param["p"])


@threat("3.8")
@pytest.mark.parametrize("gamed", [mean_of_dropout, never_dropping])
def test_a_random_layer_that_returns_its_mean_is_found_out(gamed):
    check = BANK["dropout_forward"]
    subject = NamespaceSubject({"dropout_forward": gamed})

    verdicts = [ask(check, case, subject, ReferenceAnswers()) for case in (*check.public, *check.hidden(SECRET))]

    assert Outcome.FAILED in {verdict.outcome for verdict in verdicts if not verdict.hidden}
    assert Outcome.FAILED in {verdict.outcome for verdict in verdicts if verdict.hidden}
