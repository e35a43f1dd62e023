"""Imported first by commands that start often: saves a second of every start.

nbformat imports jsonschema, which builds the grammar of international addresses (RFC 3987) as soon as it finds
`rfc3987_syntax`. No notebook has one. Without that package jsonschema does not check them, as its
documentation says; here it is as if it were not installed. ``benchmarks/grading.py`` shows the difference.
"""

import sys
from importlib.util import find_spec

if "jsonschema" not in sys.modules and find_spec("rfc3987_syntax") is not None:
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # so it cannot be imported
