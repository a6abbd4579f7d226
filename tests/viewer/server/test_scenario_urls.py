"""What a scenario changes in the browser: ghosts, new buildings, colours."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from twin.errors import UnknownName
from twin.scenario import drafting
from twin.scenario.drafting import NewBuilding
from viewer.scene.added import added_glb
from viewer.scene.colours import GHOST, SHOWN
from viewer.scene.products import PRODUCTS
from viewer.scene.slots import read_slots
from viewer.scene.tenant import Tenant
from viewer.scene.themes import building_colours

OPEN = "05974040"


@pytest.fixture
def planned(district):
    drafting.begin(district, "field", "Am Feld")
    return district


def colours(twin, theme="", scenario=""):
    rows = np.frombuffer(building_colours(twin, OPEN, theme, scenario), np.uint8).reshape(-1, 4)
    slots = read_slots(PRODUCTS[0].folder(Tenant(twin, OPEN))).to_pylist()
    return dict(zip(slots, rows.tolist(), strict=True))


def test_a_removed_building_is_a_ghost(planned):
    before = colours(planned, "height")
    drafting.remove(planned, "field", ["S2"])
    after = colours(planned, "height", "field")
    assert {name for name, colour in after.items() if colour[3] == GHOST} == {"S2"}
    assert after["S2"][:3] == before["S2"][:3]
    assert all(after[name] == colour for name, colour in before.items() if name != "S2")
    assert {colour[3] for colour in colours(planned, "", "").values()} == {SHOWN}
    assert {name for name, colour in colours(planned, "", "field").items() if colour[3] == GHOST} == {"S2"}


def test_a_changed_attribute_changes_the_colour(planned):
    drafting.change(planned, "field", "S1", {"function_code": "31001_2721"})
    before, after = colours(planned, "function"), colours(planned, "function", "field")
    assert [name for name in before if before[name] != after[name]] == ["S1"]


def test_an_added_building_stands_where_it_was_drawn(planned, parse_glb):
    assert added_glb(planned, "field") == b""
    footprint = shapely.box(400_300, 5_700_050, 400_312, 5_700_060)
    (key,) = drafting.add(planned, "field", [NewBuilding(footprint.wkt, height=6.0, roof="flat", ags=OPEN)])
    glb = parse_glb(added_glb(planned, "field"))
    assert glb.column("building_id") == [key]
    east, height, south = glb.node["translation"]
    points = glb.positions + np.array([east, -south, height])
    np.testing.assert_allclose(points.min(axis=0)[:2], [400_300, 5_700_050], atol=0.05)
    np.testing.assert_allclose(points.max(axis=0)[:2], [400_312, 5_700_060], atol=0.05)
    assert abs(np.ptp(points[:, 2]) - 6.0) < 0.05
    # It has no slot: tiles and colours of the stock are as before.
    assert key not in colours(planned, "height", "field")


def test_an_unknown_scenario_is_named(district):
    with pytest.raises(UnknownName, match="nothing"):
        added_glb(district, "nothing")
    with pytest.raises(UnknownName, match="nothing"):
        building_colours(district, OPEN, "height", "nothing")
