"""Layers that follow from their declaration, as one principal sees them and another does not."""

from __future__ import annotations

import io
import json
import shutil

import numpy as np
import pytest
import shapely
from PIL import Image
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.web import Application

import twin
from twin import Principal
from twin.discovery import find
from viewer.pages.address import parse_address
from viewer.pages.layer_panel import legend
from viewer.pages.state import MapState
from viewer.scene.tiles import DERIVATIVE
from viewer.server.composition import compose
from viewer.server.drape_source import Drapes
from viewer.server.handlers import handlers
from viewer.server.inspection import inspect, lying
from viewer.server.layer_list import UNDERGROUND
from viewer.server.legend import classes_present, remarks
from viewer.server.search import search

OPEN, CLOSED = "05974040", "05974012"
PUBLIC, STAFF = Principal.public(), Principal.staff(CLOSED)


def box(west, south, east, north):
    return shapely.box(400_000 + west, 5_700_000 + south, 400_000 + east, 5_700_000 + north).wkb


def plan_area(number, plan, sign, shape, **further):
    own = {"plan_area_id": f"{plan}-{number}", "plan_id": plan, "shape": "area", "element_class": "BP_Gebiet"}
    return own | {"planzeichen": sign, "closed_coverage": True, "geom": shape} | further


CONTENT = {
    "tree": [
        {
            "tree_id": "T1",
            "species": "Tilia cordata",
            "species_german": "Winterlinde",
            "geom": shapely.Point(400_300, 5_700_300).wkb,
        }
    ],
    "plan": [
        {"plan_id": "P1", "name": "Am Salzbach", "kind": "BP", "in_force": True, "geom": box(600, 0, 728, 256)},
        {"plan_id": "P2", "name": "Am Salzbach II", "kind": "BP", "in_force": False, "geom": box(728, 0, 856, 256)},
    ],
    "plan_area": [
        plan_area(1, "P1", "WA", box(600, 0, 728, 256), grz=0.4),
        plan_area(2, "P2", "WA", box(728, 0, 856, 256), grz=0.8),
    ],
    "facility": [
        {
            "facility_id": "F1",
            "kind": "school",
            "name": "Patrokli-Schule",
            "geom": shapely.Point(400_320, 5_700_320).wkb,
        }
    ],
    "street": [
        {
            "street_id": f"S{n}",
            "name": "Walburger Weg",
            "road_class": "residential",
            "geom": shapely.LineString([(400_300 + n, 5_700_400), (400_400 + n, 5_700_400)]).wkb,
        }
        for n in (0, 100)
    ],
    "utility_line": [
        {
            "line_id": "L1",
            "medium": "water",
            "diameter": 150.0,
            "geom": shapely.LineString([(400_300, 5_700_402), (400_400, 5_700_402)]).wkb,
        }
    ],
}
SECRET = {
    "tree": [{"tree_id": "T9", "geom": shapely.Point(402_300, 5_700_300).wkb}],
    "facility": [
        {
            "facility_id": "F9",
            "kind": "school",
            "name": "Geheime Schule",
            "geom": shapely.Point(402_320, 5_700_320).wkb,
        }
    ],
    "plan": [{"plan_id": "P9", "name": "Geheimplan", "kind": "BP", "in_force": True, "geom": box(2600, 0, 2856, 256)}],
    "plan_area": [plan_area(9, "P9", "GE", box(2600, 0, 2856, 256))],
}


@pytest.fixture(scope="module")
def home(tmp_path_factory, district_home, deliver):
    path = tmp_path_factory.mktemp("declared") / "home"
    shutil.copytree(district_home, path)
    with twin.open(path) as opened:
        deliver(opened, OPEN, CONTENT, file="declared.zip")
        deliver(opened, CLOSED, SECRET, file="secret.zip")
        DERIVATIVE.update(opened, None)
    return path


@pytest.fixture(scope="module")
def seen(home):
    """``seen(principal)``: the twin as one principal sees it."""
    opened = {principal: twin.open(home, principal) for principal in (PUBLIC, STAFF)}
    yield opened.__getitem__
    for one in opened.values():
        one.close()


def tiled(scene, layer):
    return {(entry["ags"], entry["how"]) for entry in scene["tilesets"] if entry["layer"] == layer}


def test_a_scene_has_what_its_principal_may_see(seen):
    public, staff = compose(seen(PUBLIC)), compose(seen(STAFF))
    assert tiled(public, "tree") == {(OPEN, "tree")}
    assert tiled(staff, "tree") == {(OPEN, "tree"), (CLOSED, "tree")}
    assert tiled(public, "facility") == {(OPEN, "pin")}
    assert tiled(public, "utility_line") == {(OPEN, "pipe")}
    assert tiled(public, "building") == {(OPEN, "")}
    counts = {entry["name"]: entry["count"] for entry in public["layers"]}
    assert (counts["tree"], counts["plan"], counts["facility"]) == (1, 2, 1)
    assert {entry["name"]: entry["count"] for entry in staff["layers"]}["plan"] == 3
    assert {"plan", "plan_area", "street", "utility_line"} <= set(public["drapes"])
    assert "Ense" not in json.dumps(public["attribution"])


