"""How many people live in a house, and how their line to the internet is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from ingest.demo.buildings import Building
from ingest.demo.district import District
from ingest.demo.road_network import RoadNetwork
from ingest.demo.sewer import served
from ingest.demo.utilities import fibre_streets

PEOPLE = 2.4
"""In a household. [1]"""

DWELLING = 330.0
"""Floor area by outer dimensions for one household, shops and stairs included. [m²]"""

_HOMES = ("31001_10", "31001_11", "31001_12")


def households(building: Building) -> float:
    """Households in `building`; 0 where nobody lives. [1]"""
    if not building.number or not building.function.startswith(_HOMES):
        return 0.0
    area = sum(shapely.Polygon(part.corners).area for part in building.parts)
    return max(1.0, area * building.storeys / DWELLING)


@dataclass(frozen=True)
class Line:
    """What can be had at an address.

    Attributes
    ----------
    building : Building
    number : int
        Of the building, in the district's order.
    technology : str
        In the words of the broadband lists.
    download, upload : float
        [Mbit/s]
    provider : str
    planned : str
        Until when somebody has promised a better one; empty for nobody.
    """

    building: Building
    number: int
    technology: str
    download: float
    upload: float
    provider: str
    planned: str = ""


_OWN, _OTHER = "Breitband Musterkreis GmbH", "Telefonie AG"


def internet(district: District, graph: RoadNetwork) -> list[Line]:
    """The best line of every address: fibre in the town, copper in the villages, hardly anything at the farms."""
    fibre = fibre_streets(district, graph)
    inside = served(district, graph) != ""
    lines = np.array([edge.line for edge in graph.edges], dtype=object)
    near = np.flatnonzero(inside)
    tree = shapely.STRtree(lines[near])
    found = []
    for number, building in enumerate(district.buildings):
        if not building.number:
            continue
        here = shapely.Point(building.position)
        edge = int(near[int(tree.nearest(here))])
        away = float(lines[edge].distance(here))
        found.append(_line(building, number, bool(fibre[edge]), away))
    return found


def _line(building: Building, number: int, fibre: bool, away: float) -> Line:
    place = building.parcel.place.name
    remote = away > 140 or building.parcel.piece.kind == "farm"
    if remote:
        kinds = (
            ("ADSL", 6.0, 0.6, _OTHER),
            ("keine", 0.0, 0.0, ""),
            ("LTE", 16.0, 4.0, _OTHER),
            ("ADSL", 2.0, 0.2, _OTHER),
        )
        return Line(building, number, *kinds[number % 4])
    if fibre:
        return Line(building, number, "FTTH", 1000.0, 500.0, _OWN)
    if place == "Musterstadt":
        return Line(building, number, "FTTC/VDSL", 100.0, 40.0, _OTHER, "2027-12-31")
    if place in ("Birkhagen", "Hainberg", "Auenrode", "Ostendorf"):
        return Line(building, number, "FTTC/VDSL", 50.0, 10.0, _OTHER, "2028-06-30" if place == "Birkhagen" else "")
    return Line(building, number, "ADSL", 16.0 if number % 3 else 6.0, 2.4 if number % 3 else 0.6, _OTHER)
