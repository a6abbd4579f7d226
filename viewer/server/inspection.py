"""What is known of one feature: its attributes with units, and the delivery that brought them."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from twin.consent import layers
from twin.flurstueckskennzeichen import Flurstueckskennzeichen
from twin.language import Language, Text
from twin.layer import Column, Layer
from twin.provenance import LICENCES
from twin.reference import codes
from twin.style import GROUPS, Style, Sunk, Tree, shapes
from viewer.scene.looks import is_draped
from viewer.scene.tenant import KEY
from viewer.scene.tree_tiles import Trees
from viewer.scene.units import UNITS
from viewer.server.search import literal, parcel_title

if TYPE_CHECKING:
    from twin import Twin

_HIDDEN = {"geom", "attributes", "parcel_id", "gemarkungsnummer", "ags", "delivery_id", "delivery_part"}
"""Columns that another row shows, or that have a section of their own."""

_ROUND = {"m": 1, "m2": 1, "m3": 0, "deg": 0, "mm": 0, "cm": 0, "EUR/m2": 0, "Mbit/s": 0, "m/s": 1, "a": 0, "h": 1}
"""Digits after the decimal sign that the data's accuracy carries."""

_LONGEST = 1500
"""Characters of a text that are shown."""

_ATTRIBUTES = 60  # further attributes that are shown


BESIDE = 4.0
"""How far beside a line a click still means it. [m]"""

_AT_ONE_PLACE = 8
"""Rows of one layer that are shown at one place."""

_ONE = {"building": Text("Gebäude", "Building"), "tree": Text("Baum", "Tree")}
"""What a feature without a name is called, where its layer's title is a plural."""

