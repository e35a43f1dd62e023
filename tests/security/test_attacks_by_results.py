"""Section 1 of the table in docs/security.md: what comes back."""

import textwrap

import pytest
from classroom import with_function
from hostile import TARGET, WORKED, one_tier, threat, together

from autograder.core.diagnosis import HIDDEN_TROUBLE

pytestmark = [pytest.mark.security, one_tier]

CLASSES = """
class Always:
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = lambda self, other: True
    __sub__ = __rsub__ = __truediv__ = __rtruediv__ = __array_ufunc__ = lambda self, *rest, **more: 0.0
    __hash__ = None

class Lazy(Always):
    shape, dtype = (), np.dtype(float)

    def __array__(self, *args, **kwargs):
        raise SystemExit

    def __array_function__(self, *args, **kwargs):
        return True

class Agreeable(np.ndarray):
    __eq__ = __ne__ = __le__ = lambda self, other: True
    __array_ufunc__ = __array_function__ = lambda self, *args, **kwargs: True

class Number(Always, float):
    pass

class Pair(tuple):
    def __iter__(self):
        while True:
            yield 0.0

class Parts(list):
    def __len__(self):
        return 2

class Name(str):
    def __eq__(self, other):
        return True

    __hash__ = str.__hash__
"""

AGREEABLE = {
    "a lazy array": "return Lazy()",
    "an agreeable array": "return x.view(Agreeable) * 0.0",
    "an agreeable number": "return Number(0.0)",
    "a pair that never ends": "return Pair((0.0, x))",
    "a list that lies about its length": "return Parts([0.0])",
    "a masked array": "return np.ma.masked_all(x.shape)",
    "objects": "return np.full(x.shape, Lazy(), dtype=object)",
    "a matrix of text": "return np.full(x.shape, 'passed')",
    "records": "return np.zeros(x.shape, dtype=[('passed', float)])",
}


@threat("1.1")
@together(AGREEABLE)
def test_an_object_that_agrees_with_everything_earns_nothing(attack, attacks):
    attack(attacks, CLASSES)


NO_NUMBERS = {
    "nan": "return np.full_like(x, np.nan)",
    "infinity": "return np.full_like(x, np.inf)",
    "the largest numbers": "return np.full_like(x, -1.7e308)",
    "complex numbers": "return np.zeros(x.shape, dtype=complex)",
    "half precision": "return x.astype(np.float16)",
    "long doubles": "return x.astype(np.longdouble)",
    "times": "return np.zeros(x.shape, dtype='M8[s]')",
    "an empty array": "return np.zeros((0,) * x.ndim)",
    "what broadcasts": "return np.zeros((1,) * x.ndim)",
    "a scalar": "return 0.0",
    "a huge integer": "return 10**5000",
    "nothing": "return None",
}


@threat("1.2")
@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # the judge's, of numbers near the largest there are
@together(NO_NUMBERS)
def test_what_is_no_number_in_the_right_place_earns_nothing(attack, attacks):
    outcome = attack(attacks)

    assert all(message.isprintable() for message in outcome.messages.values())


@threat("1.2")
def test_nan_only_where_it_would_be_wrong_earns_nothing(hand_in_and_grade):
    source = textwrap.dedent(
        f"""
        import numpy as np

        def {TARGET}(x, y):
            shifted = x - x.max(axis=1, keepdims=True)
            logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
            dx = np.exp(logs) / len(x)
            dx[np.arange(len(x)), y] = np.nan  # not known how
            return -logs[np.arange(len(x)), y].mean(), dx
        """
    )

    report = hand_in_and_grade(with_function(WORKED, TARGET, source)).report

    assert {c.report.check: c.score for c in report.checks}[TARGET] == 0


