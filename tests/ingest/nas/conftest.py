# ruff: noqa: E501 (a piece of GML is read as one line)
"""Writes small NAS documents, made up from the standard, and reads them back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject, Retire
from ingest.formats.nas import FORMAT
from ingest.source_file import SourceFile

SPACES = (
    'xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:wfs="http://www.adv-online.de/namespaces/adv/gid/wfs" '
    'xmlns:wfsext="http://www.adv-online.de/namespaces/adv/gid/wfsext" '
    'xmlns:ogc="http://www.adv-online.de/namespaces/adv/gid/ogc" xmlns:fes="http://www.opengis.net/fes/2.0"'
)
LIFE = "<lebenszeitintervall><AA_Lebenszeitintervall><beginnt>2024-01-01T00:00:00Z</beginnt>{ends}</AA_Lebenszeitintervall></lebenszeitintervall>"
EAST, NORTH = 450_000.0, 5_713_000.0

Ring = list[tuple[float, float]]


def line(points: Iterable[tuple[float, float]], tag: str = "LineStringSegment") -> str:
    """A segment over points given from the district's corner."""
    numbers = " ".join(f"{EAST + x:.3f} {NORTH + y:.3f}" for x, y in points)
    return f"<gml:{tag}><gml:posList>{numbers}</gml:posList></gml:{tag}>"


def member(*segments: str) -> str:
    """A curve member."""
    return f"<gml:curveMember><gml:Curve><gml:segments>{''.join(segments)}</gml:segments></gml:Curve></gml:curveMember>"


def surface(*rings: str, srs: str = "", outer: str = "Surface") -> str:
    """A surface of one patch; the first ring is the outer one."""
    sides = "".join(
        f"<gml:{side}><gml:Ring>{ring}</gml:Ring></gml:{side}>"
        for side, ring in zip(["exterior"] + ["interior"] * (len(rings) - 1), rings, strict=True)
    )
    named = f' srsName="{srs}"' if srs else ""
    return f"<gml:{outer}{named}><gml:patches><gml:PolygonPatch>{sides}</gml:PolygonPatch></gml:patches></gml:{outer}>"


def square(x: float = 0, y: float = 0, size: float = 10) -> str:
    """Ring of a square, side by side as NAS writes it."""
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size), (x, y)]
    return "".join(member(line(pair)) for pair in pairwise(corners))


def thing(kind: str, key: str, inner: str = "", ends: str = "") -> str:
    """An object of any class."""
    return f'<{kind} gml:id="{key}">{LIFE.format(ends=ends)}{inner}</{kind}>'


def parcel(
    key: str = "DENW000000000001",
    zaehler: int = 8,
    *,
    area: float = 100,
    geometry: str = "",
    inner: str = "",
    ends: str = "",
) -> str:
    """A parcel in Gemarkung 05 4320, Flur 25, municipality 05974040."""
    return thing(
        "AX_Flurstueck",
        key,
        f"<position>{geometry or surface(square())}</position>"
        "<gemarkung><AX_Gemarkung_Schluessel><land>05</land><gemarkungsnummer>4320</gemarkungsnummer>"
        "</AX_Gemarkung_Schluessel></gemarkung><flurstuecksnummer><AX_Flurstuecksnummer>"
        f"<zaehler>{zaehler}</zaehler></AX_Flurstuecksnummer></flurstuecksnummer>"
        f"<flurstueckskennzeichen>054320025{zaehler:05}______</flurstueckskennzeichen>"
        f'<amtlicheFlaeche uom="urn:adv:uom:m2">{area}</amtlicheFlaeche><flurnummer>25</flurnummer>'
        "<zeitpunktDerEntstehung>1998-05-06</zeitpunktDerEntstehung><gemeindezugehoerigkeit>"
        "<AX_Gemeindekennzeichen><land>05</land><regierungsbezirk>9</regierungsbezirk><kreis>74</kreis>"
        f"<gemeinde>040</gemeinde></AX_Gemeindekennzeichen></gemeindezugehoerigkeit>{inner}",
        ends,
    )


