from __future__ import annotations

import datetime
import sys
import zipfile
from pathlib import Path

import geopandas as gpd
import pyproj
import pytest
import shapely

import twin
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.formats.gtfs import FORMAT
from ingest.gtfs.trip import mode
from ingest.job import Request, ingest
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.discovery import discover
from twin.errors import DeliveryError, InvalidDelivery
from twin.reference import codes

SOEST = "05974040"

FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,RLG,https://rlg.example,Europe/Berlin\n",
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station,platform_code,wheelchair_boarding\n"
        'de:1,"Soest, Bahnhof",51.5780,8.1090,1,,,1\n'
        "de:1:1,,51.5781,8.1091,0,de:1,1,\n"
        "de:1:2,Bahnhof Steig 2,51.5782,8.1092,,de:1,2,2\n"
        "de:2,Markt,51.5710,8.1060,,,,0\n"
        "de:3,Eingang,51.5711,8.1061,2,de:1,,\n"
        "far,Sydney,-33.8,151.2,,,,\n"
    ),
    "routes.txt": "route_id,route_short_name,route_long_name,route_type\nR1,R51,Soest - Werl,3\nR2,,Hellwegbahn,106\n",
    "calendar.txt": (
        "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,start_date,end_date\n"
        "WD,1,1,1,1,1,0,0,20260105,20260201\n"
        "SA,0,0,0,0,0,1,0,20260105,20260201\n"
    ),
    "calendar_dates.txt": "service_id,date,exception_type\nWD,20260106,2\nX,20260111,1\nX,20260118,1\n",
    "trips.txt": (
        "route_id,service_id,trip_id,trip_headsign\nR1,WD,t1,Werl\nR1,SA,t2,Werl\nR2,X,t3,Dortmund\nR1,NONE,t4,x\nR9,WD,t5,x\n"
    ),
    "stop_times.txt": (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,stop_headsign,pickup_type\n"
        "t1,8:00:00,8:00:00,de:1:1,1,,\n"
        "t1,8:05:00,8:06:00,de:2,2,Werl über Markt,\n"
        "t1,8:30:00,8:30:00,de:1:2,3,,\n"
        "t2,24:50:00,25:10:00,de:1:1,10,,0\n"
        "t2,25:20:00,25:20:00,de:2,20,,\n"
        "t3,09:00:00,09:00:00,de:1:2,0,,\n"
        "t3,09:10:00,09:10:00,de:2,5,,1\n"
        "t3,09:20:00,,de:1:1,6,,\n"
        "t3,09:30:00,09:30:00,gone,7,,\n"
        "t3,09:40:00,09:40:00,de:2,8,,\n"
        "t9,09:30:00,09:30:00,de:2,7,,\n"
    ),
}


def _write(folder: Path, **files: str | None) -> Path:
    folder.mkdir(exist_ok=True)
    feed = {**FEED, **{name.replace("__", "."): text for name, text in files.items()}}
    for name, text in feed.items():
        if text is not None:
            (folder / name).write_text(text, "utf-8")
    return folder / "stops.txt"


def _zip(path: Path, folder: str = "", **files: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**FEED, **files}.items():
            archive.writestr(folder + name, text)
    return path


def _read(source: SourceFile | Path) -> list[Item]:
    return list(FORMAT.read(source if isinstance(source, SourceFile) else SourceFile(source), Options()))


def _rows(items: list[Item], layer: str) -> dict[str, dict]:
    rows = [row for item in items if isinstance(item, Batch) and item.layer == layer for row in item.table.to_pylist()]
    key = {"transit_stop": "stop_id", "transit_departure": "departure_id"}[layer]
    found = {row[key]: row for row in rows}
    assert len(found) == len(rows)
    return found


def test_departures_leave_where_people_may_board(tmp_path: Path) -> None:
    found = _rows(_read(_write(tmp_path / "feed")), "transit_departure")
    assert set(found) == {"t1/1", "t1/2", "t2/10", "t3/0"}
    assert found["t1/2"] == {
        "departure_id": "t1/2",
        "stop_id": "de:2",
        "route": "R51",
        "mode": "bus",
        "headsign": "Werl über Markt",
        "departure_time": "08:06:00",
        "seconds": 8 * 3600 + 360,
        "weekdays": "1111100",
        "days": 19,
        "valid_from": datetime.date(2026, 1, 5),
        "valid_until": datetime.date(2026, 1, 30),
        "by_frequency": False,
        "ags": None,
    }
    assert (found["t2/10"]["departure_time"], found["t2/10"]["seconds"]) == ("25:10:00", 90_600)
    assert found["t2/10"]["weekdays"] == "0000010"
    assert (found["t3/0"]["route"], found["t3/0"]["mode"]) == ("Hellwegbahn", "regional_rail")
    assert (found["t3/0"]["weekdays"], found["t3/0"]["days"]) == ("0000001", 2)


