from __future__ import annotations

import json
import threading

import numpy as np
import pytest

from twin.discovery import discover
from viewer.scene.products import PRODUCTS
from viewer.scene.slots import read_slots
from viewer.scene.tenant import Tenant
from viewer.scene.tiles import DERIVATIVE
from viewer.scene.tileset import Cell, read_tileset

OPEN, CLOSED = "05974040", "05974012"


def folder(twin, ags, layer):
    return next(product for product in PRODUCTS if product.layer == layer).folder(Tenant(twin, ags))


def buildings(twin, ags, parse_glb):
    """Building id → (slot, absolute vertices) of all tiles."""
    found = {}
    place = folder(twin, ags, "building")
    for cell, content in read_tileset(place).contents.items():
        glb = parse_glb((place / content.name(cell)).read_bytes())
        features = glb.attribute("_FEATURE_ID_0").astype(int)
        for number, (name, slot) in enumerate(zip(glb.column("building_id"), glb.column("slot"), strict=True)):
            found[name] = (slot, glb.positions[features == number] + content.centre)
    return found


def names(twin, ags, layer):
    return {path.name for path in folder(twin, ags, layer).glob("*.glb")}


def test_it_is_found_as_a_derivative():
    assert discover("DERIVATIVE")["tiles"] is DERIVATIVE


def test_tiles_lie_by_tenant_and_consent_class(district):
    home = district.home.path
    assert (home / "derived/tiles" / OPEN / "building/building/tileset.json").is_file()
    assert (home / "derived/tiles" / OPEN / "parcel/parcel/tileset.json").is_file()
    assert not DERIVATIVE.stale(district)


def test_every_building_is_in_one_tile_where_its_mesh_is(district, parse_glb):
    found = buildings(district, OPEN, parse_glb)
    rows = {
        r[0]: r[1:]
        for r in district.table("building_mesh")
        .filter(f"ags = '{OPEN}'")
        .project("building_id, origin_x, origin_y, origin_z, vertices")
        .fetchall()
    }
    assert set(found) == set(rows)
    for name, (east, north, height, vertices) in rows.items():
        np.testing.assert_allclose(
            found[name][1], np.add(np.reshape(vertices, (-1, 3)), (east, north, height)), atol=0.02
        )
    slots = read_slots(folder(district, OPEN, "building")).to_pylist()
    assert all(slots[slot] == name for name, (slot, _) in found.items())


def test_terrain_tiles_join_up_and_lie_on_the_model(district, parse_glb):
    place = folder(district, OPEN, "terrain")
    tileset = read_tileset(place)
    assert {cell.level for cell in tileset.contents} >= {2, 3}
    for cell, content in tileset.contents.items():
        glb = parse_glb((place / content.name(cell)).read_bytes())
        points = glb.positions[np.unique(glb.faces[: 2 * 3 * 64 * 64])] + content.centre
        inside = (
            (points[:, 0] > 400_100)
            & (points[:, 0] < 400_900)
            & (points[:, 1] > 5_700_100)
            & (points[:, 1] < 5_700_900)
        )
        level = points[inside]
        top = level[level[:, 2] > 49]
        # Means over coarse cells of a slope are the slope itself.
        skirt = glb.node["extras"]["square"][2] - glb.node["extras"]["square"][0]
        gap = 50 + (top[:, 0] - 400_000) * 0.02 - top[:, 2]
        assert (np.abs(gap[np.abs(gap) < skirt / 64]) < 0.1).all()
        assert len(level) > 0 or cell.level < 2


def test_parcels_are_draped(district, parse_glb):
    place = folder(district, OPEN, "parcel")
    ((cell, content),) = read_tileset(place).contents.items()
    assert cell == Cell(0, 800, 11400)
    points = parse_glb((place / content.name(cell)).read_bytes()).positions + content.centre
    np.testing.assert_allclose(points[:, 2], 50 + (points[:, 0] - 400_000) * 0.02 + 0.3, atol=0.11)


