"""Addresses as municipal web feature services answer."""

from __future__ import annotations

import re

from ingest.address.features import is_address, read
from ingest.format import Format
from ingest.source_file import SourceFile
from twin.language import Text

_COLLECTION = re.compile(rb"<(?:[\w.-]+:)?FeatureCollection\b")
_NOT_OURS = re.compile(rb"/adv/(?:gid|produkt)/|/xplangml/|xplanung\.de|www\.opengis\.net/citygml/")
_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]{0,80})[\s>]")


def recognise(source: SourceFile) -> bool:
    """Whether the root is a feature collection, in whose first features there are a street, a number and a point."""
    head = source.head[:32_768]
    root = _COLLECTION.search(head, 0, 4096)
    if root is None or _NOT_OURS.search(head):
        return False
    names = list(dict.fromkeys(name.decode("ascii", "replace") for name in _ELEMENT.findall(head, root.start())))
    return "Point" in names and is_address(names)


FORMAT = Format(
    name="address_wfs",
    title=Text("Adressen eines Geodienstes (WFS)", "Addresses of a web feature service"),
    versions=("WFS 1.1", "WFS 2.0"),
    layers=("address",),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Alle Angaben außer Straße, Hausnummer, Postleitzahl, Ort, Gemeinde-, Gebäude- und Flurstückskennung.",
        "Everything but street, house number, postcode, place, and keys of municipality, building and parcel.",
    ),
    example="twin ingest adressen_wfs.gml",
    suffixes=(".gml", ".xml"),
    crs=Text(
        "srsName der Objekte, auch die achtstelligen UTM-Systeme von ESRI und vertauschte Achsen.",
        "srsName of the features, ESRI's eight-digit UTM systems and swapped axes included.",
    ),
    licence=Text(
        "Meist dl-de/zero-2-0 (Geobasis NRW) oder dl-de/by-2-0; die Datei nennt keine: --licence.",
        "Mostly dl-de/zero-2-0 (Geobasis NRW) or dl-de/by-2-0; the file names none: --licence.",
    ),
)
