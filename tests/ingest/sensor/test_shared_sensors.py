"""What each of the real sensor deliveries gives: loaded, or refused with the right reason."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from twin.municipalities import Municipality

AGS = "05974040"

LOADED: dict[str, tuple[str, dict[str, int], int, str]] = {
    # Format, rows by layer, findings of severity error, words of a note.
    "dwd/dwdparse/10315-BEOB.csv": ("dwd_report", {"sensor": 41, "observation": 494}, 0, ""),
    "dwd/dwdparse/observations_recent_RR_akt.zip": ("dwd_archive", {"sensor": 3, "observation": 22}, 0, "8"),
    "dwd/dwdparse/observations_recent_TU_akt.zip": ("dwd_archive", {"sensor": 2, "observation": 20}, 0, ""),
    "dwd/stundenwerte_RR_15000_akt.zip": ("dwd_archive", {"sensor": 3, "observation": 35_169}, 0, "4431"),
    # Aachen's coordinates are numbers of nowhere, Dortmund's are UTM in columns of degrees.
    "luqs/luqs_stations_subset.csv": ("luqs", {"sensor": 10}, 1, ""),
    "pegelonline/stations_7_near_kreis_soest.json": ("pegel_online", {"sensor": 7}, 0, "KACHLET WEHR UP"),
    "sensorthings/hamburg_frost_Things_expand_Locations_Datastreams.json": (
        "sensor_things", {"sensor": 8, "observation": 8}, 0, "nextLink",
    ),
}  # fmt: skip

REFUSED = {
    "pegelonline/README.txt": "a text or document",
    "pegelonline/currentmeasurement_2021.json": "a reading that names no station",
    "sensorthings/bgs_frost_observationsDataFixtureRealExample.json": "101 that do not say which one they belong to",
}


@pytest.fixture(scope="module")
def run(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """All files in one run: the stations lie all over Germany, so the municipality is named."""
    with twin.init(tmp_path_factory.mktemp("sensors") / "home", "05974") as made:
        made.register([Municipality(AGS, "Soest")])
        made.join(AGS, ["all"], "open")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TWIN_LANG", "en")
            report = ingest(made, [str(shared_data / "sensors")], Request(Options(ags=AGS), workers=1))
        yield made, {one.file.removeprefix("sensors/"): one for one in report.deliveries}


def test_every_file_has_its_verdict(run: Any, shared_data: Path) -> None:
    folder = shared_data / "sensors"
    assert set(run[1]) == {str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.is_file()}
    assert set(run[1]) == set(LOADED) | set(REFUSED)


@pytest.mark.parametrize("file", LOADED)
def test_loaded(run: Any, file: str) -> None:
    format_, rows, errors, note = LOADED[file]
    report = run[1][file]
    assert not report.error
    assert report.format == format_
    assert {layer: sum(counts.values()) for layer, counts in report.loaded.items()} == rows
    assert report.findings.severe("error") == errors
    assert note in "\n".join(report.notes)


@pytest.mark.parametrize("file", REFUSED)
def test_refused(run: Any, file: str) -> None:
    assert REFUSED[file] in run[1][file].error
    assert not run[1][file].loaded


def test_an_hour_of_rain_stands_at_its_station(run: Any) -> None:
    found = run[0].sql(
        "SELECT o.result, s.unit, o.quality, round(ST_X(s.geom)), s.name "
        "FROM observation o JOIN sensor s USING (sensor_id) "
        "WHERE sensor_id = 'dwd:15000:rr_stunde:R1' AND phenomenon_time = TIMESTAMP '2021-01-07 21:00'"
    )
    assert found.fetchall() == [(0.1, "mm", "provisional", 290_318.0, "Aachen-Orsbach stdl. Niederschlagshoehe")]


def test_entities_and_line_breaks_of_names_are_gone(run: Any) -> None:
    names = [name for (name,) in run[0].sql("SELECT name FROM sensor WHERE sensor_id LIKE 'luqs:%'").fetchall()]
    assert "Unna- Königsborn" in names
    assert "Mönchengladbach, Friedrich-Ebert-Straße" in names
    assert not [name for name in names if "&" in name or "<" in name]


def test_the_same_again_changes_nothing(run: Any, shared_data: Path, tmp_path: Path) -> None:
    """Even where it is another file: a blank line more."""
    made, _ = run
    before = made.sql("SELECT count(*), round(sum(result), 3), max(delivery_id) FROM observation").fetchall()
    archive = shared_data / "sensors/dwd/dwdparse/observations_recent_TU_akt.zip"
    with zipfile.ZipFile(archive) as packed:
        for name in packed.namelist():
            (tmp_path / name).write_bytes(packed.read(name) + b"\n")
    report = ingest(made, [str(tmp_path / "produkt_tu_stunde_20180915_20200317_00320.txt")], Request(Options(ags=AGS)))
    assert not report.deliveries[0].error
    assert report.deliveries[0].refused == {"kept_better:observation": 20}
    assert made.sql("SELECT count(*), round(sum(result), 3), max(delivery_id) FROM observation").fetchall() == before
