"""Reference systems of address services: ESRI's eight-digit UTM beside all that `twin.geometry.crs` knows."""

from __future__ import annotations

import re

from twin.geometry.crs import Reference, reference

_ESRI = {
    # ETRS_1989_UTM_Zone_32N_7stellen, …_8stellen and the same of zone 33: eastings with the zone written before them.
    102328: "ESRI:102328",
    102329: "ESRI:102329",
    102359: "ESRI:102359",
    102360: "ESRI:102360",
}
_CODE = re.compile(r"(?:EPSG|ESRI)\D*(\d{6})\b", re.IGNORECASE)


def service_reference(name: str) -> Reference | None:
    """Reference that a service names; None if it names none that is known.

    ArcGIS servers write ``urn:ogc:def:crs:EPSG::102329`` for codes that are ESRI's own, with the northing first.
    """
    found = reference(name)
    if found is None and (code := _CODE.search(name)) and int(code[1]) in _ESRI:
        return Reference(_ESRI[int(code[1])], northing_first=name.lower().startswith(("urn:", "http")))
    return found


def zone_reference(zone: int) -> Reference | None:
    """ETRS89 / UTM of a zone that Germany lies in (31 to 33)."""
    return Reference(f"EPSG:{25800 + zone}") if zone in (31, 32, 33) else None


def written_zone(easting: float) -> Reference | None:
    """The zone that an easting has written before it: 32398242 is in zone 32."""
    return zone_reference(int(easting // 1e6)) if abs(easting) < 1e9 else None
