"""The tilesets of a tenant: buildings, terrain or the ground under the buildings, parcels, and what layers declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from viewer.scene import building_tiles, feature_tiles, parcel_tiles, terrain_pyramid, terrain_tiles
from viewer.scene.building_tiles import cells_of
from viewer.scene.ground import Ground
from viewer.scene.product import Plan, Product, Tile
from viewer.scene.signature import row_hashes, run_starts, signature, summed, text_hash
from viewer.scene.slots import assign_slots
from viewer.scene.tenant import Tenant
from viewer.scene.tileset import Cell

Array = npt.NDArray[Any]

BATCH = 60_000
"""Buildings whose meshes are in memory at once."""


def _buildings(tenant: Tenant, folder: Path) -> Plan:
    keys = tenant.rows("building_mesh", "building_id, origin_x, origin_y, origin_z, delivery_id")
    facts = tenant.rows("building", "building_id, delivery_id, measured_height, function_code")
    place = pc.index_in(keys.column("building_id"), facts.column("building_id").combine_chunks())
    facts = facts.take(place)
    leaf = building_tiles.REFINEMENT.leaf
    columns, rows = cells_of(keys.column("origin_x").to_numpy(), keys.column("origin_y").to_numpy(), leaf)
    order = np.lexsort((rows, columns))
    starts = run_starts(columns[order], rows[order])
    # A footprint may be set on ground that came later, under the delivery that brought it.
    hashes = row_hashes(
        keys.column("building_id"), keys.column("delivery_id"), facts.column("delivery_id"), keys.column("origin_z")
    )
    copyright = tenant.copyright("building")
    seed = text_hash("building", copyright)
    sums = summed(hashes[order], starts)
    cells = [Cell(0, int(columns[n]), int(rows[n])) for n in order[starts]]
    counts = dict(zip(cells, np.diff(np.append(starts, len(order))).tolist(), strict=True))
    wanted = {cell: signature(int(total), seed) for cell, total in zip(cells, sums, strict=True)}

    def make(fresh: set[Cell]) -> Iterator[Tile]:
        slots_of = assign_slots(folder, keys.column("building_id").combine_chunks())
        for west, east in _strips(fresh, counts):
            here = tenant.rows(
                "building_mesh",
                "building_id, origin_x, origin_y, origin_z, vertices, faces, kinds",
                f"origin_x >= {west * leaf!r} AND origin_x < {east * leaf!r}",
            )
            column, row = cells_of(here.column("origin_x").to_numpy(), here.column("origin_y").to_numpy(), leaf)
            wanted_rows = [Cell(0, c, r) in fresh for c, r in zip(column.tolist(), row.tolist(), strict=True)]
            here = here.filter(pa.array(wanted_rows, pa.bool_()))
            number = pc.index_in(here.column("building_id"), keys.column("building_id").combine_chunks())
            beside = facts.take(number)
            for name in ("measured_height", "function_code"):
                here = here.append_column(name, beside.column(name))
            slots = slots_of[number.to_numpy(zero_copy_only=False)]
            for tile in building_tiles.building_tiles(here, slots, copyright):
                yield tile.cell, tile.centre, tile.box, tile.data

    return Plan(wanted, make, {"buildings": keys.num_rows})


def _strips(fresh: set[Cell], counts: dict[Cell, int]) -> Iterator[tuple[int, int]]:
    """Ranges of columns that hold about `BATCH` buildings of `fresh` cells each."""
    load: dict[int, int] = {}
    for cell in fresh:
        load[cell.column] = load.get(cell.column, 0) + counts[cell]
    first, last, total = None, 0, 0
    for column in sorted(load):
        if first is not None and (total + load[column] > BATCH or column > last + 8):
            yield first, last + 1
            first, total = None, 0
        first = column if first is None else first
        last, total = column, total + load[column]
    if first is not None:
        yield first, last + 1


def _parcels(tenant: Tenant, _folder: Path) -> Plan:
    table = tenant.rows("parcel", "flurstueckskennzeichen, delivery_id, ST_AsWKB(geom) AS geom", "geom IS NOT NULL")
    if not table.num_rows:
        return Plan({}, lambda _: ())
    polygons = shapely.from_wkb(table.column("geom").to_pandas().to_numpy(object))
    hashes = row_hashes(table.column("flurstueckskennzeichen"), table.column("delivery_id"))
    ground = Ground(tenant)
    copyright = tenant.copyright("parcel")
    seed = text_hash("parcel", copyright, ground.signature)
    owner, columns, rows = _covered(shapely.bounds(polygons), parcel_tiles.REFINEMENT.leaf)
    order = np.lexsort((owner, rows, columns))
    owner, columns, rows = owner[order], columns[order], rows[order]
    starts = run_starts(columns, rows)
    cells = [Cell(0, int(columns[n]), int(rows[n])) for n in starts]
    sums = summed(hashes[owner], starts)
    runs = dict(zip(cells, np.split(owner, starts[1:]), strict=True))

    def make(fresh: set[Cell]) -> Iterator[Tile]:
        if not fresh:
            return
        chosen = np.unique(np.concatenate([runs[cell] for cell in fresh]))
        for tile in parcel_tiles.parcel_tiles(polygons[chosen], ground.sample, copyright):
            if tile[0] in fresh:
                yield tile

    return Plan(dict(zip(cells, (signature(int(total), seed) for total in sums), strict=True)), make)


def _covered(bounds: Array, leaf: float) -> tuple[Array, Array, Array]:
    """Each square that a box touches: number of the box, column, row."""
    west, south = cells_of(bounds[:, 0], bounds[:, 1], leaf)
    east, north = cells_of(bounds[:, 2], bounds[:, 3], leaf)
    wide = east - west + 1
    count = wide * (north - south + 1)
    owner = np.repeat(np.arange(len(bounds)), count)
    number = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    return owner, west[owner] + number % wide[owner], south[owner] + number // wide[owner]


PRODUCTS = (
    Product("building", "building", building_tiles.REFINEMENT, _buildings),
    Product("terrain", "terrain", terrain_tiles.REFINEMENT, terrain_pyramid.plan_terrain),
    Product("ground", "building", terrain_tiles.REFINEMENT, terrain_pyramid.plan_ground),
    Product("parcel", "parcel", parcel_tiles.REFINEMENT, _parcels),
    *feature_tiles.products(),
)
"""Buildings first."""
