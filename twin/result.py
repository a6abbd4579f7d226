"""A query's result on its way out: as a table for people, CSV, JSON or Parquet."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import IO, Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet
import shapely
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from twin.language import Text

ResultFormat = Literal["table", "csv", "json", "parquet"]

ROWS_SHOWN = 200
"""Rows of a table for people; files hold all."""

_FORMULA = r"^[=+\-@\t\r]"
_NARROWEST = 9  # [characters] of a column, its rule included, that can still be read
_CELL = 60  # [characters] of a cell that a table for people shows
_MORE = Text("… weitere Zeilen: --format csv gibt alle aus.", "… more rows: --format csv gives them all.")


def write_result(batches: pa.RecordBatchReader, kind: ResultFormat, target: IO[bytes]) -> None:
    """Write a result as bytes, batch by batch.

    In CSV, texts that a spreadsheet would run as a formula get an apostrophe before them (CWE-1236); numbers stay
    numbers. Geometries are WKT in CSV and JSON, WKB in Parquet.

    Parameters
    ----------
    batches : pyarrow.RecordBatchReader
        The result.
    kind : {"csv", "json", "parquet"}
        How.
    target : binary stream
        Where to.
    """
    if kind == "parquet":
        schema = _geoparquet(batches.schema)
        with pyarrow.parquet.ParquetWriter(target, schema, compression="zstd", write_batch_size=10_000) as writer:
            for batch in batches:
                writer.write_batch(batch.cast(schema))
    elif kind == "csv":
        _write_csv(batches, target)
    else:
        _write_json(batches, target)


def print_result(batches: pa.RecordBatchReader, console: Console) -> None:
    """Print the first `ROWS_SHOWN` rows as a table for people; rows that are too wide for it, value below value."""
    rows = _rows(batches)
    shown = list(islice(rows, ROWS_SHOWN))
    wide = len(batches.schema) * _NARROWEST > console.width
    console.print(_upright(shown) if wide else _across(shown, batches.schema))
    if next(rows, None) is not None:
        console.print(str(_MORE), style="dim")


def _across(rows: list[dict[str, Any]], schema: pa.Schema) -> Table:
    table = Table(show_edge=False, header_style="bold")
    for field in schema:
        number = pa.types.is_integer(field.type) or pa.types.is_floating(field.type) or pa.types.is_decimal(field.type)
        table.add_column(escape(field.name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row.values()))
    return table


def _upright(rows: list[dict[str, Any]]) -> Table:
    table = Table(show_edge=False, show_header=False)
    table.add_column(style="bold", overflow="fold")
    table.add_column(overflow="fold")
    for row in rows:
        for name, value in row.items():
            table.add_row(escape(name), _cell(value))
        table.add_section()
    return table


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    # Control characters of a cell must not steer the terminal.
    text = "".join(character if character.isprintable() else " " for character in text)
    return escape(text if len(text) <= _CELL else text[: _CELL - 1] + "…")


def _write_csv(batches: pa.RecordBatchReader, target: IO[bytes]) -> None:
    names = _neutral(pa.array(batches.schema.names, pa.string())).to_pylist()
    writer: pyarrow.csv.CSVWriter | None = None
    for batch in batches:
        columns = [_flat(column, field) for column, field in zip(batch.columns, batch.schema, strict=True)]
        flat = pa.RecordBatch.from_arrays(columns, names=names)
        writer = writer or pyarrow.csv.CSVWriter(target, flat.schema)
        writer.write_batch(flat)
    if writer is None:
        writer = pyarrow.csv.CSVWriter(target, pa.schema([(name, pa.string()) for name in names]))
    writer.close()


def _write_json(batches: pa.RecordBatchReader, target: IO[bytes]) -> None:
    target.write(b"[")
    for number, row in enumerate(_rows(batches)):
        line = json.dumps({name: _json(value) for name, value in row.items()}, ensure_ascii=False, allow_nan=False)
        target.write((",\n" if number else "\n").encode() + line.encode())
    target.write(b"\n]\n")


def _rows(batches: pa.RecordBatchReader) -> Iterator[dict[str, Any]]:
    names = batches.schema.names
    for batch in batches:
        columns = [
            _readable(column, field).to_pylist() for column, field in zip(batch.columns, batch.schema, strict=True)
        ]
        for values in zip(*columns, strict=True):
            yield dict(zip(names, values, strict=True))


def _readable(column: pa.Array, field: pa.Field) -> pa.Array:
    """Geometry as WKT to the millimetre, other bytes as hexadecimal digits, the rest as it is."""
    if is_geometry(field):
        shapes = shapely.from_wkb(column.to_numpy(zero_copy_only=False))
        return pa.array(shapely.to_wkt(shapes, rounding_precision=3), pa.string(), from_pandas=True)
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    return column


def is_geometry(field: pa.Field) -> bool:
    """Whether a column holds geometry (GeoArrow WKB)."""
    return (field.metadata or {}).get(b"ARROW:extension:name") == b"geoarrow.wkb"


def _geoparquet(schema: pa.Schema) -> pa.Schema:
    """The schema with the metadata that makes a Parquet file a GeoParquet 1.1 file, if it has geometry."""
    columns = {}
    for field in schema:
        if is_geometry(field):
            described = json.loads(field.metadata.get(b"ARROW:extension:metadata") or b"{}")
            columns[field.name] = {"encoding": "WKB", "geometry_types": [], "crs": described.get("crs")}
    if not columns:
        return schema
    geo = {"version": "1.1.0", "primary_column": next(iter(columns)), "columns": columns}
    return schema.with_metadata({**(schema.metadata or {}), b"geo": json.dumps(geo).encode()})


def _flat(column: pa.Array, field: pa.Field) -> pa.Array:
    column = _readable(column, field)
    if pa.types.is_nested(column.type):
        texts = [
            None if value is None else json.dumps(_json(value), ensure_ascii=False) for value in column.to_pylist()
        ]
        column = pa.array(texts, pa.string())
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return _neutral(column) if pa.types.is_string(column.type) or pa.types.is_large_string(column.type) else column


def _neutral(column: pa.Array) -> pa.Array:
    prefixed = pc.binary_join_element_wise(pa.scalar("'", column.type), column, pa.scalar("", column.type))
    return pc.if_else(pc.match_substring_regex(column, _FORMULA), prefixed, column)


def _json(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(name): _json(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_json(inner) for inner in value]
    return _json_scalar(value)


def _json_scalar(value: Any) -> Any:
    if isinstance(value, float | Decimal):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    return value.hex() if isinstance(value, bytes) else value
