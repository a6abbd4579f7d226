"""Places of the demo district "Musterkreis": keys, names and positions that everything else is built around.

The district's key is 05099. Its third digit names the Regierungsbezirk, and those of North Rhine-Westphalia (05) bear
1, 3, 5, 7 and 9: no real district, municipality or address can ever have a key of the demo. A state that does not
exist (97, say) would be plainer still, but keys of unknown states are rightly refused as errors by whoever reads
boundaries and parcels. Gemarkungen are numbered from 9910, above all of the state's own; object ids begin with DEXX,
which is no state either.
"""

from __future__ import annotations

from dataclasses import dataclass

SEED = 97001
"""Seed of every random generator of the demo; equal seeds give equal bytes."""

STATE = "05"
DISTRICT = "05099"
DISTRICT_NAME = "Musterkreis"

ORIGIN = (440_000.0, 5_708_000.0)
"""Easting and northing of the demo's own (0, 0) in EPSG:25832, a corner of the kilometre grid. [m]"""

SIZE = (10_000, 8_000)
"""Extent of the terrain east and north of `ORIGIN`. [m]"""

DATE = "2025-07-01"
"""The date that all deliveries bear: the demo knows no today."""

HOUSING_FIELD = "Neue Gartenstadt"
"""Name (Lagebezeichnung) of the field on the road to Ostendorf that a plan for thirty houses suits."""

HOUSING_FIELD_KEY = "05991000200185______"
"""Flurstückskennzeichen of `HOUSING_FIELD`, 2.4 ha."""

OLD_BARN = "Alte Zehntscheune"
"""Name of the barn beside `HOUSING_FIELD` that the same plan would take away."""

OLD_BARN_ID = "DEXX00BU0000hlbd"
"""Identifier of `OLD_BARN` in CityGML and in the cadastre."""


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of the demo.

    Attributes
    ----------
    ags, name : str
        Key and name.
    kind : str
        Stadt or Gemeinde.
    audience : {"open", "district", ""}
        What it shares its data with; empty for the municipality that has not joined.
    postcode : str
        Made up: German postcodes never begin with 00.
    """

    ags: str
    name: str
    kind: str
    audience: str
    postcode: str


@dataclass(frozen=True, slots=True)
class Place:
    """A settlement and the Gemarkung around it.

    Attributes
    ----------
    name, ags : str
        Name and key of its municipality.
    gemarkung : str
        Number of the Gemarkung, 4 digits.
    position : (float, float)
        Centre, east and north of `ORIGIN`. [m]
    houses : int
        Rough size: how many metres of street it has, in hundreds; 0 for the town, which has a module of its own.
    reach : float
        How far its Gemarkung reaches further than half way to the next place. [m]
    """

    name: str
    ags: str
    gemarkung: str
    position: tuple[float, float]
    houses: int
    reach: float = 0.0


MUNICIPALITIES = (
    Municipality("05099010", "Musterstadt", "Stadt", "open", "00910"),
    Municipality("05099020", "Auenrode", "Gemeinde", "district", "00920"),
    Municipality("05099030", "Hainberg", "Gemeinde", "open", "00930"),
    Municipality("05099040", "Steinfelde", "Gemeinde", "", "00940"),
)
"""The four municipalities; Steinfelde has not joined and stays empty on every map."""

TOWN = (5000.0, 4330.0)
"""Market square of Musterstadt. [m]"""

PLACES = (
    Place("Musterstadt", "05099010", "9910", TOWN, 0, 500.0),
    Place("Ostendorf", "05099010", "9911", (8180.0, 4650.0), 15),
    Place("Mühlwinkel", "05099040", "9942", (6150.0, 2280.0), 6),
    Place("Auenrode", "05099020", "9920", (1650.0, 4560.0), 22),
    Place("Lohfeld", "05099020", "9921", (1500.0, 2050.0), 13),
    Place("Hainberg", "05099030", "9930", (2950.0, 6520.0), 20),
    Place("Birkhagen", "05099030", "9931", (6850.0, 6620.0), 17),
    Place("Steinfelde", "05099040", "9940", (3650.0, 1330.0), 20),
    Place("Niederaue", "05099040", "9941", (7950.0, 1650.0), 15),
)


def municipality(ags: str) -> Municipality:
    """The municipality with key `ags`."""
    return next(found for found in MUNICIPALITIES if found.ags == ags)


def place(name: str) -> Place:
    """The place called `name`."""
    return next(found for found in PLACES if found.name == name)
