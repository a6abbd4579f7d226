"""What each of the real deliveries gives: every file is loaded, or refused with the right reason, in one run.

The district is Kreis Wesel; municipalities elsewhere are registered by name where a real file lies in them.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

import twin
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS, NoDelivery, UnplacedFeatures

DISTRICT = "05170"
JOINED = {
    **{"05170012": "Hamminkeln", "05170016": "Hünxe", "05170032": "Rheinberg", "05170044": "Voerde"},
    **{"05170048": "Wesel", "05562012": "Dorsten", "05113000": "Essen", "02000000": "Hamburg", "07111000": "Koblenz"},
    **{"11000000": "Berlin", "08426065": "Kirchberg an der Iller", "09162000": "München", "12069397": "Michendorf"},
    **{"01056015": "Elmshorn"},
}


@dataclass(frozen=True)
class Loaded:
    """A file that is loaded: format, rows by layer, rows by reason that are not, and words of a note."""

    format: str
    rows: dict[str, int]
    refused: dict[str, int]
    note: str


@dataclass(frozen=True)
class Refused:
    """A file that is not: the class of the error, and words of its sentence."""

    error: type[DeliveryError]
    words: str


@dataclass(frozen=True)
class Run:
    """What the run left: the home, the exit code, and the report by file."""

    home: Path
    code: int
    files: dict[str, dict[str, Any]]


def loaded(format_: str, note: str = "", refused: dict[str, int] | None = None, **rows: int) -> Loaded:
    return Loaded(format_, rows, refused or {}, note)


def buildings(count: int, surfaces: int, parts: int = 0) -> dict[str, int]:
    found = {"building": count, "building_mesh": count, "building_part": parts, "building_surface": surfaces}
    return {layer: rows for layer, rows in found.items() if rows}


def borders(count: int, outside: int, note: str = "") -> Loaded:
    return loaded("boundaries", note, {"outside:municipality": outside}, **({"municipality": count} if count else {}))


_TEXT = Refused(NoDelivery, "a text or document")
_NO_ORDER = Refused(InvalidDelivery, "found a single object without an order")
_NO_CRS = Refused(MissingCRS, "--crs")
_ELSEWHERE = Refused(UnplacedFeatures, "belong to no municipality")
_SHARES = "broadband_coverage"
_DORSTEN = "citygml/nrw-gelsenkirchen-dorsten/LoD2_32_360_5721_1_NW.gml"
_WESEL_ZIP = "citygml/nrw-wesel/lod2_gml_Wesel_333-339_5721-5730_EPSG25832_CityGML.zip"
_FOOTPRINTS = "osm/wesel-buildings/osm_buildings_wesel.gpkg"

TABLE: dict[str, Loaded | Refused] = {
    "README.md": _TEXT,
    # Addresses: 3.1 has no header and a zone before the easting, its file of names no rows; the WFS swaps its axes.
    "addresses/essen_wfs_070.gml": loaded("address_wfs", address=1000),
    "addresses/hauskoordinaten_3.1_adressen_test.csv": loaded("house_coordinates", address=9),
    "addresses/hauskoordinaten_3.1_kopfzeile_test.csv": loaded("house_coordinates"),
    "addresses/hauskoordinaten_5.0_adressen-testdaten.csv": loaded("house_coordinates", "on the parcel", address=13),
    # Cadastre: single features are no delivery; empty portions are one.
    "alkis-nas/gid71-fragments/AX_Flurstueck.xml": _NO_ORDER,
    "alkis-nas/gid71-fragments/AX_Gebaeude.xml": _NO_ORDER,
    "alkis-nas/gid71-fragments/AX_Strassenverkehr.xml": _NO_ORDER,
    "alkis-nas/hamburg-gid6/ALKIS_NeuwScharh_0001.xml.gz": loaded("nas"),
    "alkis-nas/hamburg-gid6/ALKIS_NeuwScharh_0003.xml.gz": loaded(
        "nas", "1 % from their official area", address=18, building=57, land_use=61, parcel=137
    ),
    "alkis-nas/hamburg-gid6/ALKIS_NeuwScharh_0016.xml.gz": loaded("nas"),
    # Borders: of Germany, of NRW, of another district; districts are no municipalities; attributes are no borders.
    "boundaries/VG5000_GEM_germany_gk3_shape.zip": borders(22, 10_975, "invalid areas mended"),
    "boundaries/VG5000_quellenvermerk.txt": _TEXT,
    "boundaries/destatis_gemeinden_nrw.json": loaded(
        "municipality_figures", refused={"outside:municipality_statistic": 2286}, municipality_statistic=90
    ),
    "boundaries/dvg1gem_nw_ATTRIBUTES-ONLY.dbf": Refused(NoDelivery, "an attribute table (dBASE) without geometry"),
    "boundaries/katasteraemter-gemarkungen-fluren-nrw.json": Refused(NoDelivery, "Gemarkungen and Fluren"),
    "boundaries/katasteraemter.json": Refused(NoDelivery, "a register of districts and offices"),
    "boundaries/vg250_kreise_nrw_sim200.geojson": loaded("boundaries", "53 areas of another level"),
    "boundaries/vg5000_gem_kreis_soest_25832.gpkg": borders(0, 14),
    "boundaries/vg5000_gem_nrw_25832.gpkg": borders(15, 381),
    # Broadband: decimal point and comma, names of columns of two editions; 22 municipalities with 53 and 47 shares.
    "broadband/Verf_Gemeinden_atene_Mitte_2018.csv": loaded(
        _SHARES, refused={f"outside:{_SHARES}": 11_330 * 47 - 22 * 47}, broadband_coverage=22 * 47
    ),
    "broadband/gemeinde_bezirke_privat_2021_mitte.csv": loaded(
        _SHARES, refused={f"outside:{_SHARES}": 11_388 * 53 - 22 * 53}, broadband_coverage=22 * 53
    ),
    # Buildings: CityGML 1.0, 2.0 and 3.0; the two versions of one building come out equal; two tiles are empty.
    "citygml/bayern/DEBY_LOD2_4959322.gml": loaded("citygml", **buildings(1, 7)),
    "citygml/berlin/3920_5818.gml": loaded("citygml", **buildings(72, 1647)),
    "citygml/misc/Berlin_Moabit_1Bldg_v2.gml": loaded("citygml", **buildings(1, 6)),
    "citygml/misc/Berlin_Moabit_1Bldg_v3.gml": loaded("citygml", **buildings(1, 6)),
    "citygml/misc/citygml4j_lod2_buildings_v3.gml": loaded("citygml", "the easting comes first", **buildings(100, 700)),
    _DORSTEN: loaded("citygml", **buildings(30, 963, 8)),
    "citygml/nrw-wesel/LoD2_32_333_5727_1_NW.gml": loaded("citygml"),
    "citygml/nrw-wesel/LoD2_32_334_5723_1_NW.gml": loaded("citygml"),
    "citygml/nrw-wesel/LoD2_32_336_5729_1_NW.gml": loaded("citygml", **buildings(55, 932, 13)),
    "citygml/nrw-wesel/LoD2_32_337_5728_1_NW.gml": loaded("citygml", **buildings(146, 1665, 39)),
    "citygml/nrw-wesel/LoD2_32_338_5728_1_NW.gml": loaded("citygml", "shells faced inward", **buildings(89, 1619, 6)),
    "citygml/nrw-wesel/LoD2_32_339_5729_1_NW.gml": loaded("citygml", **buildings(58, 1011, 13)),
    _WESEL_ZIP: loaded("citygml", "shells faced inward", **buildings(2756, 41_273, 677)),
    "cityjson/DH_01_subs.city.json": _NO_CRS,
    "cityjson/citygml4j_lod2_buildings.city.jsonl": _NO_CRS,
    "cityjson/delft_3dbag.city.json": _ELSEWHERE,
    "cityjson/vienna_lod2.city.jsonl": _NO_CRS,
    "imagery/dop20_rgb_335_5728_EPSG25832_REPROJECTED.tif": loaded(
        "orthophoto", "of the pixels without picture", orthophoto=100
    ),
    "indexes/ndom_nw_head400.csv": Refused(NoDelivery, "a tile index"),
    # Streets and footprints: Prague and Monaco are far away; where a LoD2 building stands, it stays.
    "osm/momepy_bubenec.gpkg": _ELSEWHERE,
    "osm/monaco.osm.pbf": _ELSEWHERE,
    "osm/planet_10.068,48.135_10.071,48.137.osm": loaded("osm", "© OpenStreetMap contributors", street=23),
    _FOOTPRINTS: loaded(
        "footprints", "10,144 assumed", {"kept_better:building": 383}, building_match=451, **buildings(9761, 88_221)
    ),
    # Heights: the point cloud and the model that was made of it cover the same kilometre.
    "terrain/3dm_32_360_5721_thinned.laz": loaded("laz", "456,626 ground points", terrain=16, vegetation_height=16),
    "terrain/dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif": loaded("geotiff", "656 cells without value", terrain=16),
    "trees/Baumkataster_Wesel.csv": _NO_CRS,
    # Plans: XPlanGML 4.1 to 6.0, plain, zipped, within a wfs:FeatureCollection, without gehoertZuBereich.
    "xplan/xplan41_BP_BPlan001_4-1.zip": loaded("xplan", "gaps: 2", plan=1, plan_area=101),
    "xplan/xplan51_BP_BPlan001_5-1.gml": loaded("xplan", plan=1, plan_area=534),
    "xplan/xplan52_BP_BPlan004_5-2.zip": loaded("xplan", plan=1, plan_area=26),
    "xplan/xplan53_BP_WfsFeatureCollection.gml": loaded("xplan", plan=1, plan_area=318),
    "xplan/xplan54_BP_missing-gehoertZuBereich.gml": loaded("xplan", "gehoertZuBereich: 5", plan=1, plan_area=101),
    "xplan/xplan60_BP_BPlan004_6-0.zip": loaded("xplan", plan=1, plan_area=26),
    "xplan/xplan60_BP_Blankenese29.gml": loaded("xplan", plan=1, plan_area=255),
    "xplan/xplan60_BP_Osdorf48_Test_60.zip": loaded("xplan", plan=1, plan_area=42),
    "xplan/xplan60_FP_FNP_Test_60.zip": loaded("xplan", plan=1, plan_area=689),
}  # fmt: skip


SENSORS_PLACED = {
    "sensors/luqs/luqs_stations_subset.csv",
    "sensors/sensorthings/hamburg_frost_Things_expand_Locations_Datastreams.json",
}


def run(home: Path, *words: str) -> tuple[int, Any]:
    """Exit code and JSON of the command that a user types."""
    call = [sys.executable, "-c", "import sys; from twin.cli import main; sys.exit(main())", "--home", str(home)]
    done = subprocess.run([*call, "--lang", "en", "--json", *words], capture_output=True, check=False)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr.decode()


@pytest.fixture(scope="session")
def shared_home(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A home that all real deliveries came into by one command; do not write into it."""
    # Worker processes of one run have their folders side by side, and share the one beside those.
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "shared"
    folder.mkdir(exist_ok=True)
    kept = folder / "report.json"
    with FileLock(folder / "lock"):
        if not kept.exists():
            with twin.init(folder / "home", DISTRICT, "Kreis Wesel") as made:
                for ags, name in JOINED.items():
                    made.join(ags, ["all"], "internal", name=name)
            kept.write_text(json.dumps(run(folder / "home", "ingest", str(shared_data))))
    code, report = json.loads(kept.read_text())
    assert isinstance(report, dict), report
    files = {entry["file"].partition("/")[2]: entry for entry in report["deliveries"]}
    assert len(files) == len(report["deliveries"])
    return Run(folder / "home", code, files)


