"""Ways on their way to becoming geometry: references and positions of many of them, in flat arrays."""

from __future__ import annotations

import itertools
from array import array
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import osmium
from numpy.typing import NDArray

from ingest.point_rows import within
from twin.geometry.crs import Reference

WGS84 = Reference("EPSG:4326")
"""What OpenStreetMap's positions are in."""

_HEADER = 18
"""Digits before the positions in a line's WKB."""

_NEW = 1_000_000
"""Nodes with negative ids that are looked at."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """Lines as flat arrays.

    Attributes
    ----------
    refs : ndarray of int64, shape (n,)
        Id of the node at each vertex.
    degrees : ndarray of float64, shape (n, 2)
        Longitude and latitude. [deg]
    points : ndarray of float64, shape (n, 2)
        Easting and northing in the store's CRS. [m]
    starts : ndarray of int64, shape (k + 1,)
        Where each line begins, and where the last ends.
    inside : ndarray of bool, shape (k,)
        Whether all of a line lies where the store's CRS makes sense.
    """

    refs: NDArray[np.int64]
    degrees: NDArray[np.float64]
    points: NDArray[np.float64]
    starts: NDArray[np.int64]
    inside: NDArray[np.bool_]

    @property
    def line_of(self) -> NDArray[np.int64]:
        """Number of the line that each vertex belongs to."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


class Lines:
    """Gathers lines until there are enough to be transformed at once."""

    def __init__(self) -> None:
        self._refs = array("q")
        self._degrees = bytearray()
        self._counts: list[int] = []

    def __len__(self) -> int:
        return len(self._counts)

    @property
    def vertices(self) -> int:
        """How many have been gathered."""
        return len(self._refs)

    def add(self, line: Line) -> None:
        """Take in a line."""
        self._refs.extend(line.refs)
        self._degrees += line.degrees
        self._counts.append(len(line.refs))

    def bundle(self, *, backward: NDArray[np.bool_] | None = None) -> Bundle:
        """All lines, a vertex that stands twice in a row taken once; some turned round.

        Parameters
        ----------
        backward : ndarray of bool, shape (k,), optional
            Which lines to turn.
        """
        refs = np.array(self._refs, np.int64)
        degrees = np.frombuffer(bytes(self._degrees), "<f8").reshape(-1, 2)
        counts = np.array(self._counts, np.int64)
        starts = np.concatenate([[0], np.cumsum(counts)])
        line = np.repeat(np.arange(len(counts)), counts)
        if backward is not None and backward.any():
            place = np.arange(len(refs))
            place = np.where(backward[line], starts[:-1][line] + starts[1:][line] - 1 - place, place)
            refs, degrees = refs[place], degrees[place]
        again = np.zeros(len(refs), bool)
        again[1:] = (refs[1:] == refs[:-1]) & (line[1:] == line[:-1])
        refs, degrees, line = refs[~again], degrees[~again], line[~again]
        starts = np.searchsorted(line, np.arange(len(counts) + 1))
        points = WGS84.to_store(degrees[:, 0], degrees[:, 1])
        outside = np.bincount(line[~within(points)], minlength=len(counts)) > 0
        return Bundle(refs, degrees, points, starts, ~outside)


@dataclass(frozen=True, slots=True)
class Line:
    """One line.

    Attributes
    ----------
    refs : array of int
        Ids of its nodes.
    degrees : bytes
        Longitude and latitude of each, as doubles.
    """

    refs: array[int]
    degrees: bytes


class Locations:
    """Where nodes are.

    Parameters
    ----------
    file : osmium.io.File
        Where they come from.

    Attributes
    ----------
    handler : osmium.NodeLocationsForWays
        Notes the nodes that a reader passes, and gives the ways that it passes their places.
    """

    def __init__(self, file: osmium.io.File) -> None:
        self._file = file
        # Not the default table: that one may grow with the largest id of a file, whoever made it up.
        self._table = osmium.index.create_map("sparse_mem_array")
        self.handler = osmium.NodeLocationsForWays(self._table)
        self.handler.ignore_errors()
        self._geometry = osmium.geom.WKBFactory()

    def lines(self, way: osmium.osm.Way) -> list[Line]:
        """The way as one line; as several, or none, where the file lacks nodes of it."""
        refs = array("q", [node.ref for node in way.nodes])
        try:
            text = self._geometry.create_linestring(way, osmium.geom.ALL)
        except (RuntimeError, osmium.InvalidLocationError):
            return self._pieces(way)
        return [Line(refs, bytes.fromhex(text[_HEADER:]))]

    def _pieces(self, way: osmium.osm.Way) -> list[Line]:
        pieces: list[list[tuple[int, float, float]]] = [[]]
        for node in way.nodes:
            if node.location.valid():
                pieces[-1].append((node.ref, node.lon, node.lat))
            elif node.ref < 0 and (place := self._below_zero.get(node.ref)):
                pieces[-1].append((node.ref, *place))
            elif pieces[-1]:
                pieces.append([])
        return [
            Line(array("q", [ref for ref, _, _ in piece]), np.array([at[1:] for at in piece], "<f8").tobytes())
            for piece in pieces
            if len(piece) > 1
        ]

    @cached_property
    def _below_zero(self) -> dict[int, tuple[float, float]]:
        """Places of nodes with negative ids, as editors write for what is new: osmium's table has none of them."""
        with osmium.io.Reader(self._file, osmium.osm.NODE) as reader:
            nodes = (node for node in osmium.OsmFileIterator(reader) if isinstance(node, osmium.osm.Node))
            new = ((node.id, node.location) for node in nodes if node.id < 0)
            return {number: (at.lon, at.lat) for number, at in itertools.islice(new, _NEW) if at.valid()}
