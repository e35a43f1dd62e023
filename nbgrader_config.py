"""nbgrader for this course. Everything not named here is nbgrader's default."""

import warnings

# nbgrader 0.9 fills in new rows before it adds them, and SQLAlchemy says so a dozen times for each submission.
warnings.filterwarnings("ignore", message="Object of type .* not in session", module="nbgrader.api")

c = get_config()  # noqa: F821  nbgrader defines it

c.CourseDirectory.course_id = "cs231n"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "assignments"

c.ClearSolutions.code_stub = {"python": "raise NotImplementedError()"}
c.ClearSolutions.text_stub = "*Write your answer here.*"

# Student code is asked in a sandbox, never executed in a kernel of this account.
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_plugin.AskInSandbox",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_plugin.AssignAllLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Any file a student hands in is read and put right first, so that none aborts the batch.
c.Autograde.exporter_class = "autograder.nbgrader_plugin.SubmissionExporter"
c.Autograde.pre_convert_hook = "autograder.nbgrader_plugin.find_notebooks"
c.Autograde.sanitize_preprocessors = ["nbgrader.preprocessors.CheckCellMetadata"]

# `nbgrader zip_collect` tells students by the names that Canvas and Moodle give files in a download.
c.ZipCollectApp.collector_plugin = "autograder.nbgrader_collect.DownloadCollector"

# Names of students begin no formula in a spreadsheet.
c.ExportApp.plugin_class = "autograder.nbgrader_export.SpreadsheetExport"
