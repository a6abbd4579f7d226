"""From a vector file of footprints to rows of buildings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import shapely

from ingest.column_names import synonyms
from ingest.footprint.bodies import Footprints, batches
from ingest.footprint.columns import FootprintLayer, footprint_layers, tags
from ingest.footprint.height import DEFAULT, STATED, STOREYS, Heights, heights, storey
from ingest.footprint.keys import Keys
from ingest.format import Facts, Item, Options, Reject
from ingest.placement import municipality_key
from ingest.source_file import SourceFile
from ingest.vector.areas import areas
from ingest.vector.chunks import OGR_UNREADABLE, Chunk, chunks, damaged
from ingest.vector.container import VERSIONS, container, readable
from twin.errors import InvalidDelivery
from twin.geometry.crs import Reference, reference, require
from twin.language import Text
from twin.number import grouped
from twin.reference import codes

TITLE = Text("Gebäudegrundrisse", "Building footprints")

HEIGHTS = Text(
    "Höhen: {stated} angegeben, {storeys} aus Geschossen zu {storey:g} m, {default} angenommen nach der Nutzung.",
    "Heights: {stated} stated, {storeys} from storeys of {storey:g} m, {default} assumed by function.",
)
IMPOSSIBLE = Text(
    "Höhen und Geschosszahlen, die kein Gebäude hat, nicht verwendet: {count}.",
    "Heights and storeys that no building has, not used: {count}.",
)
MENDED = Text(
    "Grundrisse, die sich selbst überschnitten und bereinigt wurden: {count}.",
    "Footprints that crossed themselves and were mended: {count}.",
)
AGAIN = Text("Kennung und Umriss kamen schon vor; der erste gilt", "id and outline came before; the first counts")
_LAYERS = Text("eine Ebene mit Gebäudegrundrissen", "a layer of building footprints")
_FUNCTION = re.compile(r"(?:31001_)?(\d{4})")
_YEAR = re.compile(r"(1[0-9]{3}|20[0-9]{2})")
_PREFIX = {"osm": "osm_"}


@dataclass
class Tally:
    """What has been counted over a file's footprints."""

    sources: dict[str, int] = field(default_factory=dict)
    impossible: int = 0
    mended: int = 0

    def count(self, found: Heights) -> None:
        """Count where heights come from."""
        for code in found.source:
            self.sources[code] = self.sources.get(code, 0) + 1
        self.impossible += found.impossible

    def notes(self) -> list[str]:
        """For a steward."""
        if not self.sources:
            return []
        counts = {name: grouped(self.sources.get(code, 0)) for name, code in _SOURCES.items()}
        found = [HEIGHTS.format(storey=storey(), **counts)]
        found += [IMPOSSIBLE.format(count=grouped(self.impossible))] if self.impossible else []
        return found + ([MENDED.format(count=grouped(self.mended))] if self.mended else [])


_SOURCES = {"stated": STATED, "storeys": STOREYS, "default": DEFAULT}


