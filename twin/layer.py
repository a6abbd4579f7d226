"""What a layer is: one declaration from which table, legend, docs page and checks follow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pyarrow as pa

from twin.language import Text
from twin.provenance import UNSTATED, Licence
from twin.style import Style

CRS = "EPSG:25832"
"""The one CRS of everything stored: ETRS89 / UTM zone 32N; heights in DHHN2016; all in metres."""

_ARROW: dict[str, pa.DataType] = {
    "VARCHAR": pa.string(),
    "BOOLEAN": pa.bool_(),
    "UTINYINT": pa.uint8(),
    "SMALLINT": pa.int16(),
    "INTEGER": pa.int32(),
    "BIGINT": pa.int64(),
    "UINTEGER": pa.uint32(),
    "FLOAT": pa.float32(),
    "DOUBLE": pa.float64(),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BLOB": pa.binary(),
    "GEOMETRY": pa.binary(),
}

Placement = Literal["feature", "district", "raster", "registry"]


def arrow_type(duckdb_type: str) -> pa.DataType:
    """Arrow type of a DuckDB type name, lists (``FLOAT[]``) included; GEOMETRY is WKB in a binary column.

    Raises
    ------
    ValueError
        If the type is none that a layer may use.
    """
    if duckdb_type.endswith("[]"):
        return pa.list_(arrow_type(duckdb_type[:-2]))
    try:
        return _ARROW[duckdb_type]
    except KeyError:
        raise ValueError(
            f"a layer column may be one of {sorted(_ARROW)} or a list of it, not {duckdb_type!r}"
        ) from None


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layer's table.

    Attributes
    ----------
    name : str
        Name in SQL; no unit in it.
    type : str
        DuckDB type, see `arrow_type`.
    title : Text
        Heading in the interface.
    unit : str
        UCUM code of the unit, ``1`` for a ratio, empty for none.
    note : Text or None
        What a reader has to know: range, zero, direction, how it was computed.
    codes : str
        Name of the code list under ``data/codes`` that resolves the value; empty for none.
    source : str
        Standard and element that the value comes from.
    """

    name: str
    type: str
    title: Text
    unit: str = ""
    note: Text | None = None
    codes: str = ""
    source: str = ""


PROVENANCE = (
    Column("ags", "VARCHAR", Text("Gemeindeschlüssel", "Municipality key"), source="Amtlicher Gemeindeschlüssel"),
    Column("delivery_id", "VARCHAR", Text("Lieferung", "Delivery")),
    Column(
        "delivery_part",
        "INTEGER",
        Text("Datei der Lieferung", "File of the delivery"),
        note=Text("Zählt die Dateien eines Archivs ab 0.", "Counts the files of an archive from 0."),
    ),
)
"""Columns that every table has at its end; the store fills them."""


STORED_AT = Column(
    "stored_at",
    "TIMESTAMP",
    Text("Erhalten", "Stored at"),
    note=Text("UTC; seit wann der Zwilling diesen Wert kennt.", "UTC; since when the twin has known this value."),
)
"""Column of gathering rows (see `Layer.former`) that the store fills."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """One thing that several sources describe, each by a key of its own, is stored once: see `twin.matching`.

    Attributes
    ----------
    layer : str
        Where what gives way leaves its key; its columns are ``<key>``, ``matched_id``, ``overlap``, and any of the
        layer's own, and it is covered by the layer's consent.
    source : str
        Column that tells the source of a row; rows of one source stand beside each other.
    order : tuple of str
        Sources, the least trusted first, which decides where `Layer.precedence` does not; any other is trusted more.
    """

    layer: str
    source: str
    order: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layer:
    """Declaration of a layer; a file in ``layers/`` holds one as ``LAYER``.

    Attributes
    ----------
    name : str
        Name of the table and of the layer everywhere.
    title, row, description : Text
        Heading; what one row is; what a planner has to know.
    columns : tuple of Column
        Without those of `PROVENANCE`.
    key : tuple of str
        Columns that identify a row within a municipality.
    geometry : {"", "point", "line", "polygon"}
        What ``geom`` holds.
    consent : str
        The consent class: name of the layer whose consent covers this one; empty for its own.
    placement : {"feature", "district", "raster", "registry"}
        How rows find their municipality: by attribute or place; not at all, they are the district's own;
        cut along the boundaries; or no delivery brings them: the registry has them.
    style : Style or None
        How the map draws it; None if it is not drawn.
    licence : Licence
        What is assumed where a delivery names no licence.
    reference : str
        Standard that the names follow.
    retired_by : str
        Column by which deletions name rows (NBA names parcels by gml:id); the first key column if empty.
    precedence : str
        Column whose larger value wins where two formats bring the same key; empty if the later delivery wins.
    overlap : Overlap or None
        How rows of several sources that stand in one place are told to be one; None if they are never compared.
    latest : tuple of str
        Columns that tell the latest of two rows of one key, the most telling first, whichever came first. Such rows
        gather (see `twin.gathering`): none goes because its owner comes again. Empty where rows follow their owner.
    moment : str
        Column of the time that a gathering row is of: the table is cut by its months.
    newest : str
        Layer that keeps the newest row of each owner of gathering rows; empty for none.
    former : str
        Layer that keeps gathering rows which a later version took the place of; empty for none.
    """

    name: str
    title: Text
    row: Text
    description: Text
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    geometry: Literal["", "point", "line", "polygon"] = ""
    consent: str = ""
    placement: Placement = "feature"
    style: Style | None = None
    licence: Licence = UNSTATED
    reference: str = ""
    retired_by: str = ""
    precedence: str = ""
    overlap: Overlap | None = None
    latest: tuple[str, ...] = ()
    moment: str = ""
    newest: str = ""
    former: str = ""

    @property
    def consent_class(self) -> str:
        """Name of the layer whose consent covers this one."""
        return self.consent or self.name

    @cached_property
    def all_columns(self) -> tuple[Column, ...]:
        """Columns of the stored table, provenance included."""
        return self.columns + PROVENANCE

    @cached_property
    def schema(self) -> pa.Schema:
        """Arrow schema of the stored table; GEOMETRY as WKB."""
        return pa.schema([(column.name, arrow_type(column.type)) for column in self.all_columns])

    @cached_property
    def read_schema(self) -> pa.Schema:
        """Arrow schema that a format yields: the layer's own columns and ``ags`` (null where the source is silent)."""
        names = [column.name for column in self.columns] + ["ags"]
        return pa.schema([self.schema.field(name) for name in names])

    def column(self, name: str) -> Column:
        """Column called `name`.

        Raises
        ------
        KeyError
            If there is none.
        """
        for column in self.all_columns:
            if column.name == name:
                return column
        raise KeyError(name)
