"""A few thousand inputs of each fuzzer; `fuzz.py` beside it tries as many as you like."""

import pytest
from fuzz import Choices, target_of, try_one


@pytest.mark.parametrize(("target", "inputs"), [("reader", 1500), ("wire", 6000)])
def test_no_input_raises_anything_unexpected(target, inputs):
    for number in range(inputs):
        try_one(target, 1, number)


@pytest.mark.parametrize("data", [b"", bytes(100), bytes(range(256)) * 8, b"\xff" * 4096])
@pytest.mark.parametrize("target", ["reader", "wire"])
def test_a_fuzzer_of_bytes_may_make_the_choices(target, data):
    target_of(target)(Choices(data))


def test_choices_follow_from_the_bytes():
    first, second = (Choices(bytes(range(256))) for _ in range(2))

    assert [first.randrange(1000) for _ in range(50)] == [second.randrange(1000) for _ in range(50)]
    assert 0 <= first.random() < 1
