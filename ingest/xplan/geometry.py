"""Geometry of plans: areas, lines and points from GML, in the store's CRS."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import shapely
from lxml import etree

from ingest.gml import area, curve, reason
from ingest.gml.area import Areas
from ingest.gml.reason import Unusable
from ingest.gml.shapes import Shapes
from ingest.gml.walk import local
from twin.geometry.crs import Reference
from twin.language import Text

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

AREAS = ("Polygon", "Surface", "MultiSurface", "MultiPolygon", "CompositeSurface", "PolyhedralSurface", "Rectangle")
LINES = ("LineString", "Curve", "CompositeCurve", "OrientableCurve", "MultiCurve", "MultiLineString")
POINTS = ("Point", "MultiPoint")

NO_GEOMETRY = Text(
    "erwartet eine Fläche, eine Linie oder einen Punkt, gefunden keines davon",
    "expected an area, a line or a point, found none of them",
)
NO_LINE = Text("erwartet eine Linie aus zwei oder mehr Punkten", "expected a line of two points or more")

Resolve = Callable[[str], Reference | None]


def shape(holder: etree._Element) -> str:
    """What a geometry property holds: ``area``, ``line`` or ``point``.

    Raises
    ------
    Unusable
        If it holds none of them.
    """
    name = local(_inner(holder).tag)
    for found, names in (("area", AREAS), ("line", LINES), ("point", POINTS)):
        if name in names:
            return found
    raise Unusable(NO_GEOMETRY)


def one_area(holder: etree._Element, resolve: Resolve) -> tuple[BaseGeometry, bool]:
    """A single area, and whether it had to be made valid.

    Raises
    ------
    Unusable
        If it cannot be read.
    """
    shapes = Shapes(resolve)
    shapes.add(holder)
    built: Areas = shapes.build()
    if 0 in built.rejected:
        raise Unusable(built.rejected[0])
    return built.geometry[0], bool(built.repaired)


def line(holder: etree._Element, resolve: Resolve) -> BaseGeometry:
    """Line or lines of a geometry property, arcs as polylines.

    Raises
    ------
    Unusable
        If it cannot be read.
    """
    geometry = _inner(holder)
    reference = _reference(geometry, resolve)
    parts = [geometry]
    if local(geometry.tag) in {"MultiCurve", "MultiLineString"}:
        parts = [part for member in geometry.iterchildren("{*}*") for part in member.iterchildren("{*}*")]
    lines = []
    for part in parts:
        points = _in_store(curve.points(part), reference)
        if len(points) < 2 or not np.ptp(points, axis=0).any():
            raise Unusable(NO_LINE)
        lines.append(shapely.LineString(points))
    if not lines:
        raise Unusable(NO_LINE)
    return lines[0] if len(lines) == 1 else shapely.MultiLineString(lines)


def point(holder: etree._Element, resolve: Resolve) -> BaseGeometry:
    """Point or points of a geometry property.

    Raises
    ------
    Unusable
        If it cannot be read.
    """
    geometry = _inner(holder)
    points = _in_store(curve.positions(geometry), _reference(geometry, resolve))
    if not len(points):
        raise Unusable(NO_GEOMETRY)
    return shapely.Point(points[0]) if len(points) == 1 else shapely.MultiPoint(points)


def _inner(holder: etree._Element) -> etree._Element:
    found = next(holder.iterchildren("{*}*"), None)
    if found is None:
        raise Unusable(NO_GEOMETRY)
    return found


def _reference(geometry: etree._Element, resolve: Resolve) -> Reference:
    named = geometry.get("srsName")
    if not named:
        inner = geometry.find(".//*[@srsName]")
        named = inner.get("srsName") if inner is not None else ""
    found = resolve(named or "")
    if found is None:
        raise Unusable(reason.UNKNOWN_CRS)
    return found


def _in_store(points: area.Points, reference: Reference) -> area.Points:
    if not len(points):
        return points
    moved = area.to_store(reference, points)
    if not np.isfinite(moved).all():
        raise Unusable(reason.OUTSIDE)
    return moved
