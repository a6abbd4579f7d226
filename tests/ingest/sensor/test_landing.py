"""Readings on their way into a twin: to their sensor's municipality, in any order, and never from the future."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from twin.consent import Principal
from twin.municipalities import Municipality

SOEST, WERL = "05974040", "05974052"
SERVICE = "https://frost.example.org/v1.1"


def thing(number: int, **more: object) -> dict[str, Any]:
    unit = {"name": "Zentimeter", "symbol": "cm", "definition": "ucum:cm"}
    stream = {"@iot.id": number, "@iot.selfLink": f"{SERVICE}/Datastreams({number})", "name": "Wasserstand"}
    return {**stream, "unitOfMeasurement": unit, **more}


def reading(hour: int, result: float, stated: int = 0, number: int = 1) -> dict[str, Any]:
    link = {"Datastream@iot.navigationLink": f"{SERVICE}/Datastreams({number})"}
    time = f"2026-06-01T{hour:02}:00:00Z"
    return {
        "@iot.id": hour,
        **link,
        "phenomenonTime": time,
        "result": result,
        "resultTime": f"2026-06-02T{stated:02}:00:00Z",
    }


@pytest.fixture
def home(tmp_path: Path):
    with twin.init(tmp_path / "home", "05974") as made:
        made.register([Municipality(SOEST, "Soest"), Municipality(WERL, "Werl")])
        made.join(SOEST, ["sensor"], "open")
        made.join(WERL, ["building"], "internal")
        yield made


@pytest.fixture
def deliver(home, tmp_path: Path):
    def bring(name: str, entities: list[dict[str, Any]], ags: str = ""):
        (tmp_path / name).write_text(json.dumps({"value": entities}), "utf-8")
        return ingest(home, [str(tmp_path / name)], Request(Options(ags=ags), workers=1)).deliveries[0]

    return bring


def levels(home) -> list[tuple[int, float]]:
    return home.sql(
        "SELECT hour(phenomenon_time), result FROM observation WHERE ags = ? ORDER BY 1", values=[SOEST]
    ).fetchall()


def test_readings_find_the_sensor_that_is_stored(home, deliver) -> None:
    assert deliver("early.json", [reading(1, 10.0)]).error  # nobody knows where that sensor stands
    assert not deliver("streams.json", [thing(1)], SOEST).error
    report = deliver("readings.json", [reading(2, 20.0), reading(1, 10.0)])
    assert report.loaded == {"observation": {SOEST: 2}}
    # The sensor comes again without a place, and stays where it was put; its readings stay too.
    assert deliver("again.json", [thing(1, description="neu")]).loaded == {"sensor": {SOEST: 1}}
    assert deliver("late.json", [reading(2, 25.0, stated=5)]).loaded == {"observation": {SOEST: 1}}
    assert deliver("older.json", [reading(2, 1.0, stated=3)]).refused == {"kept_better:observation": 1}
    assert levels(home) == [(1, 10.0), (2, 25.0)]


def test_readings_of_the_future_and_off_scale_are_kept_out_and_said(home, deliver) -> None:
    ahead = {**reading(0, 5.0), "phenomenonTime": "2999-01-01T00:00:00Z"}
    report = deliver("s.json", [thing(1, Observations=[reading(1, 10.0), ahead, reading(3, 1e6)])], SOEST)
    assert report.loaded == {"sensor": {SOEST: 1}, "observation": {SOEST: 1}}
    assert {finding.code for finding in report.findings.kept if finding.severity == "error"} == {
        "observation.future",
        "observation.off_scale",
    }
    assert levels(home) == [(1, 10.0)]


def test_consent_for_sensors_covers_their_readings(home, deliver) -> None:
    report = deliver("werl.json", [thing(2, Observations=[reading(1, 10.0, number=2)])], WERL)
    assert report.loaded == {}
    assert report.refused == {f"no_consent:sensor:{WERL}": 1, f"no_consent:observation:{WERL}": 1}
    deliver("soest.json", [thing(1, Observations=[reading(1, 10.0)])], SOEST)
    with twin.open(home.home.path, principal=Principal.public()) as seen:
        assert seen.sql("SELECT count(*) FROM observation").fetchall() == [(1,)]
    home.withdraw(SOEST, "sensor")
    assert levels(home) == []
