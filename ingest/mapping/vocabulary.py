"""What the columns of a layer are called in tables, and what stands in them: ``data/columns/<layer>.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ingest.column_names import plain
from twin.discovery import discover
from twin.layer import Layer
from twin.reference import codes, reference_path


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words about one layer.

    Attributes
    ----------
    columns : dict of str to tuple of str
        Column to the plain names that it goes by, the surest first; its own name and its titles come last.
    hints : tuple of str
        Plain words in names of files, sheets and columns that speak for the layer.
    values : dict of str to dict of str to str
        Column to (plain word in the table to the layer's value).
    typical : dict of str to (float, float)
        Column to the range that most of its values lie in. [unit of the column]
    named : dict of str to dict
        Column whose value the name of another's source tells: ``{"depth": {"invert": ["sohl"]}}``.
    differences : dict of str to (tuple of str, tuple of str)
        Column to names of a column and of one that is subtracted from it.
    patterns : dict of str to str
        Column to a regular expression whose first group that matches is the number.
    sure : tuple of str
        Columns that hardly another layer has.
    appended : dict of str to str
        Column to the meaning whose text is put behind: ``house_number`` to ``suffix``.
    spoken : tuple of str
        Columns whose values may be told by the name of the file: ``Gasleitungen.shp``.
    """

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hints: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    typical: dict[str, tuple[float, float]] = field(default_factory=dict)
    named: dict[str, dict[str, dict[str, list[str]]]] = field(default_factory=dict)
    differences: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    sure: tuple[str, ...] = ()
    appended: dict[str, str] = field(default_factory=dict)
    spoken: tuple[str, ...] = ()


@cache
def vocabulary(layer: str) -> Vocabulary:
    """What is known of a layer's columns; of one that nobody has described, their names and titles."""
    found = _file(layer)
    declared: Layer | None = discover("LAYER").get(layer)
    names = {column: tuple(words) for column, words in found.get("columns", {}).items()}
    values = {
        column: {word: value for value, words in table.items() for word in words}
        for column, table in found.get("values", {}).items()
    }
    if declared is not None:
        for column in declared.columns:
            own = (plain(column.name), plain(column.title.de), plain(column.title.en))
            names[column.name] = tuple(dict.fromkeys((*names.get(column.name, ()), *own)))
            if column.codes:
                titles = {plain(title): code for code, title in codes(column.codes).items()}
                titles |= {plain(code): code for code in codes(column.codes)}
                values[column.name] = titles | values.get(column.name, {})
        title_words = [plain(word) for word in (declared.name, declared.title.de, declared.title.en)]
    else:
        title_words = []
    return Vocabulary(
        columns=names,
        hints=tuple(dict.fromkeys([*found.get("hints", ()), *(word for word in title_words if word)])),
        values=values,
        typical={column: (float(low), float(high)) for column, (low, high) in found.get("typical", {}).items()},
        named=found.get("named", {}),
        differences={
            column: (tuple(one["from"]), tuple(one["minus"])) for column, one in found.get("differences", {}).items()
        },
        patterns=found.get("patterns", {}),
        sure=tuple(found.get("sure", ())),
        appended=found.get("appended", {}),
        spoken=tuple(found.get("values", ())),
    )


@cache
def words(kind: str) -> frozenset[str]:
    """Words of ``data/mapping/words.json``: ``missing``, ``true``, ``false`` or ``personal``."""
    found = json.loads(reference_path("mapping/words.json").read_text("utf-8"))
    return frozenset(found[kind])


def _file(layer: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(reference_path(f"columns/{layer}.json").read_text("utf-8"))
    except FileNotFoundError:
        return {}
    return found
