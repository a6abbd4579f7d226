"""Writes a plan as XPlanGML 6.0: the plan, its one Bereich, texts and objects that refer to each other."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from ingest.demo.cutting import polygons
from ingest.demo.places import ORIGIN

_CRS = ' srsName="EPSG:25832"'
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<xplan:XPlanAuszug xmlns:xplan="http://www.xplanung.de/xplangml/6/0" xmlns:gml="http://www.opengis.net/gml/3.2" \
xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.xplanung.de/xplangml/6/0 \
http://repository.gdi-de.org/schemas/de.xleitstelle.xplanung/6.0/XPlanung-Operationen.xsd" gml:id="{identity}">
"""

Attributes = Mapping[str, object]
"""Name to text, number, truth, or a list of them; a mapping of one data type's name to its attributes."""


class PlanDocument:
    """A plan on its way to XML.

    Parameters
    ----------
    prefix : str
        Kind of plan: BP or FP.
    number : str
        The plan's number, from which all identifiers are made.
    area : shapely geometry
        Area of validity, from the demo's origin. [m]
    attributes : mapping
        Those of the plan before and after its area, in the order of the schema.
    """

    def __init__(self, prefix: str, number: str, area: BaseGeometry, before: Attributes, after: Attributes) -> None:
        self.prefix = prefix
        self.number = number
        self.area = area
        self._count = 0
        self._plan, self._section = self._identity("plan"), self._identity("bereich")
        self._before, self._after = before, after
        self._objects: list[str] = []
        self._texts: list[tuple[str, str]] = []

    def text(self, key: str, wording: str) -> str:
        """Add a provision in words; returns its identifier for `add`."""
        identity = self._identity("text")
        body = _attributes({"schluessel": key, "text": wording, "rechtscharakter": 1000})
        self._texts.append((identity, self._member(f"{self.prefix}_TextAbschnitt", identity, body)))
        return identity

    def add(
        self,
        kind: str,
        shape: BaseGeometry,
        closed: bool | None = None,
        texts: Iterable[str] = (),
        **attributes: object,
    ) -> None:
        """Add an object of class `kind`; `closed` says whether it takes part in the Flächenschluss."""
        identity = self._identity("objekt")
        body = f'<xplan:gehoertZuBereich xlink:href="#{self._section}"/>\n'
        body += "".join(f'<xplan:refTextInhalt xlink:href="#{key}"/>\n' for key in texts)
        body += "<xplan:rechtscharakter>1000</xplan:rechtscharakter>\n"
        body += f"<xplan:position>{self.geometry(shape)}</xplan:position>\n"
        body += _attributes({} if closed is None else {"flaechenschluss": closed})
        self._objects.append(self._member(kind, identity, body + _attributes(attributes)))

    def circle(self, kind: str, middle: tuple[float, float], radius: float, **attributes: object) -> None:
        """Add an object whose outline is a circle of two arcs."""
        east, north = middle[0] + ORIGIN[0], middle[1] + ORIGIN[1]
        points = [(radius, 0.0), (0.0, radius), (-radius, 0.0), (0.0, -radius), (radius, 0.0)]
        at = " ".join(f"{east + e:.3f} {north + n:.3f}" for e, n in points)
        arcs = f'<gml:ArcString interpolation="circularArc3Points" numArc="2"><gml:posList>{at}</gml:posList>'
        arcs += "</gml:ArcString>"
        curve = f'<gml:Curve gml:id="{self._identity("geo")}"{_CRS}><gml:segments>{arcs}</gml:segments></gml:Curve>'
        ring = f"<gml:Ring><gml:curveMember>{curve}</gml:curveMember></gml:Ring>"
        polygon = (
            f'<gml:Polygon gml:id="{self._identity("geo")}"{_CRS}><gml:exterior>{ring}</gml:exterior></gml:Polygon>'
        )
        identity = self._identity("objekt")
        body = f'<xplan:gehoertZuBereich xlink:href="#{self._section}"/>\n'
        body += "<xplan:rechtscharakter>1000</xplan:rechtscharakter>\n"
        body += f"<xplan:position>{polygon}</xplan:position>\n{_attributes({'flaechenschluss': False} | attributes)}"
        self._objects.append(self._member(kind, identity, body))

    def content(self) -> bytes:
        """The whole document."""
        pieces = [_HEAD.format(identity=self._identity("auszug")), self._envelope()]
        body = _attributes(self._before)
        body += f"<xplan:raeumlicherGeltungsbereich>{self.geometry(self.area)}</xplan:raeumlicherGeltungsbereich>\n"
        body += "".join(f'<xplan:texte xlink:href="#{identity}"/>\n' for identity, _ in self._texts)
        body += _attributes(self._after) + f'<xplan:bereich xlink:href="#{self._section}"/>\n'
        pieces.append(self._member(f"{self.prefix}_Plan", self._plan, body))
        body = "<xplan:nummer>0</xplan:nummer>\n"
        body += f"<xplan:geltungsbereich>{self.geometry(self.area)}</xplan:geltungsbereich>\n"
        body += f'<xplan:gehoertZuPlan xlink:href="#{self._plan}"/>\n'
        pieces.append(self._member(f"{self.prefix}_Bereich", self._section, body))
        pieces += [text for _, text in self._texts] + self._objects
        return "".join([*pieces, "</xplan:XPlanAuszug>\n"]).encode()

    def geometry(self, shape: BaseGeometry) -> str:
        """GML of a polygon, several polygons, a line or a point."""
        if shape.geom_type == "Point":
            return f'<gml:Point gml:id="{self._identity("geo")}"{_CRS}><gml:pos>{_places(shape)}</gml:pos></gml:Point>'
        if shape.geom_type == "LineString":
            at = f"<gml:posList>{_places(shape)}</gml:posList>"
            return f'<gml:LineString gml:id="{self._identity("geo")}"{_CRS}>{at}</gml:LineString>'
        parts = [self._polygon(part) for part in polygons(shape)]
        if len(parts) == 1:
            return parts[0]
        members = "".join(f"<gml:surfaceMember>{part}</gml:surfaceMember>" for part in parts)
        return f'<gml:MultiSurface gml:id="{self._identity("geo")}"{_CRS}>{members}</gml:MultiSurface>'

    def _polygon(self, polygon: shapely.Polygon) -> str:
        inner = "".join(f"<gml:interior>{_ring(ring)}</gml:interior>" for ring in polygon.interiors)
        outer = f"<gml:exterior>{_ring(polygon.exterior)}</gml:exterior>"
        return f'<gml:Polygon gml:id="{self._identity("geo")}"{_CRS}>{outer}{inner}</gml:Polygon>'

    def _identity(self, kind: str) -> str:
        self._count += 1
        digest = hashlib.sha256(f"{self.prefix} {self.number} {kind} {self._count}".encode()).hexdigest()
        return f"GML_{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"

    def _member(self, kind: str, identity: str, body: str) -> str:
        return f'<gml:featureMember>\n<xplan:{kind} gml:id="{identity}">\n{body}</xplan:{kind}>\n</gml:featureMember>\n'

    def _envelope(self) -> str:
        west, south, east, north = self.area.bounds
        low = f"{west + ORIGIN[0]:.3f} {south + ORIGIN[1]:.3f}"
        high = f"{east + ORIGIN[0]:.3f} {north + ORIGIN[1]:.3f}"
        corners = f"<gml:lowerCorner>{low}</gml:lowerCorner><gml:upperCorner>{high}</gml:upperCorner>"
        return f"<gml:boundedBy><gml:Envelope{_CRS}>{corners}</gml:Envelope></gml:boundedBy>\n"


def _places(shape: BaseGeometry) -> str:
    numbers = (shapely.get_coordinates(shape) + np.asarray(ORIGIN)).ravel().tolist()
    return " ".join(map("%.3f".__mod__, numbers))


def _ring(ring: shapely.LinearRing) -> str:
    return f"<gml:LinearRing><gml:posList>{_places(ring)}</gml:posList></gml:LinearRing>"


def _attributes(attributes: Attributes) -> str:
    found = []
    for name, value in attributes.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                body = "".join(f"<xplan:{kind}>\n{_attributes(own)}</xplan:{kind}>\n" for kind, own in one.items())
            elif isinstance(one, bool):
                body = "true" if one else "false"
            else:
                body = escape(str(one))
            unit = ' uom="m2"' if name == "Fmin" else ' uom="grad"' if name.startswith("DN") else ""
            found.append(f"<xplan:{name}{unit}>{body}</xplan:{name}>\n")
    return "".join(found)
