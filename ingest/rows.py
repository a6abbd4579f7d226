"""Rows of a delivery that has been read, on their way to their municipalities."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import shapely

from ingest.municipality_facts import completed
from ingest.placement import Borders, Placement, Places, Stored, municipality_key, slices
from ingest.workers import Part
from twin.consent import MUNICIPALITIES
from twin.discovery import find
from twin.geometry import picture, raster
from twin.layer import Layer
from twin.municipalities import Municipality

if TYPE_CHECKING:
    from ingest.settling import Settling
    from twin.staging import Staging

_RASTERS = 256
"""Raster tiles that are handled at once: they are read into memory to be cut."""


@dataclass
class RowSorter:
    """Hands rows over to the staging, each to its tenant, and counts.

    Parameters
    ----------
    staging : Staging
        Where the rows go; it knows the consents.
    borders : Borders
        Areas of the municipalities.
    district : str
        Key of the district.
    registered : collection of str
        Keys of the municipalities that the district knows, joined or not.
    ags : str
        What ``--ags`` says.
    settling : Settling or None
        Sets footprints on the ground; None leaves them as they are.
    stored : callable or None
        Finds the municipality of owners that came with an earlier delivery.
    facts : mapping of str to Municipality
        What is known of municipalities whose borders come without figures.

    Attributes
    ----------
    loaded : dict of str to Counter
        Rows by layer and tenant.
    refused : Counter
        Rows by reason, as in `ingest.report.DeliveryReport`.
    completed : int
        Municipalities whose figures were taken from `facts`.
    municipalities : list of Municipality
        Those of the district that the delivery describes by name.
    places, keys
        Municipality of each row, as of `Placement.places`, and the municipalities' keys.
    """

    staging: Staging
    borders: Borders
    district: str
    registered: Collection[str]
    ags: str
    settling: Settling | None = None
    stored: Stored | None = None
    facts: Mapping[str, Municipality] = field(default_factory=dict)
    completed: int = 0
    loaded: dict[str, Counter[str]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    municipalities: list[Municipality] = field(default_factory=list)
    places: dict[tuple[int, str], Places] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)

    def sort(self, parts: Sequence[Part]) -> None:
        """Hand over all rows of all files."""
        placement = Placement(self.borders, self.ags, self.stored)
        self.places = places = placement.places(parts)
        self.keys = placement.keys
        for part in parts:
            for name in part.files:
                layer: Layer = find("LAYER", name)
                if layer.placement == "feature":
                    self._features(layer, part, places[part.part, name], placement.keys)
                elif layer.placement == "district":
                    self._district(layer, part)
                else:
                    self._rasters(layer, part)

    def _features(self, layer: Layer, part: Part, places: Places, keys: Sequence[str]) -> None:
        table = part.table(layer.name)
        if self.settling is not None:
            table = self.settling.settled(layer.name, part, table)
        for number, count in zip(*np.unique(places, return_counts=True), strict=True):
            if number < 0:
                self.refused[f"unplaced:{layer.name}"] += int(count)
            elif not self.staging.accepts(keys[number], layer.name):
                self._refuse(layer, keys[number], int(count))
            else:
                for rows in slices(table, places, int(number)):
                    self._add(keys[number], layer, rows, part)

    def _district(self, layer: Layer, part: Part) -> None:
        table = part.table(layer.name)
        keys = [municipality_key(value) for value in table.column("ags").to_pylist()]
        inside = np.array(
            [key in self.registered or (bool(key) and key.startswith(self.district)) for key in keys], bool
        )
        unplaced = keys.count("")
        self.refused[f"unplaced:{layer.name}"] += unplaced
        self.refused[f"outside:{layer.name}"] += int((~inside).sum()) - unplaced
        place = table.schema.get_field_index("ags")
        table = table.set_column(place, "ags", pa.array(keys, pa.string()))
        if not inside.any():
            return
        table = table.filter(pa.array(inside))
        if self.staging.foreign(self.district):
            self._refuse(layer, self.district, table.num_rows)
            return
        if layer.name == MUNICIPALITIES:
            table, count = completed(table, self.facts)
            self.completed += count
            rows = table.select(["ags", "name", "population", "area"]).to_pylist()
            self.municipalities += [Municipality(**row) for row in rows if row["name"]]
        self._add(self.district, layer, table, part)

    def _rasters(self, layer: Layer, part: Part) -> None:
        whole = self.ags or (self.district if self.staging.accepts(self.district, layer.name) else "")
        table = part.table(layer.name)
        if whole and not self.staging.accepts(whole, layer.name):
            self._refuse(layer, whole, table.num_rows)
            return
        for start in range(0, table.num_rows, _RASTERS):
            tiles = table.slice(start, _RASTERS)
            if whole:
                self._add(whole, layer, tiles, part)
            else:
                self._cut(layer, tiles, part)

    def _cut(self, layer: Layer, tiles: pa.Table, part: Part) -> None:
        frames = shapely.box(*(tiles.column(name).to_numpy() for name in ("west", "south", "east", "north")))
        placed = np.zeros(tiles.num_rows, bool)
        for ags, area in sorted(self.borders.areas.items()):
            shapely.prepare(area)
            # A tile that only touches the border has no cell in the municipality.
            here = shapely.intersects(area, frames) & ~shapely.touches(area, frames)
            placed |= here
            if not here.any():
                continue
            if self.staging.accepts(ags, layer.name):
                # Pictures have a mask beside their pixels; heights have it within.
                cut = picture.cut if "mask" in tiles.column_names else raster.cut
                rows = cut(tiles.filter(pa.array(here)), area)
                if rows.num_rows:
                    self._add(ags, layer, rows, part)
            else:
                self._refuse(layer, ags, int(here.sum()))
        self.refused[f"unplaced:{layer.name}"] += int((~placed).sum())

    def _add(self, ags: str, layer: Layer, rows: pa.Table, part: Part) -> None:
        accepted = self.staging.add(ags, layer.name, rows, part.part)
        self.loaded.setdefault(layer.name, Counter())[ags] += accepted

    def _refuse(self, layer: Layer, ags: str, count: int) -> None:
        if self.staging.foreign(ags):
            self.refused[f"not_yours:{layer.name}:{ags}"] += count
            return
        self.staging.refuse(ags, layer.name, count)
        self.refused[f"no_consent:{layer.name}:{ags}"] += count
