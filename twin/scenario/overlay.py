"""A scenario's tables: views that lay its edits over the tables of its moment, with the same columns."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any

import pyarrow as pa

from twin.discovery import discover
from twin.engine import name as quoted
from twin.engine import text
from twin.layer import CRS, Layer
from twin.reading import Reading, ViewMaker
from twin.scenario.edit import Edit
from twin.scenario.massing import TABLES, massing
from twin.scenario.outcome import Key, Outcome, outcome
from twin.scenario.scenario import Scenario, scenarios_in


def make(reading: Reading) -> None:
    """Add a schema for each scenario, and one for the stock that it sits on, to a reading."""
    for scenario in scenarios_in(reading.registry, reading.pairs):
        _make_schemas(reading, scenario)


_KEYS = pa.schema([("ags", pa.string()), ("building_id", pa.string())])

VIEWS = ViewMaker("scenario", make)


def _make_schemas(reading: Reading, scenario: Scenario) -> None:
    base = reading.as_of(scenario.at)
    schema = f"{quoted(reading.catalog)}.{quoted(scenario.schema)}"
    below = f"{quoted(reading.catalog)}.{quoted(scenario.base_schema)}"
    reading.connection.execute(f"CREATE SCHEMA {schema}; CREATE SCHEMA {below}")
    edits = _Edits(reading, schema, scenario)
    layers: dict[str, Layer] = discover("LAYER")
    for layer in layers.values():
        table = quoted(layer.name)
        reading.connection.execute(f"CREATE VIEW {below}.{table} AS FROM {base}.{table}")
        rows = edits.over(layer, base) if layer.name in TABLES else f"FROM {base}.{table}"
        reading.connection.execute(f"CREATE VIEW {schema}.{table} AS {rows}")


class _Edits:
    """The edits of one scenario as small tables in its schema, and the SQL that lays them over a layer.

    Of ``building``, the rows of the municipalities that are edited are written anew. In the larger tables of parts,
    surfaces and meshes, that would take too long for a dashboard: what is gone is kept out there by its place in the
    files, one look-up of a number a row, and only where something is.
    """

    def __init__(self, reading: Reading, schema: str, scenario: Scenario) -> None:
        self._reading, self._schema, self._scenario = reading, schema, scenario
        self._result, self._added = outcome(scenario), _tables(scenario)

    def over(self, layer: Layer, base: str) -> str:
        """SELECT of the rows of `layer` in the scenario."""
        if layer.name == "building":
            return self._rewritten(layer, base)
        parts = [self._without(layer, base, self._result.removed)]
        if self._added[layer.name].num_rows:
            parts.append(f"FROM {self._lay(layer)}")
        return " UNION ALL ".join(parts)

    def _rewritten(self, layer: Layer, base: str) -> str:
        """The attributes of all buildings are what indicators read: no join and no union between."""
        stock = f"{base}.{quoted(layer.name)}"
        changed = self._result.changed.keys() - self._result.added.keys()
        gone, laid = self._gone(layer, self._result.removed | changed), self._lay(layer)
        if changed:
            execute = self._reading.connection.execute
            execute(f"INSERT INTO {laid} SELECT * FROM {stock} SEMI JOIN {gone} USING (ags, building_id)")
            if removed := sorted(self._result.removed):
                self._reading.connection.executemany(f"DELETE FROM {laid} WHERE ags = ? AND building_id = ?", removed)
        for column, by_value in _by_column(self._result).items():
            self._set(laid, layer, column, by_value)
        rows = (
            f"SELECT * FROM {stock} ANTI JOIN {gone} USING (ags, building_id) WHERE ags = {{ags}} "
            f"UNION ALL SELECT * FROM {laid} WHERE ags = {{ags}}"
        )
        edits: dict[str, list[tuple[int, Edit]]] = defaultdict(list)
        for entry in self._scenario.edits:
            edits[entry.ags].append((entry.seq, entry.edit))
        return self._reading.rewritten(
            base,
            layer,
            {
                ags: ((self._scenario.schema, tuple(made)), rows.format(ags=text(ags)))
                for ags, made in sorted(edits.items())
            },
        )

    def _without(self, layer: Layer, base: str, gone: set[Key]) -> str:
        if not gone:
            return f"SELECT * FROM {base}.{quoted(layer.name)}"
        places = f"{self._schema}.{quoted('_places_' + layer.name)}"
        return self._reading.without(base, layer, self._gone(layer, gone), places)

    def _gone(self, layer: Layer, gone: set[Key]) -> str:
        """Table of the keys that are not taken from the stock."""
        table = f"{self._schema}.{quoted('_gone_' + layer.name)}"
        keys = {"ags": [ags for ags, _ in gone], "building_id": [key for _, key in gone]}
        self._store(table, pa.table(keys, schema=_KEYS))
        return table

    def _lay(self, layer: Layer) -> str:
        """Table of the rows that are new."""
        table = f"{self._schema}.{quoted('_laid_' + layer.name)}"
        self._store(table, self._added[layer.name], layer)
        return table

    def _set(self, table: str, layer: Layer, column: str, values: list[tuple[Any, str, str]]) -> None:
        assert layer.column(column)
        self._reading.connection.executemany(
            f"UPDATE {table} SET {quoted(column)} = ? WHERE ags = ? AND building_id = ?", values
        )

    def _store(self, table: str, rows: pa.Table, layer: Layer | None = None) -> None:
        connection = self._reading.connection
        connection.register("given", rows)
        geometry = [column.name for column in layer.all_columns if column.type == "GEOMETRY"] if layer else []
        restored = ", ".join(f"ST_SetCRS(ST_GeomFromWKB({quoted(n)}), '{CRS}') AS {quoted(n)}" for n in geometry)
        connection.execute(f"CREATE TABLE {table} AS SELECT * {f'REPLACE ({restored})' if restored else ''} FROM given")
        connection.unregister("given")


def _by_column(result: Outcome) -> dict[str, list[tuple[Any, str, str]]]:
    found: dict[str, list[tuple[Any, str, str]]] = defaultdict(list)
    for (ags, building_id), columns in result.changed.items():
        for column, value in columns.items():
            found[column].append((value, ags, building_id))
    return found


@lru_cache(maxsize=32)
def _tables(scenario: Scenario) -> dict[str, pa.Table]:
    # The rows follow from the edits alone, so every reading of the same scenario shares them.
    return massing(outcome(scenario).added, scenario.schema)
