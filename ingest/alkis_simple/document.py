"""The simplified schema as GML: what a WFS answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from lxml import etree

from ingest.address.reference import service_reference
from ingest.alkis_simple.features import Group, empty
from ingest.alkis_simple.kinds import LAYERS
from ingest.column_names import plain, synonyms
from ingest.format import Options, Reject
from ingest.gml.reason import Unusable
from ingest.gml.shapes import Shapes
from ingest.gml.walk import FeatureWalk, identity, local
from ingest.source_file import SourceFile
from twin.errors import MissingCRS
from twin.geometry.crs import Reference
from twin.language import Text

TITLE = Text("ALKIS, vereinfachtes Schema", "ALKIS, simplified schema")

NAMESPACE = re.compile(r"repository\.gdi-de\.org/schemas/adv/produkt/alkis-vereinfacht/([0-9]+(?:\.[0-9]+)*)")

_AT_ONCE = 4096
_LONGEST = 2000
_MOST_SYSTEMS = 64
_GEOMETRIES = (
    *("Polygon", "Surface", "MultiSurface", "MultiPolygon", "CompositeSurface", "PolyhedralSurface", "Rectangle"),
    *("Point", "MultiPoint", "Curve", "LineString", "MultiCurve"),
)


@dataclass
class _Gathered:
    """Features of one type until there are enough of them."""

    shapes: Shapes
    said: dict[str, list[str | None]] = field(default_factory=empty)
    places: list[str] = field(default_factory=list)


class Document:
    """A GML document of the simplified schema.

    Parameters
    ----------
    source : SourceFile
        The file.
    options : Options
        What the user said.

    Attributes
    ----------
    walk : FeatureWalk
        What it says about itself.
    met : dict of str
        Names of the CRSs that its areas are in.
    taken : int
        Features of types that are read.
    """

    def __init__(self, source: SourceFile, options: Options) -> None:
        self.source, self.options = source, options
        self.walk = FeatureWalk(source, frozenset(LAYERS), TITLE)
        self.met: dict[str, None] = {}
        self.taken = 0
        self._references: dict[str, Reference | None] = {}
        self._order = synonyms("alkis_simple")

    @property
    def version(self) -> str:
        """Version of the schema; of WFS replies that declare it on each feature, ``?``."""
        spaces = " ".join(str(space) for space in self.walk.namespaces.values())
        found = NAMESPACE.search(spaces) or NAMESPACE.search(self.source.head.decode("utf-8", "replace"))
        return found[1] if found else "?"

    def groups(self) -> Iterator[Group | Reject]:
        """Features, some thousands of one type at a time; rejects of those without an area that can be read."""
        open_: dict[str, _Gathered] = {}
        for element in self.walk:
            kind = local(element.tag)
            self.taken += 1
            gathered = open_.setdefault(kind, _Gathered(Shapes(self._resolve)))
            where = identity(element) or f"line {element.sourceline}"
            try:
                gathered.shapes.add(_holder(element))
            except Unusable as wrong:
                yield Reject(where, str(wrong), LAYERS[kind])
                continue
            said = self._said(element)
            for meaning, values in gathered.said.items():
                values.append(said.get(meaning))
            gathered.places.append(where)
            if len(gathered.places) >= _AT_ONCE or gathered.shapes.many:
                yield _built(kind, open_.pop(kind))
        for kind, gathered in open_.items():
            if gathered.places:
                yield _built(kind, gathered)

    def _said(self, element: etree._Element) -> dict[str, str]:
        texts: dict[str, str] = {}
        for child in element.iterchildren("{*}*"):
            if not len(child) and (text := (child.text or "").strip()):
                texts.setdefault(_name(child.tag), text[:_LONGEST])
        if own := identity(element):
            texts.setdefault("gmlid", own)
        said = {
            meaning: next((texts[name] for name in names if name in texts), "")
            for meaning, names in self._order.items()
        }
        return {meaning: text for meaning, text in said.items() if text}

    def _resolve(self, name: str) -> Reference | None:
        """CRS of an srsName; of the empty one what the user named.

        Raises
        ------
        MissingCRS
            If neither names one that is known.
        """
        named = name or self.options.crs
        if named not in self._references:
            if len(self._references) == _MOST_SYSTEMS:
                return None
            self._references[named] = service_reference(named)
        found = self._references[named]
        if found is None and not name:
            raise MissingCRS(file=self.source.name, found=named or "–")
        if found is not None:
            self.met[found.name] = None
        return found


@lru_cache(maxsize=512)
def _name(tag: object) -> str:
    return plain(local(tag))


def _holder(element: etree._Element) -> etree._Element | None:
    """The property that holds the geometry, whatever it is called: geometrie, position, the_geom."""
    for child in element.iterchildren("{*}*"):
        inner = next(child.iterchildren("{*}*"), None)
        if inner is not None and local(inner.tag) in _GEOMETRIES:
            return child
    return None


def _built(kind: str, gathered: _Gathered) -> Group:
    areas = gathered.shapes.build()
    refused = {number: str(why) for number, why in areas.rejected.items()}
    return Group(kind, gathered.said, areas.geometry, refused, gathered.places, areas.repaired)
