"""Writes the cadastre as NAS (GeoInfoDok 7.1): parcels, buildings, addresses, land use and their catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import shapely

from ingest.demo.buildings import Building
from ingest.demo.cutting import polygons
from ingest.demo.nas_geometry import position
from ingest.demo.parcels import Parcel, identifier
from ingest.demo.places import DATE, DISTRICT_NAME, MUNICIPALITIES, PLACES, STATE, Municipality
from ingest.demo.zones import LAND_USE

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<AX_Bestandsdatenauszug xmlns="http://www.adv-online.de/namespaces/adv/gid/7.1" \
xmlns:gml="http://www.opengis.net/gml/3.2" \
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


def street_numbers(buildings: list[Building]) -> dict[tuple[str, str], int]:
    """Number of each street, by municipality and name."""
    named = sorted({(building.parcel.place.ags, building.street) for building in buildings if building.number})
    return {key: number for number, key in enumerate(named, start=1)}


def extracts(parcels: list[Parcel], buildings: list[Building], land_use: list[Use]) -> Iterator[tuple[str, bytes]]:
    """One NAS file a municipality: name and content."""
    streets = street_numbers(buildings)
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
    district = f"<land>{ags[:2]}</land><regierungsbezirk>{ags[2]}</regierungsbezirk><kreis>{ags[3:5]}</kreis>"
    return f"{district}<gemeinde>{ags[5:]}</gemeinde>"


def _catalogues(own: Municipality, streets: dict[tuple[str, str], int]) -> Iterator[str]:
    number = MUNICIPALITIES.index(own)
    municipality = _municipality_key(own.ags)
    district = f"<AX_Kreis_Schluessel>{municipality.partition('<gemeinde>')[0]}</AX_Kreis_Schluessel>"
    yield _entry("AX_KreisRegion", identifier("KR", number), own.ags[:5], DISTRICT_NAME, district)
    key = f"<AX_Gemeindekennzeichen>{municipality}</AX_Gemeindekennzeichen>"
    yield _entry("AX_Gemeinde", identifier("GM", number), own.ags, own.name, key)
    for index, place in enumerate(PLACES):
        if place.ags == own.ags:
            whole, key = f"{STATE}{place.gemarkung}", _gemarkung(place.gemarkung)
            yield _entry("AX_Gemarkung", identifier("GK", index), whole, place.name, key)
    for (ags, street), short in streets.items():
        if ags == own.ags:
            whole, key = f"{ags}{short:05d}", _location(ags, short)
            yield _entry("AX_LagebezeichnungKatalogeintrag", identifier("LK", short), whole, street, key)


def _entry(kind: str, identity: str, whole: str, name: str, key: str) -> str:
    """An entry of a catalogue: its key as one word and in parts, and the name that it stands for."""
    return _object(
        kind,
        identity,
        f"""          <schluesselGesamt>{whole}</schluesselGesamt>
          <bezeichnung>{name}</bezeichnung>
          <schluessel>{key}</schluessel>
""",
    )


def _gemarkung(number: str) -> str:
    key = f"<land>{STATE}</land><gemarkungsnummer>{number}</gemarkungsnummer>"
    return f"<AX_Gemarkung_Schluessel>{key}</AX_Gemarkung_Schluessel>"


def _location(ags: str, short: int) -> str:
    key = f"{_municipality_key(ags)}<lage>{short:05d}</lage>"
    return f"<AX_VerschluesselteLagebezeichnung>{key}</AX_VerschluesselteLagebezeichnung>"


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
        key = identifier("LH", index) if building.number else ""
        if key:
            addresses.setdefault(building.parcel.identifier, []).append(key)
            named = f"<verschluesselt>{_location(own.ags, streets[own.ags, building.street])}</verschluesselt>"
            locations.append(_place(key, "AX_LagebezeichnungMitHausnummer", named, building.number))
        houses.append(_house(building, key))
    land: list[str] = []
    for index, parcel in enumerate(parcels):
        if parcel.place.ags != own.ags:
            continue
        key = identifier("LO", index) if parcel.piece.name and parcel.identifier not in addresses else ""
        if key:
            named = f"<unverschluesselt>{parcel.piece.name}</unverschluesselt>"
            locations.append(_place(key, "AX_LagebezeichnungOhneHausnummer", named))
        land.append(_parcel(parcel, addresses.get(parcel.identifier, []), key))
    return locations + land + houses


def _place(key: str, kind: str, named: str, number: str = "") -> str:
    location = f"<AX_Lagebezeichnung>{named}</AX_Lagebezeichnung>"
    content = f"          <lagebezeichnung>{location}</lagebezeichnung>\n"
    return _object(kind, key, content + (f"          <hausnummer>{number}</hausnummer>\n" if number else ""))


def _parcel(parcel: Parcel, addresses: list[str], name: str) -> str:
    year = 1861 + (parcel.zaehler * 37 + parcel.nenner * 11) % 160
    nenner = f"<nenner>{parcel.nenner}</nenner>" if parcel.nenner else ""
    links = "".join(f'          <weistAuf xlink:href="urn:adv:oid:{key}"/>\n' for key in addresses)
    links += f'          <zeigtAuf xlink:href="urn:adv:oid:{name}"/>\n' if name else ""
    return _object(
        "AX_Flurstueck",
        parcel.identifier,
        f"""{position(parcel.piece.shape, parcel.identifier)}\
          <gemarkung>{_gemarkung(parcel.place.gemarkung)}</gemarkung>
          <flurstuecksnummer><AX_Flurstuecksnummer><zaehler>{parcel.zaehler}</zaehler>{nenner}</AX_Flurstuecksnummer></flurstuecksnummer>
          <flurstueckskennzeichen>{parcel.key}</flurstueckskennzeichen>
          <amtlicheFlaeche uom="urn:adv:uom:m2">{parcel.official_area}.0</amtlicheFlaeche>
          <flurnummer>{parcel.flur}</flurnummer>
          <abweichenderRechtszustand>false</abweichenderRechtszustand>
          <zeitpunktDerEntstehung>{year}-01-01</zeitpunktDerEntstehung>
          <gemeindezugehoerigkeit><AX_Gemeindekennzeichen>{_municipality_key(parcel.place.ags)}</AX_Gemeindekennzeichen></gemeindezugehoerigkeit>
{links}""",
    )


def _house(building: Building, location: str) -> str:
    name = f"          <name>{building.name}</name>\n" if building.name else ""
    link = f'          <zeigtAuf xlink:href="urn:adv:oid:{location}"/>\n' if location else ""
    return _object(
        "AX_Gebaeude",
        building.identifier,
        f"""{position(building.footprint, building.identifier)}{name}\
          <gebaeudefunktion>{building.function.removeprefix("31001_")}</gebaeudefunktion>
          <anzahlDerOberirdischenGeschosse>{building.storeys}</anzahlDerOberirdischenGeschosse>
          <dachform>{building.parts[0].roof}</dachform>
{link}""",
    )


def _use(use: Use) -> str:
    attribute = _ATTRIBUTE.get(use.kind, "funktion")
    code = f"          <{attribute}>{use.code}</{attribute}>\n" if use.code else ""
    name = use.name
    if name and use.kind == "AX_Strassenverkehr":
        name = f"<AX_Lagebezeichnung><unverschluesselt>{name}</unverschluesselt></AX_Lagebezeichnung>"
    name = f"          <name>{name}</name>\n" if name else ""
    return _object(use.kind, use.identifier, f"{position(use.shape, use.identifier)}{code}{name}")
