"""Writes the registers that come as delimited text: trees, addresses, lines to the internet, people on a grid."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable

import numpy as np
import pyproj

from ingest.demo.district import District
from ingest.demo.households import PEOPLE, households, internet
from ingest.demo.nas import street_numbers
from ingest.demo.parcels import identifier
from ingest.demo.places import DATE, DISTRICT, DISTRICT_NAME, MUNICIPALITIES, ORIGIN, municipality
from ingest.demo.road_network import RoadNetwork
from ingest.demo.species import SPECIES
from ingest.demo.trees import Trees

FEWEST = 3
"""People in a grid cell below which the census says nothing."""

_SPEEDS = (16, 30, 50, 100, 200, 400, 1000)
"""Classes of the federal broadband atlas. [Mbit/s]"""


def trees(planted: Trees) -> bytes:
    """Tree register of the municipalities that have joined."""
    rows = [
        (
            f"MK-{number + 1:05d}", SPECIES[planted.species[index]].botanical, SPECIES[planted.species[index]].german,
            _comma(planted.height[index], 1), _comma(planted.crown[index], 1), int(planted.girth[index]),
            int(planted.planted[index]), planted.location[index],
            _comma(planted.position[index, 0] + ORIGIN[0], 2), _comma(planted.position[index, 1] + ORIGIN[1], 2),
        )
        for number, index in enumerate(np.flatnonzero(planted.registered))
    ]  # fmt: skip
    names = ("BaumID", "Art_botanisch", "Art_deutsch", "Baumhöhe [m]", "Kronendurchmesser [m]", "Stammumfang [cm]",
             "Pflanzjahr", "Standort", "Ostwert", "Nordwert")  # fmt: skip
    return _text(names, rows)


def addresses(district: District) -> bytes:
    """Hauskoordinaten 5.0 of all municipalities."""
    names = ("nba", "oid", "qua", "landschl", "land", "regbezschl", "regbez", "kreisschl", "kreis", "gmdschl", "gmd",
             "ottschl", "ott", "strschl", "str", "hnr", "adz", "zone", "ostwert", "nordwert", "postplz", "postonm",
             "postonmzus", "postott")  # fmt: skip
    streets = street_numbers(district.buildings)
    rows = []
    for number, building in enumerate(district.buildings):
        if building.number:
            own, place = municipality(building.parcel.place.ags), building.parcel.place
            east, north = building.position[0] + ORIGIN[0], building.position[1] + ORIGIN[1]
            rows.append((
                "N", identifier("LH", number), "A", own.ags[:2], "Musterland", own.ags[2], "", own.ags[3:5],
                DISTRICT_NAME, own.ags[5:], own.name, "0000", place.name, f"{streets[own.ags, building.street]:05d}",
                building.street, building.number, "", "32", f"{east:.3f}", f"{north:.3f}", own.postcode, own.name, "",
                place.name,
            ))  # fmt: skip
    return _text(names, rows)


def broadband(district: District, graph: RoadNetwork) -> bytes:
    """The best line of every address."""
    rows = []
    for line in internet(district, graph):
        building, own = line.building, municipality(line.building.parcel.place.ags)
        rows.append((
            identifier("LH", line.number), own.ags, building.street, building.number, own.postcode, own.name,
            f"{building.position[0] + ORIGIN[0]:.2f}", f"{building.position[1] + ORIGIN[1]:.2f}", line.technology,
            _comma(line.download, 1), _comma(line.upload, 1), line.provider,
            "ja" if line.technology == "FTTH" else "nein",
            round(households(building)), line.planned, DATE,
        ))  # fmt: skip
    names = ("adress_id", "ags", "strasse", "hausnummer", "plz", "ort", "x_25832", "y_25832", "technologie",
             "download_mbits", "upload_mbits", "anbieter", "fttb_h", "haushalte", "ausbau_bis", "stand")  # fmt: skip
    return _text(names, rows)


def coverage(district: District, graph: RoadNetwork) -> bytes:
    """Share of households by municipality and speed, as the federal broadband atlas publishes it."""
    found = internet(district, graph)
    rows = []
    for own in MUNICIPALITIES:
        lines = [line for line in found if line.building.parcel.place.ags == own.ags]
        weight = np.array([households(line.building) for line in lines])
        speed = np.array([line.download for line in lines])
        wired = np.array([line.technology not in ("LTE", "keine") for line in lines])
        fibre = np.array([line.technology == "FTTH" for line in lines])
        shares = [
            round(float(weight[mask & (speed >= least)].sum() / weight.sum()) * 100, 2)
            for mask in (np.ones(len(lines), bool), wired, fibre)
            for least in _SPEEDS
        ]
        rows.append((own.ags, *shares))
    kinds = ("alle Technologien", "leitungsg. Technologien", "FTTH/B")
    return _text(("AGS", *(f"{kind} ≥ {least} Mbit/s" for kind in kinds for least in _SPEEDS)), rows, separator=",")


def census(district: District) -> tuple[str, bytes]:
    """Name and content of the people on the grid of 100 m, as the census of 2022 published them."""
    to_grid = pyproj.Transformer.from_crs(25832, 3035, always_xy=True)
    cells: Counter[tuple[int, int]] = Counter()
    homes = [(building, households(building)) for building in district.buildings]
    homes = [(building, count) for building, count in homes if count]
    places = np.array([building.position for building, _ in homes]) + np.asarray(ORIGIN)
    east, north = to_grid.transform(places[:, 0], places[:, 1])
    people: dict[tuple[int, int], float] = {}
    for (_, count), x, y in zip(homes, east, north, strict=True):
        cell = int(y // 100) * 100, int(x // 100) * 100
        people[cell] = people.get(cell, 0.0) + PEOPLE * count
        cells[cell] += 1
    rows = [
        (f"CRS3035RES100mN{south}E{west}", west + 50, south + 50, round(count))
        for (south, west), count in sorted(people.items())
        if round(count) >= FEWEST
    ]
    names = ("GITTER_ID_100m", "x_mp_100m", "y_mp_100m", "Einwohner")
    return f"Zensus2022_Bevoelkerungszahl_100m-Gitter_{DISTRICT}.csv", _text(names, rows)


def _comma(value: float, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def _text(names: tuple[str, ...], rows: Iterable[tuple[object, ...]], separator: str = ";") -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\r\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8-sig")
