"""Buildings that a scenario adds, as one GLB."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viewer.scene.building_tiles import building_glb

if TYPE_CHECKING:
    from twin import Twin


def added_glb(twin: Twin, scenario: str) -> bytes:
    """Visible buildings of a scenario that the stock does not have; empty if there is none.

    Raises
    ------
    UnknownName
        If there is no such scenario.
    """
    stock = pa.table(twin.table("building_mesh").project("ags || '/' || building_id AS key"))
    names = "building_id, origin_x, origin_y, origin_z, vertices, faces, kinds"
    changed = twin.table("building_mesh", scenario=scenario)
    keys = pa.table(changed.project("ags || '/' || building_id AS key"))
    fresh = keys.filter(pc.invert(pc.is_in(keys.column("key"), stock.column("key").combine_chunks()))).column("key")
    if not len(fresh):
        return b""
    wanted = ", ".join("'" + key.replace("'", "''") + "'" for key in fresh.to_pylist())
    chosen = f"ags || '/' || building_id IN ({wanted})"
    meshes = pa.table(changed.filter(chosen).project(f"ags || '/' || building_id AS key, {names}"))
    facts = pa.table(
        twin.table("building", scenario=scenario)
        .filter(chosen)
        .project("ags || '/' || building_id AS key, measured_height, function_code")
    )
    place = pc.index_in(meshes.column("key"), facts.column("key").combine_chunks())
    for name in ("measured_height", "function_code"):
        meshes = meshes.append_column(name, facts.column(name).take(place))
    return building_glb(meshes, np.arange(meshes.num_rows))
