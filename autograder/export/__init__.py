"""Grades out: tables for Canvas, Moodle and spreadsheets, results and an autograder for Gradescope, JUnit XML."""
