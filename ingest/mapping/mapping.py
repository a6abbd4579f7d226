"""A mapping: how the columns of somebody's table become those of a layer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping as Given
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from ingest.json_kind import json_kind
from twin.errors import MappingError
from twin.language import Text

VERSION = 1
"""Version of the notation."""

_OBJECT = Text("{where}erwartet ein Objekt, gefunden {found}", "{where}expected an object, found {found}")
_WORDS = Text("unbekannte Angabe „{word}“; bekannt sind {known}", "unknown word “{word}”; known are {known}")
_TYPE = Text("„{word}“: erwartet {expected}, gefunden {found}", "“{word}”: expected {expected}, found {found}")
_SCALAR = Text("Text, Zahl, true oder false", "a text, a number, true or false")
_COLUMN_LIST = Text("eine Liste von Spalten", "a list of columns")
_NEWER = Text("geschrieben von einer neueren Fassung ({found})", "written by a newer version ({found})")

Scalar = str | int | float | bool


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """Where the values of one column of the layer come from.

    Attributes
    ----------
    source : str
        Column of the table; empty if the value is a constant.
    constant : str, int, float, bool or None
        Value of all rows.
    factor : float
        What a number is multiplied with to be in the layer's unit; negative turns its sign.
    minus : str
        Column that is subtracted first: cover level minus invert level is a depth.
    codes : dict of str to str
        The table's value to the layer's; case does not matter.
    otherwise : str or None
        Value where `codes` does not list what stands there; None for none. Without `codes`, values stay as they are.
    append : str
        Column whose text is put behind: house number and suffix.
    pattern : str
        Name of a pattern of the layer (``data/columns``) that takes a number out of text: ``HQ100`` is 100.
    """

    source: str = ""
    constant: Scalar | None = None
    factor: float = 1.0
    minus: str = ""
    codes: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    append: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class GeometryRule:
    """Where the geometry comes from.

    Attributes
    ----------
    kind : {"own", "wkt", "xy", "none"}
        Shapes of the vector file; a column with well-known text or WKB; two columns; none.
    columns : tuple of str
        One column for ``wkt``, easting and northing (or longitude and latitude) for ``xy``.
    swapped : bool
        Whether the axes stand the other way round.
    """

    kind: str = "own"
    columns: tuple[str, ...] = ()
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class KeyRule:
    """What identifies a row.

    Attributes
    ----------
    columns : tuple of str
        Columns of the table, joined by a dash; none where the key is made of the content.
    prefix : str
        Put before it, so that tables of the same municipality that count from 1 do not meet.
    """

    columns: tuple[str, ...] = ()
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How ambiguous cells are read.

    Attributes
    ----------
    decimal : {",", "."}
        Decimal sign of what could be either: ``1.234``.
    dates : {"dmy", "mdy"}
        Order of ``03/04/2024``.
    """

    decimal: str = ","
    dates: str = "dmy"


