"""Which older rows a full delivery retires: what each delivered file claims to describe decides, never a guess."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, cast

import shapely

from twin.consent import layers, parent_key
from twin.matching import owner_of
from twin.registry import Row, Transaction, rows

TOLERANCE = 1.0
"""How far an old extent may lie outside the new ones and still count as described anew. [m]"""

Part = tuple[str, int]
"""(delivery id, number of the file in it)."""


@dataclass(slots=True)
class Retirement:
    """What goes unless the new delivery holds its key.

    Attributes
    ----------
    whole : dict
        (ags, layer) → files whose rows all go.
    within : dict
        (ags, layer) → files whose rows go if their representative point lies in `area`.
    area : bytes
        New extents, as WKB.
    keys : dict
        layer → values of its first key column that go wherever they are.
    """

    whole: dict[tuple[str, str], set[Part]] = field(default_factory=lambda: defaultdict(set))
    within: dict[tuple[str, str], set[Part]] = field(default_factory=lambda: defaultdict(set))
    area: bytes = b""
    keys: dict[str, list[str]] = field(default_factory=dict)

    @property
    def places(self) -> set[tuple[str, str]]:
        """(ags, layer) pairs of which some file is described anew."""
        return set(self.whole) | set(self.within)


def plan(transaction: Transaction, delivery_id: str, manifest: dict[str, Any]) -> Retirement:
    """What a staged delivery retires, by its manifest and what the registry knows of earlier files.

    A file with an extent retires, of the same format and layer, what came with files inside the new extents, and
    of files that overlap them what stands in them. A file without one retires what an earlier file of its name brought,
    unless both were handed in for different municipalities.
    """
    retirement = Retirement(keys={layer: keys for layer, keys in manifest["retire"].items() if keys})
    replacing = [file for file in manifest["files"] if file["mode"] == "replace"]
    claimed = set(manifest["header"]["layers"]) | {layer for _, layer in manifest["staged"]}
    # What depends on a parent follows it, whichever file it came with.
    claimed = {name for name in claimed if parent_key(layers()[name]) is None}
    if not replacing or not claimed:
        return retirement
    extents = [box for file in replacing if (box := _box(file))]
    area = shapely.union_all(extents) if extents else shapely.Polygon()
    grown = area.buffer(TOLERANCE)
    shapely.prepare(grown)
    silent = {file["name"] for file in replacing if file["west"] is None}
    names = {file["name"] for file in replacing}
    retirement.area = shapely.to_wkb(area)
    for old in _earlier(transaction, delivery_id, manifest["header"]["format"]):
        # What gave way to a better row goes as that row would have gone.
        layer = owner_of(old["layer"]) or old["layer"]
        if layer not in claimed:
            continue
        place, part = (old["ags"], layer), (old["delivery_id"], old["part"])
        box = _box(old)
        alike = old["name"] in (silent if box else names) and not _elsewhere(old, manifest)
        if alike or (box and grown.contains(box)):
            retirement.whole[place].add(part)
        elif box and area.intersection(box).area > 0:
            retirement.within[place].add(part)
    return retirement


def replaced(transaction: Transaction, delivery_id: str, manifest: dict[str, Any]) -> set[Part]:
    """Earlier files that a staged delivery stands in place of: what was found in them is past.

    They have the same format, and the same name or an extent inside the new ones.
    """
    names = {file["name"] for file in manifest["files"]}
    extents = [box for file in manifest["files"] if file["mode"] == "replace" and (box := _box(file))]
    grown = shapely.union_all(extents).buffer(TOLERANCE) if extents else shapely.Polygon()
    found = rows(
        transaction,
        """SELECT f.delivery_id, f.part, f.name, f.west, f.south, f.east, f.north, d.ags_option
           FROM delivery_file f JOIN delivery d ON d.delivery_id = f.delivery_id
           WHERE d.state = 'committed' AND d.format = :format AND d.delivery_id <> :delivery_id
           AND d.delivery_id IN (SELECT delivery_id FROM finding_count UNION SELECT delivery_id FROM finding)""",
        format=manifest["header"]["format"],
        delivery_id=delivery_id,
    )
    return {
        (row["delivery_id"], row["part"])
        for row in found
        if (row["name"] in names and not _elsewhere(row, manifest))
        or ((box := _box(row)) is not None and grown.contains(box))
    }


def _earlier(transaction: Transaction, delivery_id: str, format_name: str) -> list[Row]:
    return rows(
        transaction,
        """SELECT c.ags, c.layer, c.delivery_id, c.part, f.name, f.west, f.south, f.east, f.north, d.ags_option
           FROM delivery_count c JOIN delivery d USING (delivery_id)
           JOIN delivery_file f ON f.delivery_id = c.delivery_id AND f.part = c.part
           WHERE d.state = 'committed' AND d.format = :format AND c.kind = 'loaded'
           AND c.delivery_id <> :delivery_id""",
        format=format_name,
        delivery_id=delivery_id,
    )


def _elsewhere(old: Row, manifest: dict[str, Any]) -> bool:
    """Whether an earlier file was handed in for another municipality: every town hall has a ``leitungen.csv``."""
    return bool(old["ags_option"] and manifest["header"]["ags"]) and old["ags_option"] != manifest["header"]["ags"]


def _box(file: Any) -> shapely.Polygon | None:
    if file["west"] is None:
        return None
    return cast("shapely.Polygon", shapely.box(file["west"], file["south"], file["east"], file["north"]))