def building(key: str = "DENW00000000000B", geometry: str = "", inner: str = "") -> str:
    """A dwelling."""
    position = f"<position>{geometry or surface(square(2, 2, 4))}</position>"
    return thing("AX_Gebaeude", key, f"{position}<gebaeudefunktion>1010</gebaeudefunktion>{inner}")


@dataclass
class Found:
    """Everything that a document yielded."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)
    retired: dict[str, tuple[str, ...]] = field(default_factory=dict)
    facts: Facts | None = None

    def one(self, layer: str) -> dict[str, Any]:
        """The only row of a layer, geometry as shapely."""
        (row,) = self.rows[layer]
        return row | {"geom": shapely.from_wkb(row["geom"])}


class Documents:
    """Makes documents in a folder, and reads them."""

    line = staticmethod(line)
    member = staticmethod(member)
    surface = staticmethod(surface)
    square = staticmethod(square)
    thing = staticmethod(thing)
    parcel = staticmethod(parcel)
    building = staticmethod(building)

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def extract(self, *objects: str, crs: str = "urn:adv:crs:ETRS89_UTM32", version: str = "6.0") -> str:
        """A Bestandsdatenauszug with the default namespace."""
        members = "".join(f"<gml:featureMember>{one}</gml:featureMember>" for one in objects)
        return (
            f'<?xml version="1.0" encoding="utf-8"?>\n<AX_Bestandsdatenauszug '
            f'xmlns="http://www.adv-online.de/namespaces/adv/gid/{version}" {SPACES}>\n{self.standard(crs)}'
            f'<enthaelt><wfs:FeatureCollection gml:id="F">\n{members}\n</wfs:FeatureCollection></enthaelt>'
            "</AX_Bestandsdatenauszug>"
        )

    def update(self, *operations: str, crs: str = "urn:adv:crs:ETRS89_UTM32", version: str = "6.0") -> str:
        """An NBA."""
        root = "AX_NutzerbezogeneBestandsdatenaktualisierung_NBA"
        return (
            f'<{root} xmlns="http://www.adv-online.de/namespaces/adv/gid/{version}" {SPACES}>{self.standard(crs)}'
            f"<geaenderteObjekte><wfs:Transaction>{''.join(operations)}</wfs:Transaction></geaenderteObjekte></{root}>"
        )

    def standard(self, crs: str) -> str:
        """The header's CRS, with another one before it."""
        entry = (
            "<koordinatenangaben><AA_Koordinatenreferenzsystemangaben>{}<anzahlDerNachkommastellen>3"
            "</anzahlDerNachkommastellen><standard>{}</standard></AA_Koordinatenreferenzsystemangaben></koordinatenangaben>"
        )
        other = entry.format('<crs xlink:href="urn:adv:crs:DE_DHDN_3GK2"/>', "false")
        return other + entry.format(f'<crs xlink:href="{crs}"/>', "true") if crs else ""

    def write(self, text: str | bytes, name: str = "nas.xml") -> SourceFile:
        """A file with this content."""
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return SourceFile(path)

    def read(self, text: str | bytes, name: str = "nas.xml", **options: str) -> Found:
        """Everything that reading this content yields; it must be recognised first."""
        source = self.write(text, name)
        assert FORMAT.recognise(source)
        found = Found()
        for item in FORMAT.read(source, Options(**options)):
            if isinstance(item, Batch):
                found.rows.setdefault(item.layer, []).extend(item.table.to_pylist())
            elif isinstance(item, Reject):
                found.rejects.append(item)
            elif isinstance(item, Retire):
                found.retired[item.layer] = item.keys
            else:
                assert found.facts is None
                found.facts = item
        assert found.facts is not None
        return found


@pytest.fixture
def nas(tmp_path: Path) -> Documents:
    """Makes and reads NAS documents."""
    return Documents(tmp_path)
