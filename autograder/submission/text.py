"""Files as text: in the encodings that students' editors write."""

import codecs
import io
import json
import tokenize

from autograder.submission.file import File, SubmissionError

# What a Python file may declare. Others are not believed: to decode some takes the square of the file's size.
ENCODINGS = frozenset(
    [
        *("ascii", "utf-8", "iso8859-1", "iso8859-15", "cp1250", "cp1251", "cp1252", "koi8-r"),
        *("big5", "euc_jp", "euc_kr", "gb18030", "gb2312", "gbk", "shift_jis"),
    ]
)
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(file: File) -> str:
    """Return the text of a file.

    Raises
    ------
    SubmissionError
        If it was not read, or is no text.
    """
    if file.trouble:
        raise SubmissionError(file.trouble)
    try:
        return file.data.decode(_encoding(file))
    except UnicodeDecodeError as error:
        raise SubmissionError(
            f"{file.name} must be UTF-8 text (got bytes that are not). Save it as UTF-8."
        ) from error


def _encoding(file: File) -> str:
    if file.kind != ".py":
        return json.detect_encoding(file.data)
    if file.data.startswith(UTF_16):
        return "utf-16"
    try:
        declared = codecs.lookup(tokenize.detect_encoding(io.BytesIO(file.data).readline)[0]).name
    except (SyntaxError, LookupError):  # a declaration that is none: Python says the rest
        return "utf-8-sig"
    return declared if declared in ENCODINGS else "utf-8-sig"