_TREE_DRAWN = Text("Gezeichnete Höhe", "Height as drawn")
_DEPTH_DRAWN = Text("Gezeichnete Tiefe", "Depth as drawn")
_GUESSED = Text(
    "Die Quelle nennt keine; so hoch oder tief ist Übliches.", "The source has none; this is what is usual."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One attribute.

    Attributes
    ----------
    name : Text
        What it is.
    value : object
        As stored.
    unit : str
        UCUM code.
    note : Text or None
        What a reader has to know.
    digits : int or None
        Digits after the decimal sign; None for as many as the unit's accuracy carries.
    """

    name: Text
    value: Any
    unit: str = ""
    note: Text | None = None
    digits: int | None = None

    def text(self, language: Language) -> str:
        """The value for people: decimal sign, thousands and unit as in `language`."""
        value = self.value
        if isinstance(value, Text):
            return value.within(language)
        if isinstance(value, bool):
            return {"de": "ja" if value else "nein", "en": "yes" if value else "no"}[language]
        if isinstance(value, (date, datetime)):
            return f"{value:%d.%m.%Y}" if language == "de" else f"{value:%Y-%m-%d}"
        if isinstance(value, float) and self.unit == "1" and self.digits is None:
            return _number(value * 100, 1, language) + " %"
        if isinstance(value, int | float):
            digits = self.digits if self.digits is not None else _ROUND.get(self.unit, 0)
            # Years and counts stand without a separator of thousands.
            shown = str(value) if isinstance(value, int) else _number(value, digits, language)
            unit = UNITS.get(self.unit, self.unit)
            return f"{shown}{'' if unit == '°' else ' '}{unit}".strip()
        return str(value)


@dataclass(frozen=True, slots=True)
class Section:
    """Attributes under one heading.

    Attributes
    ----------
    title : Text
    rows : tuple of Row
    """

    title: Text
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of a feature.

    Attributes
    ----------
    kind : str
        Its layer.
    ags, key : str
        Municipality, and key within it.
    title : Text
    sections : tuple of Section
        The last one is the provenance.
    outline : list of lines
        ``[[east, north], …]`` each: rings of an area, or the line itself; empty for a point. [m]
    place : (float, float) or None
        Easting and northing of a point; None for lines and areas. [m]
    """

    kind: str
    ags: str
    key: str
    title: Text
    sections: tuple[Section, ...]
    outline: list[list[list[float]]] = field(default_factory=list)
    place: tuple[float, float] | None = None


def inspect(
    twin: Twin, kind: str, *, ags: str = "", key: str = "", east: float | None = None, north: float | None = None
) -> Card | None:
    """The feature with a key, or at a place; None if there is none that the twin's principal may see.

    Parameters
    ----------
    twin : Twin
    kind : str
        A layer that is drawn.
    ags, key : str
        Municipality and key of the feature.
    east, north : float, optional
        A place. [m]
    """
    layer = layers().get(kind)
    if layer is None or layer.style is None or not layer.geometry or layer.placement == "raster":
        return None
    if key:
        where = f'"{layer.key[0]}" = {literal(key)}' + (f" AND ags = {literal(ags)}" if KEY.fullmatch(ags) else "")
    elif east is not None and north is not None:
        where = _at(float(east), float(north))
    else:
        return None
    rows = _rows(twin, layer, where, 1)
    return _card(twin, layer, rows[0]) if rows else None


def lying(twin: Twin, east: float, north: float) -> list[Card]:
    """Cards of all areas and lines at a place that the twin's principal may see, what is binding first.

    Parameters
    ----------
    twin : Twin
    east, north : float
        The place. [m]
    """
    groups = list(GROUPS)
    declared = [layer for layer in layers().values() if _lies(layer)]
    declared.sort(key=lambda layer: (layer.name != "parcel", groups.index(_style(layer).group), -_style(layer).order))
    found = []
    for layer in declared:
        # An area that a point is on the border of is one of several; a line is never hit to the millimetre.
        reach = 0.0 if layer.geometry == "polygon" else BESIDE
        rows = _rows(twin, layer, _at(float(east), float(north), reach), _AT_ONE_PLACE)
        found += [_card(twin, layer, row) for row in rows]
    return found


def _lies(layer: Layer) -> bool:
    if layer.style is None or layer.geometry not in ("polygon", "line") or layer.name == "building":
        return False
    return layer.name == "parcel" or is_draped(layer)


def _style(layer: Layer) -> Style:
    assert layer.style is not None
    return layer.style


def _at(east: float, north: float, reach: float = 0.0) -> str:
    """Condition that a geometry is at a place, or within `reach` of it; boxes are compared first."""
    box = (
        f"ST_XMin(geom) <= {east + reach!r} AND ST_XMax(geom) >= {east - reach!r} "
        f"AND ST_YMin(geom) <= {north + reach!r} AND ST_YMax(geom) >= {north - reach!r}"
    )
    point = f"ST_SetCRS(ST_Point({east!r}, {north!r}), 'EPSG:25832')"
    # A line of a plan within an area's layer is met as closely as one of a layer of lines.
    return f"{box} AND " + (f"ST_DWithin(geom, {point}, {reach!r})" if reach else f"ST_Intersects(geom, {point})")


def _rows(twin: Twin, layer: Layer, where: str, limit: int) -> list[dict[str, Any]]:
    names = [f'"{column.name}"' for column in layer.all_columns if column.name != "geom"]
    relation = twin.table(layer.name).filter(where).limit(limit).project(", ".join([*names, "ST_AsWKB(geom) AS geom"]))
    found: list[dict[str, Any]] = pa.table(relation).to_pylist()
    return found


def _card(twin: Twin, layer: Layer, row: dict[str, Any]) -> Card:
    shape = shapely.from_wkb(row["geom"]) if row["geom"] else None
    outline, place = _outline(shape)
    sections = [Section(layer.title, (*_attributes(layer, row), *_drawn(layer, row)))]
    further = tuple(_further(row.get("attributes")))
    if further:
        sections.append(Section(Text("Weitere Angaben der Quelle", "Further attributes of the source"), further))
    sections.append(Section(Text("Herkunft", "Provenance"), tuple(_provenance(twin, layer, row))))
    return Card(layer.name, row["ags"], str(row[layer.key[0]]), _title(layer, row), tuple(sections), outline, place)


def _outline(shape: Any) -> tuple[list[list[list[float]]], tuple[float, float] | None]:
    if shape is None or shape.is_empty:
        return [], None
    parts = shapely.get_parts(shape)
    if shape.geom_type.endswith("Polygon"):
        parts = shapely.get_rings(parts)
    if shape.geom_type.endswith("Point"):
        return [], (float(parts[0].x), float(parts[0].y))
    return [shapely.get_coordinates(part).tolist() for part in parts], None


def _title(layer: Layer, row: dict[str, Any]) -> Text:
    if layer.name == "parcel":
        title = parcel_title(row)
        return Text(f"Flurstück {title}", f"Parcel {title}")
    for name in _style(layer).label:
        if row[name] not in (None, ""):
            shown = str(_shown(layer.column(name), row[name]))
            return Text(shown, shown)
    return Text(_ONE.get(layer.name, layer.title).de, _ONE.get(layer.name, layer.title).en)


def _drawn(layer: Layer, row: dict[str, Any]) -> list[Row]:
    """What the map shows and no source says."""
    found = []
    for shape in shapes(layer.style, layer.geometry):
        if isinstance(shape, Tree) and not row[shape.height]:
            table = pa.Table.from_pylist([{name: row[name] for name in (shape.height, shape.crown, *shape.species)}])
            height = float(Trees.of(table, shape).heights[0])
            found.append(Row(_TREE_DRAWN, height, "m", _GUESSED))
        if isinstance(shape, Sunk) and row[shape.depth] is None:
            found.append(Row(_DEPTH_DRAWN, shape.usual, "m", _GUESSED))
    return found


def _attributes(layer: Layer, row: dict[str, Any]) -> list[Row]:
    found = []
    for column in layer.columns:
        value = row[column.name]
        if column.name in _HIDDEN or value is None or value == "" or (column.name, value) == ("part_count", 0):
            continue
        # A code whose words stand beside it would only be said twice.
        if column.name.endswith("_code") and row.get(column.name.removesuffix("_code")):
            continue
        found.append(Row(column.title, _shown(column, value), column.unit, column.note))
    return found


def _shown(column: Column, value: Any) -> Any:
    if column.codes:
        return codes(column.codes).get(str(value), value)
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[:_LONGEST].rstrip() + " …"
    if column.name == "flurstueckskennzeichen":
        try:
            return f"{Flurstueckskennzeichen.parse(str(value)).display} ({value})"
        except ValueError:
            return value
    return value


def _further(attributes: str | None) -> list[Row]:
    with suppress(ValueError):
        found = json.loads(attributes or "{}")
        return [
            Row(Text(str(name), str(name)), str(value))
            for name, value in sorted(found.items() if isinstance(found, dict) else ())[:_ATTRIBUTES]
            # What is nested is for programs: SQL and exports have it.
            if value not in (None, "") and not isinstance(value, dict | list)
        ]
    return []


def _provenance(twin: Twin, layer: Layer, row: dict[str, Any]) -> list[Row]:
    rows = pa.table(
        twin.sql(
            "SELECT * FROM delivery WHERE delivery_id = ? AND delivery_part = ?",
            values=[row["delivery_id"], row["delivery_part"]],
        )
    ).to_pylist()
    if not rows:
        return [Row(Text("Lieferung", "Delivery"), row["delivery_id"])]
    delivery = rows[0]
    licence = LICENCES.get(delivery["licence"] or "", layer.licence)
    assumed = Text(
        "Von der Lieferung nicht genannt; angenommen wird, was für diese Daten üblich ist.",
        "Not named by the delivery; what is usual for this data is assumed.",
    )
    name_it = Text("Die Quelle ist zu nennen.", "The source has to be named.") if licence.attribution else None
    content = delivery["content_date"]
    found = [
        Row(Text("Datei", "File"), delivery["file"]),
        Row(Text("Archiv", "Archive"), delivery["archive"] if delivery["archive"] != delivery["file"] else ""),
        Row(
            Text("Format", "Format"),
            " ".join(dict.fromkeys(filter(None, (delivery["version"] or delivery["format"],)))),
        ),
        Row(Text("Stand der Daten", "Content as of"), _day(content)),
        Row(Text("Eingegangen", "Received"), _day(delivery["committed_at"] or delivery["received_at"])),
        Row(Text("Lizenz", "Licence"), licence.title, note=name_it if delivery["licence"] in LICENCES else assumed),
        Row(Text("Koordinatensystem der Quelle", "CRS of the source"), delivery["crs"]),
        Row(Text("SHA-256", "SHA-256"), delivery["sha256"]),
        Row(Text("Lieferung", "Delivery"), row["delivery_id"]),
    ]
    return [entry for entry in found if entry.value not in (None, "")]


def _day(text: str | None) -> date | str | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return text


def _number(value: float, digits: int, language: Language) -> str:
    shown = f"{value:,.{digits}f}"
    return shown.translate(str.maketrans(",.", ".,")) if language == "de" else shown
