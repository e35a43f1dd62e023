"""What the question bank is worth: machine-made wrong solutions, and a page of figures."""
