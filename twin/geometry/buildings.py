"""Buildings from surfaces: the four tables that hold a building, whoever made its surfaces."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from twin.discovery import find
from twin.geometry.footprint import footprints, united
from twin.geometry.mesh import meshes
from twin.geometry.solid import CLOSURE, KINDS, ROOF, Shells, Solids, shells
from twin.reference import codes

Column: TypeAlias = Any
"""A sequence, a numpy array or an Arrow array."""

Columns: TypeAlias = Mapping[str, Column]
"""Columns by name; what a layer has and the mapping has not is null."""

_MIXED_ROOF = "5000"


@dataclass(frozen=True)
class Tables:
    """The rows of some buildings.

    Attributes
    ----------
    building, building_part, building_surface, building_mesh : pyarrow.Table
        With the columns of the layers' `read_schema`.
    shells : Shells
        What was found out about the bodies.
    """

    building: pa.Table
    building_part: pa.Table
    building_surface: pa.Table
    building_mesh: pa.Table
    shells: Shells

    def by_layer(self) -> dict[str, pa.Table]:
        """The tables by name of their layer."""
        names = ("building", "building_part", "building_surface", "building_mesh")
        return {name: getattr(self, name) for name in names}


def building_tables(
    solids: Solids,
    buildings: Columns,
    groups: NDArray[np.int64] | None = None,
    bodies: Columns | None = None,
    surface_ids: Column | None = None,
) -> Tables:
    """Rows of ``building``, ``building_part``, ``building_surface`` and ``building_mesh``.

    Parameters
    ----------
    solids : Solids
        Surfaces of all bodies; a body is a building or a part of one. Orientation and unknown kinds are put right.
    buildings : mapping of str to column
        One value a building. ``building_id`` is needed; any other column of the layer may be there and is kept as it
        is, but for those that are computed from the surfaces. ``measured_height``, ``roof_code`` and ``lod`` are
        filled from the surfaces and parts where they are null.
    groups : ndarray of int64, shape (m + 1,), optional
        Where each building begins among the bodies; without it every body is a building.
    bodies : mapping of str to column, optional
        One value a body: ``part_id`` (null where the body is the building itself), ``roof_code``, ``function_code``,
        ``measured_height``, ``storeys_above_ground``, ``lod``.
    surface_ids : column of str, optional
        Ids of the polygons; empty ones and, without it, all are made from the building's id and the surface's number.

    Returns
    -------
    tables : Tables
        Surfaces keep their order, so ``surface_index`` counts a building's polygons as they were given.

    Examples
    --------
    >>> solids = extrude(footprints, base=60.0, eaves=66.0, ridge=69.0, roof_code="3100")  # doctest: +SKIP
    >>> tables = building_tables(solids, {"building_id": ids, "roof_code": ["3100"] * len(ids)})  # doctest: +SKIP
    >>> tables.building_surface  # doctest: +SKIP
    """
    if groups is None:
        groups = np.arange(len(solids) + 1)
    found = shells(solids)
    measures = _Measures.of(found, groups)
    of_body = dict(bodies or {})
    of_body.setdefault("part_id", [None] * len(solids))
    keys = _strings(buildings["building_id"])
    building_of_body = np.repeat(np.arange(len(groups) - 1), np.diff(groups))
    polygons = found.solids.bodies[groups]
    surface_index = np.arange(polygons[-1]) - np.repeat(polygons[:-1], np.diff(polygons))
    ags = pa.array(buildings.get("ags", [None] * len(keys)), pa.string())
    return Tables(
        building=_building(buildings, of_body, measures, groups),
        building_part=_part(of_body, measures, keys, building_of_body, ags),
        building_surface=_surface(
            found.solids,
            of_body,
            keys=keys,
            building_of_body=building_of_body,
            surface_index=surface_index,
            surface_ids=surface_ids,
            ags=ags,
        ),
        building_mesh=_table(
            "building_mesh", {"building_id": keys, "ags": ags, **meshes(found.solids, groups, surface_index)}, len(keys)
        ),
        shells=found,
    )


@dataclass(frozen=True)
class _Measures:
    """What is computed of the bodies; arrays have one value a body."""

    shells: Shells
    footprint: NDArray[np.object_]
    footprint_area: NDArray[np.float64]
    surface_area: NDArray[np.float64]
    ground: NDArray[np.float64]
    eaves: NDArray[np.float64]
    top: NDArray[np.float64]

    @classmethod
    def of(cls, found: Shells, groups: NDArray[np.int64]) -> _Measures:
        solids = found.solids
        surfaces, starts = solids.surfaces, solids.bodies[:-1]
        low = surfaces.lowest()
        footprint = footprints(solids)
        eaves = np.minimum.reduceat(np.where(solids.kinds == ROOF, low, np.inf), starts)
        return cls(
            shells=found,
            footprint=footprint,
            footprint_area=np.nan_to_num(shapely.area(footprint)),
            surface_area=np.add.reduceat(np.where(solids.kinds == CLOSURE, 0.0, surfaces.areas), starts),
            ground=np.minimum.reduceat(low, starts),
            eaves=np.where(np.isinf(eaves), np.nan, eaves),
            top=np.maximum.reduceat(surfaces.highest(), starts),
        )


def _building(given: Columns, of_body: Columns, measures: _Measures, groups: NDArray[np.int64]) -> pa.Table:
    starts, sizes = groups[:-1], np.diff(groups)
    count = len(starts)
    ground = np.minimum.reduceat(measures.ground, starts)
    top = np.maximum.reduceat(measures.top, starts)
    footprint = measures.footprint[starts].copy()
    split = np.flatnonzero(sizes > 1)
    if len(split):
        of_split = np.repeat(np.arange(len(split)), sizes[split])
        members = np.concatenate([np.arange(groups[one], groups[one + 1]) for one in split])
        footprint[split] = united(measures.footprint[members], of_split, len(split))
    is_part = np.array([part is not None for part in _strings(of_body["part_id"])])
    columns = dict(given)
    columns["measured_height"] = _filled(given.get("measured_height"), top - ground)
    columns["roof_code"] = _roof_codes(given.get("roof_code"), of_body.get("roof_code"), groups)
    columns["lod"] = given["lod"] if "lod" in given else _lowest_lod(of_body.get("lod"), groups)
    columns |= {
        "function": _resolved("building_function", given.get("function_code")),
        "roof_type": _resolved("roof_type", columns["roof_code"]),
        "ground_height": ground,
        "roof_height": top,
        "eaves_height": _number(np.fmin.reduceat(measures.eaves, starts) - ground),
        "volume": _number(np.add.reduceat(measures.shells.volume, starts)),
        "closed": np.logical_and.reduceat(measures.shells.closed, starts),
        "missing_surfaces": _missing(measures.shells.missing, groups),
        "footprint_area": np.add.reduceat(measures.footprint_area, starts),
        "surface_area": np.add.reduceat(measures.surface_area, starts),
        "part_count": np.add.reduceat(is_part.astype(np.int64), starts),
        "geom": shapely.to_wkb(footprint),
    }
    columns.setdefault("source_object", ["citygml"] * count)
    return _table("building", columns, count)


def _part(
    of_body: Columns, measures: _Measures, keys: list[str | None], building: NDArray[np.int64], ags: pa.Array
) -> pa.Table:
    chosen = np.flatnonzero([part is not None for part in _strings(of_body["part_id"])])
    columns: dict[str, Column] = {name: pa.array(values).take(pa.array(chosen)) for name, values in of_body.items()}
    columns |= {
        "building_id": [keys[number] for number in building[chosen]],
        "ags": ags.take(pa.array(building[chosen])),
        "function": _resolved("building_function", columns.get("function_code")),
        "roof_type": _resolved("roof_type", columns.get("roof_code")),
        "measured_height": _filled(columns.get("measured_height"), (measures.top - measures.ground)[chosen]),
        "ground_height": measures.ground[chosen],
        "roof_height": measures.top[chosen],
        "volume": _number(measures.shells.volume[chosen]),
        "closed": measures.shells.closed[chosen],
        "footprint_area": measures.footprint_area[chosen],
        "geom": shapely.to_wkb(measures.footprint[chosen]),
    }
    return _table("building_part", columns, len(chosen))


def _surface(
    solids: Solids,
    of_body: Columns,
    *,
    keys: list[str | None],
    building_of_body: NDArray[np.int64],
    surface_index: NDArray[np.int64],
    surface_ids: Column | None,
    ags: pa.Array,
) -> pa.Table:
    surfaces = solids.surfaces
    body = pa.array(solids.body_of_polygon)
    building = pa.array(building_of_body[solids.body_of_polygon])
    building_ids = pa.array(keys, pa.string()).take(building)
    ids = pc.binary_join_element_wise(building_ids, pa.array(surface_index).cast(pa.string()), "_")
    if surface_ids is not None:
        given = pa.array(surface_ids, pa.string())
        ids = pc.if_else(pc.greater(pc.binary_length(given), 0).fill_null(False), given, ids)
    columns: dict[str, Column] = {
        "surface_id": ids,
        "building_id": building_ids,
        "part_id": pa.array(of_body["part_id"], pa.string()).take(body),
        "surface_index": surface_index,
        "kind": pa.array(KINDS).take(pa.array(solids.kinds)),
        "area": surfaces.areas,
        "azimuth": _number(surfaces.azimuths),
        "tilt": surfaces.tilts,
        "ags": ags.take(building),
    }
    return _table("building_surface", columns, len(surfaces))


def _table(layer: str, columns: Columns, count: int) -> pa.Table:
    schema: pa.Schema = find("LAYER", layer).read_schema
    arrays = []
    for field in schema:
        values = columns.get(field.name)
        if values is None:
            arrays.append(pa.nulls(count, field.type))
        elif isinstance(values, pa.Array | pa.ChunkedArray):
            arrays.append(values.cast(field.type))
        else:
            arrays.append(pa.array(values, field.type, from_pandas=False))
    return pa.Table.from_arrays(arrays, schema=schema)


def _strings(values: Column) -> list[str | None]:
    return pa.array(values, pa.string()).to_pylist()  # type: ignore[no-any-return]


def _number(values: NDArray[np.float64]) -> pa.Array:
    return pa.array(values, mask=np.isnan(values))


def _filled(given: Column, computed: NDArray[np.float64]) -> pa.Array:
    return pa.array(computed) if given is None else pc.coalesce(pa.array(given, pa.float64()), pa.array(computed))


def _resolved(name: str, given: Column | None) -> list[str | None] | None:
    """Names of codes; null where the official list does not know the code."""
    if given is None:
        return None
    known = codes(name)
    return [None if code is None else known.get(code) for code in _strings(given)]


def _missing(found: list[tuple[str, ...]], groups: NDArray[np.int64]) -> list[str | None]:
    joined: list[str | None] = []
    for start, stop in zip(groups[:-1].tolist(), groups[1:].tolist(), strict=True):
        kinds = found[start] if stop - start == 1 else {kind for body in found[start:stop] for kind in body}
        joined.append(",".join(kind for kind in KINDS if kind in kinds) if kinds else None)
    return joined


def _roof_codes(given: Column | None, of_body: Column | None, groups: NDArray[np.int64]) -> list[str | None]:
    """The building's own code; else that of all its parts, or the code of mixed forms where they differ."""
    found: list[str | None] = [None] * (len(groups) - 1) if given is None else _strings(given)
    if of_body is None:
        return found
    bodies = _strings(of_body)
    for building, own in enumerate(found):
        if own is None:
            parts = set(bodies[groups[building] : groups[building + 1]]) - {None}
            found[building] = _MIXED_ROOF if len(parts) > 1 else next(iter(parts), None)
    return found


def _lowest_lod(of_body: Column | None, groups: NDArray[np.int64]) -> NDArray[np.generic] | None:
    if of_body is None:
        return None
    lods = pa.array(of_body, pa.int64()).fill_null(0).to_numpy()
    found: NDArray[np.generic] = np.minimum.reduceat(lods, groups[:-1])
    return found
