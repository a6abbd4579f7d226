"""CityGML buildings, versions 1.0, 2.0 and 3.0."""

from __future__ import annotations

import re

from ingest.citygml.reader import read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text

_PROLOGUE = re.compile(rb"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>)", re.DOTALL)
_ROOT = re.compile(rb"\s*<(?:[\w.-]+:)?CityModel\b([^>]*)", re.DOTALL)
_NAMESPACE = re.compile(rb"http://www\.opengis\.net/citygml/[123]\.0\b")


def recognise(source: SourceFile) -> bool:
    """Whether the first element is a ``CityModel`` of CityGML 1.0, 2.0 or 3.0."""
    head = source.head.removeprefix(b"\xef\xbb\xbf")
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        head = head.decode("utf-16", "replace").encode()
    start = 0
    while prologue := _PROLOGUE.match(head, start):
        start = prologue.end()
    root = _ROOT.match(head, start)
    return root is not None and _NAMESPACE.search(root[1]) is not None


FORMAT = Format(
    name="citygml",
    title=Text("CityGML-Gebäude", "CityGML buildings"),
    versions=("1.0", "2.0", "3.0"),
    layers=("building", "building_part", "building_surface", "building_mesh"),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Texturen, Innenräume (LoD4), Öffnungen, Anbauten (BuildingInstallation), Geländeschnittlinien und alle "
        "Objektarten außer Gebäuden; letztere werden gezählt.",
        "Textures, interiors (LoD4), openings, building installations, terrain intersections, and all features "
        "but buildings; the latter are counted.",
    ),
    example="twin ingest LoD2_32_337_5728_1_NW.gml",
    suffixes=(".gml", ".xml", ".citygml"),
    licence=Text(
        "LoD2: dl-de/zero-2-0 in Nordrhein-Westfalen und Berlin, CC BY 4.0 in Bayern; sonst --licence.",
        "LoD2: dl-de/zero-2-0 in North Rhine-Westphalia and Berlin, CC BY 4.0 in Bavaria; else --licence.",
    ),
)
