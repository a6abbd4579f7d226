"""What is known of one building or parcel: its attributes with units, and the delivery that brought them."""

from __future__ import annotations

import json
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
from viewer.scene.tenant import KEY
from viewer.server.search import literal, parcel_title

if TYPE_CHECKING:
    from twin import Twin

UNITS = {"m": "m", "m2": "m²", "m3": "m³", "deg": "°", "1": ""}
"""UCUM codes as people write them."""

KINDS = ("building", "parcel")

_HIDDEN = {"geom", "attributes", "name", "function_code", "roof_code", "parcel_id", "gemarkungsnummer"}
"""Columns that the title or another row shows, or that have a section of their own."""

_ROUND = {"m": 1, "m2": 1, "m3": 0, "deg": 0}
"""Digits after the decimal sign that the data's accuracy carries."""

_ATTRIBUTES = 60  # further attributes that are shown


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
    kind : {"building", "parcel"}
    ags, key : str
        Municipality, and key within it.
    title : Text
    sections : tuple of Section
        The last one is the provenance.
    outline : list of rings
        ``[[east, north], …]`` each. [m]
    """

    kind: str
    ags: str
    key: str
    title: Text
    sections: tuple[Section, ...]
    outline: list[list[list[float]]] = field(default_factory=list)


def inspect(
    twin: Twin, kind: str, *, ags: str = "", key: str = "", east: float | None = None, north: float | None = None
) -> Card | None:
    """The feature with a key, or at a place; None if there is none that the twin's principal may see.

    Parameters
    ----------
    twin : Twin
    kind : {"building", "parcel"}
    ags, key : str
        Municipality and key of the feature.
    east, north : float, optional
        A place. [m]
    """
    if kind not in KINDS:
        return None
    layer = layers()[kind]
    if key:
        where = f"{layer.key[0]} = {literal(key)}" + (f" AND ags = {literal(ags)}" if KEY.fullmatch(ags) else "")
    elif east is not None and north is not None:
        point = f"ST_SetCRS(ST_Point({float(east)!r}, {float(north)!r}), 'EPSG:25832')"
        where = f"ST_Intersects(geom, {point})"
    else:
        return None
    names = [column.name for column in layer.all_columns if column.name != "geom"]
    relation = twin.table(kind).filter(where).limit(1).project(", ".join([*names, "ST_AsWKB(geom) AS geom"]))
    rows = pa.table(relation).to_pylist()
    return _card(twin, layer, rows[0]) if rows else None


def _card(twin: Twin, layer: Layer, row: dict[str, Any]) -> Card:
    shape = shapely.from_wkb(row["geom"]) if row["geom"] else None
    rings = [] if shape is None else [shapely.get_coordinates(ring).tolist() for ring in shapely.get_rings(shape)]
    sections = [Section(layer.title, tuple(_attributes(layer, row)))]
    further = tuple(_further(row.get("attributes")))
    if further:
        sections.append(Section(Text("Weitere Angaben der Quelle", "Further attributes of the source"), further))
    sections.append(Section(Text("Herkunft", "Provenance"), tuple(_provenance(twin, layer, row))))
    return Card(layer.name, row["ags"], row[layer.key[0]], _title(layer.name, row), tuple(sections), rings)


def _title(kind: str, row: dict[str, Any]) -> Text:
    if kind == "parcel":
        title = parcel_title(row)
        return Text(f"Flurstück {title}", f"Parcel {title}")
    named = row["name"] or row["address"]
    return Text(named, named) if named else Text(row["function"] or "Gebäude", row["function"] or "Building")


def _attributes(layer: Layer, row: dict[str, Any]) -> list[Row]:
    found = []
    for column in layer.columns:
        value = row[column.name]
        if column.name in _HIDDEN or value is None or value == "" or (column.name, value) == ("part_count", 0):
            continue
        found.append(Row(column.title, _shown(column, value), column.unit, column.note))
    return found


def _shown(column: Column, value: Any) -> Any:
    if column.codes:
        return codes(column.codes).get(str(value), value)
    if column.name == "flurstueckskennzeichen":
        try:
            return f"{Flurstueckskennzeichen.parse(str(value)).display} ({value})"
        except ValueError:
            return value
    return value


def _further(attributes: str | None) -> list[Row]:
    try:
        found = json.loads(attributes or "{}")
    except ValueError:
        return []
    if not isinstance(found, dict):
        return []
    return [
        Row(Text(str(name), str(name)), str(value))
        for name, value in sorted(found.items())[:_ATTRIBUTES]
        if value not in (None, "")
    ]


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
