"""Facilities: what the tags of a node, way or relation say of one."""

from __future__ import annotations

import re

from ingest.osm.tag_table import Tags, kinds, table

_PRIVATE = frozenset({"private", "no"})
_WHEELCHAIR = frozenset({"yes", "limited", "no", "designated"})
_COUNTS = ("capacity", "capacity:persons", "beds", "rooms")
_COUNT = re.compile(r"\d{1,6}")


def described(identity: str, tags: Tags) -> dict[str, object] | None:
    """Columns of layer ``facility``; None if it is none, or nobody's but its owner's."""
    found = kinds("facility").of(tags)
    if found is None:
        return None
    kind, tag = found
    known = table("facility")
    if kind in known["private"] and tags.get("access") in _PRIVATE:
        return None
    return {
        "facility_id": identity,
        "kind": kind,
        "category": known["categories"][kind],
        "name": tags.get("name") or tags.get("brand"),
        "operator": tags.get("operator"),
        "address": _address(tags),
        "capacity": _count(tags),
        "opening_hours": tags.get("opening_hours"),
        "wheelchair": tags.get("wheelchair") if tags.get("wheelchair") in _WHEELCHAIR else None,
        "tag": tag,
    }


def _address(tags: Tags) -> str | None:
    """``Walburgerstraße 1, 59494 Soest``, as much of it as is there."""
    street = tags.get("addr:street") or tags.get("addr:place")
    line = " ".join(part for part in (street, tags.get("addr:housenumber")) if part) if street else ""
    place = " ".join(part for part in (tags.get("addr:postcode"), tags.get("addr:city")) if part)
    return ", ".join(part for part in (line, place) if part) or tags.get("addr:full")


def _count(tags: Tags) -> int | None:
    for key in _COUNTS:
        if _COUNT.fullmatch(tags.get(key) or ""):
            return int(tags[key])
    return None