def test_stops_know_how_much_leaves(tmp_path: Path) -> None:
    items = _read(_write(tmp_path / "feed"))
    found = _rows(items, "transit_stop")
    assert set(found) == {"de:1", "de:1:1", "de:1:2", "de:2"}
    station, first, second = found["de:1"], found["de:1:1"], found["de:1:2"]
    assert (station["kind"], station["name"], station["station_id"]) == ("station", "Soest, Bahnhof", None)
    # What a platform does not say, its station does.
    assert (first["name"], first["wheelchair"], first["station_id"]) == ("Soest, Bahnhof", "yes", "de:1")
    assert (second["name"], second["wheelchair"], second["platform"]) == ("Bahnhof Steig 2", "no", "2")
    assert found["de:2"]["wheelchair"] is None
    counts = {
        stop: [row[f"departures_{day}"] for day in ("weekday", "saturday", "sunday")] for stop, row in found.items()
    }
    assert counts == {"de:1": [1, 1, 1], "de:1:1": [1, 1, 0], "de:1:2": [0, 0, 1], "de:2": [1, 0, 0]}
    assert (station["modes"], first["modes"]) == ("bus;regional_rail", "bus")
    at = shapely.from_wkb(first["geom"])
    expected = pyproj.Transformer.from_crs(4326, 25832, always_xy=True).transform(8.1091, 51.5781)
    assert (at.x, at.y) == pytest.approx(expected, abs=0.01)
    assert [item.feature for item in items if isinstance(item, Reject)] == ["far"]


def test_broken_references_are_counted(tmp_path: Path) -> None:
    facts = _read(_write(tmp_path / "feed"))[-1]
    assert isinstance(facts, Facts)
    assert facts.dropped == {
        "entrance_or_node": 1,
        "unknown_route": 1,
        "unknown_service": 1,
        "unknown_trip": 1,
        "unknown_stop": 1,
        "without_time": 1,
    }
    assert any("2026-01-20" in note for note in facts.notes), facts.notes


@pytest.mark.parametrize("missing", ["trips.txt", "routes.txt", "stop_times.txt"])
def test_a_timetable_needs_its_files(tmp_path: Path, missing: str) -> None:
    with pytest.raises(InvalidDelivery, match=missing):
        _read(_write(tmp_path / "feed", **{missing.replace(".", "__"): None}))


def test_either_calendar_will_do(tmp_path: Path) -> None:
    without = _rows(_read(_write(tmp_path / "a", calendar_dates__txt=None)), "transit_departure")
    assert (without["t1/1"]["days"], without["t1/1"]["weekdays"]) == (20, "1111100")
    assert not any(key.startswith("t3") for key in without)
    only = _rows(_read(_write(tmp_path / "b", calendar__txt=None)), "transit_departure")
    assert set(only) == {"t3/0"}
    with pytest.raises(InvalidDelivery, match="calendar"):
        _read(_write(tmp_path / "c", calendar__txt=None, calendar_dates__txt=None))


def test_stops_alone_are_stops(tmp_path: Path) -> None:
    (tmp_path / "stops.txt").write_text(FEED["stops.txt"], "utf-8")
    items = _read(tmp_path / "stops.txt")
    assert len(_rows(items, "transit_stop")) == 4
    assert _rows(items, "transit_stop")["de:2"]["departures_weekday"] is None


def test_a_bom_quotes_spaces_and_other_orders_are_read(tmp_path: Path) -> None:
    stops = '\ufeff"stop_lon", "stop_lat" ,"stop_id","stop_name","extra"\n8.1,51.5,"de:2","Am ""Markt""\nNord",1\n'
    times = "\ufeffstop_sequence,stop_id,departure_time,trip_id\n1,de:2, 8:00:00 ,t1\n2,de:2,09:00:00,t1\n"
    items = _read(_write(tmp_path / "feed", stops__txt=stops, stop_times__txt=times))
    assert _rows(items, "transit_stop")["de:2"]["name"] == 'Am "Markt"\nNord'
    assert _rows(items, "transit_departure")["t1/1"]["seconds"] == 8 * 3600


