"""What attacks are made of: the functions they stand in for, and words in which they say what they found."""

import os
import textwrap
from dataclasses import replace

import pytest
from classroom import MIB, QUICK, defining_cell, protected_tiers, worked

WORKED = worked()
CANARY = "canary-7c2e-in-the-environment"
LIMITS = replace(QUICK, call_seconds=0.6, load_seconds=2.0, memory=512 * MIB)
LONGEST = 15  # seconds; two asks of at most two workers for each of three functions of 0.6 seconds
TARGET = "softmax_loss"
RIGHT = defining_cell(WORKED, TARGET).source.replace(f"def {TARGET}", "def right")
FOUND_NOTHING = "LookupError: found nothing"

# Exercises that no other one calls: their parameters, and a wrong answer of the right form.
SLOTS = {
    "softmax_loss": ("x, y", "return 0.0, np.zeros_like(x)"),
    "relu_backward": ("x, cache", "return np.zeros_like(x)"),
    "affine_backward": ("x, cache", "return tuple(np.zeros_like(part) for part in cache)"),
}

threat = pytest.mark.threat
one_tier = pytest.mark.parametrize("tier", protected_tiers[:1], indirect=True)  # where the tier makes no difference


def function(slot, source):
    """Return the cell of an attack: it is the body of a function, whose first argument is `x`."""
    parameters, wrong = SLOTS[slot]
    source = textwrap.dedent(source).strip().replace("WRONG", wrong).replace("FUNCTION", slot)
    return f"import numpy as np\n\ndef {slot}({parameters}):\n{textwrap.indent(source, '    ')}\n"


def together(attacks, count=3):
    """Put attacks together, as many as have room in one submission; what each comes to is told apart."""
    names = list(attacks)
    groups = [names[i : i + count] for i in range(0, len(names), count)]
    return pytest.mark.parametrize(
        "attacks", [{name: attacks[name] for name in group} for group in groups], ids=[", ".join(g) for g in groups]
    )


def crowd():
    """Return how many processes want each processor: so many times longer may everything take."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
