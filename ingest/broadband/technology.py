"""Technologies of lines, as lists of broadband name them."""

from __future__ import annotations

import json
from functools import cache, lru_cache

from ingest.column_names import plain
from twin.reference import reference_path

OTHER = "other"
NONE = "none"
_LONGEST = 200


@lru_cache(maxsize=1024)
def technology(text: str) -> str:
    """Key of ``data/codes/broadband_technology.json`` that `text` means; empty if it is empty.

    Notes
    -----
    The words are those of ``data/broadband/technologies.json``. The longest one that the text begins with decides, else
    the longest that it holds: ``VDSL (FTTC)`` is no DSL, ``Kabel (HFC)`` is cable, ``keine`` is none.
    """
    name = plain(text[:_LONGEST])
    if not name:
        return ""
    known = _words()
    first = [word for word in known if name.startswith(word)]
    within = first or [word for word in known if len(word) > 2 and word in name]
    return known[max(within, key=len)] if within else OTHER


@cache
def is_fibre(key: str) -> bool:
    """Whether a line of this technology means fibre into the building."""
    return key in _declared()["fibre"]


@cache
def _words() -> dict[str, str]:
    return {word: key for key, words in _declared()["words"].items() for word in words}


@cache
def _declared() -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = json.loads(
        reference_path("broadband/technologies.json").read_text("utf-8")
    )
    return found