def _sentence(error: type[DeliveryError]) -> str:
    """Pattern of the sentences of a class."""
    return re.sub(r"\\\{\w+\\\}", ".*", re.escape(error.sentence.en))


def test_every_file_is_in_the_table(shared_data: Path) -> None:
    files = (path.relative_to(shared_data) for path in shared_data.rglob("*") if path.is_file())
    assert {str(path) for path in files if path.parts[0] != "sensors"} == set(TABLE)


@pytest.mark.parametrize("file", TABLE)
def test_a_file_gives_what_it_must(shared_home: Run, file: str) -> None:
    found, expected = shared_home.files[file], TABLE[file]
    if isinstance(expected, Refused):
        assert re.fullmatch(_sentence(expected.error), found["error"], re.DOTALL), found["error"]
        assert expected.words in found["error"]
        assert found["loaded"] == {} or expected.error is UnplacedFeatures
        assert found["delivery_id"] == ""
        return
    assert found["error"] == ""
    assert found["format"] == expected.format
    assert {layer: sum(rows.values()) for layer, rows in found["loaded"].items()} == expected.rows
    assert found["refused"] == expected.refused
    assert expected.note in "\n".join(found["notes"])
    assert found["delivery_id"]


def test_sensors_of_elsewhere_find_no_municipality(shared_home: Run, shared_data: Path) -> None:
    """What is in them, tests/ingest/sensor/test_shared_sensors.py says; of one place alone the district knows more."""
    files = {file: entry for file, entry in shared_home.files.items() if file.startswith("sensors/")}
    assert set(files) == {str(path.relative_to(shared_data)) for path in (shared_data / "sensors").rglob("*.*")}
    formats = {file.rpartition("/")[2][:12]: entry["format"] for file, entry in files.items()}
    assert formats == {
        **{
            "README.txt": "",
            "10315-BEOB.c": "dwd_report",
            "observations": "dwd_archive",
            "stundenwerte": "dwd_archive",
        },
        **{"luqs_station": "luqs", "currentmeasu": "pegel_online", "stations_7_n": "pegel_online"},
        **{"bgs_frost_ob": "sensor_things", "hamburg_fros": "sensor_things"},
    }
    loaded = {file: entry["loaded"] for file, entry in files.items() if not entry["error"]}
    assert set(loaded) == SENSORS_PLACED


