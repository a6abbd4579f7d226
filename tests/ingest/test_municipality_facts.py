"""Borders without figures get those of the reference data; figures that a delivery names stay."""

import geopandas
import pyarrow as pa
import shapely

import twin
from ingest.job import Request, ingest
from ingest.municipality_facts import completed
from twin.municipalities import Municipality, listed

KNOWN = {one.ags: one for one in listed("05974")[1]}


def _table(**columns):
    types = {"ags": pa.string(), "population": pa.int32(), "area": pa.float64()}
    return pa.table({name: pa.array(values, types[name]) for name, values in columns.items()})


def test_only_what_is_missing_is_completed():
    facts = {"a": Municipality("a", "A", 10, 2.0), "b": Municipality("b", "B", 20, None)}
    rows = _table(ags=["a", "b", "c", "a"], population=[None, None, None, 1], area=[None, 5.0, None, 7.0])
    found, count = completed(rows, facts)
    assert found.column("population").to_pylist() == [10, 20, None, 1]
    assert found.column("area").to_pylist() == [2.0, 5.0, None, 7.0]
    assert count == 2
    assert found.schema == rows.schema


def test_borders_without_figures_are_completed_and_the_report_says_so(tmp_path):
    keys = sorted(KNOWN)[:2]
    frame = geopandas.GeoDataFrame(
        {"AGS": keys, "GEN": [KNOWN[key].name for key in keys]},
        geometry=[shapely.box(430_000 + 9_000 * n, 5_710_000, 438_000 + 9_000 * n, 5_718_000) for n in range(2)],
        crs="EPSG:25832",
    )
    frame.to_file(tmp_path / "borders.gpkg")
    with twin.init(tmp_path / "home", "05974") as t:
        report = ingest(t, [str(tmp_path / "borders.gpkg")], Request(workers=1))
        found = t.sql("SELECT ags, population, area FROM municipality ORDER BY ags").fetchall()
    assert found == [(key, KNOWN[key].population, KNOWN[key].area) for key in keys]
    assert any("Destatis" in note and " 2 " in note for note in report.deliveries[0].notes)
