"""Borders of municipalities from any vector file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pyogrio.errors
import shapely

from ingest.damage import of_library
from ingest.format import Batch, Facts, Format, Item, Options, Reject
from ingest.source_file import UNREADABLE, SourceFile
from ingest.vector.container import VERSIONS, container, info, layer_names, readable
from ingest.vector.municipality_columns import Columns, ags, columns, digits, is_foreign, key_columns, looks_like_keys
from layers.municipality import LAYER
from twin.errors import DeliveryError, InvalidDelivery
from twin.geometry.crs import Reference, reference, require
from twin.language import Text

_SAMPLE = 400
_NO_KEY = Text("erwartet ein Gemeindeschlüssel mit 8 oder 12 Ziffern", "expected a municipality key of 8 or 12 digits")
_LARGEST = 512 << 20
_UNREADABLE = (*UNREADABLE, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError)


@dataclass(frozen=True, slots=True)
class _Choice:
    """A layer of a file that holds borders; `municipalities` of its sampled rows have a municipality's key.

    `digits` is the length of most keys, `features` how many rows there are.
    """

    layer: str
    columns: Columns
    crs: str
    municipalities: int
    digits: int
    features: int


def recognise(source: SourceFile) -> bool:
    """Whether this is a vector file with a key of areas that is nearly unique; looks into a sample of the rows.

    The first bytes cannot tell columns of a GeoPackage or of the ``.dbf`` beside a ``.shp``: such files are opened.
    """
    kind = container(source.head)
    if not kind or source.size > _LARGEST:
        return False
    if kind in {"gml", "geojson"} and not _mentions_key(source.head):
        return False
    try:
        with readable(source, kind) as path:
            return _choose(path) is not None
    except DeliveryError:
        return False
    except _UNREADABLE:
        # A damaged database or shapefile is better told as damaged than as unknown.
        return kind in {"geopackage", "shapefile", "flatgeobuf"}


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of layer ``municipality``: pieces merged by key, borders in the store's CRS.

    Parameters
    ----------
    source : SourceFile
        The file; of a shapefile the ``.shp``, with its companions beside it.
    options : Options
        Its `crs` is taken if the file names none.

    Yields
    ------
    item : Reject, Batch or Facts
        Rejects are rows without geometry or key; facts at the end. No extent is claimed: a box around a district
        holds parts of its neighbours.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged or in no known CRS.
    """
    kind = container(source.head)
    if not kind:
        raise _invalid(source, Text("Kopf", "header"), ", ".join(VERSIONS.values()), "–")
    found = _Found()
    try:
        with readable(source, kind) as path:
            choice = _choose(path)
            if choice is None:
                raise _invalid(source, Text("Spalten", "columns"), "AGS, ARS, RS …", "–")
            crs = reference(choice.crs) or require(options.crs, source.name)
            if choice.municipalities:
                frame = _frame(path, choice)
    except _UNREADABLE as damage:
        reason = re.sub(r"'[^']*[/\\][^']*'", source.name, str(damage))[:200]
        raise _invalid(
            source, Text("Inhalt", "content"), Text("lesbare Objekte", "readable features"), of_library(damage, reason)
        ) from damage
    if choice.municipalities:
        yield from _rows(source, frame, choice.columns, crs, found)
    else:
        found.other = choice.features
        count, length = choice.features, choice.digits
        found.notes.append(
            Text(
                f"{count} Flächen einer anderen Verwaltungsebene (Schlüssel mit {length} Stellen), keine Gemeinden",
                f"{count} areas of another level of administration (keys of {length} digits), no municipalities",
            )
        )
    yield Facts(
        version=VERSIONS[kind],
        crs=crs.name,
        dropped={"other level": found.other} if found.other else {},
        notes=tuple(str(note) for note in found.notes),
    )


@dataclass
class _Found:
    other: int = 0
    notes: list[Text] = field(default_factory=list)


def _mentions_key(head: bytes) -> bool:
    text = head.decode("utf-8", "replace")
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        properties = text.partition('"properties"')[2] or text
        return bool(key_columns(part.rpartition('"')[2] for part in properties.split('":')))
    return bool(key_columns(part.rpartition(":")[2] for part in text.replace(">", "<").split("<")))


def _choose(path: Path) -> _Choice | None:
    """The layer whose sampled keys are most of municipalities; None if none has keys at all."""
    found: list[_Choice] = []
    for layer in layer_names(path):
        facts = info(path, layer)
        fields = [str(name) for name in facts["fields"]]
        if facts["geometry_type"] is None or is_foreign(fields):
            continue
        candidates = key_columns(fields)
        if not candidates:
            continue
        sample = _read(path, layer, columns=candidates, read_geometry=False, max_features=_SAMPLE)
        # The surest column decides on the level: AGS_0 of a district is its key filled up, and no municipality's.
        for name in candidates:
            keys = digits(sample[name])
            if looks_like_keys(keys):
                count = int((ags(keys) != "").sum())
                length = int(keys[keys != ""].str.len().mode()[0])
                choice = (layer, columns(fields, name), str(facts["crs"] or ""), count, length, int(facts["features"]))
                found.append(_Choice(*choice))
                break
    return max(found, key=lambda choice: (choice.municipalities, "gem" in choice.layer.lower()), default=None)


