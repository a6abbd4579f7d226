from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

import twin
from twin import Principal
from viewer.sensors.legend import SIGNS, station_legend
from viewer.sensors.stations import revision, stations, stations_body, stations_by_tenant

END = datetime(2026, 3, 31, 12, 0, tzinfo=UTC).timestamp()


@pytest.fixture(scope="module")
def found(measuring):
    return {station["name"]: station for station in stations(measuring, "de")["stations"]}


def test_datastreams_of_one_station_stand_together(found):
    assert set(found) == {f"Station {number}" for number in (0, 1, 2, 3, 5, 6, 7)}
    assert [stream["id"] for stream in found["Station 1"]["streams"]] == ["rain", "air"]
    assert found["Station 0"]["at"][:2] == [440_000.0, 5_710_000.0]


def test_each_tells_its_latest_value_with_its_unit_and_state(found):
    (level,) = found["Station 0"]["streams"]
    assert (level["text"], level["what"], level["state"]) == ("9,90 m", "Wasserstand", "warning")
    assert level["time"] == END + 900
    assert level["stale"] == level["time"] + 3 * 900
    assert level["note"] == "fehlerhaft"
    rain, air = found["Station 1"]["streams"]
    assert (rain["text"], rain["state"]) == ("0,1 mm", "alarm")
    assert air["state"] == "normal"
    assert air["silent"] == [[END + 3600, "alarm"]]
    assert "silent" not in rain


def test_texts_and_silence_have_their_label(found):
    (pump,) = found["Station 2"]["streams"]
    assert pump["text"] == "aus"
    assert pump["stale"] == END + 24 * 3600  # no interval is known
    (never,) = found["Station 3"]["streams"]
    assert (never["text"], never["time"], never["stale"]) == ("–", None, None)


def test_labels_are_in_the_language_asked_for(measuring):
    texts = json.dumps(stations(measuring, "en"))
    assert "9.90 m" in texts
    assert "Water level" in texts
    assert "Wasserstand" not in texts


def test_nobody_sees_a_station_that_is_not_theirs(measuring, measuring_home):
    assert set(stations_by_tenant(measuring)) == {"05974040"}
    assert b"secret" not in stations_body(measuring, "de", revision(measuring, "de"))
    with twin.open(measuring_home, Principal.staff("05974012")) as staff:
        assert revision(staff, "de") != revision(measuring, "de")
        assert b"secret" in stations_body(staff, "de", revision(staff, "de"))


def test_the_revision_changes_with_a_reading_and_with_a_rule(tmp_path, measuring_home, deliver):
    from twin.alerts.rule import AlertRule, save_rule

    shutil.copytree(measuring_home, tmp_path / "home")
    with twin.open(tmp_path / "home") as opened:
        seen = [revision(opened, "de")]
        assert revision(opened, "de") == seen[0]
        time = datetime(2026, 3, 31, 13) + timedelta(hours=1)
        row = {"sensor_id": "level", "phenomenon_time": time, "result": 1.25}
        deliver(opened, "05974040", {"observation": [row]}, file="later.json")
        seen.append(revision(opened, "de"))
        body = json.loads(stations_body(opened, "de", seen[-1]))
        (level,) = (stream for station in body["stations"] for stream in station["streams"] if stream["id"] == "level")
        assert (level["text"], level["state"]) == ("1,25 m", "normal")
        save_rule(opened.registry, AlertRule("05974", "Tief", "below", observed_property="water_level", threshold=2.0))
        seen.append(revision(opened, "de"))
        body = json.loads(stations_body(opened, "de", seen[-1]))
        (level,) = (stream for station in body["stations"] for stream in station["streams"] if stream["id"] == "level")
        assert level["state"] == "warning"
        assert len(set(seen)) == 3


def test_the_legend_names_every_state(measuring):
    html = station_legend(measuring, "en")
    for said in ("within limits", "warning threshold", "alarm threshold", "no current value", "Precipitation"):
        assert said in html
    assert len({path for _, _, path in SIGNS.values()}) == 3  # a stale one is an open circle
