"""Writes buildings as CityGML 1.0 in tiles of a kilometre, as the states deliver LoD2: AdV codes, shells by xlink."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from ingest.demo.buildings import Building
from ingest.demo.landscape import outline
from ingest.demo.massing import Mass
from ingest.demo.places import DATE, ORIGIN, SIZE, municipality
from ingest.demo.roofs import Face

_HEAD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<core:CityModel xmlns="http://www.opengis.net/citygml/1.0" xmlns:core="http://www.opengis.net/citygml/1.0" \
xmlns:gen="http://www.opengis.net/citygml/generics/1.0" xmlns:bldg="http://www.opengis.net/citygml/building/1.0" \
xmlns:gml="http://www.opengis.net/gml" xmlns:xAL="urn:oasis:names:tc:ciq:xsdschema:xAL:2.0" \
xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <gml:name>{name}</gml:name>
  <gml:boundedBy>
    <gml:Envelope srsName="urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH*GCG2016">
      <gml:lowerCorner srsDimension="3">{west:.1f} {south:.1f} {low}</gml:lowerCorner>
      <gml:upperCorner srsDimension="3">{east:.1f} {north:.1f} {high}</gml:upperCorner>
    </gml:Envelope>
  </gml:boundedBy>
"""
_TAIL = "</core:CityModel>\n"

_REGISTER = "http://repository.gdi-de.org/schemas/adv/citygml/fdv/art.htm#_9100"

_UNADDRESSED = 5
"""One building in so many comes without the address it has: real tiles bear an address on about 80 % of houses."""


