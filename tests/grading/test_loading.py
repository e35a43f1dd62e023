import textwrap

import numpy as np
import pytest

from autograder.sandbox.loading import load
from autograder.submission import plain_python


def loaded(*cells, asked=(), seconds=20.0):
    """Load cells and return the names they define, and the notes."""
    namespace = {}
    labelled = [(f"cell {i}", textwrap.dedent(source).lstrip("\n")) for i, source in enumerate(cells, start=1)]
    notes = load(labelled, namespace, asked, seconds)
    namespace.pop("__builtins__", None)
    return namespace, notes


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def f(x):\n    return x", "f"),
        ("async def f(x):\n    return x", "f"),
        ("class Net:\n    depth = 2", "Net"),
        ("import math", "math"),
        ("from math import tau as turn", "turn"),
        ("EPS = 1e-8", "EPS"),
        ("EPS: float = 1e-8", "EPS"),
        ("SIZES = (2, [3, -4], {'a': 2 * 3})", "SIZES"),
        ("square = lambda x: x * x", "square"),
        ("import math\nlog = math.log", "log"),
        ("a, (b, c) = 1, (2, 3)", "c"),
        ("try:\n    import no_such_module\nexcept ImportError:\n    no_such_module = None", "no_such_module"),
        ("if True:\n    def f():\n        pass", "f"),
    ],
)
def test_what_defines_is_executed(source, name):
    names, notes = loaded(source, asked=[name])

    assert name in names
    assert notes == []


@pytest.mark.parametrize(
    "source",
    [
        "print(1)\nexplode()",
        "for i in range(3):\n    explode()",
        "while True:\n    pass",
        "result = explode()",
        "with open('/no/such/file') as file:\n    pass",
        "x = []\nx.append(explode())",
        "x = [0]\nx[0] = explode()",
        "assert False",
        "raise ValueError",
        "del nothing",
        "check('affine_forward')",
    ],
)
def test_what_experiments_is_not_executed(source):
    _, notes = loaded(source)

    assert notes == []


def test_an_experiment_that_an_asked_function_reads_is_executed():
    names, notes = loaded("table = dict(a=1)", "other = dict(b=2)", "def f():\n    return table['a']", asked=["f"])

    assert names["f"]() == 1
    assert "other" not in names
    assert notes == []


@pytest.mark.parametrize(
    "helper",
    [
        "def helper(width=3):\n    return [table, width]",
        "async def helper():\n    return table",
        "class Helper:\n    def show(self):\n        return table",
        "def helper():\n    return inner()\n\ndef inner():\n    return table",
        "def helper():\n    return [row for row in table]",
    ],
)
def test_what_a_function_reads_that_nobody_asks_for_is_not_executed(helper):
    names, notes = loaded("table = explode()", helper, "def f():\n    return 1", asked=["f"])

    assert names["f"]() == 1
    assert "table" not in names
    assert notes == []


@pytest.mark.parametrize(
    "source",
    [
        "def helper():\n    return table\n\ndef f():\n    return helper()",
        "class Helper:\n    def get(self):\n        return table\n\ndef f():\n    return Helper().get()",
        "class Base:\n    def get(self):\n        return table\n\nclass Own(Base):\n    pass\n\ndef f():\n    return Own().get()",
        "def helper():\n    return table\n\ndef f(x=helper()):\n    return x",
        "def helper():\n    return table\n\nf = helper",
        "def helper():\n    return table\n\nKNOWN = {'a': helper}\n\ndef f():\n    return KNOWN['a']()",
        "def helper():\n    return table\n\ndef f():\n    return globals()['help' + 'er']()",
        "def helper():\n    return table\n\ndef f():\n    return eval('helper()')",
        "KNOWN = []\n\ndef keep(g):\n    KNOWN.append(g)\n    return g\n\n@keep\ndef helper():\n    return table\n\n"
        "def f():\n    return KNOWN[0]()",
        "def helper():\n    return table\n\nclass Own:\n    kept = helper()\n\ndef f():\n    return Own.kept",
        "def helper():\n    return table\n\nclass Own:\n    kept = [helper() for _ in range(1)]\n\ndef f():\n    return Own.kept[0]",
        "if True:\n    def helper():\n        return table\n\ndef f():\n    return helper()",
        "class Base:\n    known = []\n    def __init_subclass__(cls):\n        Base.known.append(cls)\n\n"
        "class Own(Base):\n    def get(self):\n        return table\n\ndef f():\n    return Base.known[0]().get()",
        "class Own:\n    pass\n\ndef get(self):\n    return table\n\nOwn.get = get\n\ndef f():\n    return Own().get()",
    ],
)
def test_what_is_read_by_whatever_an_asked_function_may_call_is_executed(source):
    names, notes = loaded("table = int('7')", source, asked=["f"])

    assert names["f"]() == 7
    assert notes == []


