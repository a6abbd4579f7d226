"""Buildings as they are read, gathered until there are enough of them to be computed at once."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree

from ingest.citygml.description import Description, line_of
from ingest.citygml.names import Names

_HREF = "{http://www.w3.org/1999/xlink}href"
_GROUND = 2
UNKNOWN_KIND = 255
"""Kind of a polygon whose boundary surface the source does not name."""


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
        description = Description.of(element, self.names)
        self.buildings.append(description)
        self._body(element, description, is_part=False)

    def _body(self, element: etree._Element, description: Description, is_part: bool) -> None:
        names = self.names
        body = len(self.bodies)
        self.bodies.append(description)
        self.building_of_body.append(len(self.buildings) - 1)
        self.is_part.append(is_part)
        pointing: list[tuple[etree._Element, int]] = []
        own: list[tuple[etree._Element, int]] = []
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
                        self._body(part, Description.of(part, names), is_part=True)
            elif tag in names.lods:
                own.append((child, names.lods[tag]))
            else:
                description.take(child, names)
        self._own(own, pointing, body)

    def _own(
        self, own: list[tuple[etree._Element, int]], pointing: list[tuple[etree._Element, int]], body: int
    ) -> None:
        """Polygons that the solids and multi-surfaces hold, with the kinds that surfaces pointing to them give."""
        kinds = self._pointed(own, pointing)
        solid: set[int] = set()
        for geometry, level in sorted(own, key=lambda one: not one[0].tag.endswith("Solid")):
            if level in solid:
                # The same once more as a multi-surface.
                continue
            before = len(self.ids)
            kind = _GROUND if level == 0 else UNKNOWN_KIND
            self._polygons(geometry, body, kind, level * 2 + bool(kinds), kinds)
            if geometry.tag.endswith("Solid") and len(self.ids) > before:
                solid.add(level)

    def _pointed(
        self, own: list[tuple[etree._Element, int]], pointing: list[tuple[etree._Element, int]]
    ) -> dict[str, int]:
        """Kind of each polygon, by its id, that a boundary surface names by xlink instead of holding it."""
        kinds = {
            target.rpartition("#")[2]: kind
            for surface, kind in pointing
            for reference in surface.iter(etree.Element)
            if (target := reference.get(_HREF))
        }
        if kinds:
            gml_id = self.names.gml_id
            for geometry, _ in own:
                for node in geometry.iter(etree.Element):
                    kind = kinds.get(node.get(gml_id) or "")
                    if kind is not None:
                        kinds |= {polygon.get(gml_id) or "": kind for polygon in node.iter(self.names.polygon)}
        return kinds

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
                self.line.append(line_of(node))
                self.body.append(body)
                self.kind.append(kinds.get(identity, kind))
                self.rank.append(rank)
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
