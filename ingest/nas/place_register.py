"""Names of places: streets, Gemarkungen, addresses and where their numbers stand; identifiers and short texts only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from ingest.gml import curve
from ingest.gml.area import to_store
from ingest.gml.reason import Unusable
from ingest.gml.shapes import Resolve
from ingest.nas import value
from ingest.nas.reader import Object

Point = tuple[float, float]

_SUFFIX = re.compile(r"\s+(?=[A-Za-z]\b)")


@dataclass(slots=True)
class Location:
    """A Lagebezeichnung: an address if it has a house number."""

    street: str | None = None
    street_key: str | None = None
    house_number: str | None = None
    ags: str | None = None
    postcode: str | None = None
    place: str | None = None
    point: Point | None = None
    building: str | None = None
    building_point: Point | None = None
    parcel: str | None = None
    parcel_point: Point | None = None
    own: bool = False
    address: bool = False


@dataclass(slots=True)
class PlaceRegister:
    """What the document says about places, filled while it is read.

    Attributes
    ----------
    resolve : callable
        Finds the CRS of an srsName; of the empty one the document's standard.
    streets, gemarkungen : dict of str to str
        Name by key.
    locations : dict of str to Location
        By identifier of the Lagebezeichnung.
    foreign : int
        Points left out because their reference system is local or unknown.
    """

    resolve: Resolve
    streets: dict[str, str] = field(default_factory=dict)
    gemarkungen: dict[str, str] = field(default_factory=dict)
    locations: dict[str, Location] = field(default_factory=dict)
    labels: dict[str, Point] = field(default_factory=dict)
    foreign: int = 0

    def take(self, found: Object) -> None:
        """Take in a catalogue entry, Lagebezeichnung, Gebäudeadresse or label of a house number."""
        if found.kind == "AX_Gemarkung":
            self._take_gemarkung(found)
        elif found.kind == "AX_LagebezeichnungKatalogeintrag":
            self._take_street(found)
        elif found.kind == "AX_GeoreferenzierteGebaeudeadresse":
            self._take_building_address(found)
        elif found.kind == "AP_PTO":
            self._take_label(found)
        else:
            self._take_location(found)

    def location(self, identifier: str) -> Location:
        """Location of `identifier`, made where it has not been met yet."""
        return self.locations.setdefault(identifier, Location())

    def forget(self, identifier: str) -> None:
        """An update has removed this Lagebezeichnung."""
        self.locations.pop(identifier, None)

    def street(self, location: Location) -> str | None:
        """Street of a location, by its own text or through the catalogue."""
        return location.street or (self.streets.get(location.street_key) if location.street_key else None)

    def text(self, identifier: str) -> str | None:
        """``Street 12a`` of a location; None if it is not in the document or names no street."""
        location = self.locations.get(identifier)
        street = self.street(location) if location else None
        if location is None or street is None:
            return None
        return f"{street} {location.house_number}" if location.house_number else street

    def _take_gemarkung(self, found: Object) -> None:
        key = value.gemarkung(found.element, "schluessel/AX_Gemarkung_Schluessel")
        name = value.text(found.element, "bezeichnung")
        if key and name:
            self.gemarkungen[key] = name

    def _take_street(self, found: Object) -> None:
        holder = "schluessel/AX_VerschluesselteLagebezeichnung"
        ags, short = value.municipality(found.element, holder), value.code(found.element, f"{holder}/lage")
        name = value.text(found.element, "bezeichnung")
        if ags and short and name:
            self.streets[ags + short.strip()] = name

    def _take_location(self, found: Object) -> None:
        location = self.location(found.identifier)
        location.own = True
        holder = "lagebezeichnung/AX_Lagebezeichnung/verschluesselt/AX_VerschluesselteLagebezeichnung"
        ags, short = value.municipality(found.element, holder), value.code(found.element, f"{holder}/lage")
        location.ags = ags or location.ags
        location.street_key = ags + short if ags and short else location.street_key
        spelled = value.text(found.element, "lagebezeichnung/AX_Lagebezeichnung/unverschluesselt")
        location.street = spelled or location.street
        if found.kind == "AX_LagebezeichnungMitHausnummer":
            location.house_number = house_number(value.text(found.element, "hausnummer")) or location.house_number
            location.address = True

    def _take_building_address(self, found: Object) -> None:
        # The Lagebezeichnung is the address; this object adds its position and post code. Alone it stands for itself.
        targets = value.relations(found.element, "hatAuch")
        location = self.location(targets[0] if targets else found.identifier)
        location.address = True
        ags, short = value.municipality(found.element), value.code(found.element, "strassenschluessel")
        post = "postalischeAdresse/AX_Post"
        street = value.text(found.element, f"{post}/strassenname")
        if ags and short:
            location.ags = location.ags or ags
            location.street_key = location.street_key or ags + short
            if street:
                self.streets.setdefault(ags + short, street)
        location.street = location.street or (street if not short else None)
        number = (value.text(found.element, "hausnummer") or "") + (
            value.text(found.element, "adressierungszusatz") or ""
        )
        location.house_number = location.house_number or house_number(number)
        location.postcode = value.text(found.element, f"{post}/postleitzahl")
        location.place = value.text(found.element, f"{post}/ortsnamePost")
        location.point = self._point(found) or location.point

    def _take_label(self, found: Object) -> None:
        if value.text(found.element, "art") != "HNR":
            return
        point = self._point(found)
        if point is not None:
            for target in value.relations(found.element, "dientZurDarstellungVon"):
                self.labels.setdefault(target, point)

    def _point(self, found: Object) -> Point | None:
        """Position in the store's CRS; None where its reference system is local: it must not be read as another."""
        holder = next(found.element.iterchildren("{*}position"), None)
        geometry = next(iter(holder), None) if holder is not None else None
        if geometry is None:
            return None
        named = next((name for node in geometry.iter() if (name := node.get("srsName"))), "")
        reference = self.resolve(named)
        if reference is None:
            self.foreign += 1
            return None
        try:
            given = curve.positions(geometry)
        except Unusable:
            return None
        placed = to_store(reference, given[:1]) if len(given) else np.empty((0, 2))
        return (float(placed[0, 0]), float(placed[0, 1])) if len(placed) and np.isfinite(placed).all() else None


def house_number(text: str | None) -> str | None:
    """House number as people write it: ``12a`` for ``0012 a``; None if there is none."""
    bare = _SUFFIX.sub("", (text or "").strip()).lstrip("0")
    return bare or None
