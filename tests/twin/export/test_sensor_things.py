"""What was read can be written again: entity by entity, and into a second home with equal tables."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from ingest.sensor.observed_property import observed_property
from ingest.sensor.quality import quality
from twin.cli import main
from twin.consent import Principal
from twin.discovery import discover
from twin.export.declaration import Selection
from twin.export.sensor_things import EXPORT
from twin.municipalities import Municipality
from twin.reference import codes

SOEST, WERL = "05974040", "05974052"
COUNTER = count()
SERVICE = "https://frost.example.org/v1.1"


@pytest.fixture
def homes(tmp_path: Path) -> Iterator[Callable[[str], twin.Twin]]:
    made: dict[str, twin.Twin] = {}

    def make(name: str) -> twin.Twin:
        if name in made:
            return made[name]
        one = made[name] = twin.init(tmp_path / name, "05974")
        one.register([Municipality(SOEST, "Soest"), Municipality(WERL, "Werl")])
        one.join(SOEST, ["sensor"], "open")
        one.join(WERL, ["sensor"], "internal")
        return one

    yield make
    for one in made.values():
        one.close()


def load(home: twin.Twin, path: Path, ags: str = SOEST) -> None:
    for report in ingest(home, [str(path)], Request(Options(ags=ags), workers=1)).deliveries:
        assert not report.error, report.error


def exported(home: twin.Twin, **selected: Any) -> list[dict[str, Any]]:
    files: list[io.BytesIO] = []

    @contextmanager
    def part(number: int) -> Iterator[io.BytesIO]:
        assert number == len(files) + 1
        files.append(io.BytesIO())
        yield files[-1]

    EXPORT.write(home, Selection(**selected), part)
    return [json.loads(file.getvalue()) for file in files]


def tables(home: twin.Twin) -> list[Any]:
    sensors = home.sql(
        "SELECT ags, sensor_id, thing, name, observed_property, unit, unit_source, provider, station, source_url, "
        "attributes, ST_AsText(geom) AS geom FROM sensor ORDER BY sensor_id"
    ).to_arrow_table()
    readings = home.sql(
        "SELECT ags, sensor_id, phenomenon_time, phenomenon_end, result, result_text, quality, result_time "
        "FROM observation ORDER BY sensor_id, phenomenon_time"
    )
    return [[{**row, "attributes": json.loads(row["attributes"])} for row in sensors.to_pylist()], readings.fetchall()]


def plain(entity: Any) -> Any:
    """An entity without links to what it is not expanded by; instants as instants."""
    if isinstance(entity, list):
        return [plain(one) for one in entity]
    if not isinstance(entity, dict):
        return entity
    found = {
        name: plain(value)
        for name, value in entity.items()
        if not name.endswith(("Link", "@iot.count")) or name == "@iot.selfLink"
    }
    for name in ("phenomenonTime", "resultTime"):
        if isinstance(found.get(name), str):
            found[name] = [datetime.fromisoformat(part).astimezone(UTC) for part in found[name].split("/")]
    return found


def test_the_reply_of_hamburg_comes_back(homes: Any, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "sensors/sensorthings/hamburg_frost_Things_expand_Locations_Datastreams.json"
    first = homes("first")
    load(first, source)
    (document,) = exported(first)
    own = {one["@iot.id"]: one for one in json.loads(json.dumps(document))["value"]}
    read = {one["@iot.id"]: one for one in json.loads(source.read_text("utf-8"))["value"]}
    assert set(own) == set(read)
    for number, thing in read.items():
        streams = {one["@iot.id"]: plain(one) for one in own[number].pop("Datastreams")}
        assert streams == {one["@iot.id"]: plain(one) for one in thing.pop("Datastreams")}
        assert plain(own[number]) == plain(thing)
    (tmp_path / "again.json").write_text(json.dumps(document), "utf-8")
    second = homes("second")
    load(second, tmp_path / "again.json")
    (again,) = exported(second)
    assert again == document
    assert tables(second) == tables(first)


def test_the_readings_of_the_geological_survey_come_back(homes: Any, shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "sensors/sensorthings/bgs_frost_observationsDataFixtureRealExample.json"
    readings = json.loads(source.read_text("utf-8"))
    link = "https://sensors.bgs.ac.uk/FROST-Server/v1.1/Datastreams(17)"
    stream = {"@iot.id": 17, "@iot.selfLink": link, "name": "Temperatur", "unitOfMeasurement": {"symbol": "°C"}}
    page = {"@iot.nextLink": f"{link}/Observations?$skip=101", "value": readings}
    first, second = homes("first"), homes("second")
    for home, path, content in ((first, "s.json", [stream]), (first, "o.json", page)):
        (tmp_path / path).write_text(json.dumps(content), "utf-8")
        load(home, tmp_path / path)
    (document,) = exported(first)
    (written,) = document["value"][0]["Datastreams"]
    assert {**plain(stream), "Observations": None}.items() <= {**plain(written), "Observations": None}.items()
    told = {one["phenomenonTime"][0]: one for one in plain(written["Observations"])}
    assert len(told) == len(readings) == 101
    for one in plain(readings):
        came = told[one["phenomenonTime"][0]]
        assert (came["result"], came["resultTime"]) == (one["result"], one["resultTime"])
        assert came["resultQuality"] == quality(one["resultQuality"]) == "verified"  # the grade, not its words
    (tmp_path / "again.json").write_text(json.dumps(document), "utf-8")
    load(second, tmp_path / "again.json")
    assert tables(second)[1] == tables(first)[1]


RESULTS = st.one_of(
    st.floats(-1e15, 1e15), st.integers(-(10**15), 10**15), st.booleans(),
    st.text("abcdefäö €\"\\{[", min_size=1, max_size=30).filter(lambda one: one.strip() == one and one[0] not in "{["),
    st.dictionaries(st.text("ab", min_size=1), st.integers(), min_size=1, max_size=3),
)  # fmt: skip
START = datetime(2020, 1, 1)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda span: START + span)


ROWS = st.tuples(MOMENTS, st.none() | st.timedeltas(timedelta(0), timedelta(1)), RESULTS, st.none() | MOMENTS)


@settings(max_examples=6, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROWS, min_size=1, max_size=30, unique_by=lambda row: row[0]))
def test_whatever_is_read_is_written_so(homes: Any, tmp_path: Path, rows: list[Any]) -> None:
    number = next(COUNTER)
    readings = []
    for at, span, result, stated in rows:
        until = f"/{(at + span).isoformat()}Z" if span is not None else ""
        more = {"resultTime": f"{stated.isoformat()}Z"} if stated else {}
        readings.append({"phenomenonTime": f"{at.isoformat()}Z{until}", "result": result, **more})
    stream = {
        "@iot.id": f"a:{number}",
        "@iot.selfLink": f"{SERVICE}/Datastreams('a:{number}')",
        "name": "x",
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Observation",
        "unitOfMeasurement": {"name": "", "symbol": "", "definition": ""},
        "Observations": readings,
    }
    selected = (f"sensorthings:frost.example.org:a:{number}",)
    first, second = homes("first"), homes("second")
    (tmp_path / "a.json").write_text(json.dumps({"value": [stream]}), "utf-8")
    load(first, tmp_path / "a.json")
    (document,) = exported(first, sensors=selected)
    came = {tuple(one["phenomenonTime"]): one for one in plain(document["value"][0]["Datastreams"][0]["Observations"])}
    assert came == {tuple(one["phenomenonTime"]): one for one in plain(readings)}
    (tmp_path / "b.json").write_text(json.dumps(document), "utf-8")
    load(second, tmp_path / "b.json")
    assert exported(second, sensors=selected) == [document]


def test_parts_can_be_read_one_by_one(homes: Any, tmp_path: Path) -> None:
    first, second = homes("first"), homes("second")
    load(first, stream_file(tmp_path, "a.json", 1, 25))
    load(first, stream_file(tmp_path, "b.json", 2, 4))
    parts = exported(first, largest=10)
    assert len(parts) == 3
    for number, part in reversed(list(enumerate(parts))):
        (tmp_path / f"part{number}.json").write_text(json.dumps(part), "utf-8")
        load(second, tmp_path / f"part{number}.json")
    assert tables(second)[1] == tables(first)[1]
    assert len(tables(second)[0]) == 2


def stream_file(folder: Path, name: str, number: int, readings: int) -> Path:
    link = f"{SERVICE}/Datastreams({number})"
    rows = [
        {"phenomenonTime": f"2026-03-{1 + hour // 24:02}T{hour % 24:02}:00:00Z", "result": hour}
        for hour in range(readings)
    ]
    stream = {
        "@iot.id": number,
        "@iot.selfLink": link,
        "name": "Pegel",
        "unitOfMeasurement": {"symbol": "cm"},
        "Observations": rows,
    }
    (folder / name).write_text(json.dumps({"value": [stream]}), "utf-8")
    return folder / name


def test_nobody_gets_more_than_they_may_see(homes: Any, tmp_path: Path) -> None:
    home = homes("first")
    load(home, stream_file(tmp_path, "a.json", 1, 3))
    load(home, stream_file(tmp_path, "b.json", 2, 3), WERL)
    with twin.open(home.home.path, principal=Principal.public()) as seen:
        (document,) = exported(seen)
        assert [one["@iot.id"] for thing in document["value"] for one in thing["Datastreams"]] == [1]
        assert exported(seen, ags=WERL) == [{"value": []}]
    with twin.open(home.home.path, principal=Principal.staff(WERL)) as seen:
        (document,) = exported(seen, ags=WERL)
        assert len(document["value"][0]["Datastreams"][0]["Observations"]) == 3


def test_sensors_of_other_sources_become_things(homes: Any, shared_data: Path) -> None:
    home = homes("first")
    load(home, shared_data / "sensors/dwd/stundenwerte_RR_15000_akt.zip")
    (document,) = exported(home, since=datetime(2021, 1, 7), until=datetime(2021, 1, 8))
    (thing,) = document["value"]
    assert thing["name"] == "Aachen-Orsbach"
    assert thing["Locations"][0]["location"]["coordinates"] == pytest.approx([6.0244, 50.7983], abs=1e-3)
    rain = next(one for one in thing["Datastreams"] if one["@iot.id"] == "dwd:15000:rr_stunde:R1")
    assert rain["unitOfMeasurement"] == {"name": "mm", "symbol": "mm", "definition": "https://ucum.org/ucum#mm"}
    assert {one["phenomenonTime"][:10] for one in rain["Observations"]} == {"2021-01-07"}


def test_grades_and_properties_keep_their_code_when_they_come_again() -> None:
    assert {grade: quality(grade) for grade in codes("observation_quality")} == {
        grade: grade for grade in codes("observation_quality")
    }


def test_the_command_writes_files_folders_and_standard_output(homes: Any, tmp_path: Path, capfdbinary: Any) -> None:
    home = homes("first")
    load(home, stream_file(tmp_path, "a.json", 1, 3))
    begin = ["--home", str(home.home.path), "export", "sensorthings", "--out"]
    assert main([*begin, str(tmp_path / "x.json"), "--as", "public"]) == 0
    assert main([*begin, str(tmp_path / "parts") + "/"]) == 0
    capfdbinary.readouterr()
    assert main([*begin, "-", "--since", "2026-03-01T01:00:00Z"]) == 0
    out = json.loads(capfdbinary.readouterr().out)
    whole = json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert json.loads((tmp_path / "parts/sensorthings-00001.json").read_text("utf-8")) == whole
    assert len(whole["value"][0]["Datastreams"][0]["Observations"]) == 3
    assert len(out["value"][0]["Datastreams"][0]["Observations"]) == 2
    assert main([*begin, str(tmp_path / "x.json"), "--since", "yesterday"]) == 2
    assert main([*begin[:-2], "nothing", "--out", "-"]) == 2
    assert main([*begin, str(tmp_path / "a.json" / "x.json")]) == 1


def test_it_is_found() -> None:
    assert discover("EXPORT") == {"sensorthings": EXPORT}
    assert observed_property(("water level",), None) == "water_level"
