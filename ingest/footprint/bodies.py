"""Footprints as rows of buildings: extruded to LoD1, without knowing how high the ground is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from ingest.footprint.height import Heights
from ingest.format import Batch
from twin.geometry.buildings import building_tables
from twin.geometry.extrusion import extrude

_UNKNOWN = ("ground_height", "roof_height")
"""What nobody knows of a footprint before it is set on the ground (`ingest.settling`)."""


@dataclass(frozen=True, slots=True)
class Footprints:
    """Footprints that are to be extruded.

    Attributes
    ----------
    shapes : ndarray of shapely areas, shape (n,)
        In the store's CRS, valid.
    heights : Heights
        How high each is.
    columns : mapping of str to list
        Columns of ``building`` that the source knows, ``building_id`` and ``source_object`` among them.
    """

    shapes: NDArray[np.object_]
    heights: Heights
    columns: Mapping[str, list[Any]]


def batches(footprints: Footprints) -> Iterator[Batch]:
    """Rows of ``building``, ``building_surface`` and ``building_mesh``.

    The bodies stand on 0 m; their ground and ridge heights are null, which is how `ingest.settling` knows them.
    """
    height = footprints.heights.height
    solids = extrude(footprints.shapes, base=0.0, eaves=height, ridge=height)
    tables = building_tables(
        solids,
        {
            **footprints.columns,
            "measured_height": height,
            "height_source": footprints.heights.source,
            "storeys_above_ground": footprints.heights.storeys,
            "lod": np.ones(len(height), np.int32),
        },
    )
    building = tables.building
    for name in _UNKNOWN:
        place = building.schema.get_field_index(name)
        building = building.set_column(place, name, pa.nulls(building.num_rows, building.schema.field(name).type))
    place = building.schema.get_field_index("geom")
    # The outline as it came: united ground surfaces would lose how its rings begin.
    outlines = shapely.to_wkb(shapely.orient_polygons(footprints.shapes))
    building = building.set_column(place, "geom", pa.array(outlines, pa.binary()))
    yield Batch("building", building)
    yield Batch("building_surface", tables.building_surface)
    yield Batch("building_mesh", tables.building_mesh)
