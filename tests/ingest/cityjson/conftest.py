"""Small CityJSON documents made here, and a reader that collects what they yield."""

from __future__ import annotations

import collections
import json
from typing import NamedTuple

import pyarrow as pa
import pytest

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.cityjson import FORMAT
from ingest.source_file import SourceFile

KINDS = ("GroundSurface", "RoofSurface", "WallSurface", "WallSurface", "WallSurface", "WallSurface")


class Loaded(NamedTuple):
    tables: dict
    rejects: list
    facts: Facts | None

    def rows(self, layer):
        return self.tables[layer].to_pylist() if layer in self.tables else []


@pytest.fixture
def load(tmp_path):
    """``load(document or list of lines or bytes, crs="…")``."""

    def read(content, crs="EPSG:25832", name="made.json"):
        if isinstance(content, dict):
            content = json.dumps(content).encode()
        elif isinstance(content, list):
            content = b"\n".join(json.dumps(line).encode() for line in content)
        path = tmp_path / name
        path.write_bytes(content)
        tables, rejects, facts = collections.defaultdict(list), [], None
        for item in FORMAT.read(SourceFile(path), Options(crs=crs)):
            if isinstance(item, Batch):
                tables[item.layer].append(item.table)
            elif isinstance(item, Reject):
                rejects.append(item)
            else:
                facts = item
        return Loaded({layer: pa.concat_tables(parts) for layer, parts in tables.items()}, rejects, facts)

    return read


def box(first=0):
    """Boundaries of a box over vertices first … first + 7 (bottom, then top), without the lists around."""
    sides = [(0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]
    return [[[first + corner for corner in ring]] for ring in [(0, 3, 2, 1), (4, 5, 6, 7), *sides]]


def corners(east=440_000, north=5_713_000, size=10, height=5, ground=100):
    """The eight vertices of `box`."""
    flat = [(east, north), (east + size, north), (east + size, north + size), (east, north + size)]
    return [[x, y, z] for z in (ground, ground + height) for x, y in flat]


def solid(first=0, lod="2", semantics=True):
    geometry = {"type": "Solid", "lod": lod, "boundaries": [box(first)]}
    if semantics:
        geometry["semantics"] = {"surfaces": [{"type": kind} for kind in KINDS], "values": [list(range(6))]}
    return geometry


def document(objects=None, vertices=None, **more):
    """A CityJSON 2.0 object in metres."""
    return {
        "type": "CityJSON",
        "version": "2.0",
        "transform": {"scale": [1, 1, 1], "translate": [0, 0, 0]},
        "CityObjects": {"b1": {"type": "Building", "geometry": [solid()]}} if objects is None else objects,
        "vertices": corners() if vertices is None else vertices,
        **more,
    }


@pytest.fixture
def made():
    """The makers above."""

    class Makers:
        pass

    for maker in (box, corners, solid, document):
        setattr(Makers, maker.__name__, staticmethod(maker))
    return Makers
