"""The page as the server builds it; what a browser makes of it is tested in `tests/e2e`."""

from __future__ import annotations

import re

import panel as pn
import pytest
import shapely

import twin
from twin import Principal, Twin
from viewer.pages.map_page import MapPage
from viewer.scene.tiles import DERIVATIVE

OPEN = "05974040"


@pytest.fixture(scope="module")
def public(tmp_path_factory, district_home, deliver):
    import shutil

    path = tmp_path_factory.mktemp("page") / "home"
    shutil.copytree(district_home, path)
    content = {
        "tree": [{"tree_id": "T1", "species_german": "Winterlinde", "geom": shapely.Point(400_300, 5_700_300).wkb}],
        "plan": [
            {"plan_id": "P1", "name": "Am Salzbach", "geom": shapely.box(400_600, 5_700_000, 400_700, 5_700_100).wkb}
        ],
    }
    with twin.open(path) as opened:
        deliver(opened, OPEN, content, file="page.zip")
        DERIVATIVE.update(opened, None)
    with twin.open(path, Principal.public()) as opened:
        yield opened


def texts(page: MapPage) -> str:
    """All that the page says in HTML."""
    panes = [*page._page.sidebar, *page._page.contextbar]
    return "".join(
        str(pane.object) for top in panes for pane in top.select(pn.pane.HTML) if getattr(pane, "visible", True)
    )


def labels(page: MapPage) -> list[str]:
    """Labels of the switches, from above."""
    return [
        widget.label
        for top in page._page.sidebar
        for widget in top.select(lambda view: type(view).__name__ == "Switch")
    ]


def test_switches_stand_by_group_and_only_for_what_there_is(public: Twin) -> None:
    page = MapPage(public, "")
    assert labels(page) == ["Gebäude", "Flurstücke", "Tatsächliche Nutzung", "Pläne", "Bäume", "Gemeinden", "Gelände"]
    assert "Land use" in labels(MapPage(public, "lang=en"))


def test_a_legend_shows_with_its_layer(public: Twin) -> None:
    page = MapPage(public, "hidden=tree")
    assert "Blasse Bäume" not in texts(page)
    assert "Blasse Bäume" in texts(MapPage(public, ""))


def test_what_is_picked_has_a_card(public: Twin) -> None:
    page = MapPage(public, "")
    place = [400_300.0, 5_700_300.0, 55.0]
    page._picked({"kind": "feature", "layer": "tree", "ags": OPEN, "key": "T1", "position": place, "count": 1})
    assert page.state.chosen == f"tree:{OPEN}:T1"
    assert page._map.marker == place[:2]
    assert page._page.contextbar_open
    assert "Winterlinde" in texts(page)
    page._picked({"kind": "ground", "position": [400_650.0, 5_700_050.0, 50.0], "count": 2})
    assert page.state.chosen == f"plan:{OPEN}:P1"
    assert page._map.marker is None
    assert re.search("Am Salzbach", texts(page))
    page._picked({"kind": "feature", "layer": "tree", "ags": "05974012", "key": "T1", "position": place, "count": 3})
    assert page.state.chosen == ""


def test_a_layer_in_another_theme_is_asked_for_by_it(public: Twin) -> None:
    page = MapPage(public, "shown=plan&by=plan:plan_status")
    drawn = page._drawn()
    assert drawn["plan:plan_status"] is True
    assert drawn["plan"] is False
    hidden = MapPage(public, "by=plan:plan_status")._drawn()
    assert "plan:plan_status" not in hidden
