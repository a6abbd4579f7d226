"""Pipes and shafts as GLB tiles: tubes at their depth under the ground, in the colour of their class."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import shapely

from twin.layer import Layer
from twin.style import Sunk
from viewer.scene.colours import colours, rgb
from viewer.scene.feature_rows import default_theme
from viewer.scene.glb import TRIANGLES, Glb, normal_bytes, quantised, y_up
from viewer.scene.property_table import EXTENSIONS, feature_table
from viewer.scene.tileset import Refinement

Array = npt.NDArray[Any]

REFINEMENT = Refinement(leaf=500.0, error=0.05, mode="ADD")
"""Pipes are drawn from about 5 km on."""

SIDES = 6
"""Corners of a tube's cross-section."""

STEP = 8.0
"""Longest straight piece: a pipe follows the ground. [m]"""

DEEPEST = 60.0
"""Deeper is no pipe lying: what says so is drawn there. [m]"""

MATERIAL = {"pbrMetallicRoughness": {"metallicFactor": 0, "roughnessFactor": 0.8}, "doubleSided": True}

_METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001}


def depths(shape: Sunk, table: pa.Table) -> Array:
    """Depth of each row below the ground. [m]"""
    told = table.column(shape.depth).cast(pa.float64()).to_pandas().to_numpy(float)
    return np.where(np.isnan(told), shape.usual, told).clip(-5.0, DEEPEST)


def radii(layer: Layer, shape: Sunk, table: pa.Table) -> Array:
    """Radius that each row is drawn with. [m]"""
    wide = np.zeros(table.num_rows)
    if shape.diameter:
        told = table.column(shape.diameter).cast(pa.float64()).to_pandas().to_numpy(float)
        wide = np.nan_to_num(told) * _METRES.get(layer.column(shape.diameter).unit, 1.0) * shape.exaggeration
    return np.maximum(wide, shape.least) / 2


def shades(layer: Layer, table: pa.Table) -> Array:
    """Colour of each row by the layer's first theme, uint8 of shape (n, 3)."""
    theme = default_theme(layer)
    if theme is not None:
        return colours(theme, table.column(theme.column))
    assert layer.style is not None
    return np.tile(np.array(rgb(layer.style.colour), np.uint8), (table.num_rows, 1))


def axes(geometries: Array, depth: Array, ground: Any) -> tuple[Array, Array, Array]:
    """Axes of all tubes: points along them, the tube that each is of, and the row of each tube.

    Lines are followed at their depth below the ground; a point is a shaft from its depth up to the ground.

    Parameters
    ----------
    geometries : object array of shape (n,)
        Lines and points; anything else has no axis.
    depth : float array of shape (n,)
        [m]
    ground : callable
        ``(east, north) -> height``, NaN where it knows none. [m]

    Returns
    -------
    points : float array of shape (m, 3)
        [m]
    tube : int array of shape (m,)
        Number of the tube of each point.
    row : int array of shape (number of tubes,)
        Row of each tube.
    """
    parts, row = shapely.get_parts(geometries, return_index=True)
    kinds = shapely.get_type_id(parts)
    wanted = ((kinds == 1) & (shapely.length(parts) > 0)) | ((kinds == 0) & ~shapely.is_empty(parts))
    parts, row, kinds = parts[wanted], row[wanted], kinds[wanted]
    plane, tube = shapely.get_coordinates(shapely.segmentize(parts, STEP), return_index=True)
    upright = kinds[tube] == 0
    # A shaft has two ends above each other.
    plane, tube = np.repeat(plane, 1 + upright, axis=0), np.repeat(tube, 1 + upright)
    upright = kinds[tube] == 0
    top = upright & (np.diff(tube, prepend=-1) == 0)
    height = ground(plane[:, 0], plane[:, 1])
    height = np.where(np.isnan(height), np.nanmedian(height) if np.isfinite(height).any() else 0.0, height)
    height = np.where(
        top, height + 0.05, height - np.where(upright, np.maximum(depth[row[tube]], 0.3), depth[row[tube]])
    )
    points = np.column_stack([plane, height])
    # Points that lie on each other have no direction between them.
    same = (np.diff(tube, prepend=-1) == 0) & (np.abs(np.diff(points, axis=0, prepend=np.nan)).max(axis=1) < 1e-4)
    points, tube = points[~same], tube[~same]
    lonely = np.bincount(tube, minlength=len(row))[tube] < 2
    return points[~lonely], tube[~lonely], row


