"""Buildings as they are read, gathered until there are enough of them to be computed at once."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from lxml import etree

from ingest.citygml.address import address
from ingest.citygml.names import Names

_HREF = "{http://www.w3.org/1999/xlink}href"
_AGS = ("Gemeindeschluessel", "Gemeindeschlüssel", "AGS")
_GROUND = 2
UNKNOWN_KIND = 255
"""Kind of a polygon whose boundary surface the source does not name."""


@dataclass(slots=True)
class Description:
    """What a source says of a building or a part, beside its geometry."""

    feature: str
    line: int
    ags: str | None = None
    function_code: str | None = None
    roof_code: str | None = None
    measured_height: float | None = None
    storeys: int | None = None
    name: str | None = None
    year: int | None = None
    height_source: str | None = None
    created: str = ""
    addresses: list[str] = field(default_factory=list)
    attributes: dict[str, object] = field(default_factory=dict)

    def attributes_json(self) -> str | None:
        """Generic attributes as JSON; None if there are none."""
        return json.dumps(self.attributes, ensure_ascii=False, sort_keys=True) if self.attributes else None


@dataclass(slots=True)
class Gathering:
    """Buildings and all their polygons in flat lists.

    A *body* is what has a shell of its own: a building, or a part of one.

    Attributes
    ----------
    buildings, bodies : list of Description
        A building without geometry of its own has no polygon, but a body.
    building_of_body : list of int
        Place in `buildings`.
    is_part : list of bool
        Whether the body is a building part.
    texts, polygon_of_text : list
        Coordinates of each ring, and the polygon that it belongs to; a polygon's first one is its outer ring.
    body, kind, rank, line, ids : list
        Of each polygon: its body; its kind; level of detail × 2, plus 1 if a boundary surface holds it; line in the
        file; its id (may be empty).
    """

    names: Names
    buildings: list[Description] = field(default_factory=list)
    bodies: list[Description] = field(default_factory=list)
    building_of_body: list[int] = field(default_factory=list)
    is_part: list[bool] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    polygon_of_text: list[int] = field(default_factory=list)
    body: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    rank: list[int] = field(default_factory=list)
    line: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def add(self, element: etree._Element) -> None:
        """Take in a ``bldg:Building`` with its parts."""
        description = self._describe(element)
        self.buildings.append(description)
        self._body(element, description, is_part=False)

    def _describe(self, element: etree._Element) -> Description:
        identity = element.get(f"{self.names.gml}id") or element.get("id") or ""
        return Description(identity, _line(element))

    def _body(self, element: etree._Element, description: Description, is_part: bool) -> None:
        names = self.names
        body = len(self.bodies)
        self.bodies.append(description)
        self.building_of_body.append(len(self.buildings) - 1)
        self.is_part.append(is_part)
        pointing: list[tuple[etree._Element, int]] = []
        own: list[tuple[etree._Element, int]] = []
        first_text = len(self.texts)
        for child in element:
            tag = child.tag
            meaning = names.properties.get(tag)
            if meaning == "boundary":
                for surface in child:
                    kind = names.kinds.get(surface.tag)
                    if kind is not None and not self._bounding(surface, body, kind):
                        pointing.append((surface, kind))
            elif meaning == "part":
                for part in child:
                    if part.tag in names.parts:
                        self._body(part, self._describe(part), is_part=True)
            elif meaning is not None:
                _PROPERTIES[meaning](description, child, names)
            elif tag in names.attributes:
                _attribute(description, child.get("name"), child, names.attributes[tag])
            elif tag in names.lods:
                own.append((child, names.lods[tag]))
        self._own(element, own, pointing, body, bounded=len(self.texts) > first_text)

    def _own(
        self,
        element: etree._Element,
        own: list[tuple[etree._Element, int]],
        pointing: list[tuple[etree._Element, int]],
        body: int,
        bounded: bool,
    ) -> None:
        """Polygons that the body's solids and multi-surfaces hold, with the kinds that surfaces pointing to them give."""
        kinds: dict[str, int] = {}
        for surface, kind in pointing:
            for reference in surface.iter(etree.Element):
                target = reference.get(_HREF)
                if target:
                    kinds[target.rpartition("#")[2]] = kind
        for geometry, level in own:
            if not bounded and level == 0 and not geometry.tag.endswith(("FootPrint", "MultiSurface")):
                continue
            kind = _GROUND if level == 0 else UNKNOWN_KIND
            self._polygons(geometry, body, kind, level * 2, kinds)

    def _bounding(self, surface: etree._Element, body: int, kind: int) -> bool:
        """Gather the polygons of a boundary surface; whether it has one of its own."""
        before = len(self.ids)
        for child in surface:
            level = self.names.lods.get(child.tag)
            if level is not None:
                self._polygons(child, body, kind, level * 2 + 1, {})
        return len(self.ids) > before

    def _polygons(self, element: etree._Element, body: int, kind: int, rank: int, kinds: dict[str, int]) -> None:
        """Gather the polygons below a geometry property; `kinds` are those of polygons that surfaces point to."""
        polygon_tag, ring_tag, gml_id = self.names.polygon, self.names.ring, self.names.gml_id
        polygon = len(self.ids) - 1
        for node in element.iter(polygon_tag, ring_tag):
            if node.tag == polygon_tag:
                polygon += 1
                identity = node.get(gml_id) or ""
                self.ids.append(identity)
                self.line.append(_line(node))
                self.body.append(body)
                given = kinds.get(identity)
                self.kind.append(kind if given is None else given)
                self.rank.append(rank if given is None else rank + 1)
            else:
                self.texts.append(node.text or "")
                self.polygon_of_text.append(polygon)
        if not self.polygon_of_text or self.polygon_of_text[-1] < polygon:
            self._unusual(element, polygon)

    def _unusual(self, element: etree._Element, last: int) -> None:
        """Rings of polygons that write ``gml:pos`` or ``gml:coordinates``, as GML 3.1 allows, instead of a list."""
        gml = self.names.gml
        filled = set(self.polygon_of_text)
        polygons = list(element.iter(self.names.polygon))
        texts: list[tuple[int, str]] = []
        for number, polygon in enumerate(polygons, last + 1 - len(polygons)):
            if number in filled:
                continue
            for ring in polygon.iter(f"{gml}LinearRing"):
                places = [place.text or "" for place in ring.iter(f"{gml}pos")]
                places += [(place.text or "").replace(",", " ") for place in ring.iter(f"{gml}coordinates")]
                texts.append((number, " ".join(places)))
        if texts:
            merged = sorted([*zip(self.polygon_of_text, self.texts, strict=True), *texts], key=lambda pair: pair[0])
            self.polygon_of_text[:], self.texts[:] = [pair[0] for pair in merged], [pair[1] for pair in merged]