def recognise(source: SourceFile) -> bool:
    """Whether this is a vector file with a layer of footprints; such files are opened, GML is not."""
    kind = container(source.head)
    if not kind or kind == "gml":
        return False
    try:
        with readable(source, kind) as path:
            return bool(footprint_layers(path))
    except OGR_UNREADABLE:
        return False


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of ``building``, ``building_surface`` and ``building_mesh``, rejects, and the facts.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, holds no footprints, or is in no known CRS.
    """
    kind = container(source.head)
    tally, met = Tally(), dict[str, None]()
    if not kind or kind == "gml":
        raise _without_footprints(source)
    try:
        with readable(source, kind) as path:
            layers = footprint_layers(path)
            if not layers:
                raise _without_footprints(source)
            keys: dict[str, Keys] = {}
            for layer in layers:
                crs = reference(layer.crs) or require(options.crs, source.name)
                met[crs.name] = None
                own = keys.setdefault(layer.source, Keys(_PREFIX.get(layer.source, "")))
                yield from _layer(path, layer, crs, own, tally)
    except OGR_UNREADABLE as damage:
        raise damaged(source, TITLE, damage) from None
    yield Facts(version=VERSIONS[kind], crs=", ".join(met), notes=tuple(tally.notes()))


def _layer(path: Path, layer: FootprintLayer, crs: Reference, keys: Keys, tally: Tally) -> Iterator[Item]:
    for chunk in chunks(path, layer.name, list(layer.columns.values())):
        found = areas(chunk.shapes, crs)
        said = _said(chunk, layer)
        for number, reason in found.refused.items():
            feature = said["building_id"][number] or f"{layer.name} {chunk.first + number + 1}"
            yield Reject(feature, reason, "building")
        usable = found.usable
        said = {name: [values[number] for number in usable.tolist()] for name, values in said.items()}
        own = keys.of(said["building_id"], found.shapes[usable])
        for number, key in enumerate(own):
            if key is None:
                yield Reject(said["building_id"][number] or "–", str(AGAIN), "building")
        fresh = np.flatnonzero([key is not None for key in own])
        said = {name: [values[number] for number in fresh.tolist()] for name, values in said.items()}
        said["building_id"] = [own[number] for number in fresh.tolist()]
        tally.mended += int(np.isin(found.mended, usable[fresh]).sum())
        if len(fresh):
            yield from batches(_footprints(layer.source, said, found.shapes[usable[fresh]], tally))


def _footprints(
    source: str, said: dict[str, list[str | None]], shapes: np.ndarray[tuple[int], np.dtype[np.object_]], tally: Tally
) -> Footprints:
    functions = _functions(said)
    high = heights(said["height"], said["levels"], functions, shapely.area(shapes))
    tally.count(high)
    places = said["street"], said["house_number"]
    return Footprints(
        shapes,
        high,
        {
            "building_id": said["building_id"],
            "function_code": functions,
            "name": said["name"],
            "address": [" ".join(filter(None, pair)) or None for pair in zip(*places, strict=True)],
            "year_of_construction": [_year(value) for value in said["year"]],
            "attributes": [_attributes(value) for value in said["building"]],
            "source_object": [source] * len(shapes),
            "ags": [municipality_key(value) or None for value in said["ags"]],
        },
    )


def _said(chunk: Chunk, layer: FootprintLayer) -> dict[str, list[str | None]]:
    """Values of all meanings; of a column of tags, those that no column of their own has."""
    known = synonyms("footprint")
    said = {meaning: chunk.texts(layer.columns.get(meaning, "")) for meaning in known}
    if "tags" in layer.columns:
        for number, text in enumerate(said["tags"]):
            found = tags(text)
            for meaning, names in known.items():
                if said[meaning][number] is None and found:
                    said[meaning][number] = next((found[name] for name in names if found.get(name)), None)
    return said


def _functions(said: dict[str, list[str | None]]) -> list[str | None]:
    """Function codes: the source's own, or what its key ``building`` stands for."""
    known = codes("osm_building")
    found: list[str | None] = []
    for own, building in zip(said["function_code"], said["building"], strict=True):
        code = _FUNCTION.fullmatch(own) if own else None
        found.append(f"31001_{code[1]}" if code else known.get((building or "").lower()))
    return found


def _attributes(building: str | None) -> str | None:
    told = building and building.lower() not in {"yes", "building"}
    return json.dumps({"building": building[:100]}, ensure_ascii=False) if building and told else None


def _year(text: str | None) -> int | None:
    found = _YEAR.search(text) if text else None
    return int(found[1]) if found else None


def _without_footprints(source: SourceFile) -> InvalidDelivery:
    found: Sequence[str] = ("–",)
    return InvalidDelivery(
        file=source.name, format=TITLE, where=Text("Ebenen", "layers"), expected=_LAYERS, found=", ".join(found)
    )
