import nbformat
from classroom import NOTEBOOK, SOLUTIONS, released_assignment

from autograder.sample.sample_class import sample_class


def made():
    (notebook,) = released_assignment().notebooks
    return list(sample_class(notebook, nbformat.read(SOLUTIONS / f"{NOTEBOOK}.ipynb", as_version=4)))


def test_the_sample_class_hands_in_the_same_bytes_whenever_it_is_made():
    assert made() == made()


def test_no_two_cells_of_a_sample_share_their_id():
    for sample in made():
        for name, text in sample.files.items():
            if name.endswith(".ipynb") and sample.student != "broken-file":
                ids = [cell.id for cell in nbformat.reads(text, as_version=4).cells]
                assert len(set(ids)) == len(ids), sample.student
