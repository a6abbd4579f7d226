"""Writes surfaces as the cadastre's NAS wants them: rings of curves of line strings (GML 3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import polygons
from ingest.demo.places import ORIGIN

_CRS = ' srsName="urn:adv:crs:ETRS89_UTM32"'


def position(shape: BaseGeometry, key: str) -> str:
    """The element ``position`` of the object `key`: a surface, or several."""
    parts = polygons(shape)
    surfaces = [_surface(part, f"{key}_G{number}", len(parts) == 1) for number, part in enumerate(parts)]
    if len(surfaces) == 1:
        return f"          <position>{surfaces[0]}</position>\n"
    members = "".join(f"<gml:surfaceMember>{surface}</gml:surfaceMember>" for surface in surfaces)
    whole = f'<gml:MultiSurface gml:id="{key}_G"{_CRS}>{members}</gml:MultiSurface>'
    return f"          <position>{whole}</position>\n"


def _surface(polygon: shapely.Polygon, key: str, alone: bool) -> str:
    outer = "".join(_rings([polygon.exterior], key, 0))
    inner = "".join(f"<gml:interior>{ring}</gml:interior>" for ring in _rings(polygon.interiors, key, 1))
    patch = f"<gml:PolygonPatch><gml:exterior>{outer}</gml:exterior>{inner}</gml:PolygonPatch>"
    reference = _CRS if alone else ""
    return f'<gml:Surface gml:id="{key}"{reference}><gml:patches>{patch}</gml:patches></gml:Surface>'


def _rings(rings: Iterable[shapely.LinearRing], key: str, first: int) -> Iterator[str]:
    for number, ring in enumerate(rings, start=first):
        numbers = (shapely.get_coordinates(ring) + np.asarray(ORIGIN)).ravel().tolist()
        points = " ".join(map("%.3f".__mod__, numbers))
        segment = f"<gml:LineStringSegment><gml:posList>{points}</gml:posList></gml:LineStringSegment>"
        curve = f'<gml:Curve gml:id="{key}_K{number}"><gml:segments>{segment}</gml:segments></gml:Curve>'
        yield f"<gml:Ring><gml:curveMember>{curve}</gml:curveMember></gml:Ring>"