@dataclass(frozen=True, slots=True)
class Mapping:
    """How a table becomes rows of a layer.

    Attributes
    ----------
    name : str
        What it is called.
    layer : str
        Layer that it fills.
    columns : dict of str to ColumnRule
        By column of the layer; ``ags`` is one, too.
    geometry : GeometryRule
        Where the geometry comes from.
    key : KeyRule
        What identifies a row.
    table : str
        Name of the sheet or layer; empty if it does not matter, for the file has but one.
    fits : tuple of str
        Names of the columns of the tables that it is meant for, sorted: the signature.
    crs : str
        CRS of the coordinates; empty where the file names its own.
    dialect : Dialect
        How ambiguous cells are read.
    """

    name: str
    layer: str
    columns: dict[str, ColumnRule]
    geometry: GeometryRule = field(default_factory=GeometryRule)
    key: KeyRule = field(default_factory=KeyRule)
    table: str = ""
    fits: tuple[str, ...] = ()
    crs: str = ""
    dialect: Dialect = field(default_factory=Dialect)

    @property
    def needs(self) -> frozenset[str]:
        """Columns that a table must have."""
        found = {name for rule in self.columns.values() for name in (rule.source, rule.minus, rule.append) if name}
        return frozenset(found | set(self.geometry.columns) | set(self.key.columns))

    @property
    def fingerprint(self) -> str:
        """What the mapping does, in 16 hexadecimal digits: the same for every mapping that does the same."""
        content = {word: value for word, value in self.as_dict().items() if word != "name"}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it; what is as usual is left out."""
        rules = {}
        for name, rule in sorted(self.columns.items()):
            rules[name] = _shortened(rule)
        return {
            "version": VERSION,
            "name": self.name,
            "layer": self.layer,
            "table": self.table,
            "fits": list(self.fits),
            "columns": rules,
            "geometry": {**asdict(self.geometry), "columns": list(self.geometry.columns)},
            "crs": self.crs,
            "key": {"columns": list(self.key.columns), "prefix": self.key.prefix},
            "dialect": asdict(self.dialect),
        }

    @classmethod
    def from_dict(cls, given: Any) -> Self:
        """A mapping from its JSON.

        Raises
        ------
        MappingError
            If it is none: what was expected where, and what was found.
        """
        name = str(given.get("name", ""))[:80] if isinstance(given, Given) else ""
        words = _object(given, name, "", {one.name for one in fields(cls)} | {"version"})
        if words.get("version", VERSION) != VERSION:
            raise MappingError(mapping=name, problem=_NEWER.format(found=words["version"]))
        rules = _object(words.get("columns", {}), name, "columns", None)
        geometry = _object(words.get("geometry", {}), name, "geometry", {"kind", "columns", "swapped"})
        key = _object(words.get("key", {}), name, "key", {"columns", "prefix"})
        dialect = _object(words.get("dialect", {}), name, "dialect", {"decimal", "dates"})
        return cls(
            name=name,
            layer=_text(words, "layer", name),
            columns={str(column): rule_from(rule, name, str(column)) for column, rule in rules.items()},
            geometry=GeometryRule(
                _text(geometry, "kind", name, "own"),
                _names(geometry, "columns", name),
                _of(bool, geometry, "swapped", name, False),
            ),
            key=KeyRule(_names(key, "columns", name), _text(key, "prefix", name)),
            table=_text(words, "table", name),
            fits=tuple(sorted(_names(words, "fits", name))),
            crs=_text(words, "crs", name),
            dialect=Dialect(_text(dialect, "decimal", name, ","), _text(dialect, "dates", name, "dmy")),
        )


def rule_from(given: Any, mapping: str, column: str) -> ColumnRule:
    """A rule from its JSON; mere text is the name of a column of the table.

    Raises
    ------
    MappingError
        If it is none.
    """
    if isinstance(given, ColumnRule):
        return given
    if isinstance(given, str):
        return ColumnRule(given)
    rule = _object(given, mapping, column, {one.name for one in fields(ColumnRule)})
    codes = _object(rule.get("codes", {}), mapping, f"{column}.codes", None)
    constant, otherwise = rule.get("constant"), rule.get("otherwise")
    if constant is not None and not isinstance(constant, str | int | float):
        raise _wrong(mapping, f"{column}.constant", _SCALAR, constant)
    if otherwise is not None and not isinstance(otherwise, str):
        raise _wrong(mapping, f"{column}.otherwise", json_kind(str), otherwise)
    factor = rule.get("factor", 1.0)
    if isinstance(factor, bool) or not isinstance(factor, int | float):
        raise _wrong(mapping, f"{column}.factor", json_kind(float), factor)
    return ColumnRule(
        source=_text(rule, "source", mapping),
        constant=constant,
        factor=float(factor),
        minus=_text(rule, "minus", mapping),
        codes={str(key): str(value) for key, value in codes.items()},
        otherwise=otherwise,
        append=_text(rule, "append", mapping),
        pattern=_text(rule, "pattern", mapping),
    )


def _shortened(rule: ColumnRule) -> dict[str, Any]:
    usual = ColumnRule()
    return {one.name: value for one in fields(rule) if (value := getattr(rule, one.name)) != getattr(usual, one.name)}


def _object(given: Any, mapping: str, where: str, known: set[str] | None) -> dict[str, Any]:
    if not isinstance(given, Given):
        problem = _OBJECT.filled(where=f"{where}: " if where else "", found=json_kind(type(given)))
        raise MappingError(mapping=mapping, problem=problem)
    for word in given:
        if known is not None and word not in known:
            raise MappingError(
                mapping=mapping, problem=_WORDS.format(word=str(word)[:80], known=", ".join(sorted(known)))
            )
    return dict(given)


def _of(kind: type, given: dict[str, Any], word: str, mapping: str, usual: Any) -> Any:
    value = given.get(word, usual)
    if not isinstance(value, kind):
        raise _wrong(mapping, word, json_kind(kind), value)
    return value


def _text(given: dict[str, Any], word: str, mapping: str, usual: str = "") -> str:
    return str(_of(str, given, word, mapping, usual))


def _names(given: dict[str, Any], word: str, mapping: str) -> tuple[str, ...]:
    value = given.get(word, ())
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _wrong(mapping, word, _COLUMN_LIST, value)
    return tuple(value)


def _wrong(mapping: str, word: str, expected: object, found: object) -> MappingError:
    return MappingError(
        mapping=mapping, problem=_TYPE.filled(word=word, expected=expected, found=json_kind(type(found)))
    )
