"""Writes the cadastre as NAS (GeoInfoDok 7.1): parcels, buildings, addresses, land use and the catalogues they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import shapely

from ingest.demo.buildings import Building
from ingest.demo.cutting import polygons
from ingest.demo.parcels import Parcel, identifier
from ingest.demo.places import DATE, DISTRICT_NAME, MUNICIPALITIES, ORIGIN, PLACES, STATE, Municipality
from ingest.demo.zones import LAND_USE

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<AX_Bestandsdatenauszug xmlns="http://www.adv-online.de/namespaces/adv/gid/7.1" xmlns:gml="http://www.opengis.net/gml/3.2" \
xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:xlink="http://www.w3.org/1999/xlink" \
xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" \
xsi:schemaLocation="http://www.adv-online.de/namespaces/adv/gid/7.1 NAS-Operationen.xsd">
  <erlaeuterung>Bestandsdaten der erfundenen {kind} {name} im Demonstrationskreis {district}</erlaeuterung>
  <erfolgreich>true</erfolgreich>
  <koordinatenangaben>
    <AA_Koordinatenreferenzsystemangaben>
      <crs xlink:href="urn:adv:crs:ETRS89_UTM32"/>
      <anzahlDerNachkommastellen>3</anzahlDerNachkommastellen>
      <standard>true</standard>
    </AA_Koordinatenreferenzsystemangaben>
  </koordinatenangaben>
  <portionskennung>
    <AX_Portionskennung>
      <profilkennung>DEMO{ags}</profilkennung>
      <datum>{date}</datum>
      <laufendeNummer>1</laufendeNummer>
      <gebietskennung>{ags}</gebietskennung>
    </AX_Portionskennung>
  </portionskennung>
  <enthaelt>
    <wfs:FeatureCollection timeStamp="{date}T00:00:00Z" numberMatched="unknown" numberReturned="{count}">
"""
_TAIL = """    </wfs:FeatureCollection>
  </enthaelt>
</AX_Bestandsdatenauszug>
"""

_ATTRIBUTE = {
    "AX_Wohnbauflaeche": "artDerBebauung",
    "AX_Landwirtschaft": "vegetationsmerkmal",
    "AX_Wald": "vegetationsmerkmal",
    "AX_Gehoelz": "vegetationsmerkmal",
    "AX_Bahnverkehr": "bahnkategorie",
}
"""Attribute that holds the kind of a land-use class; ``funktion`` for all others."""


@dataclass(frozen=True)
class Use:
    """An area of one actual use: parcels of one kind that touch each other.

    Attributes
    ----------
    identifier, ags : str
        Object id and municipality.
    kind : str
        Object class such as AX_Wald.
    code : str
        Its kind by the class's own list; may be empty.
    name : str
        Name of the water or street; may be empty.
    shape : Polygon
        Corners are those of the parcels.
    """

    identifier: str
    ags: str
    kind: str
    code: str
    name: str
    shape: shapely.Polygon


def uses(parcels: list[Parcel]) -> list[Use]:
    """Land use of all `parcels`: a partition as they are, and in step with their borders."""
    groups: dict[tuple[str, str, str, str], list[shapely.Polygon]] = {}
    for parcel in parcels:
        kind, code = LAND_USE[parcel.piece.kind]
        named = kind in ("AX_Strassenverkehr", "AX_Fliessgewaesser", "AX_Bahnverkehr")
        key = (parcel.place.ags, kind, code, parcel.piece.name if named else "")
        groups.setdefault(key, []).append(parcel.piece.shape)
    found: list[Use] = []
    for (ags, kind, code, name), shapes in sorted(groups.items(), key=lambda entry: entry[0]):
        for part in polygons(shapely.coverage_union_all(shapes)):
            found.append(Use(identifier("TN", len(found)), ags, kind, code, name, part))
    return found


def extracts(parcels: list[Parcel], buildings: list[Building], land_use: list[Use]) -> Iterator[tuple[str, bytes]]:
    """One NAS file a municipality: name and content."""
    streets = {
        key: number
        for number, key in enumerate(sorted({(b.parcel.place.ags, b.street) for b in buildings if b.number}), start=1)
    }
    for own in MUNICIPALITIES:
        objects = [*_catalogues(own, streets)]
        objects += _registered(own, parcels, buildings, streets)
        objects += [_use(use) for use in land_use if use.ags == own.ags]
        head = _HEAD.format(
            ags=own.ags, kind=own.kind, name=own.name, district=DISTRICT_NAME, date=DATE, count=len(objects)
        )
        members = (f"      <wfs:member>\n{entry}      </wfs:member>\n" for entry in objects)
        yield f"NAS_{own.ags}_{own.name}.xml", "".join([head, *members, _TAIL]).encode()