def _read(path: Path, layer: str, **arguments: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL's remarks about rings; they are mended and noted below
        return pyogrio.read_dataframe(path, layer=layer, **arguments)


def _frame(path: Path, choice: _Choice) -> geopandas.GeoDataFrame:
    named = choice.columns
    wanted = [named.key, named.name, named.population, named.square_kilometres, named.square_metres]
    return _read(path, choice.layer, columns=[name for name in wanted if name], force_2d=True)


def _rows(
    source: SourceFile, frame: geopandas.GeoDataFrame, named: Columns, crs: Reference, found: _Found
) -> Iterator[Item]:
    frame = frame.reset_index(drop=True)
    shapes = np.asarray(frame.geometry.array, object)
    keys = digits(frame[named.key])
    municipality = ags(keys)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    areal = np.isin(shapely.get_type_id(shapes), (3, 6))
    usable = (municipality != "").to_numpy() & areal & ~empty
    for number in np.flatnonzero(~usable):
        if keys[number] and not municipality[number]:
            found.other += 1
        elif not municipality[number]:
            yield Reject(f"feature {number + 1}", str(_NO_KEY), LAYER.name)
        else:
            kind = "–" if empty[number] else shapes[number].geom_type
            yield Reject(
                str(municipality[number]),
                str(Text(f"erwartet eine Fläche, gefunden {kind}", f"expected an area, found {kind}")),
                LAYER.name,
            )
    if not usable.any():
        return
    shapes, frame, municipality = shapes[usable], frame[usable], municipality[usable]
    shapes = shapely.transform(shapes, lambda xy: crs.to_store(xy[:, 0], xy[:, 1]))
    if not np.isfinite(shapely.bounds(shapes)).all():
        raise _invalid(
            source, Text("Koordinaten", "coordinates"), crs.name, Text("Lagen außerhalb", "positions outside of it")
        )
    shapes = _mended(shapes, found)
    yield Batch(LAYER.name, _merged(frame, shapes, municipality, named, found))


def _mended(shapes: Any, found: _Found) -> Any:
    broken = ~shapely.is_valid(shapes)
    if broken.any():
        count = int(broken.sum())
        found.notes.append(Text(f"{count} ungültige Flächen repariert", f"{count} invalid areas mended"))
        shapes[broken] = [_areal(shape) for shape in shapely.make_valid(shapes[broken])]
    return shapes


def _areal(shape: Any) -> Any:
    """The areas of a mended shape, without the lines and points that mending leaves."""
    return shapely.union_all([part for part in shapely.get_parts(shape) if part.area > 0])


def _merged(frame: pd.DataFrame, shapes: Any, keys: pd.Series, named: Columns, found: _Found) -> pa.Table:
    """One row a municipality; its pieces are united, their figures are the municipality's own and not added up."""
    numbers, known = pd.factorize(keys, sort=True)
    order = np.argsort(numbers, kind="stable")
    starts = np.searchsorted(numbers[order], np.arange(len(known)))
    pieces = np.split(order, starts[1:])
    united = [shapely.union_all(shapes[piece]) if len(piece) > 1 else shapes[piece[0]] for piece in pieces]
    if len(known) < len(frame):
        found.notes.append(
            Text(
                f"{len(frame)} Flächen zu {len(known)} Gemeinden vereint", f"{len(frame)} areas united to {len(known)}"
            )
        )

    def largest(column: str, scale: float) -> list[float | None]:
        if not column:
            return [None] * len(known)
        text = frame[column].astype("string").str.replace(",", ".", regex=False)
        values = pd.to_numeric(text, errors="coerce").groupby(numbers).max()
        return [float(value) * scale if value > 0 else None for value in values]

    in_metres, in_kilometres = largest(named.square_metres, 1.0), largest(named.square_kilometres, 1e6)
    names = [None] * len(known) if not named.name else [_text(frame[named.name].iloc[piece[0]]) for piece in pieces]
    population = [None if value is None else round(value) for value in largest(named.population, 1.0)]
    values = {
        "name": names,
        "population": population,
        "area": [a if a is not None else b for a, b in zip(in_kilometres, in_metres, strict=True)],
        "geom": list(shapely.to_wkb(np.array(united, object))),
        "ags": list(known),
    }
    return pa.table([pa.array(values[item.name], item.type) for item in LAYER.read_schema], schema=LAYER.read_schema)


def _text(value: Any) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return None
    if "Ã" in value:
        # UTF-8 that a .dbf without .cpg made OGR read as Latin-1.
        try:
            return value.encode("latin-1").decode("utf-8").strip()
        except UnicodeError:
            return value.strip()
    return value.strip()


def _invalid(source: SourceFile, where: Text, expected: Text | str, found: Text | str) -> InvalidDelivery:
    return InvalidDelivery(file=source.name, format=FORMAT.title, where=where, expected=expected, found=found)


FORMAT = Format(
    name="boundaries",
    title=Text("Gemeindegrenzen", "Municipal borders"),
    versions=tuple(VERSIONS.values()),
    layers=(LAYER.name,),
    recognise=recognise,
    read=read,
    ignored=Text(
        "Andere Verwaltungsebenen und alle Spalten außer Schlüssel, Name, Einwohner und Fläche.",
        "Other administrative levels, and all columns but key, name, population and area.",
    ),
    example="twin ingest vg250_gem.gpkg",
    suffixes=(".gpkg", ".shp", ".shx", ".dbf", ".prj", ".cpg", ".geojson", ".json", ".fgb", ".gml"),
    licence=Text(
        "BKG VG250 und VG5000: dl-de/by-2-0 (Quellenvermerk © GeoBasis-DE / BKG); Länder meist dl-de/zero-2-0.",
        "BKG VG250 and VG5000: dl-de/by-2-0 (credit © GeoBasis-DE / BKG); states mostly dl-de/zero-2-0.",
    ),
    limits=Text(
        "Dateien bis 512 MB.",
        "Files of up to 512 MB.",
    ),
)
