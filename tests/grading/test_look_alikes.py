"""Whose code, or whose wrong numbers, agree more than chance explains."""

import doctest
from pathlib import Path

import pytest

from autograder.checks import BANK
from autograder.core.verdict import (
    CheckReport,
    Comparison,
    GradedCheck,
    NotebookReport,
    Outcome,
    SubmissionReport,
    Verdict,
)
from autograder.report import function_texts, look_alikes
from autograder.report.function_texts import functions, without_comments
from autograder.report.look_alikes import Group, alike_in_code, alike_in_numbers, grams
from autograder.sample import sample_copies

LONG = sample_copies.CONVOLUTION
RENAMED = sample_copies._renamed(LONG)
RELU = "def relu_forward(x):\n    out = np.maximum(0, x)\n    return out, x"
OTHER = """
def conv_forward_naive(x, w, b, conv_param):
    s, p = conv_param["stride"], conv_param["pad"]
    xp = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)), mode="constant")
    N, C, H, W = xp.shape
    F, _, HH, WW = w.shape
    out = np.zeros((N, F, (H - HH) // s + 1, (W - WW) // s + 1))
    for n in range(N):
        for f in range(F):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    out[n, f, i, j] = np.sum(xp[n, :, i * s : i * s + HH, j * s : j * s + WW] * w[f]) + b[f]
    return out, (x, w, b, conv_param)
"""


def class_of(**sources):
    return {student: functions([source]) for student, source in sources.items()}


def test_a_copy_with_other_names_and_comments_is_found():
    (group,) = alike_in_code(class_of(ada=LONG, bo=RENAMED, cy=OTHER), [])

    assert RENAMED != LONG
    assert group == Group(("ada", "bo"), ("conv_forward_naive",), 1.0)


def test_a_copy_in_part_has_a_share():
    changed = LONG.replace("total += (window[channel] * w[kernel, channel]).sum()", "total = total - 1")

    (group,) = alike_in_code(class_of(ada=LONG, bo=changed), [])

    assert look_alikes.ALIKE < group.share < 1


def test_two_who_wrote_it_themselves_are_not_alike():
    assert alike_in_code(class_of(ada=LONG, bo=OTHER), []) == []


def test_short_functions_that_are_bound_to_agree_are_not_reported():
    everybody = {f"student-{number}": functions([RELU]) for number in range(73)}

    assert alike_in_code(everybody, []) == []


@pytest.mark.parametrize("given", [LONG, RENAMED])
def test_what_was_given_out_or_worked_is_left_out(given):
    assert alike_in_code(class_of(ada=LONG, bo=RENAMED), [functions([given])]) == []


def test_what_many_wrote_alike_is_left_out():
    many = {f"student-{number}": functions([LONG]) for number in range(look_alikes.FEW_STUDENTS[0] + 1)}

    assert alike_in_code(many, []) == []
    assert len(alike_in_code(dict(list(many.items())[1:]), [])[0].students) == look_alikes.FEW_STUDENTS[0]


def test_what_several_different_variants_have_in_common_is_left_out():
    variants = {f"student-{n}": LONG + "".join(f"    extra = {n} * {i}\n" for i in range(60)) for n in range(5)}

    assert alike_in_code(class_of(**variants), []) == []


def test_pairs_that_share_a_member_are_one_group():
    other = sample_copies.SOFTMAX
    texts = class_of(ada=LONG + "\n\n" + other, bo=RENAMED, cy=sample_copies._renamed(other))

    (group,) = alike_in_code(texts, [])

    assert group.students == ("ada", "bo", "cy")
    assert group.where == ("conv_forward_naive", "softmax_loss")


def test_the_fingerprint_of_code_knows_no_names_comments_or_strings():
    assert grams(LONG) == grams(RENAMED) != grams(OTHER)
    assert grams("x = 1") == frozenset()


def report(student, *messages, check="affine_forward", error=0.5, **fields):
    rows = tuple(Comparison("out", (2,), (2,), error, 1e-7, message) for message in messages)
    verdict = Verdict("n=2", hidden=False, outcome=Outcome.FAILED, message="wrong", comparisons=rows, **fields)
    graded = GradedCheck(f"check-{check}", 2.0, CheckReport(check, "It works.", check, (verdict,)))
    return SubmissionReport(student, "assignment1", "bubblewrap", (NotebookReport("layers", (graded,)),))


WRONG = "`out` is wrong: out[0] is 1.1983497, expected 1.4983497."


def test_the_same_wrong_numbers_are_found():
    reports = [report("ada", WRONG), report("bo", WRONG), report("cy", WRONG.replace("1.198", "1.199"))]

    assert alike_in_numbers(reports) == [Group(("ada", "bo"), ("affine_forward",), 1.0, WRONG)]


@pytest.mark.parametrize(
    "fields",
    [{"misconceptions": ("The bias is left out.",)}, {"trouble": "raised"}, {"error": None}],
    ids=["a known mistake", "no answer", "no number"],
)
def test_what_has_another_reason_is_no_look_alike(fields):
    assert alike_in_numbers([report("ada", WRONG, **fields), report("bo", WRONG, **fields)]) == []


def test_zeros_are_no_look_alikes():
    zeros = WRONG.replace("1.1983497", "0")

    assert alike_in_numbers([report("ada", zeros), report("bo", zeros)]) == []


def test_a_mistake_of_many_is_no_look_alike():
    assert alike_in_numbers([report(f"student-{number}", WRONG) for number in range(9)]) == []


def test_functions_are_found_in_code_that_is_no_python():
    text = "def f(x):\n    return (x\n)\nprint(\n!ls\nclass Net:\n    def g(self):\n        pass\n# end\n\n  odd"

    assert functions([text]) == {
        "f": "def f(x):\n    return (x\n)",
        "Net": "class Net:\n    def g(self):\n        pass\n# end\n\n  odd",
    }


def test_a_stub_does_not_hide_what_was_written():
    stub = 'def f(x):\n    """Do it."""\n    raise NotImplementedError()'

    assert functions([stub, "def f(x):\n    return 1", stub])["f"] == "def f(x):\n    return 1"


def test_the_examples_in_the_documentation_hold():
    assert doctest.testmod(function_texts) == (0, 2)


def test_no_comment_is_left_of_an_example():
    text = 'def f(x):  # by Ada\n    """Ada\'s."""\n    name = """Ada\n    L."""\n    return "a"\n'

    assert "Ada" not in without_comments(text)
    assert without_comments(text).endswith('return "a"')


def test_the_sample_class_has_look_alikes_for_what_it_asks():
    found = sample_copies.copies({"affine_forward", "softmax_loss"})

    assert [(one.student, one.is_wrong) for one in found] == [
        ("own-style", False),
        ("own-style-copied", False),
        ("bias-twice", True),
        ("bias-twice-otherwise", True),
    ]
    assert sample_copies.copies({"relu_forward"}) == []


def test_right_solutions_in_several_styles_are_not_alike():
    core = Path(__file__).parents[1] / "core"
    styles = functions([path.read_text(encoding="utf-8") for path in sorted(core.glob("right_solutions*.py"))])
    exercises = {check.exercise for check in BANK.values()}
    texts = {}
    for name, text in styles.items():
        exercise = max((one for one in exercises if name.startswith(one)), key=len, default=name)
        texts[name] = {exercise: text}

    assert len(texts) > 100
    assert alike_in_code(texts, []) == []