def test_only_touched_cells_are_written_again(district, deliver, houses, parse_glb):
    before, slots = names(district, OPEN, "building"), buildings(district, OPEN, parse_glb)
    origin = (400_490.0, 5_700_490.0, 60.0)
    rows = houses([origin], "NEW")
    row = rows.to_pylist()[0]
    deliver(district, OPEN, {"building_mesh": [row], "building": [{"building_id": "NEW0", "lod": 2}]}, file="more.gml")
    assert DERIVATIVE.stale(district)
    written = DERIVATIVE.update(district, {OPEN: ["building"]})
    assert written["building"] == 1
    assert written["terrain"] == written["parcel"] == 0
    assert not DERIVATIVE.stale(district)
    after = buildings(district, OPEN, parse_glb)
    assert set(after) == set(slots) | {"NEW0"}
    assert all(after[name][0] == slot for name, (slot, _) in slots.items())
    # The tileset before this one still finds its files.
    assert before < names(district, OPEN, "building")


def test_an_emptied_cell_goes(district, deliver, houses, parse_glb):
    kept = houses([(400_010.0, 5_700_020.0, 50.0)], "S").to_pylist()
    # A later delivery of the same file holds one building only.
    deliver(district, OPEN, {"building": [{"building_id": "S0", "lod": 2}], "building_mesh": kept})
    DERIVATIVE.update(district, {OPEN: ["building"]})
    assert set(buildings(district, OPEN, parse_glb)) == {"S0"}
    assert len(read_tileset(folder(district, OPEN, "building")).contents) == 1


def test_an_update_that_changes_nothing_writes_nothing(district):
    times = {path: path.stat().st_mtime_ns for path in folder(district, OPEN, "building").glob("*.glb")}
    assert DERIVATIVE.update(district, None) == {}
    assert times == {path: path.stat().st_mtime_ns for path in folder(district, OPEN, "building").glob("*.glb")}


def test_a_lost_file_is_made_again(district):
    tileset = folder(district, OPEN, "building") / "tileset.json"
    lost = next(folder(district, OPEN, "building").glob("*.glb"))
    lost.unlink()
    tileset.write_text(tileset.read_text().replace('"head":"', '"head":"0'))
    assert DERIVATIVE.update(district, None)["building"] == 1
    assert lost.is_file()


def test_readers_never_miss_a_file_while_tiles_are_rewritten(district, deliver, houses):
    place = folder(district, OPEN, "building")
    missing, stop = [], threading.Event()

    def read():
        while not stop.is_set():
            document = (place / "tileset.json").read_text()
            for cell, content in read_tileset(place).contents.items():
                if not (place / content.name(cell)).is_file() and (place / "tileset.json").read_text() == document:
                    missing.append(content.name(cell))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for step in range(3):
            mesh = houses([(400_020.0 + step, 5_700_100.0, 50.0)], "S").to_pylist()
            deliver(
                district, OPEN, {"building_mesh": mesh, "building": [{"building_id": "S0", "lod": 2}]}, file="s.gml"
            )
            DERIVATIVE.update(district, {OPEN: ["building"]})
    finally:
        stop.set()
        reader.join()
    assert missing == []


def test_withdrawn_tiles_do_not_come_back(district):
    district.withdraw(OPEN, "parcel")
    DERIVATIVE.update(district, {OPEN: ["parcel", "building"]})
    assert not folder(district, OPEN, "parcel").exists()
    assert folder(district, OPEN, "building").exists()


def test_the_licence_travels_in_the_tiles(district, parse_glb):
    place = folder(district, OPEN, "building")
    glb = parse_glb(next(place.glob("*.glb")).read_bytes())
    assert glb.json["asset"]["copyright"] == "Soest: Datenlizenz Deutschland – Namensnennung – Version 2.0"
    assert json.loads((place / "tileset.json").read_text())["asset"]["copyright"] == glb.json["asset"]["copyright"]


@pytest.mark.parametrize("ags", ["../05974040", "0597404", "05974040'", ""])
def test_a_key_is_a_key(district, ags):
    with pytest.raises(ValueError, match="digits"):
        Tenant(district, ags)
