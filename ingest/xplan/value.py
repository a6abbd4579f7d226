"""Values of an object's attributes: texts, codes, links, and what is left over as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.gml.walk import local

LONGEST = 20_000
"""Characters of one text."""

_HREF = "{http://www.w3.org/1999/xlink}href"
_GML = "{http://www.opengis.net/gml"
_DEPTH = 4


class Attributes:
    """Attributes of an object or data type, by name.

    Parameters
    ----------
    element : lxml element
        The object; must outlive its attributes.
    """

    def __init__(self, element: etree._Element) -> None:
        self.element = element
        self._named: dict[str, list[etree._Element]] = {}
        for child in element.iterchildren("{*}*"):
            self._named.setdefault(local(child.tag), []).append(child)

    def __iter__(self) -> Iterator[str]:
        """Names in the order of the document."""
        return iter(self._named)

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def all(self, name: str) -> list[etree._Element]:
        """Every element called `name`."""
        return self._named.get(name, [])

    def first(self, name: str) -> etree._Element | None:
        """First element called `name`; None if there is none."""
        return next(iter(self.all(name)), None)

    def texts(self, name: str) -> Iterator[str]:
        """Texts of all elements called `name` that have one."""
        for child in self.all(name):
            found = (child.text or "").strip()
            if found:
                yield found[:LONGEST]

    def text(self, *names: str) -> str | None:
        """Text of the first element called by the first of `names` that has one."""
        return next((found for name in names for found in self.texts(name)), None)

    def nested(self, name: str) -> Iterator[Attributes]:
        """Data types within the elements called `name`: ``hoehenangabe/XP_Hoehenangabe``."""
        for child in self.all(name):
            for inner in child.iterchildren("{*}*"):
                yield Attributes(inner)

    def flag(self, name: str) -> bool | None:
        """Truth value; None if there is none or it is not one."""
        return {"true": True, "1": True, "false": False, "0": False}.get(self.text(name) or "")

    def whole(self, name: str) -> int | None:
        """Whole number that fits into 32 bits; None if there is none or it is not one."""
        return whole(self.text(name))


def number(text: str | None) -> float | None:
    """Finite number; None if `text` is not one."""
    if text is None:
        return None
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole(text: str | None) -> int | None:
    """Whole number that fits into 32 bits; None if `text` is not one."""
    found = number(text)
    return int(found) if found is not None and found == int(found) and abs(found) < 2**31 else None


def link(element: etree._Element) -> str:
    """Identifier that an element's xlink leads to within the document; empty if it has none."""
    return (element.get(_HREF) or "").strip().removeprefix("#")


def joined(parts: Iterator[str]) -> str | None:
    """Distinct texts with semicolons; None for none."""
    return "; ".join(dict.fromkeys(parts))[:LONGEST] or None


def remaining(own: Attributes, known: set[str]) -> str | None:
    """Attributes not in `known`, as JSON; geometry, links and empty ones are left out."""
    found: dict[str, Any] = {}
    size = 0
    for name in own:
        if name in known:
            continue
        values = [_value(child, 0) for child in own.all(name) if not str(child.tag).startswith(_GML)]
        values = [value for value in values if value not in (None, {})]
        size += len(name) + len(str(values))
        if values and size <= LONGEST:
            found[name] = values[0] if len(values) == 1 else values
    return json.dumps(found, ensure_ascii=False) if found else None


def _value(element: etree._Element, depth: int) -> Any:
    children = [child for child in element.iterchildren("{*}*") if not str(child.tag).startswith(_GML)]
    if not children or depth >= _DEPTH:
        return (element.text or "").strip()[:LONGEST] or None
    if len(children) == 1 and "_" in local(children[0].tag):
        return _value(children[0], depth)  # the data type's own name says nothing that the attribute has not said
    values = {local(child.tag): _value(child, depth + 1) for child in children}
    return {name: value for name, value in values.items() if value is not None}