def test_what_a_helper_that_nobody_asks_for_needs_to_be_defined_is_executed():
    names, notes = loaded("width = int('3')", "def show(x=width):\n    return x", "class Plot:\n    size = width")

    assert names["show"]() == names["Plot"].size == 3
    assert notes == []


def test_what_a_needed_assignment_reads_is_executed_too():
    names, _ = loaded("first = int('2')", "second = int(first) + 1", "def f():\n    return second", asked=["f"])

    assert names["f"]() == 3


def test_a_name_that_an_inner_function_reads_counts_as_read():
    names, _ = loaded(
        "table = dict(a=1)", "def f():\n    def g():\n        return table['a']\n    return g()", asked=["f"]
    )

    assert names["f"]() == 1


def test_a_local_variable_does_not_count_as_read():
    names, notes = loaded("scratch = explode()", "def f():\n    scratch = 1\n    return scratch")

    assert names["f"]() == 1
    assert notes == []


def test_a_function_may_stand_before_what_it_reads():
    names, _ = loaded("def f():\n    return EPS + offset", "EPS = 1", "offset = int('2')", asked=["f"])

    assert names["f"]() == 3


def test_the_last_definition_counts():
    names, _ = loaded("def f():\n    return 1", "def f():\n    return 2")

    assert names["f"]() == 2


def test_a_stub_does_not_override_a_finished_function():
    names, _ = loaded("def f():\n    return 1", "def f():\n    raise NotImplementedError()")

    assert names["f"]() == 1


def test_a_stub_without_a_finished_function_stays_a_stub():
    names, _ = loaded("def f():\n    raise NotImplementedError")

    with pytest.raises(NotImplementedError):
        names["f"]()


def test_a_stub_of_one_function_leaves_others_alone():
    names, _ = loaded("def f():\n    raise NotImplementedError\n\ndef g():\n    return 2")

    assert names["g"]() == 2


def test_a_syntax_error_in_one_cell_leaves_the_others():
    names, notes = loaded("def f():\n    return 1", "def g(:\n    pass", "def h():\n    return 3")

    assert (names["f"](), names["h"]()) == (1, 3)
    assert notes == ["cell 2, line 1: SyntaxError: invalid syntax"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def g(a, a):\n    pass", "duplicate argument 'a' in function definition"),
        ("def g():\n    nonlocal y", "no binding for nonlocal 'y' found"),
        ("def g(x):\n    global x", "name 'x' is parameter and global"),
        ("def g():\n    from math import *", "import * only allowed at module level"),
    ],
)
def test_what_parses_and_is_no_python_leaves_the_others(source, reason):
    names, notes = loaded("def f():\n    return 1", source + "\n\ndef h():\n    return 3")

    assert (names["f"](), names["h"]()) == (1, 3)
    (note,) = notes
    assert note.startswith(f"cell 2, line 1: SyntaxError: {reason}")


@pytest.mark.parametrize("source", ["x = '\0'", "(" * 500, "x = " + "-" * 50_000 + "1"])
def test_a_cell_that_cannot_be_parsed_leaves_the_others(source):
    names, notes = loaded(source, "def f():\n    return 1")

    assert names["f"]() == 1
    assert len(notes) == 1
    assert notes[0].startswith("cell 1")


def test_a_definition_that_raises_is_noted_with_cell_and_line():
    names, notes = loaded("\nRATIO = 1 / 0\n\ndef f(wrong=False):\n    return RATIO if wrong else 1", asked=["f"])

    assert notes == ["cell 1, line 1: ZeroDivisionError: division by zero"]
    assert names["f"]() == 1


@pytest.mark.parametrize(
    "raised", ["SystemExit(3)", "KeyboardInterrupt('no')", "type('Own', (BaseException,), {})()"]
)
def test_a_definition_may_raise_anything(raised):
    names, notes = loaded(f"class Net:\n    raise {raised}", "def f():\n    return 1")

    assert len(notes) == 1
    assert names["f"]() == 1


def test_an_exception_whose_message_raises_is_noted():
    cell = "class Own(Exception):\n    def __str__(self):\n        raise SystemExit\n\nclass Net:\n    raise Own"

    _, notes = loaded(cell)

    assert notes == ["cell 1, line 5: Own: (its message cannot be read)"]


def test_a_message_that_is_no_text_can_be_sent_all_the_same():
    _, (note,) = loaded("class Net:\n    raise ValueError('\\ud800')")

    assert note.encode() == rb"cell 1, line 1: ValueError: \ud800"


