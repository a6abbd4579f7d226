"""The drawer of readings, as the server builds it."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta

import pandas as pd
import pytest
import shapely

import twin
from twin import Principal, Twin
from viewer.pages.map_page import MapPage

OPEN, CLOSED = "05974040", "05974012"
END = datetime(2026, 3, 31, 12, 0)


def sensor(key, observed, unit, place):
    point = shapely.Point(440_000 + 500 * place, 5_710_000).wkb
    station = {"thing": f"Pegel <i>{place}</i>", "station": str(place), "name": key, "geom": point}
    return station | {"sensor_id": key, "observed_property": observed, "unit": unit, "interval": 3600}


@pytest.fixture(scope="module")
def public(tmp_path_factory, deliver):
    path = tmp_path_factory.mktemp("chart") / "home"
    with Twin.init(path, "05974") as made:
        made.join(OPEN, "all", "open")
        made.join(CLOSED, "all", "internal")
        for ags, keys in ((OPEN, ("a", "b", "c")), (CLOSED, ("secret",))):
            sensors = [sensor(key, "water_level", "m", place // 2) for place, key in enumerate(keys)]
            readings = [
                {"sensor_id": key, "phenomenon_time": END - timedelta(hours=hour), "result": 1.0 + hour}
                for key in keys
                for hour in range(48)
            ]
            deliver(made, ags, {"sensor": sensors, "observation": readings}, file=f"{ags}.json")
    with twin.open(path, Principal.public()) as opened:
        yield opened


def click(page, key):
    position = [440_000.0, 5_710_000.0, 0.0]
    page._picked({"kind": "feature", "layer": "sensor", "ags": OPEN, "key": key, "position": position, "count": 1})


def test_a_click_opens_the_chart_and_the_address_says_so(public):
    page = MapPage(public, "")
    chart = page._chart
    assert not chart.is_open
    click(page, "a")
    assert chart.is_open
    assert chart._picture.object is not None
    assert "sensor=a" in page.state.address().query()
    assert list(chart._chosen.options.values()) == ["a", "b"]  # what its station measures beside
    chart.close()
    assert not chart.is_open
    assert "sensor=" not in page.state.address().query()


def test_another_click_replaces_or_compares(public):
    page = MapPage(public, "?sensor=a")
    click(page, "c")
    assert page.state.sensors == ["c"]
    page._chart._compare.value = True
    click(page, "a")
    assert page.state.sensors == ["c", "a"]
    assert len(page._chart._found) == 2
    page._chart._chosen.value = ["a"]
    assert page.state.sensors == ["a"]


def test_a_link_restores_sensors_and_period(public):
    page = MapPage(public, "?sensor=c&sensor=a&period=2026-03-30..2026-03-31&lang=en")
    assert page.state.sensors == ["c", "a"]
    assert page._chart._period.value == "free"
    assert page._chart._first.value == date(2026, 3, 30)
    assert "Single readings" in page._chart._note.object
    assert page.state.address().query().count("sensor=") == 2


def test_a_guessed_sensor_opens_nothing(public):
    page = MapPage(public, "?sensor=secret&sensor=none")
    assert not page._chart.is_open
    assert page.state.sensors == []
    page._chart.picked("secret")
    assert not page._chart.is_open


def test_a_sensor_is_found_and_added(public):
    page = MapPage(public, "?sensor=a")
    chart = page._chart
    chart._search.value_input = "pegel 1"
    assert [item["label"] for item in chart._list.items] == ["Pegel <i>1</i> · Wasserstand"]
    chart._add(chart._hits[0])
    assert page.state.sensors == ["a", "c"]
    assert not chart._list.visible
    chart._search.value_input = "secret"
    assert not chart._list.visible


def test_a_search_hit_shows_the_layer_and_the_chart(public):
    from viewer.server.search import search

    page = MapPage(public, "")
    hit = search(public, "Wasserstand Pegel 1", 4)[0]
    assert (hit.kind, hit.key) == ("sensor", "c")
    page._go(hit)
    assert page.state.layers["sensor"]
    assert page._chart.is_open
    assert page.state.chosen == f"sensor:{OPEN}:c"


def test_what_is_shown_can_be_taken_away_as_a_table(public):
    page = MapPage(public, "?sensor=a&period=2026-03-30..2026-03-31")
    table = pd.read_csv(io.BytesIO(page._chart._download().getvalue()))
    assert len(table) == len(page._chart._found[0].rows) > 20
    assert table["sources"].iloc[0].startswith("Soest")


def test_as_known_before_anything_was_there_is_nothing(public):
    page = MapPage(public, "?sensor=a&lang=en")
    page._chart._known.value = datetime(2020, 1, 1)
    assert page._chart._picture.object is None
    assert "There are no readings" in page._chart._note.object
    assert "later corrections are left out" in page._chart._note.object


def test_data_is_text_on_the_page(public):
    page = MapPage(public, "?sensor=a")
    click(page, "a")
    assert "<i>" not in page._chart._note.object
    assert "Pegel &lt;i&gt;" in page._inspector.view.object
    assert "<i>" not in page._inspector.view.object
