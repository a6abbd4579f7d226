"""Areas of many objects, gathered from GML as flat numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from ingest.gml import area, curve, reason
from ingest.gml.area import Areas, Gathered
from ingest.gml.reason import Unusable
from twin.geometry.crs import Reference

_PATCHES = ("{*}PolygonPatch", "{*}Polygon", "{*}Rectangle", "{*}Triangle")
_CURVES = (
    *("{*}LineStringSegment", "{*}LinearRing", "{*}Arc", "{*}ArcString", "{*}Circle", "{*}ArcByCenterPoint"),
    *("{*}CircleByCenterPoint", "{*}OrientableCurve", "{*}CubicSpline", "{*}BSpline", "{*}Bezier", "{*}Clothoid"),
    *("{*}GeodesicString", "{*}Geodesic", "{*}OffsetCurve", "{*}ArcByBulge", "{*}ArcStringByBulge", "{*}LineString"),
    "{*}curveMember",
)
_STRAIGHT = ("LineStringSegment", "LinearRing", "LineString")
_HREF = "{http://www.w3.org/1999/xlink}href"

LARGEST = 2_000_000
"""Coordinates of one boundary with arcs."""

MANY = 4_000_000
"""Coordinates that are better built than gathered further."""

Resolve = Callable[[str], Reference | None]
"""CRS of an srsName; of the empty one the document's standard."""


@dataclass(slots=True)
class Shapes:
    """Areas gathered so far.

    Attributes
    ----------
    resolve : callable
        Finds the CRS of an srsName.
    """

    resolve: Resolve
    _gathered: Gathered = field(default_factory=Gathered)

    def add(self, element: etree._Element | None) -> None:
        """Gather the area in a geometry property such as ``position``.

        Raises
        ------
        Unusable
            If there is none, or one that cannot be read; nothing of it is kept then.
        """
        mark = self._gathered.sizes()
        try:
            self._area(element)
        except Unusable:
            self._gathered.cut(mark)
            raise

    @property
    def many(self) -> bool:
        """Whether it is time to build."""
        return len(self._gathered.numbers) >= MANY

    def build(self) -> Areas:
        """Make the areas, in the store's CRS, and forget what was gathered."""
        gathered, self._gathered = self._gathered, Gathered()
        return area.build(gathered)

    def _area(self, element: etree._Element | None) -> None:
        geometry = next(iter(element), None) if element is not None else None
        if geometry is None:
            raise Unusable(reason.NO_AREA)
        reference = self._reference(geometry)
        gathered = self._gathered
        flat = geometry.get("srsDimension") != "3" and geometry.find(".//*[@srsDimension='3']") is None
        gathered.features.append(len(gathered.polygons))
        gathered.references.append(reference)
        for patch in geometry.iter(*_PATCHES):
            gathered.polygons.append(len(gathered.rings))
            for side in patch.iterchildren("{*}exterior", "{*}interior"):
                gathered.rings.append(len(gathered.numbers))
                self._ring(side, flat)
            if gathered.polygons[-1] == len(gathered.rings):
                raise Unusable(reason.NO_BOUNDARY)
        if gathered.features[-1] == len(gathered.polygons):
            raise Unusable(reason.NO_AREA)

    def _reference(self, geometry: etree._Element) -> Reference:
        named = geometry.get("srsName")
        if not named:
            inner = geometry.find(".//*[@srsName]")
            named = inner.get("srsName") if inner is not None else ""
        reference = self.resolve(named or "")
        if reference is None:
            raise Unusable(reason.UNKNOWN_CRS)
        return reference

    def _ring(self, side: etree._Element, flat: bool) -> None:
        gathered = self._gathered
        start = len(gathered.numbers)
        for part in side.iter(*_CURVES):
            name = part.tag.rpartition("}")[2]
            if name == "curveMember" and not part.get(_HREF):
                continue
            if not flat or name in {"OrientableCurve", "curveMember"}:
                # Turned curves, links and heights are rare: the whole ring is read the long way.
                self._whole_ring(side, start)
                return
            gathered.segments.append(len(gathered.numbers))
            if name in _STRAIGHT:
                for node in part.iter("{*}posList", "{*}pos"):
                    gathered.numbers.extend((node.text or "").split())
            else:
                gathered.numbers.extend(curve.points(part).ravel().tolist())
                if len(gathered.numbers) - start > LARGEST:
                    raise Unusable(reason.LARGE)  # a short arc with a wild radius becomes many points
        if (len(gathered.numbers) - start) % 2:
            raise Unusable(reason.ODD)

    def _whole_ring(self, side: etree._Element, start: int) -> None:
        gathered = self._gathered
        del gathered.numbers[start:]
        while gathered.segments and gathered.segments[-1] >= start:
            gathered.segments.pop()
        gathered.segments.append(start)
        gathered.numbers.extend(curve.points(side).ravel().tolist())
