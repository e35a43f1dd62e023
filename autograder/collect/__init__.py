"""Collecting: what a learning platform gives in one download, put where each student's submission belongs.

`collecting` does it, and reads from top to bottom. A download is a list of entries (`source`); `layouts` tells which
platform named them, and `canvas`, `moodle`, `gradescope` and `plain` whose each of them is (`sent`). `roster` knows
the students by other names, `names` makes names safe, `files` writes what one student sent, `looking` sees what
grading will see of it. What came of it is data (`collection`), which `view` shows.

Nothing is extracted, only read with limits and written under names that are safe.
"""
