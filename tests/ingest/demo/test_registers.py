from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from ingest.demo import registers, transit
from ingest.demo.boundaries import population
from ingest.demo.district import District
from ingest.demo.households import internet
from ingest.demo.road_network import RoadNetwork


def rows(content: bytes, separator: str = ";") -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))


def test_people_on_the_grid_are_those_of_the_municipalities(district: District) -> None:
    name, content = registers.census(district)
    cells = rows(content)
    assert name.startswith("Zensus2022_")
    assert len({cell["GITTER_ID_100m"] for cell in cells}) == len(cells) > 300
    people = sum(int(cell["Einwohner"]) for cell in cells)
    # Cells with fewer than three people are not published.
    assert people == pytest.approx(sum(population(district.buildings).values()), rel=0.02)


def test_who_has_no_broadband(district: District, graph: RoadNetwork) -> None:
    lines = internet(district, graph)
    assert len(lines) == sum(bool(building.number) for building in district.buildings)
    farms = [line for line in lines if line.building.parcel.piece.kind == "farm"]
    town = [
        line
        for line in lines
        if line.building.parcel.place.name == "Musterstadt" and line.building.parcel.piece.kind != "farm"
    ]
    assert len(farms) >= 25
    assert max(line.download for line in farms) < 30
    assert sum(line.technology == "FTTH" for line in town) > 0.75 * len(town)
    assert any(line.technology == "keine" for line in lines)
    shares = {row["AGS"]: float(row["FTTH/B ≥ 1000 Mbit/s"]) for row in rows(registers.coverage(district, graph), ",")}
    assert shares["05099010"] > 70 > shares["05099030"] > 10
    assert shares["05099040"] == 0


def test_every_address_comes_once(district: District) -> None:
    found = rows(registers.addresses(district))
    assert len({row["oid"] for row in found}) == len(found) > 2_500
    assert {row["kreisschl"] for row in found} == {"99"}


def test_buses_call_at_stops_on_the_roads_in_order(graph: RoadNetwork) -> None:
    lines = transit.lines(graph)
    assert [line.route for line in lines] == ["R10", "R20"]
    for line in lines:
        assert len({stop.identifier for stop in line.stops}) == len(line.stops) >= 10
        assert line.metres == sorted(line.metres)
    tables = dict(transit.feed(graph))
    known = {row["stop_id"] for row in rows(tables["stops.txt"], ",")}
    times = rows(tables["stop_times.txt"], ",")
    assert {row["stop_id"] for row in times} == known
    by_trip: dict[str, list[str]] = {}
    for row in times:
        by_trip.setdefault(row["trip_id"], []).append(row["departure_time"])
    assert all(clocks == sorted(clocks) for clocks in by_trip.values())
