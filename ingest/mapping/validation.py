"""Whether a mapping makes sense: for its layer, and for the table that it is to read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from ingest.mapping.mapping import ColumnRule, Mapping
from ingest.mapping.vocabulary import vocabulary
from twin.consent import parent_key
from twin.discovery import discover
from twin.errors import MappingError
from twin.geometry.crs import reference
from twin.language import Text
from twin.layer import Column, Layer
from twin.reference import codes

MOST = 100_000
"""Codes of a rule, and columns of a signature, that are accepted."""

GEOMETRIES = {"own": 0, "wkt": 1, "xy": 2, "none": 0}
"""Kinds of geometry and how many columns they take."""

_LAYER = Text("die Ebene „{layer}“ gibt es nicht; es gibt {known}", "there is no layer “{layer}”; there are {known}")
_COLUMN = Text(
    "„{layer}“ hat keine Spalte „{column}“, die zuzuordnen ist; es gibt {known}",
    "“{layer}” has no column “{column}” that can be mapped; there are {known}",
)
_NOTHING = Text("ordnet keine Spalte zu", "maps no column")
_SOURCE = Text(
    "„{column}“: erwartet entweder eine Spalte der Tabelle oder ein fester Wert",
    "“{column}”: expected either a column of the table or a constant",
)
_FACTOR = Text("„{column}“: der Faktor {factor} ist keiner", "“{column}”: {factor} is no factor")
_CODE = Text(
    "„{column}“: „{value}“ ist kein Schlüssel der Liste {codes}; es gibt {known}",
    "“{column}”: “{value}” is no code of list {codes}; there are {known}",
)
_PATTERN = Text("„{column}“ hat kein Muster", "“{column}” has no pattern")
_GEOMETRY = Text(
    "Geometrie „{kind}“ mit {count} Spalten; erwartet own oder none ohne, wkt mit einer, xy mit zwei Spalten",
    "geometry “{kind}” with {count} columns; expected own or none without, wkt with one, xy with two columns",
)
_CRS = Text("kein Koordinatenreferenzsystem heißt „{crs}“", "no coordinate reference system is called “{crs}”")
_DIALECT = Text("Dezimalzeichen , oder . und Datum dmy oder mdy", "decimal sign , or . and dates dmy or mdy")
_MISSING = Text("der Tabelle fehlen die Spalten {columns}", "the table lacks the columns {columns}")
_KEY = Text(
    "„{column}“ gehört zum Schlüssel von „{layer}“ und ist nicht zugeordnet",
    "“{column}” is of the key of “{layer}” and not mapped",
)


def mappable(layer: Layer) -> tuple[Column, ...]:
    """Columns of a layer that a table can fill, ``ags`` among them; the geometry has a rule of its own."""
    if layer.placement == "raster":
        return ()
    own = [column for column in layer.columns if not column.type.endswith("[]") and column.type != "BLOB"]
    return tuple(column for column in (*own, layer.column("ags")) if column.type != "GEOMETRY")


def layers() -> dict[str, Layer]:
    """Layers that a table can fill."""
    return {name: layer for name, layer in discover("LAYER").items() if _is_for_tables(layer)}


def _is_for_tables(layer: Layer) -> bool:
    # Meshes are made by their readers and lists fit into no cell; parts come with their whole, findings with checks.
    if layer.placement == "raster" or any(column.type.endswith("[]") for column in layer.columns):
        return False
    # Readings are the exception: they come by themselves, and their sensors are stored.
    if parent_key(layer) is not None and not layer.latest:
        return False
    return not (layer.style is not None and layer.style.group == "check")


def validate(mapping: Mapping) -> None:
    """Check a mapping against its layer.

    Raises
    ------
    MappingError
        With all problems.
    """
    problems = list(_problems(mapping))
    if problems:
        raise MappingError(mapping=mapping.name or "–", problem="; ".join(problems))


def demand_columns(mapping: Mapping, columns: Iterable[str]) -> None:
    """Raise `MappingError` unless a table with these columns has all that the mapping needs."""
    missing = sorted(mapping.needs - set(columns))
    if missing:
        raise MappingError(mapping=mapping.name, problem=_MISSING.format(columns=", ".join(missing[:20])))


def _problems(mapping: Mapping) -> Iterator[str]:
    layer = layers().get(mapping.layer)
    if layer is None:
        yield _LAYER.format(layer=mapping.layer[:80], known=", ".join(layers()))
        return
    known = {column.name: column for column in mappable(layer)}
    if not mapping.columns and mapping.geometry.kind == "none":
        yield str(_NOTHING)
    for name, rule in mapping.columns.items():
        if name not in known:
            yield _COLUMN.format(layer=layer.name, column=name[:80], known=", ".join(known))
        else:
            yield from _of_rule(layer, known[name], rule)
    for name in layer.key[1:] if layer.key[0] != "ags" else layer.key:
        if name not in mapping.columns:
            yield _KEY.format(column=name, layer=layer.name)
    kind, count = mapping.geometry.kind, len(mapping.geometry.columns)
    if GEOMETRIES.get(kind) != count:
        yield _GEOMETRY.format(kind=kind[:20], count=count)
    if mapping.crs and reference(mapping.crs) is None:
        yield _CRS.format(crs=mapping.crs[:80])
    if mapping.dialect.decimal not in (",", ".") or mapping.dialect.dates not in ("dmy", "mdy"):
        yield str(_DIALECT)


def _of_rule(layer: Layer, column: Column, rule: ColumnRule) -> Iterator[str]:
    if (rule.constant is None) == (not rule.source) or ((rule.minus or rule.append) and not rule.source):
        yield _SOURCE.format(column=column.name)
    if not math.isfinite(rule.factor) or rule.factor == 0 or len(rule.codes) > MOST:
        yield _FACTOR.format(column=column.name, factor=rule.factor)
    if rule.pattern and column.name not in vocabulary(layer.name).patterns:
        yield _PATTERN.format(column=column.name)
    if column.codes:
        listed = codes(column.codes)
        given = {*rule.codes.values(), *([rule.otherwise] if rule.otherwise else [])}
        if isinstance(rule.constant, str):
            given.add(rule.constant)
        for value in sorted(given - set(listed) - set(listed.values()))[:3]:
            shown = ", ".join(list(listed)[:30])
            yield _CODE.format(column=column.name, value=value[:80], codes=column.codes, known=shown)
