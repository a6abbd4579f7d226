"""Which mapping fits which table of a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.mapping.mapping import Mapping
from ingest.mapping.validation import layers
from ingest.source_file import SourceFile
from ingest.table.opening import kind, tables
from ingest.table.table import Table
from twin.errors import TwinError


@dataclass(frozen=True, slots=True)
class Match:
    """A mapping and the table that it is to read.

    Attributes
    ----------
    mapping : Mapping
        The mapping.
    table : Table
        The table.
    """

    mapping: Mapping
    table: Table


def signature(table: Table) -> tuple[str, ...]:
    """What tells a sort of table: the names of its columns, in whatever order."""
    return tuple(sorted(table.columns))


def fits(mapping: Mapping, table: Table, *, alone: bool) -> bool:
    """Whether a mapping was made for this sort of table.

    Its columns are the very ones; of a file with several tables the name is the same, too; and what the table draws is
    what the layer holds.
    """
    named = alone or not mapping.table or mapping.table == table.name
    return named and signature(table) == mapping.fits and _draws(mapping, table)


def serves(mapping: Mapping, table: Table) -> bool:
    """Whether a table has at least all that a mapping needs."""
    return bool(table.columns) and mapping.needs <= set(table.columns) and _draws(mapping, table)


def matches(mappings: Sequence[Mapping], found: Sequence[Table], *, strict: bool = True) -> list[Match]:
    """Each table with the first mapping that fits it; with one that merely serves it, if not `strict`."""
    filled = [table for table in found if table.columns or table.geometry]
    result = []
    for table in filled:
        chosen = next((one for one in mappings if fits(one, table, alone=len(filled) == 1)), None)
        if chosen is None and not strict:
            own = [one for one in mappings if one.table in ("", table.name) or len(filled) == 1]
            chosen = next((one for one in own if serves(one, table)), None)
        if chosen is not None:
            result.append(Match(chosen, table))
    return result


def fitting(source: SourceFile, mappings: Sequence[Mapping]) -> tuple[Mapping, ...]:
    """Mappings that fit tables of a file; none if it has no tables or cannot be read. Never raises."""
    if not mappings or kind(source) is None:
        return ()
    try:
        with tables(source) as found:
            return tuple(match.mapping for match in matches(mappings, found))
    except TwinError:
        return ()


def _draws(mapping: Mapping, table: Table) -> bool:
    if mapping.geometry.kind != "own":
        return True
    layer = layers().get(mapping.layer)
    wanted = layer.geometry if layer is not None else ""
    return table.geometry in ("any", wanted) or (wanted == "point" and table.geometry == "polygon")
