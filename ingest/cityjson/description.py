"""What a CityJSON object says of itself, in the columns of layers ``building`` and ``building_part``."""

from __future__ import annotations

import json
import math
import re
from typing import Any

_AGS = ("Gemeindeschluessel", "Gemeindeschlüssel", "AGS", "ags")
_KNOWN = {
    "function",
    "roofType",
    "measuredHeight",
    "storeysAboveGround",
    "yearOfConstruction",
    "dateOfConstruction",
    "name",
}
_STREET = ("ThoroughfareName", "thoroughfareName", "street", "streetName")
_NUMBER = ("ThoroughfareNumber", "thoroughfareNumber", "houseNumber", "number")
_POSTCODE = ("PostalCode", "Postcode", "PostalCodeNumber", "postcode", "postalCode")
_PLACE = ("LocalityName", "Locality", "locality", "city")
_LONGEST = 1 << 16


def common(said: dict[str, Any]) -> dict[str, object]:
    """Columns that buildings and parts share."""
    attributes = _attributes(said)
    return {
        "function_code": word(attributes.get("function")),
        "roof_code": word(attributes.get("roofType")),
        "measured_height": _number(attributes.get("measuredHeight"), 0.0, 1000.0),
        "storeys_above_ground": _whole(attributes.get("storeysAboveGround"), 0, 1000),
    }


def description(said: dict[str, Any]) -> dict[str, object]:
    """Columns of a building."""
    attributes = _attributes(said)
    year = re.match(r"\s*(\d{4})\b", str(attributes.get("yearOfConstruction") or attributes.get("dateOfConstruction")))
    rest = {name: value for name, value in attributes.items() if name not in _KNOWN and value not in (None, "")}
    return {
        **common(said),
        "ags": next((str(attributes[name]) for name in _AGS if _is_key(attributes.get(name))), None),
        "address": address(said.get("address")) or None,
        "name": word(attributes.get("name")),
        "year_of_construction": int(year[1]) if year else None,
        "height_source": word(attributes.get("DatenquelleDachhoehe")),
        "attributes": _json(rest) if rest else None,
    }


def address(said: Any) -> str:
    """One line for an ``address``; of several, all. Only street, number, postcode and place are read, never persons."""
    lines: list[str] = []
    for one in said if isinstance(said, list) else [said]:
        if not isinstance(one, dict):
            continue
        street, number, postcode, place = (
            next((found for name in names if (found := word(one.get(name)))), "")
            for names in (_STREET, _NUMBER, _POSTCODE, _PLACE)
        )
        first, last = f"{street} {number}".strip(), f"{postcode} {place}".strip()
        line = ", ".join(part for part in (first, last) if part)
        if line and line not in lines:
            lines.append(line)
    return "; ".join(lines)


def word(value: Any) -> str | None:
    """A text or number as text that every store can hold; the first one of a list; None for anything else."""
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return clean(str(value).strip()[:_LONGEST]) or None


def clean(text: str) -> str:
    """A text without halves of surrogate pairs, which JSON can smuggle in and UTF-8 cannot write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _attributes(said: dict[str, Any]) -> dict[str, Any]:
    found = said.get("attributes")
    return found if isinstance(found, dict) else {}


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[0-9]{8}", value) is not None


def _number(value: Any, low: float, high: float) -> float | None:
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and low <= found < high else None


def _whole(value: Any, low: int, high: int) -> int | None:
    found = _number(value, low, high)
    return None if found is None else int(found)


def _json(attributes: dict[str, Any]) -> str | None:
    try:
        return clean(json.dumps(attributes, ensure_ascii=False, sort_keys=True, allow_nan=False))
    except ValueError:
        # 1e999 is infinite.
        finite = json.loads(json.dumps(attributes), parse_constant=lambda _: None)
        return clean(json.dumps(finite, ensure_ascii=False, sort_keys=True))
    except RecursionError:
        return None