def test_the_run_says_that_some_files_failed_and_names_nothing_unexpected(
    shared_home: Run,
) -> None:
    assert shared_home.code == 1
    assert not [entry["error"] for entry in shared_home.files.values() if "Unexpected" in entry["error"]]
    assert not list(shared_home.home.glob("log/*"))


def test_borders_came_first_wherever_they_lie(shared_home: Run) -> None:
    order = list(shared_home.files)
    first = [file for file in order if shared_home.files[file]["format"] == "boundaries"]
    assert order[: len(first)] == first


def test_each_row_lies_with_the_municipality_that_it_names(shared_home: Run) -> None:
    files = shared_home.files
    wesel = files[_WESEL_ZIP]["loaded"]["building"]
    assert wesel == {"05170012": 223, "05170016": 71, "05170044": 154, "05170048": 2308}
    assert files[_DORSTEN]["loaded"]["building"] == {"05562012": 30}
    assert set(files["addresses/essen_wfs_070.gml"]["loaded"]["address"]) == {"05113000"}
    assert set(files["boundaries/destatis_gemeinden_nrw.json"]["loaded"]["municipality_statistic"]) == {DISTRICT}


def test_what_was_loaded_can_be_asked(shared_home: Run) -> None:
    with twin.open(shared_home.home) as opened:
        shares = """SELECT year("date"), download, share FROM broadband_coverage
                    WHERE ags = '05170048' AND technology = 'fibre' AND download >= 50 ORDER BY 1, 2"""
        found = opened.sql(shares).fetchall()
        assert found[0] == (2018, 50.0, 0.0)
        assert found[-1] == (2021, 1000.0, 0.0845)
        per_head = """SELECT population.value / area.value AS density FROM municipality_statistic population
                      JOIN municipality_statistic area USING (ags)
                      WHERE ags = '05170048' AND population.indicator = 'population' AND area.indicator = 'area'"""
        assert 450 < opened.sql(per_head).fetchall()[0][0] < 550
        assert opened.sql("SELECT count(*) FROM building WHERE ags = '02000000'").fetchall() == [(57,)]


def test_a_named_crs_lets_the_trees_in(shared_home: Run, shared_data: Path) -> None:
    trees = str(shared_data / "trees" / "Baumkataster_Wesel.csv")
    code, report = run(shared_home.home, "ingest", trees, "--crs", "EPSG:25832", "--dry-run")
    (entry,) = report["deliveries"]
    assert code == 0
    assert entry["read"]["tree"] + entry["rejected_count"] == 14_380
    assert entry["loaded"]["tree"]["05170048"] > 14_000
