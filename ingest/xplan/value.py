"""Values of an object's attributes: texts, codes, links, and what is left over as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.nas.reader import local

LONGEST = 20_000
"""Characters of one text."""

_HREF = "{http://www.w3.org/1999/xlink}href"
_GML = "{http://www.opengis.net/gml"
_DEPTH = 4


def texts(element: etree._Element, name: str) -> Iterator[str]:
    """Texts of all children called `name` that have one."""
    for child in element.iterchildren(f"{{*}}{name}"):
        found = (child.text or "").strip()
        if found:
            yield found[:LONGEST]


def text(element: etree._Element, *names: str) -> str | None:
    """Text of the first child called by the first of `names` that has one."""
    return next((found for name in names for found in texts(element, name)), None)


def nested(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Data types within the children called `name`: ``hoehenangabe/XP_Hoehenangabe``."""
    for child in element.iterchildren(f"{{*}}{name}"):
        yield from child.iterchildren("{*}*")


def flag(element: etree._Element, name: str) -> bool | None:
    """Truth value of a child; None if there is none or it is not one."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text(element, name) or "")


def link(element: etree._Element) -> str:
    """Identifier that an element's xlink leads to within the document; empty if it has none."""
    return (element.get(_HREF) or "").strip().removeprefix("#")


def joined(parts: Iterator[str]) -> str | None:
    """Distinct texts with semicolons; None for none."""
    return "; ".join(dict.fromkeys(parts))[:LONGEST] or None


def remaining(element: etree._Element, known: set[str]) -> str | None:
    """Attributes not in `known`, as JSON; geometry, links and empty ones are left out."""
    found: dict[str, Any] = {}
    size = 0
    for child in element.iterchildren("{*}*"):
        name = local(child.tag)
        if name in known or str(child.tag).startswith(_GML):
            continue
        value = _value(child, 0)
        size += len(name) + len(str(value))
        if value in (None, {}) or size > LONGEST:
            continue
        if name in found:
            found[name] = [*(found[name] if isinstance(found[name], list) else [found[name]]), value]
        else:
            found[name] = value
    return json.dumps(found, ensure_ascii=False) if found else None


def _value(element: etree._Element, depth: int) -> Any:
    children = [child for child in element.iterchildren("{*}*") if not str(child.tag).startswith(_GML)]
    if not children or depth >= _DEPTH:
        return (element.text or "").strip()[:LONGEST] or None
    if len(children) == 1 and "_" in local(children[0].tag):
        return _value(children[0], depth)  # the data type's own name says nothing that the attribute has not said
    values = {local(child.tag): _value(child, depth + 1) for child in children}
    return {name: value for name, value in values.items() if value is not None}
