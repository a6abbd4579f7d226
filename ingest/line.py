"""A line of a file, as people are told of it."""

from __future__ import annotations

import re

from twin.language import Text

_PLACE = re.compile(r"(line|feature) (\d+)")
_GERMAN = {"line": "Zeile", "feature": "Objekt"}


def at_line(number: int, column: int = 0) -> Text:
    """Where something stands: the line, and its column where that is known."""
    if column:
        return Text(f"Zeile {number}, Spalte {column}", f"line {number}, column {column}")
    return Text(f"Zeile {number}", f"line {number}")


def spoken(feature: str) -> Text:
    """The name of a feature within a sentence.

    Parameters
    ----------
    feature : str
        As `ingest.format.Reject` has it: an identifier, which is the same in every language, or ``line 4711``, which
        stands in tables like this and is said in the reader's words.
    """
    found = _PLACE.fullmatch(feature)
    return Text(f"{_GERMAN[found[1]]} {found[2]}", feature) if found else Text(feature, feature)