def _object(kind: str, key: str, content: str) -> str:
    return f"""        <{kind} gml:id="{key}">
          <gml:identifier codeSpace="http://www.adv-online.de/">urn:adv:oid:{key}</gml:identifier>
          <lebenszeitintervall><AA_Lebenszeitintervall><beginnt>{DATE}T00:00:00Z</beginnt></AA_Lebenszeitintervall></lebenszeitintervall>
          <modellart><AA_Modellart><advStandardModell>DLKM</advStandardModell></AA_Modellart></modellart>
{content}        </{kind}>
"""


def _municipality_key(ags: str) -> str:
    return f"<land>{ags[:2]}</land><regierungsbezirk>{ags[2]}</regierungsbezirk><kreis>{ags[3:5]}</kreis><gemeinde>{ags[5:]}</gemeinde>"


def _catalogues(own: Municipality, streets: dict[tuple[str, str], int]) -> Iterator[str]:
    key = f"<AX_Gemeindekennzeichen>{_municipality_key(own.ags)}</AX_Gemeindekennzeichen>"
    district = f"<AX_Kreis_Schluessel><land>{own.ags[:2]}</land><regierungsbezirk>{own.ags[2]}</regierungsbezirk><kreis>{own.ags[3:5]}</kreis></AX_Kreis_Schluessel>"
    number = MUNICIPALITIES.index(own)
    yield _object(
        "AX_KreisRegion",
        identifier("KR", number),
        f"          <schluesselGesamt>{own.ags[:5]}</schluesselGesamt>\n          <bezeichnung>{DISTRICT_NAME}</bezeichnung>\n          <schluessel>{district}</schluessel>\n",
    )
    yield _object(
        "AX_Gemeinde",
        identifier("GM", number),
        f"          <schluesselGesamt>{own.ags}</schluesselGesamt>\n          <bezeichnung>{own.name}</bezeichnung>\n          <schluessel>{key}</schluessel>\n",
    )
    for index, place in enumerate(PLACES):
        if place.ags == own.ags:
            content = f"          <schluesselGesamt>{STATE}{place.gemarkung}</schluesselGesamt>\n          <bezeichnung>{place.name}</bezeichnung>\n          <schluessel>{_gemarkung(place.gemarkung)}</schluessel>\n"
            yield _object("AX_Gemarkung", identifier("GK", index), content)
    for (ags, street), short in streets.items():
        if ags == own.ags:
            content = f"          <schluesselGesamt>{ags}{short:05d}</schluesselGesamt>\n          <bezeichnung>{street}</bezeichnung>\n          <schluessel>{_location(ags, short)}</schluessel>\n"
            yield _object("AX_LagebezeichnungKatalogeintrag", identifier("LK", short), content)


def _gemarkung(number: str) -> str:
    return f"<AX_Gemarkung_Schluessel><land>{STATE}</land><gemarkungsnummer>{number}</gemarkungsnummer></AX_Gemarkung_Schluessel>"


def _location(ags: str, short: int) -> str:
    return f"<AX_VerschluesselteLagebezeichnung>{_municipality_key(ags)}<lage>{short:05d}</lage></AX_VerschluesselteLagebezeichnung>"


def _registered(
    own: Municipality, parcels: list[Parcel], buildings: list[Building], streets: dict[tuple[str, str], int]
) -> list[str]:
    """Parcels and buildings with the locations that they point at."""
    locations: list[str] = []
    houses: list[str] = []
    addresses: dict[str, list[str]] = {}
    for index, building in enumerate(buildings):
        if building.parcel.place.ags != own.ags:
            continue
        location = ""
        if building.number:
            location = identifier("LH", index)
            addresses.setdefault(building.parcel.identifier, []).append(location)
            named = f"<AX_Lagebezeichnung><verschluesselt>{_location(own.ags, streets[own.ags, building.street])}</verschluesselt></AX_Lagebezeichnung>"
            locations.append(
                _object(
                    "AX_LagebezeichnungMitHausnummer",
                    location,
                    f"          <lagebezeichnung>{named}</lagebezeichnung>\n          <hausnummer>{building.number}</hausnummer>\n",
                )
            )
        houses.append(_house(building, location))
    land: list[str] = []
    for index, parcel in enumerate(parcels):
        if parcel.place.ags != own.ags:
            continue
        name = ""
        if parcel.piece.name and parcel.identifier not in addresses:
            name = identifier("LO", index)
            named = f"<AX_Lagebezeichnung><unverschluesselt>{parcel.piece.name}</unverschluesselt></AX_Lagebezeichnung>"
            locations.append(
                _object(
                    "AX_LagebezeichnungOhneHausnummer", name, f"          <lagebezeichnung>{named}</lagebezeichnung>\n"
                )
            )
        land.append(_parcel(parcel, addresses.get(parcel.identifier, []), name))
    return locations + land + houses