def test_rows_of_the_wrong_width_are_counted(tmp_path: Path) -> None:
    facts = _read(_write(tmp_path / "feed", routes__txt=FEED["routes.txt"] + "R3,too few\n"))[-1]
    assert facts.dropped["routes.txt"] == 1


def test_headways_become_departures(tmp_path: Path) -> None:
    frequencies = (
        "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,07:00:00,1200\nt1,20:00:00,20:20:00,600\n"
        "gone,1:00:00,2:00:00,60\nt1,9:00:00,8:00:00,60\nt1,1:00:00,2:00:00,0\n"
    )
    items = _read(_write(tmp_path / "feed", frequencies__txt=frequencies))
    found = _rows(items, "transit_departure")
    mine = sorted(row["departure_time"] for key, row in found.items() if key.startswith("t1/2/"))
    # Six minutes after the trip's first departure.
    assert mine == ["06:06:00", "06:26:00", "06:46:00", "20:06:00", "20:16:00"]
    assert all(row["by_frequency"] == key.startswith("t1/") for key, row in found.items())
    assert _rows(items, "transit_stop")["de:2"]["departures_weekday"] == 5
    assert items[-1].dropped["frequency"] == 3


def test_a_headway_of_a_bomb_is_refused(tmp_path: Path) -> None:
    frequencies = "trip_id,start_time,end_time,headway_secs\n" + "t1,00:00:00,90:00:00,10\n" * 100
    with pytest.raises(InvalidDelivery, match="frequencies"):
        _read(_write(tmp_path / "feed", frequencies__txt=frequencies))


@pytest.mark.parametrize(
    "files",
    [
        {"calendar__txt": "service_id,monday\nWD,1\n"},
        {"calendar__txt": FEED["calendar.txt"].replace("2026", "99")},
        {"calendar__txt": FEED["calendar.txt"].replace("20260201", "99991231")},
        {"stop_times__txt": "trip_id,stop_id,stop_sequence,departure_time\n"},
        {"trips__txt": "route_id,service_id,trip_id\n"},
        {"stops__txt": "stop_id,stop_lat,stop_lon\n"},
        {"stops__txt": "stop_id,stop_lat,stop_lon,parent_station\na,1e308,nan,a\nb,,,a\n,1,1,\na,51,8,\n"},
        {"stop_times__txt": FEED["stop_times.txt"].replace("8:06:00", "999:99:99").replace(",2,", ",-7,")},
    ],
)
def test_odd_feeds_are_read_without_harm(tmp_path: Path, files: dict[str, str]) -> None:
    assert isinstance(_read(_write(tmp_path / "feed", **files))[-1], Facts)