def test_layers_stand_in_their_groups(seen):
    groups = {entry["name"]: entry["group"] for entry in compose(seen(PUBLIC))["layers"]}
    wanted = {"building": "cadastre", "plan_area": "planning", "tree": "nature", "facility": "traffic"}
    assert groups.items() >= (wanted | {"utility_line": "utility", UNDERGROUND: "utility", "terrain": "base"}).items()
    # Nobody has land values here, so nobody is offered any.
    assert "land_value" not in groups


def test_signs_travel_with_the_scene(seen):
    look = compose(seen(PUBLIC))["looks"]["facility"]
    school = next(entry for entry in look["classes"] if entry["title"]["en"] == "School")
    assert school["icon"].startswith("M")
    assert "tree" not in compose(seen(PUBLIC))["looks"]


def test_tiles_of_others_are_not_handed_out(home):
    opened = {name: twin.open(home, who) for name, who in (("public", PUBLIC), ("staff", STAFF))}
    loop = IOLoop(make_current=False)
    sock, port = bind_unused_port()

    async def ask(path, who):
        url = f"http://127.0.0.1:{port}{path}"
        return (await AsyncHTTPClient().fetch(url, headers={"X-Who": who}, raise_error=False)).code

    async def start():
        application = Application(handlers(lambda request: opened[request.headers["X-Who"]]))
        server = HTTPServer(application)
        server.add_socket(sock)
        return server

    server = loop.run_sync(start)
    for layer in ("tree", "facility"):
        assert loop.run_sync(lambda: ask(f"/tiles/{CLOSED}/{layer}/tileset.json", "staff")) == 200  # noqa: B023
        assert loop.run_sync(lambda: ask(f"/tiles/{CLOSED}/{layer}/tileset.json", "public")) == 404  # noqa: B023
        assert loop.run_sync(lambda: ask(f"/tiles/{OPEN}/{layer}/tileset.json", "public")) == 200  # noqa: B023
    for path in ("/features/finding/tileset.json", "/features/tree/tileset.json", "/features/nothing/tileset.json"):
        assert loop.run_sync(lambda: ask(path, "public")) == 404  # noqa: B023
    assert loop.run_sync(lambda: ask("/drape/400600_5700000_256.png?layers=plan_area:nothing", "public")) == 404
    server.stop()
    loop.close()
    for one in opened.values():
        one.close()


def picture(opened, west, *names):
    data = Drapes().prepare(opened, (400_000.0 + west, 5_700_000.0, 256.0), names)()
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGBA")).astype(int)


def test_plans_lie_on_the_terrain_hatched_until_in_force(seen):
    found = picture(seen(PUBLIC), 600, "plan_area")
    inside, draft = found[40:470, 20:230], found[40:470, 290:490]
    assert inside[..., 3].std() < 1
    assert draft[..., 3].std() > 30
    # WA is reddish.
    assert inside[..., 0].mean() > inside[..., 2].mean() + 60
    grz = picture(seen(PUBLIC), 600, "plan_area:plan_grz")
    assert np.abs(grz[40:470, 20:230, :3].mean(axis=(0, 1)) - inside[..., :3].mean(axis=(0, 1))).max() > 20


def test_plans_of_others_are_not_in_the_picture(seen):
    assert picture(seen(PUBLIC), 2600, "plan_area", "plan").shape[:2] == (1, 1)
    assert picture(seen(STAFF), 2600, "plan_area")[..., 3].max() > 150


def test_the_order_of_layers_is_that_of_their_styles(seen):
    one, other = picture(seen(PUBLIC), 600, "plan", "plan_area"), picture(seen(PUBLIC), 600, "plan_area", "plan")
    np.testing.assert_array_equal(one, other)


def test_the_ground_tells_all_that_lies_there(seen):
    cards = lying(seen(PUBLIC), 400_640.0, 5_700_100.0)
    assert [(card.kind, card.key) for card in cards] == [("plan", "P1"), ("plan_area", "P1-1")]
    assert cards[0].title.de == "Am Salzbach"
    assert any(row.text("de") == "0,4" or row.text("de") == "40,0 %" for row in cards[1].sections[0].rows)
    assert cards[1].sections[-1].title.en == "Provenance"
    beside = lying(seen(PUBLIC), 400_350.0, 5_700_399.0)
    assert {card.kind for card in beside} == {"street", "utility_line"}
    assert lying(seen(PUBLIC), 402_640.0, 5_700_100.0) == []
    assert {card.kind for card in lying(seen(STAFF), 402_640.0, 5_700_100.0)} == {"plan", "plan_area"}


