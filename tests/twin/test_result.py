from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import geopandas
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from twin.result import ROWS_SHOWN, print_result, write_result


def _reader(table: pa.Table) -> pa.RecordBatchReader:
    return table.to_reader(max_chunksize=2)


def _written(table: pa.Table, kind: str) -> bytes:
    target = io.BytesIO()
    write_result(_reader(table), kind, target)
    return target.getvalue()


@pytest.mark.parametrize("dangerous", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_texts_that_are_formulas_are_neutralised_in_cells_and_headings(dangerous: str) -> None:
    rows = list(csv.reader(io.StringIO(_written(pa.table({dangerous: [dangerous]}), "csv").decode(), newline="")))
    assert rows == [["'" + dangerous], ["'" + dangerous]]


def test_numbers_stay_numbers() -> None:
    assert _written(pa.table({"n": [-1, 2]}), "csv").decode().split() == ['"n"', "-1", "2"]


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00"))))
def test_no_text_cell_of_a_csv_begins_like_a_formula(texts: list[str]) -> None:
    table = pa.table({"t": pa.array(texts, pa.string())})
    rows = list(csv.reader(io.StringIO(_written(table, "csv").decode(), newline="")))
    cells = [row[0] if row else "" for row in rows[1:]]
    assert len(cells) == len(texts)
    for cell, text in zip(cells, texts, strict=True):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell.removeprefix("'") == text.removeprefix("'") or cell == text


def test_json_knows_what_databases_know() -> None:
    table = pa.table(
        {
            "f": [float("nan"), 1.5],
            "d": [Decimal("1.50"), None],
            "t": [datetime(2026, 1, 2, tzinfo=UTC), None],
            "l": [[1.0, 2.0], None],
            "b": [b"\x01\xff", None],
        }
    )
    first, second = json.loads(_written(table, "json"))
    assert first == {"f": None, "d": 1.5, "t": "2026-01-02T00:00:00+00:00", "l": [1.0, 2.0], "b": "01ff"}
    assert second["f"] == 1.5


def test_an_empty_result_is_still_a_file() -> None:
    empty = pa.table({"a": pa.array([], pa.string())})
    assert json.loads(_written(empty, "json")) == []
    assert _written(empty, "csv").decode().strip() == '"a"'
    assert pq.read_table(io.BytesIO(_written(empty, "parquet"))).column_names == ["a"]


def test_a_table_for_people_ends_and_says_so() -> None:
    console = Console(file=io.StringIO(), width=80)
    print_result(_reader(pa.table({"n": range(ROWS_SHOWN + 1), "x": ["[red]\x1b[31m"] * (ROWS_SHOWN + 1)})), console)
    text = console.file.getvalue()
    assert "--format csv" in text
    assert "\x1b" not in text
    assert "[red]" in text


def _with_geometry() -> pa.Table:
    metadata = {"ARROW:extension:name": "geoarrow.wkb", "ARROW:extension:metadata": '{"crs": "EPSG:25832"}'}
    field = pa.field("geom", pa.binary(), metadata=metadata)
    return pa.Table.from_arrays([pa.array([shapely.to_wkb(shapely.Point(1, 2)), None])], schema=pa.schema([field]))


def test_geometry_is_readable_text() -> None:
    assert _written(_with_geometry(), "csv").decode().split("\n")[1] == '"POINT (1 2)"'
    assert json.loads(_written(_with_geometry(), "json")) == [{"geom": "POINT (1 2)"}, {"geom": None}]


def test_parquet_with_geometry_is_geoparquet(tmp_path) -> None:
    (tmp_path / "a.parquet").write_bytes(_written(_with_geometry(), "parquet"))
    frame = geopandas.read_parquet(tmp_path / "a.parquet")
    assert frame.crs == "EPSG:25832"
    assert frame.geometry.iloc[0].wkt == "POINT (1 2)"


def test_a_row_of_many_columns_is_readable_on_a_narrow_screen() -> None:
    names = [f"column_{number}" for number in range(27)]
    console = Console(file=io.StringIO(), width=80)
    print_result(_reader(pa.table({name: [f"value of {name}"] for name in names})), console)
    lines = [line.split("│") for line in console.file.getvalue().splitlines() if "│" in line]  # type: ignore[attr-defined]
    assert [(name.strip(), value.strip()) for name, value in lines] == [(name, f"value of {name}") for name in names]