def test_truncation_and_rubbish_are_refused_or_read(tmp_path: Path) -> None:
    for name, text in FEED.items():
        for share in range(0, 100, 9):
            damaged = text.encode()[: len(text) * share // 100] + b'\xff\x00",' * (share % 2)
            stops = _write(tmp_path / "feed")
            (tmp_path / "feed" / name).write_bytes(damaged)
            try:
                for item in _read(stops):
                    assert isinstance(item, Batch | Reject | Facts)
            except DeliveryError as error:
                assert "stops.txt" in str(error)


def test_a_row_that_is_no_utf8_and_does_not_fit_is_told_without_a_stack_trace(tmp_path: Path, monkeypatch) -> None:
    traces: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", traces.append)
    stops = _write(tmp_path / "feed")
    file = tmp_path / "feed" / "trips.txt"
    file.write_bytes(file.read_bytes() + b"\n\xff,1,2,3,4,5,6,7,8,9,10,11,12,13\n")
    with pytest.raises(DeliveryError, match="UTF-8"):
        _read(stops)
    assert not traces


def test_many_blocks_give_what_one_gives(tmp_path: Path, monkeypatch) -> None:
    lines = ["trip_id,stop_id,stop_sequence,departure_time"]
    lines += [
        f"t1,{'de:1:1' if number % 2 else 'de:2'},{number},{6 + number // 60:02}:{number % 60:02}:00"
        for number in range(900)
    ]
    stops = _write(tmp_path / "feed", stop_times__txt="\n".join(lines))
    whole = _rows(_read(stops), "transit_departure")
    monkeypatch.setattr("ingest.gtfs.feed._BLOCK", 2000)
    items = _read(stops)
    assert sum(isinstance(item, Batch) for item in items) > 5
    assert _rows(items, "transit_departure") == whole
    assert len(whole) == 899


@pytest.mark.parametrize(
    ("route_type", "expected"),
    [("0", "tram"), ("2", "rail"), ("3", "bus"), ("109", "suburban_rail"), ("715", "on_demand"), ("704", "bus"),
     ("900", "tram"), ("1700", "other"), ("", "other"), (None, "other"), ("x", "other"), ("9" * 5000, "other")],
)  # fmt: skip
def test_modes(route_type: str | None, expected: str) -> None:
    assert mode(route_type) == expected
    assert expected in codes("transit_mode")


# As a delivery


@pytest.fixture
def home(tmp_path: Path, monkeypatch):
    # Tiles have tests of their own.
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    with twin.init(tmp_path / "home", "05974") as made:
        area = shapely.box(8.10, 51.5779, 8.12, 51.58)
        borders = gpd.GeoDataFrame({"AGS": [SOEST], "GEN": ["Soest"]}, geometry=[area], crs=4326)
        borders.to_crs(25832).to_file(tmp_path / "borders.gpkg")
        ingest(made, [str(tmp_path / "borders.gpkg")])
        made.join(SOEST, ["transit_stop"], "open")
        yield made


@pytest.mark.parametrize("folder", ["", "feed/", "äö/"])
def test_an_archive_is_one_delivery(home: twin.Twin, tmp_path: Path, folder: str) -> None:
    archive = _zip(tmp_path / "gtfs.zip", folder)
    (report,) = ingest(home, [str(archive)], Request(workers=1)).deliveries
    assert (report.error, report.format) == ("", "gtfs")
    # The market lies beyond the border, and so do its departures.
    assert report.loaded == {"transit_stop": {SOEST: 3}, "transit_departure": {SOEST: 3}}
    assert report.refused == {"unplaced:transit_stop": 1, "unplaced:transit_departure": 1}
    joined = "SELECT name, departure_time FROM transit_departure JOIN transit_stop USING (ags, stop_id) ORDER BY 2"
    assert home.sql(joined).fetchall()[0] == ("Soest, Bahnhof", "08:00:00")
    assert ingest(home, [str(archive)], Request(workers=1)).deliveries[0].unchanged


def test_a_folder_is_one_delivery_and_changes_with_any_of_its_files(home: twin.Twin, tmp_path: Path) -> None:
    _write(tmp_path / "feed")
    assert [one.format for one in ingest(home, [str(tmp_path / "feed")], Request(workers=1)).deliveries] == ["gtfs"]
    assert ingest(home, [str(tmp_path / "feed")], Request(workers=1)).deliveries[0].unchanged
    later = FEED["stop_times.txt"].replace("t1,8:00:00,8:00:00", "t1,7:00:00,7:00:00")
    _write(tmp_path / "feed", stop_times__txt=later)
    (report,) = ingest(home, [str(tmp_path / "feed")], Request(workers=1)).deliveries
    assert not report.unchanged
    times = home.sql("SELECT departure_time FROM transit_departure ORDER BY 1").fetchall()
    assert times == [("07:00:00",), ("09:00:00",), ("25:10:00",)]


def test_only_stops_are_recognised(tmp_path: Path) -> None:
    stops = _write(tmp_path / "feed")
    assert recognise(SourceFile(stops)) is FORMAT
    for name in FEED:
        if name != "stops.txt":
            assert recognise(SourceFile(stops.with_name(name))) is None, name


def test_of_two_columns_of_a_name_the_first_counts(tmp_path: Path) -> None:
    stops = "stop_id,stop_lat,stop_lon,stop_name,stop_name\nde:2,51.5,8.1,Markt,Market\n"
    assert _rows(_read(_write(tmp_path / "feed", stops__txt=stops)), "transit_stop")["de:2"]["name"] == "Markt"
    (tmp_path / "feed" / "stops.txt").write_text("stop_id,stop_lat,stop_lon" + ",x" * 30_000 + "\n")
    assert isinstance(_read(tmp_path / "feed" / "stops.txt")[-1], Facts)
