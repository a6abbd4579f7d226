from __future__ import annotations

from collections import Counter

import shapely

from ingest.demo.district import District
from ingest.demo.sensors import sensors


def test_there_are_sixty_in_the_municipalities_that_have_joined() -> None:
    counts = Counter(sensor.station.ags for sensor in sensors())
    assert counts == {"05099010": 40, "05099020": 10, "05099030": 10, "05099040": 2}
    assert len({sensor.sensor_id for sensor in sensors()}) == len({sensor.number for sensor in sensors()}) == 62
    properties = Counter(sensor.quantity.code for sensor in sensors())
    assert set(properties) >= {
        "water_level", "discharge", "precipitation", "air_temperature", "no2", "parking_free", "power", "noise",
        "bicycle_count", "vehicle_count", "soil_moisture", "groundwater_level", "global_radiation",
    }  # fmt: skip
    assert sum(sensor.live for sensor in sensors()) == 6


def test_they_stand_where_they_belong(district: District) -> None:
    river = shapely.union_all([piece.shape for piece in district.pieces("river")])
    brook = shapely.union_all([piece.shape for piece in district.pieces("brook")])
    woods = shapely.union_all([piece.shape for piece in district.pieces("forest")])
    for sensor in sensors():
        place, name = shapely.Point(sensor.station.position), sensor.station.name
        assert district.borders[sensor.station.ags].contains(place), name
        if sensor.source == "gauge":
            assert place.distance(river) < 10, name
        if name.startswith("Pegel Hainbach"):
            assert place.distance(brook) < 10, name
        if name.startswith("Eichenwald"):
            assert woods.contains(place)
        if name.startswith(("Regenrückhaltebecken", "Zählstelle", "Radzählstelle", "Klimastation", "Grundwasser")):
            assert not len(district.footprints.query(place, predicate="intersects")), name