def tubes(points: Array, tube: Array, radius: Array) -> tuple[Array, Array, Array]:
    """Vertices, normals and faces of tubes about axes.

    Parameters
    ----------
    points : float array of shape (m, 3)
    tube : int array of shape (m,)
        Number of the tube of each point, rising.
    radius : float array of shape (m,)

    Returns
    -------
    vertices, normals : float arrays of shape (m · SIDES, 3)
    faces : int array of shape (f, 3)
    """
    follows = np.diff(tube) == 0
    way = np.diff(points, axis=0)
    way /= np.maximum(np.linalg.norm(way, axis=1, keepdims=True), 1e-9)
    way[~follows] = 0.0
    nothing = np.zeros((1, 3))
    before, after = np.concatenate([nothing, way]), np.concatenate([way, nothing])
    along = before + after
    # A line that turns back on itself goes on as it came.
    along = np.where(np.linalg.norm(along, axis=1, keepdims=True) < 1e-6, before, along)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    up = np.where(np.abs(along[:, 2:]) > 0.95, np.array([0.0, 1.0, 0.0]), np.array([0.0, 0.0, 1.0]))
    side = np.cross(along, up)
    side /= np.linalg.norm(side, axis=1, keepdims=True)
    over = np.cross(side, along)
    angle = np.arange(SIDES) * (2 * np.pi / SIDES)
    normals = np.cos(angle)[None, :, None] * side[:, None] + np.sin(angle)[None, :, None] * over[:, None]
    vertices = points[:, None] + normals * radius[:, None, None]
    corner, following = np.arange(SIDES), (np.arange(SIDES) + 1) % SIDES
    here = np.flatnonzero(follows)[:, None] * SIDES
    a, b = here + corner, here + following
    c, d = a + SIDES, b + SIDES
    walls = np.stack([np.stack([a, d, b], -1), np.stack([a, c, d], -1)], -2).reshape(-1, 3)
    ends = np.flatnonzero(np.concatenate([~follows, [True]])) * SIDES if len(points) else np.zeros(0, int)
    starts = np.flatnonzero(np.concatenate([[True], ~follows])) * SIDES if len(points) else np.zeros(0, int)
    fan = np.array([[0, k, k + 1] for k in range(1, SIDES - 1)])
    lids = np.concatenate([ends[:, None, None] + fan[:, ::-1], starts[:, None, None] + fan]).reshape(-1, 3)
    return vertices.reshape(-1, 3), normals.reshape(-1, 3), np.concatenate([walls, lids])


def pipe_tile(
    layer: Layer,
    shape: Sunk,
    table: pa.Table,
    geometries: Array,
    ground: Any,
    texts: dict[str, pa.Array],
    centre: Array,
    copyright: str = "",
) -> tuple[bytes, Array]:
    """GLB of rows about `centre`, and its vertices, absolute; no bytes where there is nothing to draw."""
    points, tube, row = axes(geometries, depths(shape, table), ground)
    if not len(points):
        return b"", points
    owner = row[tube]
    radius = radii(layer, shape, table)[owner]
    vertices, normals, faces = tubes(points, tube, radius)
    feature = np.repeat(owner, SIDES)
    glb = Glb(copyright)
    steps, scale = quantised(vertices - centre)
    linear = (shades(layer, table) / 255.0) ** 2.2
    tint = np.ones((len(feature), 4))
    tint[:, :3] = linear[feature]
    attributes = {
        "POSITION": glb.attribute(y_up(steps), bounds=True),
        "NORMAL": glb.attribute(y_up(normal_bytes(normals)), normalized=True),
        "COLOR_0": glb.attribute(np.rint(tint * 65535).astype(np.uint16), normalized=True),
        "_RADIUS": glb.attribute(np.repeat(radius, SIDES).astype(np.float32)),
        "_FEATURE_ID_0": glb.attribute(feature.astype(np.uint16 if table.num_rows <= 65535 else np.float32)),
    }
    indices = glb.indices(faces, len(vertices))
    glb.document["materials"] = [MATERIAL]
    features = {"featureCount": table.num_rows, "attribute": 0, "propertyTable": 0}
    data = glb.bytes(
        primitive={
            "attributes": attributes,
            "indices": indices,
            "mode": TRIANGLES,
            "material": 0,
            "extensions": {"EXT_mesh_features": {"featureIds": [features]}},
        },
        node={"scale": [scale, scale, scale]},
        extensions=feature_table(glb, layer.name, texts),
        used=["KHR_mesh_quantization", *EXTENSIONS],
        required=["KHR_mesh_quantization"],
    )
    return data, vertices
