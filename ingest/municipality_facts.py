"""What the reference data knows of municipalities whose borders come without figures."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from twin.language import Text
from twin.municipalities import Municipality

COMPLETED = Text(
    "Einwohner oder Fläche von {count} Gemeinden: aus dem Verzeichnis, das dem Programm beiliegt (Destatis); die "
    "Lieferung nennt keine.",
    "Population or area of {count} municipalities: of the list that comes with the program (Destatis); the delivery "
    "names none.",
)
_FIGURES = ("population", "area")


def completed(table: pa.Table, facts: Mapping[str, Municipality]) -> tuple[pa.Table, int]:
    """Rows of ``municipality`` with the figures that they lack, and how many rows that are.

    Parameters
    ----------
    table : pyarrow.Table
        Rows of the layer, ``ags`` among the columns.
    facts : mapping of str to Municipality
        What is known, by municipality key.
    """
    known = [facts.get(ags) for ags in table.column("ags").to_pylist()]
    changed = pa.array([False] * table.num_rows)
    for name in _FIGURES:
        place = table.schema.get_field_index(name)
        given = table.column(place).combine_chunks()
        figures = pa.array([getattr(one, name, None) for one in known], given.type)
        changed = pc.or_(changed, pc.and_(given.is_null(), figures.is_valid()))
        table = table.set_column(place, table.schema.field(place), pc.coalesce(given, figures))
    return table, int(pc.sum(changed).as_py() or 0)
