"""Schools, shops, doctors and all else that people go to, each in a building that suits it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ingest.demo.buildings import Building
from ingest.demo.district import District
from ingest.demo.places import PLACES, SEED, TOWN, municipality

HOUSE, MIXED, SHOP, OFFICE, HOTEL, INN = (
    "31001_1010", "31001_1120", "31001_2050", "31001_2020", "31001_2071", "31001_2081",
)  # fmt: skip
FARMHOUSE, STORE, WORKSHOP, BARN = "31001_1210", "31001_2143", "31001_2120", "31001_2721"


@dataclass(frozen=True)
class Facility:
    """Something that people go to.

    Attributes
    ----------
    building : Building
        Where it is.
    name : str
    tags : dict of str to str
        As OpenStreetMap has them, without name and address.
    """

    building: Building
    name: str
    tags: dict[str, str] = field(default_factory=dict)


_HOURS = "Mo-Fr 09:00-18:00; Sa 09:00-13:00"
_NURSING = {"amenity": "social_facility", "social_facility": "nursing_home"}
_TOWN = (
    ("Kita Rosengarten", {"amenity": "kindergarten", "capacity": "75"}, (MIXED, HOUSE), (-380, 260)),
    ("Kita Regenbogen", {"amenity": "kindergarten", "capacity": "60"}, (MIXED, HOUSE), (480, 90)),
    ("Kita Bahnhofstraße", {"amenity": "kindergarten", "capacity": "90"}, (MIXED, HOUSE), (60, 480)),
    ("Löwen-Apotheke", {"amenity": "pharmacy", "opening_hours": _HOURS}, (SHOP, MIXED), (20, 60)),
    ("Ring-Apotheke", {"amenity": "pharmacy", "opening_hours": _HOURS}, (SHOP, MIXED), (-230, -40)),
    ("Hausarztpraxis am Markt", {"amenity": "doctors", "healthcare": "doctor"}, (MIXED, OFFICE), (-60, 40)),
    ("Kinderarztpraxis Wallstraße", {"amenity": "doctors", "healthcare": "doctor"}, (MIXED, OFFICE), (180, 90)),
    ("Zahnarztpraxis Kornstraße", {"amenity": "dentist", "healthcare": "dentist"}, (MIXED, OFFICE), (60, -120)),
    ("Polizeiwache Musterstadt", {"amenity": "police"}, (OFFICE, MIXED), (-140, 90)),
    ("Feuer- und Rettungswache Musterstadt", {"amenity": "fire_station"}, (STORE, WORKSHOP), (1100, 900)),
    ("Sparkasse Musterkreis", {"amenity": "bank"}, (OFFICE, SHOP), (40, 20)),
    ("Stadtbibliothek", {"amenity": "library"}, (OFFICE, MIXED), (-40, -90)),
    ("Postfiliale", {"amenity": "post_office"}, (SHOP,), (90, 30)),
    ("Bäckerei Kornblume", {"shop": "bakery", "opening_hours": "Mo-Sa 06:00-18:00"}, (SHOP, MIXED), (30, -60)),
    ("Fleischerei Markt", {"shop": "butcher"}, (SHOP, MIXED), (-70, -30)),
    ("Drogerie am Dom", {"shop": "chemist"}, (SHOP,), (110, 70)),
    ("Buchhandlung Lese", {"shop": "books"}, (SHOP,), (-20, 110)),
    ("Radhaus", {"shop": "bicycle"}, (SHOP,), (-110, 120)),
    ("Seniorenheim Wallgarten", _NURSING, (HOUSE,), (420, -150)),
    ("Jugendzentrum Bahnhof", {"amenity": "community_centre"}, (MIXED, HOUSE), (140, 560)),
)  # fmt: skip
"""Name, tags, functions of the building, the best first, and the wished-for place, east and north of the market."""

_VILLAGE = (
    ("Feuerwehrhaus {place}", {"amenity": "fire_station", "fire_station:type": "volunteer"}, (BARN, STORE), 90),
    ("Kita {place}", {"amenity": "kindergarten", "capacity": "40"}, (HOUSE, FARMHOUSE), 150),
    ("Dorfladen {place}", {"shop": "convenience", "opening_hours": _HOURS}, (FARMHOUSE, HOUSE), 40),
    ("Bäckerei {place}", {"shop": "bakery"}, (FARMHOUSE, HOUSE), 60),
    ("Hausarztpraxis {place}", {"amenity": "doctors", "healthcare": "doctor"}, (HOUSE, FARMHOUSE), 120),
)

_BY_FUNCTION = {
    "31001_3021": {"amenity": "school"},
    "31001_3051": {"amenity": "hospital", "healthcare": "hospital", "emergency": "yes", "beds": "210"},
    "31001_3041": {"amenity": "place_of_worship", "religion": "christian"},
    "31001_3091": {"railway": "station", "public_transport": "station"},
    INN: {"amenity": "restaurant"},
    HOTEL: {"tourism": "hotel"},
}


def facilities(district: District) -> list[Facility]:
    """Everything that people go to but stops."""
    rng = np.random.default_rng([SEED, 101])
    taken: set[str] = set()
    found: list[Facility] = []
    for building in district.buildings:
        settled = _by_function(building, rng)
        if settled is not None:
            found.append(settled)
            taken.add(building.identifier)
    for name, tags, functions, (east, north) in _TOWN:
        _settle(district, name, tags, functions, (TOWN[0] + east, TOWN[1] + north), "Musterstadt", taken, found)
    for place in PLACES:
        if not place.houses:
            continue
        own = municipality(place.ags)
        wishes = list(_VILLAGE[: 5 if place.houses >= 20 else 3 if place.houses >= 15 else 1])
        if own.name == place.name:
            wishes.append(("Rathaus {place}", {"amenity": "townhall"}, (HOUSE, FARMHOUSE), 30))
            wishes.append(("Grundschule {place}", {"amenity": "school", "capacity": "160"}, (HOUSE, FARMHOUSE), 110))
        for name, tags, functions, aside in wishes:
            wish = (place.position[0] + aside, place.position[1] + 0.4 * aside)
            _settle(district, name.format(place=place.name), tags, functions, wish, place.name, taken, found)
    return found


_INNS = ("Zur Linde", "Zum Anker", "Alte Post", "Zur Krone", "Am Tor", "Zum Hirsch")
_HOTELS = ("Musterhof", "Drei Kronen", "Am Wall", "Stadt Muster")
_SCHOOLS = {"Gymnasium": ("Gymnasium Musterstadt", "840"), "Grundschule": ("Grundschule am Westtor", "310")}


def _by_function(building: Building, rng: np.random.Generator) -> Facility | None:
    """What the building's own function or land says that it is."""
    piece = building.parcel.piece
    if piece.kind == "hall":
        return Facility(building, "Rathaus Musterstadt", {"amenity": "townhall"})
    if piece.kind == "market":
        return Facility(building, "Einkaufsmarkt", {"shop": "supermarket", "opening_hours": "Mo-Sa 07:00-21:00"})
    if building.function not in _BY_FUNCTION:
        return None
    tags = dict(_BY_FUNCTION[building.function])
    name = piece.name or building.name
    if building.function == INN:
        name = f"Gasthaus {rng.choice(_INNS)}"
    elif building.function == HOTEL:
        name = f"Hotel {rng.choice(_HOTELS)}"
    elif name in _SCHOOLS:
        name, tags["capacity"] = _SCHOOLS[name]
    return Facility(building, name, tags)


def _settle(
    district: District, name: str, tags: dict[str, str], functions: tuple[str, ...], wish: tuple[float, float],
    place: str, taken: set[str], found: list[Facility],
) -> None:  # fmt: skip
    """Find the nearest free building for it; a building of a less fitting function counts as 120 m farther."""
    free = [
        building
        for building in district.buildings
        if building.function in functions and building.parcel.place.name == place and building.identifier not in taken
        and (building.number or building.function in (BARN, STORE, WORKSHOP))
    ]  # fmt: skip

    def cost(building: Building) -> float:
        away = float(np.hypot(building.position[0] - wish[0], building.position[1] - wish[1]))
        return away + 120.0 * functions.index(building.function)

    best = min(free, key=cost)
    taken.add(best.identifier)
    found.append(Facility(best, name, tags))
