"""Collecting: what a learning platform gives in one download, put where each student's submission belongs.

Canvas, Moodle and Gradescope name files in their own ways (`layouts`); a plain zip or folder of students works, too.
Nothing is extracted, only read with limits and written under names that are safe (`source`, `names`, `collecting`).
"""
