"""The demo: a sample course, a sample class, and the whole way from submissions to report."""

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
from rich.console import Console
from rich.progress import Progress

from autograder.core.verdict import SubmissionReport
from autograder.course.course import CONFIG, Course, CourseError
from autograder.course.release import release
from autograder.grading import marking, screen
from autograder.grading.run import Run
from autograder.report import pages
from autograder.sample.sample_class import Sample, sample_class
from autograder.sandbox.protection import best
from autograder.terminal import escape

HOME = Path(__file__).parents[2]  # of the course that the sample is made from
LESSONS = (  # one of each assignment: the demo takes seconds, not minutes
    "assignment1/affine_layers.ipynb",
    "assignment2/batch_normalization.ipynb",
    "assignment3/convolution.ipynb",
)
MARK = ".cs231n-demo"  # tells a folder that the demo made from one that it must not touch


@dataclass(frozen=True)
class DemoRun:
    """One assignment of the demo: what was graded, and whether everybody lost what they should."""

    run: Run
    samples: list[Sample]

    @property
    def broken(self) -> bool:
        """Whether something of ours failed, or somebody got what they should not."""
        return bool(self.run.broken or self.surprises)

    @property
    def surprises(self) -> list[str]:
        """A sentence for each submission that did not lose exactly what it should."""
        reports = {report.student: report for report in self.run.reports}
        return [text for sample in self.samples for text in _surprises(sample, reports.get(sample.student))]


def run(at: Path, jobs: int, progress: Progress) -> list[DemoRun]:
    """Make the sample course if it is not there, grade it, and write pages.

    Parameters
    ----------
    at : Path
        The folder of the sample course.
    jobs : int
    progress : Progress

    Returns
    -------
    list of DemoRun

    Raises
    ------
    CourseError
        If the folder holds something that the demo did not make.
    """
    course = _make_course(at)
    tier = best()  # the sample's code is ours
    runs = []
    for assignment in course.assignments():
        if not course.released(assignment).is_dir():
            release(course, assignment)
        samples = _hand_in(course, assignment)
        run = marking.mark(course, marking.Order(assignment, jobs=jobs, sandbox=tier), progress)
        pages.write_feedback(course, assignment)
        pages.write_class_report(course, assignment)
        runs.append(DemoRun(run, samples))
    return runs


def show(runs: list[DemoRun], at: Path, console: Console) -> None:
    """Print the tables, and where to look."""
    for demo in runs:
        console.print(screen.table(demo.run, console.width))
        for surprise in demo.surprises:
            console.print(f"[bold magenta]surprise:[/] {escape(surprise)}")
    graded = sum(len(demo.run.graded) for demo in runs)
    known = sum(demo.run.known for demo in runs)
    moved = sum(demo.run.changed for demo in runs)
    fair = "every one lost exactly the checks it should" if not any(demo.surprises for demo in runs) else "see above"
    console.print(
        f"\n{graded} submissions graded ({fair}); {known} known already, {moved} grades changed in the gradebook."
    )
    console.print(f"Protection: {escape(runs[0].run.tier.sentence)}.", style=screen.loudness(runs[0].run.tier))
    first = runs[0].run.assignment
    rows = {
        "class report": at / "report" / f"{first}.html",
        "feedback": at / "feedback" / "wrong-affine-backward-averages" / first,
        "gradebook": at / "gradebook.db",
        "student version": at / "assignments" / first,
    }
    console.print("\nWhere to look:")
    for what, path in rows.items():
        console.print(f"  {what:16} {escape(str(path))}", soft_wrap=True, highlight=False)
    program = Path(sys.argv[0])  # as it was called, so that the line can be copied
    jupyter = os.path.relpath(program.with_name("jupyter"), at)
    again = f"\nGrade it again:    {program} grade {first} --course {at}"
    formgrader = f"In nbgrader's UI:  cd {at} && {jupyter} lab, then Nbgrader > Formgrader"
    console.print(f"{again}\n{formgrader}", soft_wrap=True, highlight=False, markup=False)


def _make_course(at: Path) -> Course:
    if at.exists() and any(at.iterdir()) and not (at / MARK).exists():
        raise CourseError(f"`--at` must be an empty folder or an earlier demo (got {at}). Name another one.")
    if not (HOME / "solutions").is_dir():
        raise CourseError(f"The demo must run from a copy of the course (got {HOME}). Clone it, then `make demo`.")
    at.mkdir(parents=True, exist_ok=True)
    (at / MARK).touch()
    shutil.copy(HOME / CONFIG, at / CONFIG)
    for notebook in LESSONS:
        (at / "solutions" / notebook).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HOME / "solutions" / notebook, at / "solutions" / notebook)
    return Course(at)


def _hand_in(course: Course, assignment: str) -> list[Sample]:
    """Write the class's files to where students' submissions are."""
    read = course.read(assignment)
    (notebook,) = read.notebooks
    solution = nbformat.read(course.source(assignment) / f"{notebook.name}.ipynb", as_version=4)
    samples = list(sample_class(notebook, solution))
    for sample in samples:
        folder = course.submitted(assignment, sample.student)
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in sample.files.items():
            (folder / name).write_text(text, encoding="utf-8")
    return samples


def _surprises(sample: Sample, report: SubmissionReport | None) -> list[str]:
    if report is None:
        return [f"{sample.student} was not graded"]
    lost = {check.report.check for check in report.checks if check.score < check.points}
    if lost == sample.loses:
        return []
    return [f"{sample.student} should lose {sorted(sample.loses)} and loses {sorted(lost)}"]
