"""What an indicator is: one function of the tables, the same for the stock and for a scenario."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twin.language import Text
from twin.layer import Column
from twin.style import Ramp

Query = Callable[[Mapping[str, str]], str]


@dataclass(frozen=True, slots=True)
class Indicator:
    """Declaration of an indicator; a file in ``twin/indicators`` holds one as ``INDICATOR``.

    Attributes
    ----------
    name : str
        Name on the command line and in URLs.
    title, description : Text
        Heading; what it says and what it is not.
    layer : str
        Layer whose rows it speaks of; a result row has that layer's key.
    tables : tuple of str
        Layers that it reads.
    columns : tuple of Column
        What it computes, without key and ``ags``.
    query : callable
        Mapping of layer name to qualified table name → SQL. It yields the layer's key columns, ``ags`` and `columns`.
        The tables of the stock and of a scenario have the same columns, so that one query serves both.
    themes : tuple of Ramp
        How its columns colour the map.
    reference : str
        Law or standard.
    """

    name: str
    title: Text
    description: Text
    layer: str
    tables: tuple[str, ...]
    columns: tuple[Column, ...]
    query: Query
    themes: tuple[Ramp, ...]
    reference: str

    def sql(self, schema: str = "") -> str:
        """The query on the tables of `schema` (a scenario's), or on the stock for an empty one."""
        prefix = f'"{schema}".' if schema else ""
        return self.query({table: f"{prefix}{table}" for table in self.tables})