@pytest.mark.parametrize(
    ("source", "use", "message"),
    [
        ("import no_such_module", "no_such_module.f()", "no_such_module is not available while grading"),
        ("import no_such_module as nsm", "nsm.f()", "no_such_module is not available while grading"),
        ("import no_such_module.inner", "no_such_module.inner.f()", "no_such_module.inner is not available"),
        ("from no_such_module import f as g", "g()", "f of no_such_module is not available while grading"),
        ("from math import no_such_name", "no_such_name(1)", "no_such_name of math is not available while grading"),
        ("from . import sibling", "sibling.f()", "sibling of . is not available while grading"),
    ],
)
def test_a_failed_import_says_so_only_when_it_is_used(source, use, message):
    names, notes = loaded(source, f"def f():\n    return {use}\n\ndef h():\n    return 1")

    assert notes == []
    assert names["h"]() == 1
    with pytest.raises(ImportError, match=message):
        names["f"]()


@pytest.mark.parametrize(
    "made",
    [
        "digits = library.read()",
        "digits = library.read",
        "raw = library.read()\ndigits, labels = raw['x'][:50] / 16, raw['y']",
        "raw = library.read()\ndigits = np.ones(3) * raw",
        "raw = library.read()\ndigits = raw * 2",
        "raw = library.read()\nraw[0] = 1\ndigits = raw",
        "raw = library.read()\ndigits = raw > 2",
        "raw = library.read()\ndigits = [2 * one for one in raw]",
        "with library.opened() as raw:\n    digits = raw.read()",
    ],
)
def test_what_a_failed_import_would_have_made_says_so_only_when_it_is_used(made):
    cell = "import numpy as np\nfrom lesson import library"
    names, notes = loaded(cell, made, "def f():\n    return digits[0]\n\ndef h():\n    return 1", asked=["f", "h"])

    assert notes == []
    assert names["h"]() == 1
    with pytest.raises(ImportError, match=r"^library of lesson is not available while grading$"):
        names["f"]()


def test_what_was_bound_before_a_failed_import_is_used_stays():
    block = "if True:\n    table = [1, 2]\n    rows = len(table)\n    library.show(table)"
    names, notes = loaded("from lesson import library", block, "def f():\n    return table[0] + rows", asked=["f"])

    assert notes == []
    assert names["f"]() == 3


def test_another_failure_beside_a_failed_import_is_noted():
    _, notes = loaded("from lesson import library", "SIZE = 1 / 0", "def f():\n    return SIZE, library", asked=["f"])

    assert notes == ["cell 2, line 1: ZeroDivisionError: division by zero"]


def test_a_failed_star_import_is_passed_over():
    names, notes = loaded("from no_such_module import *", "def f():\n    return 1")

    assert names["f"]() == 1
    assert notes == []


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline",
        "%load_ext autoreload",
        "!pip install it's",
        "!echo (",
        "files = !ls",
        "timing = %timeit -o f(",
        "np.max?",
        "np.max??",
        "?np.max",
        "!echo one \\\n  two three",
        "if True:\n    !ls",
        "for x in []:\n    %time f(x)",
    ],
)
def test_a_line_that_is_ipythons_leaves_the_rest_of_its_cell(magic):
    names, notes = loaded(
        f"{magic}\ndef f():\n    return 1", f"def g():\n    return 2\n{magic}\nEPS = 1", asked=["EPS"]
    )

    assert (names["f"](), names["g"](), names["EPS"]) == (1, 2, 1)
    assert notes == []


def test_a_line_of_ipythons_keeps_the_numbers_of_the_lines_below():
    _, notes = loaded("%matplotlib inline\n!ls \\\n  -la\nRATIO = 1 / 0", asked=["RATIO"])

    assert notes == ["cell 1, line 4: ZeroDivisionError: division by zero"]


def test_text_that_looks_like_a_magic_stays_text():
    names, notes = loaded(
        "%matplotlib inline\nTEXT = '''\n%matplotlib inline\n!ls\n'''\nREST = (7\n% 4)", asked=["TEXT", "REST"]
    )

    assert names["TEXT"] == "\n%matplotlib inline\n!ls\n"
    assert names["REST"] == 3
    assert notes == []


def test_very_many_magics_end_in_a_note():
    names, notes = loaded("!ls\n" * 5000, "def f():\n    return 1")

    assert names["f"]() == 1
    assert notes == ["cell 1, line 101: SyntaxError: invalid syntax"]


@pytest.mark.parametrize("magic", ["%%time", "%%timeit -n 3", "%%capture out", "%%prun"])
def test_a_cell_magic_over_python_is_taken_off(magic):
    assert plain_python(f"{magic}\nx = 1") == "\nx = 1"


@pytest.mark.parametrize("magic", ["%%bash", "%%javascript", "%%writefile layers.py", "%%html", "%%", "%%no-such"])
def test_a_cell_of_another_language_is_left_out(magic):
    assert plain_python(f"{magic}\nalert(1)") == ""


def test_several_cell_magics_are_taken_off():
    assert plain_python("\n%%time\n%%capture\nx = 1") == "\n\n\nx = 1"


