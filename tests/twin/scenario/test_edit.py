import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.building import LAYER as BUILDING
from twin.errors import ScenarioError
from twin.scenario.edit import (
    ROOFS,
    AddBuilding,
    ChangeBuilding,
    RemoveBuilding,
    add_building,
    change_building,
    check_name,
    from_payload,
    to_payload,
)

HOUSE = "POLYGON ((430000 5710000, 430010 5710000, 430010 5710008, 430000 5710008, 430000 5710000))"

edits = st.one_of(
    st.builds(
        AddBuilding,
        footprint=st.just(HOUSE),
        height=st.floats(1, 100),
        storeys=st.integers(1, 30),
        roof_code=st.sampled_from(list(ROOFS.values())),
    ),
    st.builds(RemoveBuilding, building_id=st.text(min_size=1)),
    st.builds(
        ChangeBuilding, building_id=st.text(min_size=1), column=st.text(), value=st.none() | st.text() | st.integers()
    ),
)


@given(edits)
def test_payload_brings_the_edit_back(edit):
    assert from_payload(edit.kind, to_payload(edit)) == edit


@pytest.mark.parametrize(
    "footprint",
    [
        HOUSE.replace("((", "(((").replace("))", ")))").replace("POLYGON", "MULTIPOLYGON"),
        HOUSE.replace("POLYGON", "POLYGON Z").replace(",", " 81.5,").replace("))", " 81.5))"),
    ],
)
def test_footprints_are_taken_as_files_hold_them(footprint):
    assert add_building("s", footprint, storeys=2) == add_building("s", HOUSE, storeys=2)


def test_storeys_and_height_follow_from_each_other():
    assert add_building("s", HOUSE, storeys=2).height == 6.0
    assert add_building("s", HOUSE, height=8.9).storeys == 3
    both = add_building("s", HOUSE, storeys=3, height=7.5)
    assert (both.storeys, both.height) == (3, 7.5)


@pytest.mark.parametrize(
    ("footprint", "settings"),
    [
        ("POLYGON ((0 0, 10 10, 10 0, 0 10, 0 0))", {"storeys": 1}),
        ("POINT (1 1)", {"storeys": 1}),
        ("MULTIPOLYGON (((0 0, 9 0, 9 9, 0 0)), ((20 0, 29 0, 29 9, 20 0)))", {"storeys": 1}),
        ("nonsense", {"storeys": 1}),
        ("POLYGON EMPTY", {"storeys": 1}),
        ("POLYGON ((0 0, 0.1 0, 0.1 0.1, 0 0))", {"storeys": 1}),
        (HOUSE, {}),
        (HOUSE, {"storeys": 0}),
        (HOUSE, {"height": -3.0}),
        (HOUSE, {"height": math.nan}),
        (HOUSE, {"storeys": 2, "roof": "onion"}),
    ],
)
def test_what_cannot_be_built_is_refused(footprint, settings):
    with pytest.raises(ScenarioError):
        add_building("s", footprint, **settings)


def test_changes_take_the_type_of_the_column():
    assert change_building("s", BUILDING, "B", "measured_height", "12,5").value == 12.5
    assert change_building("s", BUILDING, "B", "storeys_above_ground", "3").value == 3
    assert change_building("s", BUILDING, "B", "function_code", "31001_2721").value == "31001_2721"
    assert change_building("s", BUILDING, "B", "name", "").value is None


@pytest.mark.parametrize(
    ("column", "value"), [("geom", "x"), ("building_id", "x"), ("nothing", "1"), ("measured_height", "tall")]
)
def test_what_cannot_be_changed_is_refused(column, value):
    with pytest.raises(ScenarioError):
        change_building("s", BUILDING, "B", column, value)


@pytest.mark.parametrize("name", ["", "1x", "Ümlaut", "a b", "a;drop", "x" * 41, "A"])
def test_a_name_is_safe_in_sql_and_urls(name):
    with pytest.raises(ScenarioError):
        check_name(name)