def _parcel(parcel: Parcel, addresses: list[str], name: str) -> str:
    nenner = f"<nenner>{parcel.nenner}</nenner>" if parcel.nenner else ""
    links = "".join(f'          <weistAuf xlink:href="urn:adv:oid:{key}"/>\n' for key in addresses)
    links += f'          <zeigtAuf xlink:href="urn:adv:oid:{name}"/>\n' if name else ""
    return _object(
        "AX_Flurstueck",
        parcel.identifier,
        f"""{_position(parcel.piece.shape, parcel.identifier)}\
          <gemarkung>{_gemarkung(parcel.place.gemarkung)}</gemarkung>
          <flurstuecksnummer><AX_Flurstuecksnummer><zaehler>{parcel.zaehler}</zaehler>{nenner}</AX_Flurstuecksnummer></flurstuecksnummer>
          <flurstueckskennzeichen>{parcel.key}</flurstueckskennzeichen>
          <amtlicheFlaeche uom="urn:adv:uom:m2">{parcel.official_area}.0</amtlicheFlaeche>
          <flurnummer>{parcel.flur}</flurnummer>
          <abweichenderRechtszustand>false</abweichenderRechtszustand>
          <zeitpunktDerEntstehung>{1861 + (parcel.zaehler * 37 + parcel.nenner * 11) % 160}-01-01</zeitpunktDerEntstehung>
          <gemeindezugehoerigkeit><AX_Gemeindekennzeichen>{_municipality_key(parcel.place.ags)}</AX_Gemeindekennzeichen></gemeindezugehoerigkeit>
{links}""",
    )


def _house(building: Building, location: str) -> str:
    name = f"          <name>{building.name}</name>\n" if building.name else ""
    link = f'          <zeigtAuf xlink:href="urn:adv:oid:{location}"/>\n' if location else ""
    return _object(
        "AX_Gebaeude",
        building.identifier,
        f"""{_position(building.footprint, building.identifier)}{name}\
          <gebaeudefunktion>{building.function.removeprefix("31001_")}</gebaeudefunktion>
          <anzahlDerOberirdischenGeschosse>{building.storeys}</anzahlDerOberirdischenGeschosse>
          <dachform>{building.parts[0].roof}</dachform>
{link}""",
    )


def _use(use: Use) -> str:
    code = (
        f"          <{_ATTRIBUTE.get(use.kind, 'funktion')}>{use.code}</{_ATTRIBUTE.get(use.kind, 'funktion')}>\n"
        if use.code
        else ""
    )
    named = f"<AX_Lagebezeichnung><unverschluesselt>{use.name}</unverschluesselt></AX_Lagebezeichnung>"
    name = (
        f"          <name>{named}</name>\n"
        if use.name and use.kind == "AX_Strassenverkehr"
        else f"          <name>{use.name}</name>\n"
        if use.name
        else ""
    )
    return _object(use.kind, use.identifier, f"{_position(use.shape, use.identifier)}{code}{name}")


def _position(shape: shapely.Geometry, key: str) -> str:
    parts = polygons(shape)
    surfaces = [_surface(part, f"{key}_G{number}", len(parts) == 1) for number, part in enumerate(parts)]
    if len(surfaces) == 1:
        return f"          <position>{surfaces[0]}</position>\n"
    members = "".join(f"<gml:surfaceMember>{surface}</gml:surfaceMember>" for surface in surfaces)
    return f'          <position><gml:MultiSurface gml:id="{key}_G" srsName="urn:adv:crs:ETRS89_UTM32">{members}</gml:MultiSurface></position>\n'


def _surface(polygon: shapely.Polygon, key: str, alone: bool) -> str:
    reference = ' srsName="urn:adv:crs:ETRS89_UTM32"' if alone else ""
    inner = "".join(f"<gml:interior>{ring}</gml:interior>" for ring in _rings(polygon.interiors, key, 1))
    outer = next(iter(_rings([polygon.exterior], key, 0)))
    return f'<gml:Surface gml:id="{key}"{reference}><gml:patches><gml:PolygonPatch><gml:exterior>{outer}</gml:exterior>{inner}</gml:PolygonPatch></gml:patches></gml:Surface>'


def _rings(rings: Iterable[shapely.LinearRing], key: str, first: int) -> Iterator[str]:
    for number, ring in enumerate(rings, start=first):
        numbers = (shapely.get_coordinates(ring) + np.asarray(ORIGIN)).ravel().tolist()
        points = " ".join(map("%.3f".__mod__, numbers))
        yield f'<gml:Ring><gml:curveMember><gml:Curve gml:id="{key}_K{number}"><gml:segments><gml:LineStringSegment><gml:posList>{points}</gml:posList></gml:LineStringSegment></gml:segments></gml:Curve></gml:curveMember></gml:Ring>'
