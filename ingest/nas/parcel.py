"""AX_Flurstueck as a row of the layer parcel."""

from __future__ import annotations

from typing import Any

from ingest.gml.reason import Unusable
from ingest.nas import reason, value
from ingest.nas.reader import Object
from twin.flurstueckskennzeichen import Flurstueckskennzeichen


def row(found: Object) -> dict[str, Any]:
    """Attributes of a parcel; ``_links`` are its Lagebezeichnungen, ``gemarkung`` is named when all is read.

    Raises
    ------
    Unusable
        If neither its Flurstückskennzeichen nor its parts make a key.
    """
    element = found.element
    key = _key(found)
    own = value.gemarkung(element, "gemarkung/AX_Gemarkung_Schluessel")
    return {
        "flurstueckskennzeichen": str(key),
        "parcel_id": found.identifier,
        "gemarkung": None,
        "gemarkungsnummer": own or key.gemarkungsnummer,
        "flur": key.flur,
        "zaehler": key.zaehler,
        "nenner": key.nenner,
        "amtliche_flaeche": value.number(element, "amtlicheFlaeche"),
        "location": None,
        "recorded_on": value.date(element, "zeitpunktDerEntstehung"),
        "ags": value.municipality(element, "gemeindezugehoerigkeit/AX_Gemeindekennzeichen"),
        # GeoInfoDok names them one way (zeigtAuf a street, weistAuf a house number), producers both.
        "_links": value.relations(element, "weistAuf", "zeigtAuf"),
    }


def _key(found: Object) -> Flurstueckskennzeichen:
    text = value.text(found.element, "flurstueckskennzeichen")
    if text and Flurstueckskennzeichen.check(text):
        return Flurstueckskennzeichen.parse(text)
    gemarkung = value.gemarkung(found.element, "gemarkung/AX_Gemarkung_Schluessel")
    numbers = "flurstuecksnummer/AX_Flurstuecksnummer"
    zaehler = value.whole(found.element, f"{numbers}/zaehler")
    if gemarkung is None or zaehler is None:
        raise Unusable(reason.KEY)
    try:
        return Flurstueckskennzeichen(
            land=int(gemarkung[:2]),
            gemarkung=int(gemarkung[2:]),
            flur=value.whole(found.element, "flurnummer") or None,
            zaehler=zaehler,
            nenner=value.whole(found.element, f"{numbers}/nenner") or None,
        )
    except ValueError:
        raise Unusable(reason.KEY) from None
