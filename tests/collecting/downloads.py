"""Downloads as the platforms make them, small, with the names that they give."""

from zipfile import ZipFile

from classroom import NOTEBOOK, released, worked
from nbformat import writes

WORK = writes(worked())
STUB = writes(released())

# https://community.canvaslms.com: "lastnamefirstname_LATE_userid_submissionid_filename", "-1" if the name was used before
CANVAS = {
    f"lovelaceada_1234_567890_{NOTEBOOK}.ipynb": WORK,
    f"hoppergrace_LATE_1235_567891_{NOTEBOOK}-2.ipynb": WORK,
    f"hoppergrace_LATE_1235_567880_{NOTEBOOK}.ipynb": STUB,
    "turingalan_1236_567892_my homework.ipynb": WORK,
    "noethere_1237_567893_report.pdf": "%PDF",
    f"lovelaceada_1299_567899_{NOTEBOOK}.ipynb": STUB,  # another person of the same name
}
MOODLE = {
    f"Ada Lovelace_12345_assignsubmission_file_/{NOTEBOOK}.ipynb": WORK,
    "Ada Lovelace_12345_assignsubmission_onlinetext_/onlinetext.html": "<p>see file</p>",
    f"Grace Brewster Hopper_12346_assignsubmission_file/work/{NOTEBOOK}.ipynb": WORK,  # since Moodle 4
    f"Alan_Turing_12347_assignsubmission_file_{NOTEBOOK}.ipynb": WORK,  # all in one folder
}
LISTING = """\
submission_201:
  :submitters:
  - :name: Ada Lovelace
    :sid: '815001'
    :email: ada@example.edu
  :created_at: 2026-03-01 10:00:00.123456000 Z
  :score: 0.0
  :status: processed
submission_202:
  :submitters:
  - :name: Grace Hopper
    :sid:
    :email: grace@example.edu
  - :name: Alan Turing
    :sid: '815003'
    :email: alan@example.edu
  :created_at: 2026-03-03 09:30:00.000000000 Z
  :score:
  :status: unprocessed
"""
GRADESCOPE = {
    "assignment_99_export/submission_metadata.yml": LISTING,
    f"assignment_99_export/submission_201/{NOTEBOOK}.ipynb": WORK,
    f"assignment_99_export/submission_202/src/{NOTEBOOK}.ipynb": WORK,
}
PLAIN = {
    f"class/ada/{NOTEBOOK}.ipynb": WORK,
    f"class/grace/assignment1/{NOTEBOOK}.ipynb": WORK,
    "class/grace/assignment1/timestamp.txt": "2026-03-02 10:00:00.000000 UTC",
    "class/alan/deep/deeper/homework.ipynb": WORK,
    f"class/emmy_{NOTEBOOK}.ipynb": WORK,
}


def as_zip(path, files):
    with ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def as_folder(path, files):
    for name, data in files.items():
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path
