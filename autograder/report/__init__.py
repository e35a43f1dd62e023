"""Pages and tables for people: the feedback of each student, and the report of a class."""