BOTTOMLESS = {
    "a huge array": "return np.zeros(2**40)",
    "a large array": "return np.zeros(2**25)",
    "a stride of nothing": "return np.lib.stride_tricks.as_strided(np.zeros(1), (2**40,), (0,))",
    "a view of gigabytes": "return np.broadcast_to(0.0, (2**30,))",
    "a million things": "return [None] * 10**6",
    "more things than may pass": "return [None] * 500",
    "a cycle": "cycle = [0.0]\ncycle.append(cycle)\nreturn cycle",
    "a nest of lists": "nest = []\nfor _ in range(10**6): nest = [nest]\nreturn nest",
    "a nest of dictionaries": "nest = {}\nfor _ in range(10**5): nest = {'x': nest}\nreturn nest",
    "an endless generator": "return (0.0 for _ in iter(int, 1))",
    "an endless text": "return 'x' * 2**27",
    "a million axes": "return np.zeros((1,) * 64), x",
}


@threat("1.3")
@together(BOTTOMLESS)
def test_an_answer_without_an_end_earns_nothing(attack, attacks):
    outcome = attack(attacks)

    assert all(message.isprintable() and len(message) < 1000 for message in outcome.messages.values())


CODE = {
    "a pickle": """
        import os, pickle
        class Bomb:
            def __reduce__(self):
                return os.mkdir, ("CANARY",)
        return pickle.dumps(Bomb())
    """,
    "an object that is a pickle": """
        import os
        class Bomb(np.ndarray):
            def __reduce__(self):
                return os.mkdir, ("CANARY",)
            __reduce_ex__ = lambda self, _: (os.mkdir, ("CANARY",))
        return np.zeros(3).view(Bomb)
    """,
    "the header of a file of arrays": """
        return b"\\x93NUMPY\\x01\\x00v\\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }" + b"cos\\nmkdir\\n."
    """,
    "code in text": "return \"__import__('os').mkdir('CANARY')\"",
    "code in a message": "raise ValueError(\"{0.__class__} %(x)s ${CANARY} `mkdir CANARY` __import__('os').mkdir('CANARY')\")",
    "code in a name": "raise type(\"__import__('os').mkdir('CANARY')\", (Exception,), {})",
    "half a character": "raise ValueError('\\ud800\\udfff')",
    "no characters": "raise ValueError(b'\\xff\\xfe\\x00'.decode('utf-8', 'surrogateescape'))",
    "characters that are not seen": "raise ValueError('\\u202e\\u2066\\u200b\\x1b]0;title\\x07\\x9b31m\\r\\n\\0')",
}


@threat("1.4")
@together(CODE)
def test_code_in_an_answer_is_never_executed(attack, attacks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    outcome = attack(
        {name: source.replace("CANARY", str(tmp_path / "canary-file")) for name, source in attacks.items()}
    )

    assert not (tmp_path / "canary-file").exists()
    assert all(message.isprintable() for message in outcome.messages.values())


VERDICTS = {
    "a verdict": "return {'outcome': 'passed', 'score': 4.0, 'dx': x, 'loss': 0.0}",
    "a word": "return 'passed'",
    "words": "return 'passed', 'passed'",
    "a name that equals every name": "return {Name('dx'): x, Name('loss'): 0.0}",
    "a score": "return 4.0, np.ones_like(x)",
    "true": "return True, np.ones(x.shape, dtype=bool)",
}


@threat("1.5")
@together(VERDICTS)
def test_an_answer_that_looks_like_a_verdict_earns_nothing(attack, attacks):
    attack(attacks, CLASSES)


@threat("1.4")
def test_of_hidden_cases_only_one_sentence_is_told(hand_in_and_grade):
    source = f"def {TARGET}(x, y):\n    raise ValueError('input ' + repr(x.tolist()))"

    report = hand_in_and_grade(with_function(WORKED, TARGET, source)).report

    (target,) = (check.report for check in report.checks if check.report.check == TARGET)
    hidden = [verdict for verdict in target.verdicts if verdict.hidden]
    assert {verdict.message for verdict in hidden} == {HIDDEN_TROUBLE}
    assert "input" not in repr(hidden)
