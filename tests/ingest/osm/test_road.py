from __future__ import annotations

import pytest

from ingest.osm.road import described, is_street
from ingest.osm.tag_table import table
from twin.reference import codes


def _said(**tags: str) -> dict:
    return described({key.replace("__", ":"): value for key, value in tags.items()})


def _access(**tags: str) -> tuple[bool, bool, bool]:
    row = _said(**tags)
    return row["foot"], row["bicycle"], row["motor_vehicle"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "residential"}, (True, True, True)),
        ({"highway": "motorway"}, (False, False, True)),
        ({"highway": "trunk", "motorroad": "yes"}, (False, False, True)),
        ({"highway": "footway"}, (True, False, False)),
        ({"highway": "footway", "bicycle": "yes"}, (True, True, False)),
        ({"highway": "cycleway"}, (False, True, False)),
        ({"highway": "cycleway", "foot": "designated"}, (True, True, False)),
        ({"highway": "path", "bicycle": "dismount"}, (True, False, False)),
        ({"highway": "track"}, (True, True, False)),
        ({"highway": "track", "motor_vehicle": "agricultural"}, (True, True, False)),
        ({"highway": "track", "motor_vehicle": "yes"}, (True, True, True)),
        ({"highway": "service", "access": "private"}, (False, False, False)),
        ({"highway": "service", "access": "private", "foot": "yes"}, (True, False, False)),
        ({"highway": "service", "access": "destination"}, (True, True, True)),
        ({"highway": "residential", "vehicle": "no"}, (True, False, False)),
        ({"highway": "residential", "vehicle": "no", "bicycle": "yes"}, (True, True, False)),
        ({"highway": "residential", "motor_vehicle": "no", "motorcar": "destination"}, (True, True, True)),
        ({"highway": "footway", "access": "yes"}, (True, False, False)),
        ({"highway": "secondary", "bicycle": "use_sidepath", "foot": "use_sidepath"}, (False, False, True)),
        ({"highway": "residential", "access": "something new"}, (True, True, True)),
        ({"highway": "steps"}, (True, False, False)),
    ],
)
def test_who_may_go_there(tags: dict[str, str], expected: tuple[bool, bool, bool]) -> None:
    assert _access(**tags) == expected


@pytest.mark.parametrize(
    ("tags", "one_way", "backward", "contraflow"),
    [
        ({"highway": "residential"}, False, False, False),
        ({"highway": "residential", "oneway": "yes"}, True, False, False),
        ({"highway": "residential", "oneway": "1"}, True, False, False),
        ({"highway": "residential", "oneway": "-1"}, True, True, False),
        ({"highway": "residential", "oneway": "reverse"}, True, True, False),
        ({"highway": "residential", "oneway": "no"}, False, False, False),
        ({"highway": "residential", "oneway": "reversible"}, False, False, False),
        ({"highway": "residential", "junction": "roundabout"}, True, False, False),
        ({"highway": "residential", "junction": "roundabout", "oneway": "no"}, False, False, False),
        ({"highway": "motorway"}, True, False, False),
        ({"highway": "motorway", "oneway": "no"}, False, False, False),
        ({"highway": "motorway_link"}, True, False, False),
        ({"highway": "trunk"}, False, False, False),
        ({"highway": "residential", "oneway": "yes", "oneway:bicycle": "no"}, True, False, True),
        ({"highway": "residential", "oneway": "-1", "cycleway": "opposite"}, True, True, True),
        ({"highway": "residential", "oneway": "yes", "cycleway:left": "opposite_lane"}, True, False, True),
        ({"highway": "residential", "oneway:bicycle": "no"}, False, False, False),
    ],
)
def test_which_way_it_goes(tags: dict[str, str], one_way: bool, backward: bool, contraflow: bool) -> None:
    row = described(tags)
    assert (row["one_way"], row["backward"], row["bicycle_contraflow"]) == (one_way, backward, contraflow)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (None, None)),
        ({"maxspeed": "50"}, (50.0, "sign")),
        ({"maxspeed": "30 km/h"}, (30.0, "sign")),
        ({"maxspeed": "30 mph"}, (48.3, "sign")),
        ({"maxspeed": "DE:urban"}, (50.0, "rule")),
        ({"maxspeed": "DE:rural"}, (100.0, "rule")),
        ({"maxspeed": "DE:zone:30"}, (30.0, "rule")),
        ({"maxspeed": "walk"}, (7.0, "rule")),
        ({"maxspeed": "none"}, (None, "unlimited")),
        ({"maxspeed": "50;30"}, (50.0, "sign")),
        ({"maxspeed": "fast"}, (None, None)),
        ({"maxspeed": "99999"}, (None, None)),
        ({"maxspeed": "-5"}, (None, None)),
        ({"source:maxspeed": "DE:urban"}, (50.0, "rule")),
        ({"source:maxspeed": "DE:urban", "maxspeed": "70"}, (70.0, "sign")),
        ({"maxspeed:forward": "70", "maxspeed:backward": "50"}, (70.0, "sign")),
    ],
)
def test_how_fast(tags: dict[str, str], expected: tuple[float | None, str | None]) -> None:
    row = described({"highway": "secondary", **tags})
    assert (row["max_speed"], row["speed_limit"]) == expected


def test_of_several_surfaces_the_first_counts() -> None:
    assert _said(highway="track", surface="asphalt;gravel")["surface"] == "asphalt"
    assert _said(highway="track")["surface"] is None
    assert "asphalt" in codes("street_surface")


def test_a_living_street_is_walked_through() -> None:
    row = _said(highway="living_street")
    assert (row["max_speed"], row["speed_limit"]) == (7.0, "rule")


@pytest.mark.parametrize(
    ("tags", "width", "estimated"),
    [
        ({"width": "5.5"}, 5.5, False),
        ({"width": "5,5 m"}, 5.5, False),
        ({"width": "16'3\""}, 4.95, False),
        ({"width": "18'"}, 5.49, False),
        ({"width": "narrow", "lanes": "2"}, 6.0, True),
        ({"width": "5000"}, 6.5, True),
        ({"lanes": "3"}, 9.0, True),
        ({"lanes": "1e9"}, 6.5, True),
        ({}, 6.5, True),
    ],
)
def test_how_wide(tags: dict[str, str], width: float, estimated: bool) -> None:
    row = described({"highway": "secondary", **tags})
    assert (row["width"], row["width_estimated"]) == (width, estimated)


@pytest.mark.parametrize("value", ["proposed", "construction", "platform", "bus_stop", "rest_area", None])
def test_what_is_no_street(value: str | None) -> None:
    assert not is_street(value)


def test_every_class_says_all_that_is_needed() -> None:
    for road_class, defaults in table("street")["classes"].items():
        row = _said(highway=road_class)
        assert {"foot", "bicycle", "motor_vehicle", "width"} <= set(defaults)
        assert row["width"] > 0
