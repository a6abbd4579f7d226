"""Opens whatever holds tables: told by content, never by its ending."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ingest.source_file import SourceFile
from ingest.table import delimited_table, json_table, spreadsheet, vector_table
from ingest.table.delimited_table import DelimitedTable
from ingest.table.table import Table
from ingest.vector.container import VERSIONS, container
from twin.language import Text

LARGEST = 2 << 30
"""Largest GeoJSON or GML, which are not read from within. [B]"""


def kind(source: SourceFile) -> Text | None:
    """What kind of file with tables this is, for people; None if it is none."""
    vector = container(source.head)
    if vector:
        too_large = vector in {"geojson", "gml"} and source.size > LARGEST
        return None if too_large else Text(VERSIONS[vector], VERSIONS[vector])
    if spreadsheet.is_spreadsheet(source):
        return spreadsheet.TITLE
    if json_table.is_json(source):
        return json_table.TITLE
    return delimited_table.TITLE if delimited_table.separator(source.head) else None


@contextmanager
def tables(source: SourceFile) -> Iterator[list[Table]]:
    """The tables of a file; those without a column or row are among them.

    Raises
    ------
    twin.errors.DeliveryError
        If it is damaged, unsafe or holds none.
    """
    if container(source.head):
        with vector_table.layers(source) as found:
            yield list(found)
    elif spreadsheet.is_spreadsheet(source):
        with spreadsheet.sheets(source) as found_sheets:
            yield list(found_sheets)
    elif json_table.is_json(source):
        yield list(json_table.lists(source))
    else:
        yield [DelimitedTable(source)]
