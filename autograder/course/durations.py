"""How long things take: read from sentences for people, and told to people. In minutes."""

import re

NUMBERS = ("half", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
STEP = 5  # minutes to which short times are rounded: nobody knows better
LONG = 100  # minutes, from which times are told in hours
TEN_HOURS = 600  # from which halves of an hour say nothing

Span = tuple[int, int]  # at least, at most


def minutes_of(text: str) -> Span | None:
    """Read how long something takes.

    Examples
    --------
    >>> minutes_of("about two hours"), minutes_of("one to two hours"), minutes_of("45 minutes")
    ((120, 120), (60, 120), (45, 45))
    >>> minutes_of("an hour"), minutes_of("one and a half hours"), minutes_of("half an hour"), minutes_of("a while")
    ((60, 60), (90, 90), (30, 30), None)
    """
    unit = re.search(r"\b(hour|minute)", text)
    if not unit:
        return None
    words = re.findall(rf"\b(\d+(?:\.\d+)?|{'|'.join(NUMBERS)})\b((?: hours?)? and a half)?", text.lower())
    numbers = [_number(word) + (0.5 if half else 0) for word, half in words] or [1.0]
    factor = 1 if unit[1] == "minute" else 60
    return round(min(numbers) * factor), round(max(numbers) * factor)


def told(span: Span | None) -> str:
    """Tell a time as people do; nothing if there is nothing left.

    Examples
    --------
    >>> told((36, 73)), told((90, 180)), told((38, 38)), told((1, 2)), told((700, 1300)), told((0, 0)), told(None)
    ('35 to 75 min', '1.5 to 3 h', '40 min', '5 min', '12 to 22 h', '', '')
    """
    if not span or not span[1]:
        return ""
    unit = "h" if span[1] >= LONG else "min"
    low, high = (_rounded(value, unit) for value in span)
    return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


def _number(word: str) -> float:
    if word == "half":
        return 0.5
    return float(NUMBERS.index(word) if word in NUMBERS else word)


def _rounded(minutes: int, unit: str) -> str:
    if unit == "min":
        return str(max(STEP, round(minutes / STEP) * STEP))
    return str(round(minutes / 60)) if minutes >= TEN_HOURS else f"{max(1, round(minutes / 30)) / 2:g}"
