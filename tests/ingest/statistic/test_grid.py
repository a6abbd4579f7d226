"""Grid data of the census."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from ingest.format import Batch, Options, Reject
from ingest.formats.census_grid import FORMAT
from ingest.source_file import SourceFile
from ingest.statistic.cell import GRID, corner, squares
from twin.errors import InvalidDelivery

CELL = "CRS3035RES100mN3150100E4180000"
HEADER = "GITTER_ID_100m;x_mp_100m;y_mp_100m"


@pytest.fixture
def load(tmp_path):
    def read(content, name="Zensus2022_Bevoelkerungszahl_100m-Gitter.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options()))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


def test_a_cell_becomes_a_square_of_its_size(load):
    (row,), rejects, facts = load(f"{HEADER};Einwohner\n{CELL};4180050;3150150;12\n")
    square = shapely.from_wkb(row.pop("geom"))
    assert row == {
        **{"statistic_id": f"{CELL}|population|2022-05-15", "level": "grid_100m", "cell_id": CELL, "value": 12.0},
        **{"indicator": "population", "unit": "1", "uncertain": False, "date": date(2022, 5, 15), "ags": None},
    }
    # The projection keeps areas, UTM all but 0.1 % of them.
    assert square.area == pytest.approx(10_000, rel=2e-3)
    assert square.is_valid
    assert shapely.is_ccw(square.exterior)
    assert square.centroid.distance(shapely.Point(GRID.to_store(np.array([4180050.0]), np.array([3150150.0]))[0])) < 0.1
    assert not rejects
    assert (facts.version, facts.crs, facts.date, facts.notes) == ("Zensus 2022", "EPSG:3035", "2022-05-15", ())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_many_figures_and_those_not_stated(load, encoding):
    header = f"{HEADER};Einwohner;Durchschnittsalter;xy;werterlaeuternde_Zeichen"
    text = f"{header}\n{CELL};4180050;3150150;-;43,25;1;KLAMMERN\n"
    (row,), _, facts = load(text.encode(encoding))
    assert (row["indicator"], row["value"], row["unit"], row["uncertain"]) == ("average_age", 43.25, "a", True)
    assert "1" in facts.notes[0]
    assert "xy" in facts.notes[1]
    (row,), _, _ = load(text.replace(";-;", ";–;"))
    assert row["indicator"] == "average_age"


def test_small_figures_about_energy_are_withheld_and_counted(load):
    text = f"{HEADER};Gas;Heizoel;Strom\n{CELL};4180050;3150150;4;5;0\n"
    rows, _, facts = load(text, "Zensus2022_Energietraeger_100m-Gitter.csv")
    assert {row["indicator"]: row["value"] for row in rows} == {
        "energy_source_oil": 5.0,
        "energy_source_electricity": 0.0,
    }
    assert facts.dropped == {"small_cells": 1}


def test_the_file_name_tells_buildings_from_dwellings(load):
    text = f"{HEADER};Gas\n{CELL};4180050;3150150;9\n"
    (row,), _, _ = load(text, "Zensus2022_Gebaeude_nach_Energietraeger_der_Heizung_100m-Gitter.csv")
    assert row["indicator"] == "buildings_heated_by_gas"


@pytest.mark.parametrize(("language", "line"), [("de", "Zeile 2"), ("en", "line 2")])
def test_coordinates_ruined_by_a_spreadsheet_are_rejected(load, monkeypatch, language, line):
    monkeypatch.setenv("TWIN_LANG", language)
    lines = [
        f"{CELL};4,18E+06;3150150;7",
        f"{CELL};4180050;;7",
        "Zelle;4180050;3150150;7",
        f"{CELL};1;2",
        f"{CELL};4180050;3150150;7",
    ]
    rows, rejects, _ = load("\n".join([f"{HEADER};Einwohner", *lines]))
    assert len(rows) == 1
    assert len(rejects) == 4
    assert line in {reject.reason.partition(":")[0] for reject in rejects}


def test_a_cell_far_away_is_rejected(load):
    rows, rejects, _ = load(f"{HEADER};Einwohner\nCRS3035RES100mN9000000E9000000;9000050;9000050;7\n")
    assert not rows
    assert len(rejects) == 1


def test_cells_of_a_kilometre(load):
    text = "GITTER_ID_1km;x_mp_1km;y_mp_1km;Einwohner\nCRS3035RES1000mN3150000E4180000;4180500;3150500;700\n"
    (row,), rejects, _ = load(text, "Zensus2011_1km.csv")
    assert not rejects
    assert row["level"] == "grid_1km"
    assert row["date"] == date(2011, 5, 9)
    assert shapely.from_wkb(row["geom"]).area == pytest.approx(1e6, rel=2e-3)


def test_a_file_without_any_known_figure_gives_none(load):
    rows, _, facts = load(f"{HEADER};xyz\n{CELL};4180050;3150150;1\n")
    assert not rows
    assert "xyz" in facts.notes[0]


@given(st.integers(20_000, 60_000), st.integers(20_000, 50_000))
def test_names_of_cells_tell_their_corner(east, north):
    assert corner(f"CRS3035RES100mN{north * 100}E{east * 100}", 100.0) == (east * 100, north * 100)
    assert corner(f"100mN{north}E{east}", 100.0) == (east * 100, north * 100)
    assert corner(f"1kmN{north // 10}E{east // 10}", 1000.0) == (east // 10 * 1000, north // 10 * 1000)


@given(st.text(max_size=60))
def test_any_text_names_a_corner_or_none(text):
    found = corner(text, 100.0)
    assert found is None or len(found) == 2


@given(st.integers(4_050_000, 4_650_000), st.integers(2_700_000, 3_550_000))
def test_neighbours_share_their_side(east, north):
    one, other = squares(np.array([(east + 50.0, north + 50.0), (east + 150.0, north + 50.0)]), 100.0)
    assert one.intersection(other).length == pytest.approx(100, rel=1e-2)
    assert one.intersection(other).area < 1e-3


@pytest.mark.parametrize("content", [f"{HEADER}\n", "GITTER_ID_100m;x;y;Einwohner\n", "a;b;c;d\n", ""])
def test_other_tables_are_left_alone(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        list(FORMAT.read(SourceFile(path), Options()))
