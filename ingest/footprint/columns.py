"""Which layers of a vector file hold footprints, from whom, and what their columns mean."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.column_names import meanings, plain
from ingest.vector.container import info, layer_names

_LAYER = re.compile(r"build|gebaeude|gebäude|gebaeude|hausumring|footprint|(?:^|_)hu(?:_|$)", re.IGNORECASE)
_OTHERS = re.compile(r"part|bauteil|point|punkt|label|adress|address|baugrenze|baulinie|nutzung|plan|road|street")
_THREE_DIMENSIONAL = re.compile(r"dachform|dachtyp|rooftype|firsthoehe|traufhoehe|lod")
_TAG = re.compile(r'"((?:[^"\\]|\\.)*)"\s*=>\s*"((?:[^"\\]|\\.)*)"')
_TAGS_READ = 20_000
"""Characters of a column of tags that are looked at."""


@dataclass(frozen=True, slots=True)
class FootprintLayer:
    """A layer of footprints.

    Attributes
    ----------
    name : str
        Its name in the file.
    source : str
        ``osm``, ``hausumringe`` or ``footprint``.
    columns : dict of str to str
        Meaning, as in ``data/columns/footprint.json``, to column.
    crs : str
        As the file names it; empty if it names none.
    """

    name: str
    source: str
    columns: dict[str, str]
    crs: str


def footprint_layers(path: Path) -> list[FootprintLayer]:
    """Layers of footprints in a file that OGR may open."""
    found = []
    for name in layer_names(path):
        facts = info(path, name)
        fields = [str(field) for field in facts["fields"]]
        # A GeoJSON or a shapefile within an archive is called what its file is called.
        source = source_of(name, fields) if facts["geometry_type"] is not None else ""
        if source:
            columns = {meaning: fields[place] for meaning, place in meanings("footprint", fields).items()}
            found.append(FootprintLayer(name, source, columns, str(facts["crs"] or "")))
    return found


def source_of(layer: str, fields: Sequence[str]) -> str:
    """Source of a layer with this name and columns; empty if it is no layer of footprints.

    Hausumringe are told by their columns, OpenStreetMap by its key ``building``; a layer whose name says that it holds
    buildings is one of footprints, unless its columns are those of something else (ALKIS, roofs, parts).
    """
    names = {plain(field) for field in fields}
    if names & {"gebnutzbez", "flstkennz", "nutzart"} or any(_THREE_DIMENSIONAL.search(name) for name in names):
        return ""
    if {"oi", "gfk"} <= names:
        return "hausumringe"
    named = bool(_LAYER.search(layer)) and not _OTHERS.search(layer.lower())
    from_osm = bool(names & {"osmid", "osmwayid", "fullid"}) or "osm" in layer.lower()
    if from_osm and ("building" in names or named):
        return "osm"
    if not named and not {"building", "buildinglevels"} <= names:
        return ""
    return "osm" if {"building", "othertags"} <= names else "footprint"


def tags(text: str | None) -> dict[str, str]:
    """Tags in a column as OGR's OSM driver writes it: ``"building:levels"=>"2","height"=>"7"``."""
    found = _TAG.findall((text or "")[:_TAGS_READ])
    return {plain(key): value.replace('\\"', '"').replace("\\\\", "\\") for key, value in found}
