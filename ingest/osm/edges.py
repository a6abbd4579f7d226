"""Streets become edges: rows of layer ``street``, split where streets meet."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyproj
import shapely
from numpy.typing import NDArray

from ingest.osm.lines import Bundle, Line, Lines
from ingest.osm.road import described
from ingest.osm.tag_table import Tags
from twin.discovery import find

_ELLIPSOID = pyproj.Geod(ellps="GRS80")
_OF_WAY = (
    *("name", "number", "road_class", "surface", "one_way", "foot", "bicycle", "bicycle_contraflow", "motor_vehicle"),
    *("max_speed", "speed_limit", "lanes", "width", "width_estimated", "bridge", "tunnel"),
)


class Edges:
    """Gathers streets until there are enough to be split at once.

    Parameters
    ----------
    junctions : ndarray of int64
        Ids of the nodes to split at, rising.
    """

    def __init__(self, junctions: NDArray[np.int64]) -> None:
        self._junctions = junctions
        self._clear()

    def _clear(self) -> None:
        self._lines = Lines()
        self._ways: list[int] = []
        self._rows: list[dict[str, object]] = []

    @property
    def vertices(self) -> int:
        """How many wait."""
        return self._lines.vertices

    def add(self, way: int, tags: Tags, lines: list[Line]) -> None:
        """Take in a street, whole or in pieces."""
        row = described(tags)
        for line in lines:
            self._lines.add(line)
            self._ways.append(way)
            self._rows.append(row)

    def table(self) -> tuple[pa.Table, list[int]]:
        """Rows of what has been gathered, and the ways that lie where the store's CRS makes no sense."""
        backward = np.array([bool(row["backward"]) for row in self._rows], bool)
        lines = self._lines.bundle(backward=backward)
        ways = np.array(self._ways, np.int64)
        starts, ends = _cut(lines, self._junctions)
        line = lines.line_of[starts]
        kept = lines.inside[line]
        starts, ends, line = starts[kept], ends[kept], line[kept]
        from_node, to_node = _ids("node", lines.refs[starts]), _ids("node", lines.refs[ends])
        along = _lengths(lines)
        made: dict[str, pa.Array] = {
            "street_id": _edge_ids(ways[line], lines.refs[starts]),
            "length": pa.array(np.round(along[ends] - along[starts], 3)),
            "from_node": from_node,
            "to_node": to_node,
            "geom": pa.array(shapely.to_wkb(_geometries(lines.points, starts, ends)), pa.binary()),
        }
        schema: pa.Schema = find("LAYER", "street").read_schema
        chosen = pa.array(line)
        columns = [
            made[field.name]
            if field.name in made
            else pa.array([row.get(field.name) for row in self._rows], field.type).take(chosen)
            for field in schema
        ]
        outside = sorted({int(way) for way in ways[~lines.inside]})
        self._clear()
        return pa.Table.from_arrays(columns, schema=schema), outside


def _cut(lines: Bundle, junctions: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First and last vertex of every edge."""
    refs, count = lines.refs, len(lines.refs)
    if not count:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    place = np.searchsorted(junctions, refs).clip(max=max(len(junctions) - 1, 0))
    splits = junctions[place] == refs if len(junctions) else np.zeros(count, bool)
    filled = np.diff(lines.starts) > 0
    first, last = lines.starts[:-1][filled], lines.starts[1:][filled] - 1
    splits[first] = True
    splits[last] = True
    ends_line = np.zeros(count, bool)
    ends_line[last] = True
    places = np.flatnonzero(splits)
    opens = np.flatnonzero(~ends_line[places])
    return places[opens], places[opens + 1]


def _lengths(lines: Bundle) -> NDArray[np.float64]:
    """Length along all lines up to each vertex, on the ellipsoid; what lies between lines has none. [m]"""
    lon, lat = lines.degrees[:, 0], lines.degrees[:, 1]
    along = np.zeros(len(lon))
    if len(lon) > 1:
        _, _, steps = _ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        steps[np.diff(lines.line_of) > 0] = 0.0
        along[1:] = np.cumsum(np.nan_to_num(steps))
    return along


def _geometries(points: NDArray[np.float64], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.object_]:
    counts = ends - starts + 1
    edge = np.repeat(np.arange(len(counts)), counts)
    within = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts)
    found: NDArray[np.object_] = shapely.linestrings(points[starts[edge] + within], indices=edge)
    return found


def _ids(kind: str, numbers: NDArray[np.int64]) -> pa.Array:
    return pc.binary_join_element_wise(kind, pa.array(numbers).cast(pa.string()), "/")


def _edge_ids(ways: NDArray[np.int64], refs: NDArray[np.int64]) -> pa.Array:
    """``way/<way>/<node>``; a way that passes a node again has ``/2``, ``/3`` … behind."""
    order = np.lexsort((refs, ways))
    same = np.zeros(len(order), bool)
    same[1:] = (ways[order][1:] == ways[order][:-1]) & (refs[order][1:] == refs[order][:-1])
    place = np.arange(len(order))
    turn = np.empty(len(order), np.int64)
    turn[order] = place - np.maximum.accumulate(np.where(same, 0, place)) + 1
    plain = pc.binary_join_element_wise("way", pa.array(ways).cast(pa.string()), pa.array(refs).cast(pa.string()), "/")
    numbered = pc.binary_join_element_wise(plain, pa.array(turn).cast(pa.string()), "/")
    return pc.if_else(pa.array(turn > 1), numbered, plain)
