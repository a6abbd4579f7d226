"""Values of an object's attributes: text, codes (also as xlinks into the registry), keys, relations."""

from __future__ import annotations

import datetime

from lxml import etree

from ingest.nas.reader import identifier

_HREF = "{http://www.w3.org/1999/xlink}href"


def text(element: etree._Element, path: str) -> str | None:
    """Text of the first element at `path` (local names with ``/``), stripped; None if there is none."""
    found = _find(element, path)
    if found is None:
        return None
    return (found.text or "").strip() or None


def code(element: etree._Element, path: str) -> str | None:
    """Code at `path`: its text, or the last step of its xlink, as GeoInfoDok 7.1 writes code lists."""
    found = _find(element, path)
    return None if found is None else code_of(found)


def code_of(element: etree._Element) -> str | None:
    """Code that an attribute's own element holds."""
    linked = (element.get(_HREF) or "").strip().rstrip("/").rpartition("/")[2]
    return (element.text or "").strip() or linked or None


def number(element: etree._Element, path: str) -> float | None:
    """Finite number at `path`; None if there is none or it is not one."""
    try:
        value = float(text(element, path) or "nan")
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def whole(element: etree._Element, path: str) -> int | None:
    """Whole number at `path` that fits into 32 bits; None if there is none or it is not one."""
    value = number(element, path)
    return int(value) if value is not None and value == int(value) and abs(value) < 2**31 else None


def date(element: etree._Element, path: str) -> datetime.date | None:
    """Date at `path`; None if there is none or it is not one."""
    try:
        return datetime.date.fromisoformat((text(element, path) or "")[:10])
    except ValueError:
        return None


def relations(element: etree._Element, *names: str) -> list[str]:
    """Identifiers of the objects that relations called `names` lead to, in the order of the document."""
    found = []
    for name in names:
        for relation in element.iterchildren(f"{{*}}{name}"):
            target = identifier(relation.get(_HREF))
            if target:
                found.append(target)
    return found


def municipality(element: etree._Element, path: str = "") -> str | None:
    """8-digit municipality key from land, regierungsbezirk, kreis and gemeinde at `path`; None if one is missing."""
    holder = _find(element, path) if path else element
    if holder is None:
        return None
    parts = [code(holder, name) or "" for name in ("land", "regierungsbezirk", "kreis", "gemeinde")]
    # States without Regierungsbezirke leave it out.
    key = "".join([parts[0].zfill(2), parts[1] or "0", parts[2].zfill(2), parts[3].zfill(3)])
    return key if parts[0] and parts[2] and parts[3] and len(key) == 8 and key.isdecimal() else None


def gemarkung(element: etree._Element, path: str) -> str | None:
    """Land and Gemarkungsnummer at `path`, 6 digits."""
    land, short = code(element, f"{path}/land"), code(element, f"{path}/gemarkungsnummer")
    key = f"{(land or '').zfill(2)}{(short or '').zfill(4)}"
    return key if land and short and len(key) == 6 and key.isdecimal() else None


def _find(element: etree._Element, path: str) -> etree._Element | None:
    found: etree._Element | None = element
    for name in path.split("/"):
        if found is None:
            return None
        found = next(found.iterchildren(f"{{*}}{name}"), None)
    return found