def test_the_parcel_comes_first(seen):
    assert [card.kind for card in lying(seen(PUBLIC), 400_030.0, 5_700_025.0)] == ["parcel", "land_use"]


def test_a_card_follows_from_the_declaration(seen):
    card = inspect(seen(PUBLIC), "tree", ags=OPEN, key="T1")
    assert card.title.de == "Winterlinde"
    assert card.place == (400_300.0, 5_700_300.0)
    rows = {row.name.en: row.text("en") for row in card.sections[0].rows}
    # The source knows no height: what the map draws is said to be a guess.
    assert rows["Height as drawn"] == "9.0 m"
    assert "Height" not in rows
    pipe = inspect(seen(PUBLIC), "utility_line", ags=OPEN, key="L1")
    rows = {row.name.de: row.text("de") for row in pipe.sections[0].rows}
    assert rows["Nennweite"] == "150 mm"
    assert rows["Medium"] != "water"
    assert pipe.place is None
    assert len(pipe.outline[0]) == 2


@pytest.mark.parametrize("kind", ["tree", "facility"])
def test_nobody_inspects_what_is_not_theirs(seen, kind):
    key = {"tree": "T9", "facility": "F9"}[kind]
    assert inspect(seen(PUBLIC), kind, ags=CLOSED, key=key) is None
    assert inspect(seen(STAFF), kind, ags=CLOSED, key=key) is not None


@pytest.mark.parametrize("kind", ["nothing", "building_mesh", "terrain", "delivery", "tree'; --"])
def test_what_is_not_drawn_has_no_card(seen, kind):
    assert inspect(seen(PUBLIC), kind, ags=OPEN, key="x") is None


def test_names_are_found(seen):
    (hit,) = [hit for hit in search(seen(PUBLIC), "patrokli") if hit.kind == "facility"]
    assert (hit.title, hit.ags, hit.key) == ("Patrokli-Schule", OPEN, "F1")
    # Two edges of one street are one hit.
    assert [hit.key for hit in search(seen(PUBLIC), "WALBURGER WEG") if hit.kind == "street"] == ["S0"]
    assert [hit.key for hit in search(seen(PUBLIC), "am salzbach") if hit.kind == "plan"] == ["P1", "P2"]
    assert not search(seen(PUBLIC), "geheime schule")
    assert [hit.key for hit in search(seen(STAFF), "geheime schule")] == ["F9"]
    assert search(seen(PUBLIC), "x' OR true --") == []


def test_a_legend_has_the_classes_that_there_are(seen):
    layer = find("LAYER", "plan_area")
    present = classes_present(seen(PUBLIC), layer, layer.style.themes[0])
    assert [entry.values for entry in present] == [("WA", "W")]
    staff = classes_present(seen(STAFF), layer, layer.style.themes[0])
    assert [entry.values for entry in staff] == [("WA", "W"), ("GE", "G")]
    state = MapState(seen(PUBLIC), compose(seen(PUBLIC)), parse_address("by=plan_area:plan_grz"))
    html = legend(state, layer.style.themes[0], "", layer)
    assert html.count("<li>") == 1
    assert state.by == {"plan_area": "plan_grz"}
    assert "by=plan_area:plan_grz" in state.address().query()


def test_the_legend_of_a_ramp_says_what_has_no_number(seen):
    layer = find("LAYER", "plan_area")
    grz = next(theme for theme in layer.style.themes if theme.name == "plan_grz")
    rows = [value for (value,) in seen(PUBLIC).table("plan_area").project("grz").fetchall()]
    state = MapState(seen(PUBLIC), compose(seen(PUBLIC)), parse_address(""))
    assert ("ohne Angabe" in legend(state, grz, "", layer)) == (None in rows)
    area = next(theme for theme in find("LAYER", "plan").style.themes)
    assert "ohne Angabe" not in legend(state, area, "", find("LAYER", "plan"))


def test_a_legend_says_what_is_drawn_otherwise_than_it_is():
    assert any("Schraffiert" in remark.de for remark in remarks(find("LAYER", "plan_area")))
    assert any("verdickt" in remark.de for remark in remarks(find("LAYER", "utility_line")))
    assert any("estimate" in remark.en for remark in remarks(find("LAYER", "tree")))
    assert remarks(find("LAYER", "building")) == []


def test_a_withdrawal_takes_plans_out_of_picture_and_search(tmp_path, home):
    shutil.copytree(home, tmp_path / "home")
    with twin.open(tmp_path / "home") as opened:
        assert picture(opened, 600, "plan_area")[..., 3].any()
        opened.withdraw(OPEN, "plan")
        assert picture(opened, 600, "plan_area").shape[:2] == (1, 1)
        assert not [hit for hit in search(opened, "am salzbach") if hit.kind == "plan"]
        assert not any(
            "plan" in str(path) for path in opened.home.derived("tiles", OPEN, "").parent.rglob(OPEN + "/plan")
        )
