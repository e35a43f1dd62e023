"""A course: its folders, assignments, dates and rules, and what it gives to students."""
