"""Shares by municipality: two dialects of the federal atlas, one table."""

from __future__ import annotations

from datetime import date

import pytest

from ingest.broadband.coverage import as_of
from ingest.format import Batch, Options, Reject
from ingest.formats.broadband_coverage import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery

OF_2021 = (
    '"AGS","alle Technologien ≥ 30 Mbit/s","leitungsg. Technologien ≥ 30 Mbit/s","FTTH/B ≥ 1000 Mbit/s"\n'
    '"05974040",99.60,99.58,4.12\n"05974044",100.39,0,\n'
)
OF_2018 = "AGS;300_30;DSL_50;FTTH_50;CATV_50\n05974040;96,00;85,00;1,00;87,00\n"


@pytest.fixture
def load(tmp_path):
    def read(name, content):
        path = tmp_path / name
        path.write_text(content, "utf-8")
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options()))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


def test_both_dialects_give_the_same_table(load):
    new, _, _ = load("gemeinde_2021_mitte.csv", OF_2021)
    old, _, _ = load("Verf_Mitte_2018.csv", OF_2018)
    assert [(row["technology"], row["download"], row["share"]) for row in new[:3]] == [
        *(("all", 30.0, 0.996), ("wired", 30.0, 0.9958), ("fibre", 1000.0, 0.0412))
    ]
    assert [(row["technology"], row["download"], row["share"]) for row in old] == [
        *(("all", 30.0, 0.96), ("dsl", 50.0, 0.85), ("fibre", 50.0, 0.01), ("cable", 50.0, 0.87))
    ]
    assert {row["ags"] for row in old} == {"05974040"}
    assert {row["date"] for row in new} == {date(2021, 6, 30)}
    assert {row["date"] for row in old} == {date(2018, 6, 30)}
    assert len({row["broadband_coverage_id"] for row in new + old}) == len(new + old)


def test_a_share_a_little_over_one_is_one_and_an_empty_cell_is_none(load):
    rows, _, facts = load("a_2021.csv", OF_2021)
    assert [row["share"] for row in rows if row["ags"] == "05974044"] == [1.0, 0.0]
    assert not facts.notes


def test_lines_that_do_not_fit_are_told(load):
    rows, rejects, facts = load(
        "a.csv", OF_2018 + "05974040;1;1;1;1\nSoest;1;1;1;1\n05974044;1\n05974048;900;-1;x;50\n"
    )
    assert len(rows) == 5
    assert [row["share"] for row in rows if row["ags"] == "05974048"] == [0.5]
    assert [reject.feature for reject in rejects] == ["line 3", "line 4", "line 5"]
    assert len(facts.notes) == 2  # no year in the name; values that are no share


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("gemeinde_bezirke_privat_2021_mitte.csv", date(2021, 6, 30)),
        ("Verf_Ende_2019.csv", date(2019, 12, 31)),
        ("atlas.zip/2020.csv", date(2020, 12, 31)),
        ("atlas.csv", None),
    ],
)
def test_the_name_tells_the_day(name, day):
    assert as_of(name) == day


@pytest.mark.parametrize("content", ["AGS;a;b;c;d\n", "300_1;300_2;300_6;DSL_1\n1;2;3;4\n", "AGS;DSL_1;DSL_2\n", ""])
def test_other_tables_are_left_alone(tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_text(content)
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        list(FORMAT.read(SourceFile(path), Options()))


@pytest.mark.parametrize(
    ("name", "municipalities", "rows", "soest"),
    [
        ("gemeinde_bezirke_privat_2021_mitte.csv", 11_388, 603_564, 0.9833),
        ("Verf_Gemeinden_atene_Mitte_2018.csv", 11_330, 532_510, None),
    ],
)
def test_real_files(shared_data, name, municipalities, rows, soest):
    items = list(FORMAT.read(SourceFile(shared_data / "broadband" / name), Options()))
    tables = [item.table for item in items if isinstance(item, Batch)]
    assert sum(table.num_rows for table in tables) == rows
    assert sum(len(set(table["ags"].to_pylist())) for table in tables) == municipalities
    found = {
        (row["technology"], row["download"]): row["share"]
        for table in tables
        for row in table.to_pylist()
        if row["ags"] == "05974040"
    }
    assert found.get(("all", 100.0)) == soest
    assert found["cable", 50.0] == pytest.approx(0.9093 if soest else 0.87)
