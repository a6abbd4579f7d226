"""Massing: buildings that a scenario adds become rows of the building tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from twin.discovery import find
from twin.geometry.buildings import building_tables
from twin.geometry.extrusion import extrude
from twin.reference import codes
from twin.scenario.edit import AddBuilding
from twin.scenario.outcome import Key

PITCH = 38.0
"""Pitch of a gable or hip roof on an added building: usual for houses in Westphalia. [°]"""

PENT_PITCH = 12.0
"""Pitch of a pent roof on an added building. [°]"""

LARGEST_RISE = 7.0
"""No roof rises higher over the eaves, however deep the building is. [m]"""

TABLES = ("building", "building_part", "building_surface", "building_mesh")
"""Layers that an edit of buildings changes."""


def massing(added: Mapping[Key, tuple[int, AddBuilding]], delivery_id: str) -> dict[str, pa.Table]:
    """Rows of added buildings.

    Parameters
    ----------
    added : mapping of (ags, building_id) to (place, AddBuilding)
        The buildings, and the place of each edit in its scenario: it becomes ``delivery_part``.
    delivery_id : str
        What the rows say they came from.

    Returns
    -------
    tables : dict of str to pyarrow.Table
        Name of each of `TABLES` to rows with the whole schema of the layer.
    """
    if not added:
        return {name: find("LAYER", name).schema.empty_table() for name in TABLES}
    edits = [edit for _, edit in added.values()]
    footprints = shapely.from_wkt([edit.footprint for edit in edits])
    base = np.array([edit.ground_height for edit in edits])
    eaves = base + np.array([edit.height for edit in edits])
    roofs = [edit.roof_code for edit in edits]
    solids = extrude(footprints, base, eaves, eaves + roof_rise(footprints, roofs), roofs)
    functions, names = codes("building_function"), codes("roof_type")
    ids = [building_id for _, building_id in added]
    columns: dict[str, Any] = {
        "building_id": ids,
        "ags": [ags for ags, _ in added],
        "function_code": [edit.function_code for edit in edits],
        "function": [functions.get(edit.function_code) for edit in edits],
        "roof_code": roofs,
        "roof_type": [names.get(roof) for roof in roofs],
        "storeys_above_ground": [edit.storeys for edit in edits],
        "lod": [2] * len(edits),
        "source_object": ["scenario"] * len(edits),
    }
    tables = building_tables(solids, columns).by_layer()
    places = dict(zip(ids, (place for place, _ in added.values()), strict=True))
    return {name: _with_provenance(name, table, places, delivery_id) for name, table in tables.items()}


def roof_rise(footprints: np.ndarray, roofs: list[str]) -> np.ndarray:
    """How far each roof rises over the eaves. [m]

    Half the depth of the smallest rectangle around the footprint at `PITCH`, or its depth at `PENT_PITCH`.
    """
    rectangles = shapely.minimum_rotated_rectangle(footprints)
    perimeter, area = shapely.length(rectangles), shapely.area(rectangles)
    half = perimeter / 4
    # Of a rectangle with sides a ≤ b: a + b = 2·half and a·b = area.
    depth = half - np.sqrt(np.maximum(half**2 - area, 0.0))
    kinds = np.array(roofs)
    ridged = depth / 2 * np.tan(np.radians(PITCH))
    pent = depth * np.tan(np.radians(PENT_PITCH))
    rise = np.where(kinds == "1000", 0.0, np.where(kinds == "2100", pent, ridged))
    return np.minimum(rise, LARGEST_RISE)


def _with_provenance(name: str, table: pa.Table, places: Mapping[str, int], delivery_id: str) -> pa.Table:
    owner = table["building_id"].to_pylist()
    return pa.table(
        {
            **{column: table[column] for column in table.column_names},
            "delivery_id": [delivery_id] * len(owner),
            "delivery_part": pa.array([places[building_id] for building_id in owner], pa.int32()),
        }
    ).select(find("LAYER", name).schema.names)