def _attribute(description: Description, name: str | None, element: etree._Element, kind: str) -> None:
    value = next((child.text for child in element if child.tag.endswith("}value")), None)
    if not name or value is None:
        return
    value = value.strip()
    if name in _AGS and re.fullmatch(r"\d{8}", value):
        description.ags = description.ags or value
    if name == "DatenquelleDachhoehe":
        description.height_source = value
    description.attributes[name] = _typed(value, kind)


def _typed(value: str, kind: str) -> object:
    try:
        if kind == "int":
            return int(value)
        if kind in {"double", "measure"}:
            return float(value)
    except ValueError:
        return value
    return value


def _wrapped(description: Description, element: etree._Element, names: Names) -> None:
    for inner in element:
        kind = names.attributes.get(inner.tag)
        if kind is not None:
            name = next((child.text for child in inner if child.tag.endswith("}name")), None)
            _attribute(description, name, inner, kind)


def _function(description: Description, element: etree._Element, _: Names) -> None:
    # A building may have several functions; the first is the main one.
    description.function_code = description.function_code or _text(element)


def _roof(description: Description, element: etree._Element, _: Names) -> None:
    description.roof_code = description.roof_code or _text(element)


def _measured_height(description: Description, element: etree._Element, _: Names) -> None:
    description.measured_height = _number(element.text)


def _height(description: Description, element: etree._Element, _: Names) -> None:
    """CityGML 3.0 says how far up a height reaches; the one to the highest point is what 2.0 called measured."""
    said = {node.tag.rpartition("}")[2]: _text(node) for node in element.iter(etree.Element)}
    value = _number(said.get("value"))
    highest = (said.get("highReference") or "highestRoofEdge") in {
        "highestRoofEdge",
        "highestPoint",
        "topOfConstruction",
    }
    if value is not None and (highest or description.measured_height is None):
        description.measured_height = value


def _storeys(description: Description, element: etree._Element, _: Names) -> None:
    found = _number(element.text)
    description.storeys = None if found is None or not 0 <= found < 1000 else int(found)


def _year(description: Description, element: etree._Element, _: Names) -> None:
    found = re.match(r"\s*(\d{4})\b", element.text or "")
    description.year = int(found[1]) if found else None


def _created(description: Description, element: etree._Element, _: Names) -> None:
    found = re.match(r"\s*(\d{4}-\d\d-\d\d)", element.text or "")
    description.created = found[1] if found else ""


def _name(description: Description, element: etree._Element, _: Names) -> None:
    description.name = description.name or _text(element)


def _address(description: Description, element: etree._Element, _: Names) -> None:
    found = address(element)
    if found and found not in description.addresses:
        description.addresses.append(found)


_PROPERTIES = {
    "function": _function,
    "roof": _roof,
    "measured_height": _measured_height,
    "height": _height,
    "storeys": _storeys,
    "year": _year,
    "name": _name,
    "created": _created,
    "address": _address,
    "wrapped_attribute": _wrapped,
}


def _line(element: etree._Element) -> int:
    line: int | None = element.sourceline  # type: ignore[assignment]  # the stubs say "..."
    return line or 0


def _text(element: etree._Element) -> str | None:
    return (element.text or "").strip() or None


def _number(text: str | None) -> float | None:
    try:
        found = float(text or "")
    except ValueError:
        return None
    return found if abs(found) < 1e6 else None
