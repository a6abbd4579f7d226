"""Owners that came with an earlier delivery: a reading finds its municipality by the sensor that is stored."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from twin.engine import name
from twin.layer import Layer

if TYPE_CHECKING:
    from twin import Twin


def stored_owners(twin: Twin) -> Callable[[Layer, list[str]], dict[str, str]]:
    """Function that finds the municipality of the stored rows of a layer with given keys.

    Of a key that several municipalities use it gives none: nobody can tell which of them is meant.
    """

    def find(layer: Layer, keys: list[str]) -> dict[str, str]:
        rows = twin.sql(
            f"SELECT {name(layer.key[0])}, min(ags) FROM {name(layer.name)} "
            f"WHERE {name(layer.key[0])} IN (SELECT unnest(?)) GROUP BY 1 HAVING min(ags) = max(ags)",
            values=[keys],
        ).fetchall()
        return dict(rows)

    return find
