"""GML curves as points: segments of every kind, in any nesting and orientation."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from ingest.gml import reason
from ingest.gml.reason import Unusable
from twin.geometry import arc

Points = NDArray[np.float64]

GAP = 0.001
"""Distance up to which two ends of segments are the same point. [m]"""

LARGEST = 1_000_000
"""Points of one curve."""

_HREF = "{http://www.w3.org/1999/xlink}href"
_ID = "{http://www.opengis.net/gml/3.2}id"
_DEGREE = ("deg", "urn:adv:uom:grad", "#deg")
_DEPTH = 20


def points(element: etree._Element, depth: int = 0) -> Points:
    """Points of a curve element or of one that holds curves, in its direction.

    Parameters
    ----------
    element : lxml element
        ``Ring``, ``LinearRing``, ``Curve``, ``CompositeCurve``, ``OrientableCurve``, ``LineString``, a segment, or
        a property around one of these, also by xlink within the same object.

    Raises
    ------
    Unusable
        If it is none of these or its numbers are wrong.
    """
    if depth > _DEPTH:
        raise Unusable(reason.DEEP)
    name = _local(element)
    if name in {"LineStringSegment", "LineString", "LinearRing"}:
        return positions(element)
    if name in {"Arc", "ArcString", "Circle", "ArcByCenterPoint", "CircleByCenterPoint"}:
        try:
            return _bent(element, name)
        except Unusable:
            raise
        except ValueError:
            raise Unusable(reason.CIRCLE) from None
    if name == "OrientableCurve":
        return _oriented(element, depth)
    if name in {"Ring", "Curve", "segments", "CompositeCurve", "curveMember", "baseCurve", "exterior", "interior"}:
        href = element.get(_HREF)
        children = [_linked(element, href)] if href else list(element)
        if name in {"Ring", "Curve", "CompositeCurve"}:
            return _joined([points(child, depth + 1) for child in children if _local(child) != "description"])
        return _joined([points(child, depth + 1) for child in children])
    raise Unusable(reason.CURVE)


def positions(element: etree._Element) -> Points:
    """Points of ``posList``, ``pos``, ``pointProperty`` and ``coordinates`` below `element`, heights left out."""
    numbers: list[Points] = []
    for node in element.iter("{*}posList", "{*}pos", "{*}coordinates"):
        text = (node.text or "").replace(",", " ") if _local(node) == "coordinates" else node.text or ""
        numbers.append(_numbers(text).reshape(-1, _dimension(node)) if text.strip() else np.empty((0, 2)))
    return np.vstack([part[:, :2] for part in numbers]) if numbers else np.empty((0, 2))


def _numbers(text: str) -> Points:
    try:
        found = np.fromiter(map(float, text.split()), np.float64)
    except ValueError:
        raise Unusable(reason.NUMBERS) from None
    if not np.isfinite(found).all():
        raise Unusable(reason.NUMBERS)
    return found


def _dimension(node: etree._Element) -> int:
    """2 or 3, as the list or the next element above that says so."""
    above: etree._Element | None = node
    for _ in range(_DEPTH):
        if above is None:
            break
        named = above.get("srsDimension")
        if named:
            dimension = int(named) if named in {"2", "3"} else 0
            break
        above = above.getparent()
    else:
        dimension = 2
    if above is None:
        dimension = 2
    if dimension == 0 or len((node.text or "").replace(",", " ").split()) % dimension:
        raise Unusable(reason.ODD)
    return dimension


def _bent(element: etree._Element, name: str) -> Points:
    given = positions(element)
    if name == "Arc":
        return arc.arc(given)
    if name == "ArcString":
        return arc.arc_string(given)
    if name == "Circle":
        return arc.circle(given)
    if len(given) != 1:
        raise Unusable(reason.CIRCLE)
    radius = _measure(element, "radius")
    if name == "CircleByCenterPoint":
        return arc.circle_by_centre(given[0], radius)
    start, end = _angle(element, "startAngle"), _angle(element, "endAngle")
    return arc.arc_by_centre(given[0], radius, start, end if end > start else end + 2 * math.pi)


def _measure(element: etree._Element, name: str) -> float:
    node = next(element.iterchildren(f"{{*}}{name}"), None)
    return float(_numbers(node.text or "")[0]) if node is not None and (node.text or "").strip() else math.nan


def _angle(element: etree._Element, name: str) -> float:
    """Angle counter-clockwise from east, as GDAL reads it too. [rad]"""
    node = next(element.iterchildren(f"{{*}}{name}"), None)
    value = _measure(element, name)
    unit = (node.get("uom") or "deg").lower() if node is not None else "deg"
    if not math.isfinite(value):
        raise Unusable(reason.CIRCLE)
    return math.radians(value) if unit.endswith(_DEGREE) else value


def _oriented(element: etree._Element, depth: int) -> Points:
    base = next(element.iterchildren("{*}baseCurve"), None)
    if base is None:
        raise Unusable(reason.CURVE)
    found = points(base, depth + 1)
    return found[::-1] if element.get("orientation") == "-" else found


def _linked(element: etree._Element, href: str) -> etree._Element:
    """Target of an xlink, looked for in the same object only: nothing of an earlier one is kept."""
    wanted = href.removeprefix("#")
    top: etree._Element = element
    while (parent := top.getparent()) is not None and _local(parent) not in {
        "featureMember",
        "member",
        "Insert",
        "Replace",
    }:
        top = parent
    for node in top.iter("{*}Curve", "{*}CompositeCurve", "{*}OrientableCurve", "{*}LineString"):
        if node.get(_ID) == wanted:
            return node
    raise Unusable(reason.LINK)


def _joined(parts: list[Points]) -> Points:
    """Parts one after the other; those that stand the wrong way round or in the wrong order are put right."""
    parts = [part for part in parts if len(part)]
    if len(parts) < 2:
        return parts[0] if parts else np.empty((0, 2))
    if not all(_near(one[-1], other[0]) for one, other in pairwise(parts)):
        parts = chained(parts)
    if sum(map(len, parts)) > LARGEST:
        raise Unusable(reason.LARGE)
    return np.vstack([parts[0], *(part[1:] for part in parts[1:])])


def chained(parts: list[Points]) -> list[Points]:
    """Parts in the order and direction in which their ends meet.

    Raises
    ------
    Unusable
        If they do not.
    """
    ends: dict[tuple[float, float], list[int]] = {}
    for number, part in enumerate(parts):
        for end in (part[0], part[-1]):
            ends.setdefault(_place(end), []).append(number)
    chain, used = [parts[0]], {0}
    while len(chain) < len(parts):
        tail = chain[-1][-1]
        following = next((number for number in ends.get(_place(tail), []) if number not in used), None)
        if following is None:
            raise Unusable(reason.GAP)
        used.add(following)
        part = parts[following]
        chain.append(part if _near(part[0], tail) else part[::-1])
    return chain


def _place(point: Points) -> tuple[float, float]:
    return round(float(point[0]), 2), round(float(point[1]), 2)


def _near(one: Points, other: Points) -> bool:
    return bool(np.abs(one - other).max() <= GAP)


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]