def test_very_many_cell_magics_are_taken_off():
    assert plain_python("%%time\n" * 10_000 + "x = 1") == "\n" * 10_000 + "x = 1"


@pytest.mark.parametrize("source", ["x = 5 % 3", "# 100 %%", "x = '!'", "print('%%time')"])
def test_code_without_cell_magics_stays_as_it_is(source):
    assert plain_python(source) == source


def test_loaded_functions_are_those_that_were_written():
    names, _ = loaded("import numpy as np", "def relu(x):\n    return np.maximum(0, x)")

    np.testing.assert_array_equal(names["relu"](np.array([-1.0, 2.0])), [0.0, 2.0])


@pytest.mark.parametrize(
    "source",
    [
        "from functools import partial\ndef g(a, x):\n    return x\nf = partial(g, 1)",
        "class F:\n    def __call__(self, x):\n        return x\nf = F()",
        "def make():\n    return (lambda x: x), None\nf, other = make()",
        "import contextlib\nwith contextlib.nullcontext():\n    def f(x):\n        return x",
        "LOW = 2\nLOW -= 2\ndef f(x):\n    return x + LOW",
        "ZEROS = []\nZEROS.append(0)\ndef f(x):\n    return x + ZEROS[0]",
        "TABLE = {}\nTABLE['zero'] = 0\ndef f(x):\n    return x + TABLE['zero']",
        "TABLE = {}\nfor i in range(3):\n    TABLE[i] = 0\ndef f(x):\n    return x + TABLE[2]",
        "class L:\n    pass\nL.g = staticmethod(lambda x: x)\ndef f(x):\n    return L.g(x)",
        "try:\n    from numba import njit\nexcept ImportError:\n    print('no')\n"
        "    def njit(g):\n        return g\n@njit\ndef f(x):\n    return x",
    ],
)
def test_whatever_builds_an_asked_function_is_executed(source):
    names, notes = loaded(source, "import math\nmath.floor(explode())\nexplode()", asked=["f"])

    assert names["f"](5) == 5
    assert notes == []


def test_under_a_main_guard_what_defines_is_executed_and_what_experiments_is_not():
    names, notes = loaded("if __name__ == '__main__':\n    def f():\n        return 1\n    explode()")

    assert names["f"]() == 1
    assert notes == []


def test_a_guard_that_says_why_is_no_stub():
    source = "def f(x):\n    if x is None:\n        raise NotImplementedError('only arrays')\n    return 2"
    names, _ = loaded("def f(x):\n    return 1", source)

    assert names["f"](0) == 2


def test_a_statement_that_never_ends_is_given_up_and_the_next_goes_on():
    source = (
        "def forever():\n    while True:\n        pass\ndef f(x=forever()):\n    return x\ndef g():\n    return 2"
    )
    names, notes = loaded(source, seconds=0.4)

    assert names["g"]() == 2
    assert "f" not in names
    assert notes == ["cell 1, line 4: TimeoutError: it takes too long to be executed while grading"]


def test_many_slow_statements_leave_time_for_the_definitions_after_them():
    slow = "while True:\n    slow = [0]\n"
    names, notes = loaded(
        *[f"def g{i}():\n    return slow\n{slow}" for i in range(12)],
        "def f():\n    return 1",
        asked=["f", *(f"g{i}" for i in range(12))],
        seconds=0.5,
    )

    assert names["f"]() == 1
    assert len(notes) == 12


def test_a_definition_with_a_bare_raise_in_one_branch_is_no_stub():
    source = "def f(x):\n    if x:\n        return 2\n    raise NotImplementedError()"
    names, _ = loaded("def f(x):\n    return 1", source)

    assert names["f"](1) == 2


def test_an_asked_name_that_was_imported_before_is_bound_anew():
    names, _ = loaded("from no_such_module import f\nf = lambda x: 2 * x", asked=["f"])

    assert names["f"](2) == 4


@pytest.mark.parametrize(
    "cell",
    [
        "if 0:\n    pass\n" + "elif 1:\n    pass\n" * 900,
        "x = " + "1+" * 1200 + "1",
        "x = a" + ".b" * 900,
        "def f():\n    raise " + "1+" * 950 + "1",
        "x = " + "-" * 100_000 + "1",
        "x = " + "(" * 10_000,
    ],
)
def test_a_cell_that_is_nested_too_deeply_costs_itself(cell):
    names = {}

    load([("cell 1", cell), ("cell 2", "def g():\n    return 1")], names, ["g"], 5.0)

    assert names["g"]() == 1


def test_a_long_line_that_is_no_magic_is_seen_at_once():
    notes = load([("cell 1", " " * 200_000 + "x y"), ("cell 2", "y = 1")], {}, ["y"], 5.0)

    assert len(notes) == 1
    assert notes[0].startswith("cell 1, line 1: IndentationError")
