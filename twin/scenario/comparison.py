"""What a scenario changes in an indicator: the rows that differ, before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.discovery import find
from twin.engine import name as quoted
from twin.indicator import Indicator
from twin.layer import Layer
from twin.scenario.scenario import scenario_in

if TYPE_CHECKING:
    from twin import Twin

NOISE = 1e-9
"""Relative difference below which two figures are equal: sums over threads differ in their last digits."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows of an indicator that a scenario changes.

    Attributes
    ----------
    scenario : str
        Name of the scenario.
    indicator : Indicator
        What was asked.
    rows : list of dict
        ``ags``, the key columns, and for each column of the indicator ``<column>_before`` and ``<column>_after``;
        None on the side where there is no such row.
    """

    scenario: str
    indicator: Indicator
    rows: list[dict[str, Any]]


def compare(twin: Twin, name: str, indicator_name: str) -> Comparison:
    """Compare an indicator on a scenario with the same on the stock that the scenario sits on.

    Parameters
    ----------
    twin : Twin
        The twin, opened for whoever asks.
    name : str
        Name of the scenario.
    indicator_name : str
        Name of the indicator.

    Raises
    ------
    UnknownName
        If there is no such scenario or indicator.
    """
    indicator: Indicator = find("INDICATOR", indicator_name)
    scenario = scenario_in(twin.registry, twin.visible(), name)
    layer: Layer = find("LAYER", indicator.layer)
    sql = comparison_sql(indicator, layer, scenario.base_schema, scenario.schema)
    relation = twin.sql(sql)
    titles = relation.columns
    return Comparison(name, indicator, [dict(zip(titles, row, strict=True)) for row in relation.fetchall()])


def comparison_sql(indicator: Indicator, layer: Layer, before: str, after: str) -> str:
    """SQL of the rows of an indicator that differ between two schemas, those that differ most first."""
    key = ", ".join(quoted(column) for column in dict.fromkeys((*layer.key, "ags")))
    columns = [column.name for column in indicator.columns]
    pairs = ", ".join(
        f"b.{quoted(c)} AS {quoted(c + '_before')}, a.{quoted(c)} AS {quoted(c + '_after')}" for c in columns
    )
    differs = " OR ".join(f"({_differs(quoted(column))})" for column in columns)
    numbers = [column.name for column in indicator.columns if column.type == "DOUBLE"]
    weight = " + ".join(f"abs(coalesce(a.{quoted(c)}, 0) - coalesce(b.{quoted(c)}, 0))" for c in numbers) or "0"
    return f"""
SELECT {key}, {pairs}
FROM ({indicator.sql(before)}) b FULL JOIN ({indicator.sql(after)}) a USING ({key})
WHERE {differs} ORDER BY {weight} DESC, {key}"""


def _differs(column: str) -> str:
    close = f"abs(a.{column} - b.{column}) <= {NOISE} * greatest(abs(a.{column}), abs(b.{column}))"
    return f"(a.{column} IS NULL) <> (b.{column} IS NULL) OR NOT coalesce({close}, true)"