def tiles(buildings: list[Building]) -> Iterator[tuple[str, bytes]]:
    """Name and content of each tile that touches the district, those without a building included.

    A building lies in the tile of the middle of its first part, and may overhang the tile's edge.
    """
    by_tile: dict[tuple[int, int], list[Building]] = {}
    for building in buildings:
        by_tile.setdefault((int(building.position[0] // 1000), int(building.position[1] // 1000)), []).append(building)
    border = outline()
    for column in range(SIZE[0] // 1000):
        for row in range(SIZE[1] // 1000):
            here = by_tile.get((column, row), [])
            west, south = column * 1000, row * 1000
            if here or border.intersects(shapely.box(west, south, west + 1000, south + 1000)):
                name = f"LoD2_32_{int(ORIGIN[0] + west) // 1000}_{int(ORIGIN[1] + south) // 1000}_1_MK"
                yield f"{name}.gml", _tile(name, west, south, here)


def _tile(name: str, west: float, south: float, buildings: list[Building]) -> bytes:
    low = f"{min(b.ground for b in buildings):.3f}" if buildings else "NaN"
    high = f"{max(b.ground + p.ridge for b in buildings for p in b.parts):.3f}" if buildings else "NaN"
    east, north = ORIGIN[0] + west + 1000, ORIGIN[1] + south + 1000
    pieces = [_HEAD.format(name=name, west=east - 1000, south=north - 1000, east=east, north=north, low=low, high=high)]
    pieces += [_building(building) for building in buildings]
    return "".join([*pieces, _TAIL]).encode()


def _building(building: Building) -> str:
    whole = len(building.parts) == 1
    kind = _roof(building.parts[0]) + _storeys(building) if whole else ""
    body = _shell(building, building.parts[0], building.identifier) if whole else ""
    parts = "" if whole else "".join(_part(building, part, number) for number, part in enumerate(building.parts))
    name = f"      <gml:name>{building.name}</gml:name>\n" if building.name else ""
    return f"""  <core:cityObjectMember>
    <bldg:Building gml:id="{building.identifier}">
{name}      <core:creationDate>{DATE}</core:creationDate>
      <core:externalReference>
        <core:informationSystem>{_REGISTER}</core:informationSystem>
        <core:externalObject>
          <core:name>{building.identifier}</core:name>
        </core:externalObject>
      </core:externalReference>
{_string("DatenquelleDachhoehe", "1000")}{_string("DatenquelleLage", "1000")}{_string("DatenquelleBodenhoehe", "1100")}\
{_string("Gemeindeschluessel", building.parcel.place.ags)}{_string("Grundrissaktualitaet", DATE)}\
      <bldg:function>{building.function}</bldg:function>
{kind}{body}{parts}{_address(building)}    </bldg:Building>
  </core:cityObjectMember>
"""


def _string(name: str, value: str) -> str:
    return f"""      <gen:stringAttribute name="{name}">
        <gen:value>{value}</gen:value>
      </gen:stringAttribute>
"""


def _roof(part: Mass) -> str:
    return f"""      <bldg:roofType>{part.roof}</bldg:roofType>
      <bldg:measuredHeight uom="urn:adv:uom:m">{part.ridge:.3f}</bldg:measuredHeight>
"""


def _storeys(building: Building) -> str:
    return f"      <bldg:storeysAboveGround>{building.storeys}</bldg:storeysAboveGround>\n"


def _part(building: Building, part: Mass, number: int) -> str:
    identity = f"{building.identifier}_T{number + 1}"
    return f"""      <bldg:consistsOfBuildingPart>
        <bldg:BuildingPart gml:id="{identity}">
      <core:creationDate>{DATE}</core:creationDate>
{_string("DatenquelleDachhoehe", "1000")}{_string("DatenquelleBodenhoehe", "1100")}{_roof(part)}{_storeys(building)}\
{_shell(building, part, identity)}        </bldg:BuildingPart>
      </bldg:consistsOfBuildingPart>
"""


def _shell(building: Building, part: Mass, identity: str) -> str:
    faces = building.faces(part, ORIGIN)
    members = "".join(f'<gml:surfaceMember xlink:href="#{identity}_S{n}"/>' for n in range(len(faces)))
    surfaces = "".join(_surface(face, f"{identity}_S{n}") for n, face in enumerate(faces))
    return f"""      <bldg:lod2Solid>
        <gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface></gml:exterior></gml:Solid>
      </bldg:lod2Solid>
{surfaces}"""


def _surface(face: Face, identity: str) -> str:
    numbers = " ".join(map("%.3f".__mod__, face.ring.ravel().tolist()))
    return f"""      <bldg:boundedBy>
        <bldg:{face.kind} gml:id="{identity}_B">
          <bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>
            <gml:Polygon gml:id="{identity}"><gml:exterior><gml:LinearRing>
              <gml:posList srsDimension="3">{numbers}</gml:posList>
            </gml:LinearRing></gml:exterior></gml:Polygon>
          </gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface>
        </bldg:{face.kind}>
      </bldg:boundedBy>
"""


def _address(building: Building) -> str:
    if not building.number or np.frombuffer(building.identifier.encode(), np.uint8).sum() % _UNADDRESSED == 0:
        return ""
    own = municipality(building.parcel.place.ags)
    return f"""      <bldg:address>
        <core:Address gml:id="{building.identifier}_A">
          <core:xalAddress>
            <xAL:AddressDetails>
              <xAL:Country>
                <xAL:CountryName>Germany</xAL:CountryName>
                <xAL:Locality Type="Town">
                  <xAL:LocalityName>{own.name}</xAL:LocalityName>
                  <xAL:Thoroughfare Type="Street">
                    <xAL:ThoroughfareNumber>{building.number}</xAL:ThoroughfareNumber>
                    <xAL:ThoroughfareName>{building.street}</xAL:ThoroughfareName>
                  </xAL:Thoroughfare>
                  <xAL:PostalCode>
                    <xAL:PostalCodeNumber>{own.postcode}</xAL:PostalCodeNumber>
                  </xAL:PostalCode>
                </xAL:Locality>
              </xAL:Country>
            </xAL:AddressDetails>
          </core:xalAddress>
        </core:Address>
      </bldg:address>
"""
