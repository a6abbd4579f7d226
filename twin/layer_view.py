"""The SQL of a layer's view: one scan over the Parquet files of all visible lakes."""

from __future__ import annotations

from collections.abc import Callable

from twin.engine import name, text
from twin.layer import CRS, Column, Layer
from twin.table_files import TableFile, TableFiles

_GEOMETRY = f"GEOMETRY({text(CRS)})"
_GLOB = set("*?[")


def layer_view(layer: Layer, tables: dict[str, TableFiles], pin: Callable[[str], str], gone: str = "") -> str:
    """SELECT of the rows of `layer`.

    Parameters
    ----------
    layer : Layer
        Whose rows.
    tables : dict of str to TableFiles
        Tenant → its table, of the visible tenants only.
    pin : callable
        Tenant → name of its attached lake, called where only DuckLake may read a table.
    gone : str
        Table of the places (see `located`) of rows to leave out; only where `is_plain`.

    Notes
    -----
    To bind a DuckLake table costs 2 ms and more, a file in a list nothing: the files of all lakes are one scan.
    """
    parts = []
    files: list[TableFile] = []
    for ags, table in sorted(tables.items()):
        if _plain(table):
            files += table.files
        else:
            source = f"{name(pin(ags))}.main.{name(layer.name)}"
            parts.append(f"SELECT {_values(layer, frozenset(table.columns))} FROM {source}")
    whole, thinned = _sorted(files)
    if whole:
        parts.append(f"SELECT {_values(layer, _held(whole))} FROM {_scan(whole)} r {_but(gone, 0)}")
    if thinned:
        # A file and that of its deletions have the same place in the two lists.
        deleted = ", ".join(text(str(file.deletes)) for file in thinned)
        parts.append(
            f"SELECT {_values(layer, _held(thinned))} FROM {_scan(thinned)} r "
            f"ANTI JOIN (SELECT file_index AS gone_file, pos AS gone_row FROM read_parquet([{deleted}])) "
            f"ON r.file_index = gone_file AND r.file_row_number = gone_row {_but(gone, len(whole))}"
        )
    return " UNION ALL ".join(parts) or f"SELECT {_values(layer, frozenset())} WHERE false"


def registry_view(layer: Layer, table: str) -> str:
    """SELECT of the rows of a layer that the registry keeps, from a table with its columns and geometry as WKB."""
    values = (
        f"ST_GeomFromWKB({name(column.name)})::{_GEOMETRY} AS {name(column.name)}"
        if column.type == "GEOMETRY"
        else name(column.name)
        for column in layer.all_columns
    )
    return f"SELECT {', '.join(values)} FROM {table}"


def is_plain(tables: dict[str, TableFiles]) -> bool:
    """Whether all rows of these tables have a place in a file that may be read without DuckLake."""
    return all(_plain(table) for table in tables.values())


def located(tables: dict[str, TableFiles], keys: str) -> str:
    """SELECT of the places of the rows whose ``(ags, building_id)`` are in table `keys`.

    A place is one number, the file's in the layer's view and the row's in the file: to look it up costs no column.
    """
    whole, thinned = _sorted([file for _, table in sorted(tables.items()) for file in table.files])
    parts = [
        f"SELECT {_place('r', first)} AS place FROM {_scan(files)} r SEMI JOIN {keys} USING (ags, building_id)"
        for files, first in ((whole, 0), (thinned, len(whole)))
        if files
    ]
    return " UNION ALL ".join(parts) or "SELECT 0::BIGINT AS place WHERE false"


def _but(gone: str, first: int) -> str:
    return f"ANTI JOIN {gone} ON {_place('r', first)} = place" if gone else ""


def _place(scan: str, first: int) -> str:
    file = f"({scan}.file_index::BIGINT + {first})" if first else f"{scan}.file_index::BIGINT"
    return f"(({file} << 32) | {scan}.file_row_number)"


def _plain(table: TableFiles) -> bool:
    return table.plain and not any(_GLOB & set(str(file.path)) for file in table.files)


def _sorted(files: list[TableFile]) -> tuple[list[TableFile], list[TableFile]]:
    """Files without and with deletions, in their order."""
    return [file for file in files if file.deletes is None], [file for file in files if file.deletes is not None]


def _held(files: list[TableFile]) -> frozenset[str]:
    return frozenset().union(*(file.columns for file in files))


def _scan(files: list[TableFile]) -> str:
    paths = ", ".join(text(str(file.path)) for file in files)
    mixed = len({file.columns for file in files}) > 1
    # A folder called a=b above the home is no column.
    return f"read_parquet([{paths}], hive_partitioning = false{', union_by_name = true' if mixed else ''})"


def _values(layer: Layer, held: frozenset[str]) -> str:
    return ", ".join(f"{_value(column, held)} AS {name(column.name)}" for column in layer.all_columns)


def _value(column: Column, held: frozenset[str]) -> str:
    if column.type != "GEOMETRY":
        return name(column.name) if column.name in held else f"NULL::{column.type}"
    # The files do not tell the CRS. A cast, since through a function the engine does not see that it may skip row
    # groups by their boxes.
    return f"{name(column.name) if column.name in held else 'NULL'}::{_GEOMETRY}"
