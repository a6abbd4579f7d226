"""Sensor formats, line by line: what is read, what is found wrong, what belongs to whom."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from ingest.finding import Finding
from ingest.format import Batch, Facts, Format, Options, Reject
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery

SERVICE = "https://frost.example.org/v1.1"
UUID = "facc5c16-f700-4248-9893-a395bffaf2e4"


@pytest.fixture
def load(tmp_path: Path):
    def read(name: str, content: object):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
        format_ = recognise(SourceFile(path))
        assert isinstance(format_, Format)
        items = list(format_.read(SourceFile(path), Options()))
        rows: dict[str, list] = {"sensor": [], "observation": []}
        for item in items:
            if isinstance(item, Batch):
                rows[item.layer] += item.table.to_pylist()
        found = [item.code for item in items if isinstance(item, Finding)]
        return rows, found + [item.feature for item in items if isinstance(item, Reject)], items[-1]

    return read


def stream(**more: object) -> dict:
    return {
        "@iot.id": 7,
        "@iot.selfLink": f"{SERVICE}/Datastreams(7)",
        "name": "Lufttemperatur",
        "unitOfMeasurement": {"name": "degree Celsius", "symbol": "°C", "definition": "ucum:Cel"},
        **more,
    }


def test_a_datastream_with_a_period_quality_and_what_is_off_scale(load) -> None:
    readings = [
        {"phenomenonTime": "2026-01-01T00:00Z/2026-01-01T01:00Z", "result": 3.5, "resultQuality": {"status": "Good"}},
        {"phenomenonTime": "2026-01-01T02:00:00Z", "result": 450, "resultTime": "2026-01-01T02:00:05Z"},
        {"phenomenonTime": "morgen", "result": 4},
        {"phenomenonTime": "2026-01-01T03:00:00Z", "result": None},
        {"phenomenonTime": "2026-01-01T04:00:00Z", "result": "2.5"},
    ]
    rows, found, facts = load(
        "streams.json", {"value": [stream(Observations=readings)], "@iot.nextLink": f"{SERVICE}/x"}
    )
    assert [row["observed_property"] for row in rows["sensor"]] == ["air_temperature"]
    assert rows["sensor"][0]["sensor_id"] == "sensorthings:frost.example.org:7"
    assert [row["result"] for row in rows["observation"]] == [3.5, 2.5]
    assert rows["observation"][0]["phenomenon_end"] == datetime(2026, 1, 1, 1)
    assert rows["observation"][0]["quality"] == "good"
    assert sorted(found) == ["observation.empty", "observation.off_scale", "observation.time"]
    assert facts.mode == "update"
    assert "nextLink" in facts.notes[0]


def test_readings_of_an_unknown_unit_stay_out_but_counts_need_none(load) -> None:
    reading = {"phenomenonTime": "2026-01-01T00:00:00Z", "result": 3}
    odd = stream(unitOfMeasurement={"name": "Furlong", "symbol": "fur"}, Observations=[reading])
    nothing = {"name": None, "symbol": None, "definition": None}
    counted = {"@iot.id": 8, "name": "Freie Parkplätze", "observationType": "http://x/OM_CountObservation"}
    rows, found, _ = load("s.json", [odd, {**counted, "unitOfMeasurement": nothing, "Observations": [reading]}])
    assert found == ["observation.unit"]
    assert [(row["observed_property"], row["unit"]) for row in rows["sensor"]] == [
        ("air_temperature", None),
        ("parking_free", "1"),
    ]
    assert [row["sensor_id"] for row in rows["observation"]] == ["sensorthings:frost.example.org:8"]


def test_observations_name_their_datastream_by_link_by_expansion_or_by_their_page(load) -> None:
    own = {"@iot.id": 1, "phenomenonTime": "2026-01-01T00:00:00Z", "result": 1}
    linked = {**own, "Datastream@iot.navigationLink": f"{SERVICE}/Datastreams(7)"}
    expanded = {**own, "Datastream": {"@iot.id": 8, "@iot.selfLink": f"{SERVICE}/Datastreams(8)"}}
    page = {"value": [linked, expanded, own], "@iot.nextLink": f"{SERVICE}/Datastreams(9)/Observations?$skip=3"}
    rows, found, _ = load("o.json", page)
    assert not found
    ids = [row["sensor_id"] for row in rows["observation"]]
    assert ids == [f"sensorthings:frost.example.org:{number}" for number in (7, 8, 9)]
    with pytest.raises(InvalidDelivery):
        load("nobody.json", [{**own, "@iot.selfLink": f"{SERVICE}/Observations(1)"}])


def test_a_gauge_with_its_series_and_readings_called_after_it(load) -> None:
    series = {"shortname": "W", "longname": "WASSERSTAND", "unit": "cm", "equidistance": 15}
    current = {"timestamp": "2021-08-01T16:00:00+02:00", "value": 238.0}
    station = {"uuid": UUID, "number": "1", "longname": "A", "timeseries": [{**series, "currentMeasurement": current}]}
    rows, found, facts = load("stations.json", [station])
    assert not found
    assert (rows["sensor"][0]["interval"], rows["sensor"][0]["unit"], rows["sensor"][0]["geom"]) == (900, "cm", None)
    assert rows["observation"][0]["phenomenon_time"] == datetime(2021, 8, 1, 14)
    assert "1" in facts.notes[0]
    rows, _, _ = load(f"{UUID}_W.json", [current])
    assert rows["observation"][0]["sensor_id"] == f"pegelonline:{UUID}:W"
    with pytest.raises(InvalidDelivery):
        load("currentmeasurement.json", current)


def test_a_product_of_the_dwd_without_its_station(load) -> None:
    lines = [
        "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor",
        "        320;2018091500;    3;  13.7;  96.0;eor",
        "        320;2018091501;    1;-999;  94.0;eor",
        "        320;2018139999;    1;   1.0;  94.0;eor",
        "        320;2018091502;    1;  99.9;  94.0;eor",
        "        320;2018091503;    1",
    ]
    rows, found, facts = load("produkt_tu_stunde_20180915_20200317_00320.txt", "\r\n".join([*lines, ""]))
    assert [row["result"] for row in rows["observation"]] == [13.7, 96.0, 94.0, 94.0]
    assert [row["quality"] for row in rows["observation"]][:2] == ["screened", "screened"]
    assert sorted(found) == ["observation.off_scale", "observation.time"]
    assert len(facts.notes) == 3


def test_ten_minutes_before_2000_stand_in_cet(load) -> None:
    text = "STATIONS_ID;MESS_DATUM;QN;TT_10;eor\n3;199912312350;3;1.0;eor\n3;200001010000;3;2.0;eor\n"
    rows, _, _ = load("produkt_zehn_min_tu_19991231_20000101_00003.txt", text)
    assert [row["phenomenon_time"] for row in rows["observation"]] == [
        datetime(1999, 12, 31, 22, 50),
        datetime(2000, 1, 1),
    ]
    assert rows["sensor"][0]["interval"] == 600


def test_stations_with_torn_entities_and_garbled_places(load) -> None:
    lines = [
        "kuerzel;type;name;plz;longitude;latitude;address;disko",
        "UNNA;Hintergrund;Unna- K&ouml;nigsborn;59425;7.69;51.54;Unna<br>Palaiseaustra&szlig;e;0",
        "VACW;Verkehr;Aachen;52070;76.94;11.15;Aachen;0",
        "DOB1;Verkehr;Dortmund;44139;394561;5706589;Dortmund;1",
        "KAPU;Verkehr;Dort;44139;x;y;Dort;1",
    ]
    rows, found, facts = load("luqs.csv", "\n".join(lines))
    assert [row["name"] for row in rows["sensor"]] == ["Unna- Königsborn", "Dortmund"]
    assert json.loads(rows["sensor"][0]["attributes"])["address"] == "Unna, Palaiseaustraße"
    assert sorted(found) == ["KAPU", "observation.position", "observation.projected"]
    assert isinstance(facts, Facts)
