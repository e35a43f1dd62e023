"""A student's other notebooks: which of them a submission imports, and what of them is handed to the sandbox.

A lesson imports functions of earlier ones by the notebook's name. Released notebooks tell which names there are and
what they define; what is imported is found in the text of a submission, which is not parsed here. Their bytes travel
with the submission and are part of the hash of its result; one that is not imported is not.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.sandbox.limits import Limits
from autograder.sandbox.own_notebooks import Cells, OwnNotebooks, neighbor
from autograder.submission import File, Submitted, code_cells, files_defining, files_named, find_notebook, read_folder
from autograder.submission.file import mib

# In a notebook's JSON a line may begin behind the two characters of an escaped line end or tab.
BEGINNING = rb"(?:\b|\\[nrt])"
IMPORT = re.compile(BEGINNING + rb"(?:from[ \t]+(\w+)[ \t]+import\b|import[ \t]+(\w[\w \t,.]*))")
NOT_BESIDE = "is not there. Save it beside this notebook, or in a folder next to that of this one."
FUNCTION = re.compile(BEGINNING + rb"def[ \t]+(\w+)")


@dataclass(frozen=True)
class Lesson:
    """A notebook of the course, which others may import.

    Parameters
    ----------
    name, assignment : str
    imports : frozenset of str
        The notebooks that it imports itself, as it was released.
    defines : tuple of str
        Its functions, by which a renamed file is found.
    is_released : bool
        Whether this course gave it out. What it did not may have been handed in all the same.
    """

    name: str
    assignment: str
    imports: frozenset[str] = frozenset()
    defines: tuple[str, ...] = ()
    is_released: bool = True


@dataclass(frozen=True)
class Earlier:
    """What a student handed in for a notebook that the submission imports.

    Parameters
    ----------
    name : str
    files : tuple of File
        Those that may be the notebook.
    defines : tuple of str
        Its functions.
    absence : str
        What is said if there is no file: where it should be.
    """

    name: str
    files: tuple[File, ...]
    defines: tuple[str, ...] = ()
    absence: str = ""


@dataclass(frozen=True)
class Shelf:
    """Where the notebooks of a course are that the submissions of one assignment may import.

    Parameters
    ----------
    lessons : mapping
        By name: the notebooks of the other assignments.
    imports : frozenset of str
        Those that the assignment imports, as it was released.
    folder : callable
        ``folder(submitted, assignment)`` returns where that student's submission for another assignment is.
    """

    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    imports: frozenset[str] = frozenset()
    folder: Callable[[Submitted, str], Path] = lambda submitted, _: submitted.folder

    def find(self, submitted: Submitted, files: list[File], limits: Limits) -> list[Earlier]:
        """Find the notebooks that a submission imports, and those that they import, in the order of their names.

        Parameters
        ----------
        submitted : Submitted
        files : list of File
            What was handed in, which comes before what was handed in earlier.
        limits : Limits
            Of each submission, and of the bytes of all that is found.
        """
        if not self.lessons:
            return []
        found: dict[str, Earlier] = {}
        folders: dict[str, list[File]] = {}
        waiting = {*self.imports, *imported(files, self.lessons)}
        room = limits.upload_size
        while waiting:
            lesson = self.lessons[min(waiting)]
            earlier = _brought(files, lesson)
            if earlier is None:
                if lesson.assignment not in folders:
                    folders[lesson.assignment] = _read(self.folder(submitted, lesson.assignment), limits)
                earlier = _handed_in(folders[lesson.assignment], lesson)
            room -= sum(len(file.data) for file in earlier.files)
            found[lesson.name] = earlier if room >= 0 else _too_large(earlier, limits)
            waiting |= lesson.imports | imported(earlier.files, self.lessons)
            waiting -= found.keys()
        return [found[name] for name in sorted(found)]


EMPTY = Shelf()


def shelf_of(
    released: Callable[[str], Path],
    assignment: str,
    others: Iterable[str],
    folder: Callable[[Submitted, str], Path],
    taught: Iterable[Lesson] = (),
) -> Shelf:
    """Read the shelf of an assignment.

    Parameters
    ----------
    released : callable
        Returns the folder of an assignment as it was given out.
    assignment : str
    others : iterable of str
        The other assignments of the course, in order; of two notebooks of a name the first is taken.
    folder : callable
        See `Shelf`.
    taught : iterable of Lesson
        Notebooks that are imported although this course may not have given them out.
    """
    own = {path.stem: path.read_bytes() for path in sorted(released(assignment).glob("*.ipynb"))}
    texts: dict[str, tuple[str, bytes]] = {}
    for other in others:
        for path in sorted(released(other).glob("*.ipynb")):
            if path.stem not in own:
                texts.setdefault(path.stem, (other, path.read_bytes()))
    lessons = {lesson.name: lesson for lesson in taught if lesson.name not in own} | {
        name: Lesson(name, other, frozenset(_imports(text) & texts.keys()), _defines(text))
        for name, (other, text) in texts.items()
    }
    imports = frozenset[str]().union(*map(_imports, own.values())) & lessons.keys()
    return Shelf(lessons, imports, folder)


def own_notebooks(earlier: Iterable[Earlier], limits: Limits) -> OwnNotebooks:
    """Read the notebooks that a submission imports; one that cannot be read becomes a sentence."""
    cells: dict[str, Cells] = {}
    absent: dict[str, str] = {}
    for one in earlier:
        found = find_notebook(list(one.files), one.name, one.defines, (one.name,), limits)
        if found.node is not None:
            cells[one.name] = [(f"{one.name}, {label}", source) for label, source in code_cells(found.node)]
        elif one.files:
            absent[one.name] = f"`{one.name}.ipynb` cannot be read. {' '.join(found.problems)}"
        else:
            absent[one.name] = f"`{one.name}.ipynb` {one.absence}"
    return OwnNotebooks(cells, absent)


def beside(path: Path, cells: Cells, known: Collection[str], limits: Limits) -> list[Earlier]:
    """Find the notebooks that a file imports, beside it and in the neighboring folders.

    Parameters
    ----------
    path : Path
    cells : list of (label, source)
        Its code.
    known : collection of str
        The names of the course's notebooks: one of them is missed if it is not there.
    limits : Limits
    """
    found: dict[str, Earlier] = {}
    waiting = _imports(_text(cells))
    while waiting:
        name = waiting.pop()
        file = neighbor(path.resolve().parent, name)
        if name not in found and name != path.stem and (file or name in known):
            files = files_named(read_folder(file.parent, limits), name) if file else []
            found[name] = Earlier(name, tuple(files), absence=NOT_BESIDE)
            waiting |= frozenset[str]().union(*(_imports(one.data) for one in files))
    return [found[name] for name in sorted(found)]


def needed(code: Cells, own: OwnNotebooks) -> OwnNotebooks:
    """Return those notebooks that some code imports, directly or by another one of them."""
    wanted: set[str] = set()
    waiting = _imports(_text(code))
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting |= _imports(_text(own.cells.get(name, [])))
    return OwnNotebooks(
        {name: cells for name, cells in own.cells.items() if name in wanted},
        {name: sentence for name, sentence in own.absent.items() if name in wanted},
    )


def imported(files: Iterable[File], names: Collection[str]) -> set[str]:
    """Return which notebooks are imported by files, as their text says."""
    spelled = {name: name.encode() for name in names}
    found = set()
    for file in files:
        if any(name in file.data for name in spelled.values()):  # much quicker than the pattern
            found |= _imports(file.data) & spelled.keys()
    return found


def _imports(text: bytes) -> set[str]:
    """Return the modules that a text imports by name."""
    return {name.decode() for match in IMPORT.finditer(text) for name in _names(match) if name}


def _names(match: re.Match[bytes]) -> Iterator[bytes]:
    yield match[1] or b""
    for part in (match[2] or b"").split(b","):
        yield part.strip().partition(b" ")[0].partition(b".")[0]


def _defines(text: bytes) -> tuple[str, ...]:
    return tuple(sorted({match[1].decode() for match in FUNCTION.finditer(text)}))


def _text(code: Cells) -> bytes:
    return "\n".join(source for _, source in code).encode()


def _brought(files: list[File], lesson: Lesson) -> Earlier | None:
    """Return a notebook that the submission itself brings; a module of that name is found by Python anyway."""
    named = files_named(files, lesson.name)
    return Earlier(lesson.name, tuple(named), lesson.defines) if named else None


def _handed_in(files: list[File], lesson: Lesson) -> Earlier:
    """Choose from what was handed in for another assignment what may be this notebook."""
    chosen = files_named(files, lesson.name) or files_defining(files, lesson.defines, ())
    absence = f"was not handed in for {lesson.assignment}. Hand it in there, or beside this notebook."
    if not lesson.is_released:
        absence = f"belongs to {lesson.assignment}, which was not given out here. Hand it in beside this notebook."
    return Earlier(lesson.name, tuple(chosen), lesson.defines, absence)


def _read(folder: Path, limits: Limits) -> list[File]:
    return read_folder(folder, limits) if folder.is_dir() else []


def _too_large(earlier: Earlier, limits: Limits) -> Earlier:
    """Leave out the files, and say why."""
    rule = f"and other notebooks that are imported must be at most {mib(limits.upload_size)} in all"
    return replace(earlier, files=(), absence=f"{rule} (got more). Clear their outputs, and hand them in again.")
