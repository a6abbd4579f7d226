"""Names of columns as people write them, brought to the names that a declared table of synonyms knows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache

from twin.reference import reference_path

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_EPSG = re.compile(r"(?<![0-9])(?:258(?:31|32|33)|3146[678]|4326|4258)$")
"""Code of a CRS that a coordinate's name ends in, such as ``x_25832``."""

_CODE = re.compile(r"(?<![0-9])(258(?:31|32|33)|3146[678]|4326|4258|3857|3035)(?![0-9])")
_GEOGRAPHIC = re.compile(r"l(?:ä|ae)ngengrad|longitude|\blon\b|\blng\b")

_UNIT = re.compile(r"(?:[\s_]*[(\[]\s*|_|\s)(mm|cm|m)\s*[)\]]?$")
_LONGEST = 60
"""Characters at the end of a name among which its unit is looked for: hostile names are long."""


@cache
def synonyms(table: str) -> dict[str, tuple[str, ...]]:
    """Table ``data/columns/<table>.json``: what a column means to the names it goes by, the preferred ones first."""
    found = json.loads(reference_path(f"columns/{table}.json").read_text("utf-8"))
    return {meaning: tuple(names) for meaning, names in found["columns"].items()}


def plain(name: str) -> str:
    """A name in small letters and digits alone, umlauts spelled out: ``Baum-Höhe [m]`` is ``baumhoehe``."""
    small = name.strip().lower().translate(_UMLAUTS)
    found = _unit(small)
    small = small[: found.start()] if found else small
    return _EPSG.sub("", re.sub(r"[^a-z0-9]", "", small))


def unit(name: str) -> str:
    """Unit of length that a column's name ends in, such as ``cm`` of ``Stammumfang (cm)``; empty for none."""
    found = _unit(name.strip().lower())
    return found[1] if found else ""


def _unit(name: str) -> re.Match[str] | None:
    return _UNIT.search(name, max(len(name) - _LONGEST, 0))


def crs_of(names: Sequence[str]) -> str:
    """CRS that the names of coordinate columns tell, such as ``x_25832`` or ``Längengrad``; empty if they tell none."""
    text = " ".join(names).lower()
    code = _CODE.search(text)
    if code:
        return f"EPSG:{code[1]}"
    return "EPSG:4326" if _GEOGRAPHIC.search(text) else ""


def meanings(table: str, names: Sequence[str]) -> dict[str, int]:
    """What the columns with these names mean: meaning to place of the column; none stands for two meanings."""
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(plain(name), place)
    found: dict[str, int] = {}
    for meaning, known in synonyms(table).items():
        free = [places[name] for name in known if name in places and places[name] not in found.values()]
        if free:
            found[meaning] = free[0]
    return found
