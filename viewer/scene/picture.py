"""Still pictures: the district in PyVista, for notebooks, reports and screenshots."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from twin.errors import UnknownName
from twin.terrain import Terrain
from viewer.scene.colours import rgb
from viewer.scene.meshes import FLAT_ROOF, GROUND, OTHER, ROOF, WALL, Meshes

if TYPE_CHECKING:
    from twin import Twin

Array = npt.NDArray[Any]

LAYERS = ("building", "terrain")

COLOURS = {WALL: "#EEE8DC", ROOF: "#B05C42", FLAT_ROOF: "#BAB8B4", GROUND: "#BAB8B4", OTHER: "#D9D5CC"}

_MOST_CELLS = 1_500_000  # of terrain in one picture
_HYPSOMETRIC = ("#9DB27C", "#C3C68A", "#DCCF9C", "#C9AE7C", "#A98C66")


class District:
    """The picture ``district``.

    Attributes
    ----------
    name : str
        Name for `twin.discovery`.
    """

    name = "district"

    def draw(
        self,
        twin: Twin,
        layers: Collection[str] = LAYERS,
        box: tuple[float, float, float, float] | None = None,
        off_screen: bool | None = None,
    ) -> Any:
        """A plotter with what the twin's principal may see.

        Parameters
        ----------
        twin : Twin
        layers : collection of str
            ``building`` and ``terrain``, or one of them.
        box : (west, south, east, north), optional
            Just this part; all by default. [m]
        off_screen : bool, optional
            Whether to draw without a window; PyVista's own setting by default.

        Returns
        -------
        plotter : pyvista.Plotter
            Its coordinates are relative to ``origin`` in the field data of each mesh: easting, northing, height. [m]

        Raises
        ------
        UnknownName
            If a layer cannot be drawn.
        """
        import pyvista as pv  # noqa: PLC0415 - takes a second and a graphics library, which only a picture needs

        unknown = sorted(set(layers) - set(LAYERS))
        if unknown:
            raise UnknownName(kind="picture layer", name=unknown[0], known=", ".join(LAYERS))
        plotter = pv.Plotter(off_screen=off_screen, lighting="none")
        meshes = _meshes(twin, box) if "building" in layers else None
        origin = _origin(twin, meshes, box)
        plotter.set_background("#DDE8F0", top="#8FB4D9")
        if "terrain" in layers:
            ground = terrain_surface(twin, origin, box, meshes)
            if ground is not None:
                plotter.add_mesh(ground, scalars="colour", rgb=True, smooth_shading=True, name="terrain")
        if meshes is not None and len(meshes):
            plotter.add_mesh(building_surface(meshes, origin), scalars="colour", rgb=True, name="building")
        for position, focal, strength in (((-3, -5, 6), (0, 0, 0), 0.85), ((4, 3, 5), (0, 0, 0), 0.3)):
            plotter.add_light(
                pv.Light(position=position, focal_point=focal, intensity=strength, light_type="scene light")
            )
        plotter.add_light(pv.Light(light_type="headlight", intensity=0.2))
        plotter.view_vector((0.35, -1.0, 0.75), viewup=(0, 0, 1))
        return plotter


def building_surface(meshes: Meshes, origin: tuple[float, float, float]) -> Any:
    """All buildings as one mesh with an RGB ``colour`` and a ``building`` number a triangle.

    Parameters
    ----------
    meshes : Meshes
    origin : tuple of float
        What the coordinates are relative to. [m]

    Returns
    -------
    mesh : pyvista.PolyData
    """
    import pyvista as pv  # noqa: PLC0415 - as above

    faces = meshes.global_faces()
    shift = np.repeat(meshes.origins - origin, np.diff(meshes.vertex_starts), axis=0)
    mesh = pv.PolyData.from_regular_faces((meshes.vertices + shift).astype(np.float32), faces)
    kinds = meshes.vertex_kinds(faces, meshes.normals(faces))[faces[:, 0]]
    table = np.array([rgb(COLOURS[kind]) for kind in range(len(COLOURS))], np.uint8)
    mesh.cell_data["colour"] = table[kinds]
    mesh.field_data["origin"] = np.array(origin)
    mesh.cell_data["building"] = np.repeat(np.arange(len(meshes)), np.diff(meshes.face_starts))
    return mesh


def terrain_surface(
    twin: Twin,
    origin: tuple[float, float, float],
    box: tuple[float, float, float, float] | None = None,
    meshes: Meshes | None = None,
) -> Any:
    """The terrain as a surface coloured by height; None if there is none there.

    Parameters
    ----------
    twin : Twin
    origin : tuple of float
        What the coordinates are relative to. [m]
    box : (west, south, east, north), optional
        Just this part. [m]
    meshes : Meshes, optional
        Buildings that the terrain reaches 200 m beyond where `box` is None.

    Returns
    -------
    mesh : pyvista.PolyData or None
    """
    import pyvista as pv  # noqa: PLC0415 - as above

    terrain = Terrain(twin)
    extent = box or terrain.extent()
    if extent is None or terrain.extent() is None:
        return None
    if box is None and meshes is not None and len(meshes):
        low, high = meshes.origins.min(axis=0) - 200, meshes.origins.max(axis=0) + 200
        near = (max(extent[0], low[0]), max(extent[1], low[1]), min(extent[2], high[0]), min(extent[3], high[1]))
        extent = near if near[0] < near[2] and near[1] < near[3] else extent
    west, south, east, north = extent
    size = max(min(terrain.cell_sizes()), float(np.sqrt((east - west) * (north - south) / _MOST_CELLS)))
    grid = terrain.window(west, south, east, north, size)
    heights = np.asarray(grid.heights, np.float64)
    rows, columns = heights.shape
    if rows < 2 or columns < 2 or not np.isfinite(heights).any():
        return None
    x = grid.west + (np.arange(columns) + 0.5) * size - origin[0]
    y = grid.north - (np.arange(rows) + 0.5) * size - origin[1]
    points = np.stack([*np.meshgrid(x, y), np.nan_to_num(heights - origin[2])], axis=-1).reshape(-1, 3)
    numbers = np.arange(rows * columns).reshape(rows, columns)
    known = np.isfinite(heights)
    drawn = (known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]).ravel()
    corners = [part.ravel()[drawn] for part in (numbers[:-1, :-1], numbers[1:, :-1], numbers[1:, 1:], numbers[:-1, 1:])]
    mesh = pv.PolyData.from_regular_faces(points.astype(np.float32), np.stack(corners, axis=1))
    mesh.field_data["origin"] = np.array(origin)
    low, high = np.nanpercentile(heights, (1, 99))
    place = np.nan_to_num((heights.ravel() - low) / max(high - low, 1.0)).clip(0, 1) * (len(_HYPSOMETRIC) - 1)
    stops = np.array([rgb(colour) for colour in _HYPSOMETRIC], float)
    shades = [np.interp(place, np.arange(len(stops)), stops[:, k]) for k in range(3)]
    mesh.point_data["colour"] = np.stack(shades, axis=1).astype(np.uint8)
    return mesh


def _meshes(twin: Twin, box: tuple[float, float, float, float] | None) -> Meshes:
    relation = twin.table("building_mesh")
    if box is not None:
        west, south, east, north = (float(edge) for edge in box)
        relation = relation.filter(
            f"origin_x BETWEEN {west!r} AND {east!r} AND origin_y BETWEEN {south!r} AND {north!r}"
        )
    names = "building_id, origin_x, origin_y, origin_z, vertices, faces, kinds"
    return Meshes.of(pa.table(relation.project(names)))


def _origin(
    twin: Twin, meshes: Meshes | None, box: tuple[float, float, float, float] | None
) -> tuple[float, float, float]:
    if meshes is not None and len(meshes):
        east, north, height = np.round(meshes.origins.mean(axis=0)).tolist()
        return east, north, height
    extent = box or Terrain(twin).extent()
    if extent is None:
        return 0.0, 0.0, 0.0
    return float(round((extent[0] + extent[2]) / 2)), float(round((extent[1] + extent[3]) / 2)), 0.0


PICTURE = District()
