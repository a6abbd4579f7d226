"""A street of twelve houses on twelve parcels, in two municipalities that both take part."""

from __future__ import annotations

import shutil

import numpy as np
import pyarrow as pa
import pytest
import shapely

import twin
from layers.parcel import LAYER as PARCEL
from twin.geometry.buildings import building_tables
from twin.geometry.extrusion import extrude

WEST, EAST = "97001001", "97001002"
X, Y, WIDTH, DEPTH = 430_000.0, 5_710_000.0, 20.0, 30.0


def plot(number: int) -> shapely.Polygon:
    return shapely.box(X + number * WIDTH, Y, X + (number + 1) * WIDTH, Y + DEPTH)


def house(number: int) -> shapely.Polygon:
    return shapely.box(X + number * WIDTH + 5, Y + 8, X + number * WIDTH + 15, Y + 16)


def key(number: int) -> str:
    return f"050001001{number + 1:05d}______"


@pytest.fixture
def street(built_street, tmp_path):
    # A home can be moved, so each test gets a copy of one that was built once.
    shutil.copytree(built_street, tmp_path / "home")
    with twin.open(tmp_path / "home") as t:
        yield t


@pytest.fixture(scope="session")
def built_street(tmp_path_factory):
    home = tmp_path_factory.mktemp("street") / "home"
    t = twin.init(home, "97001", "Musterkreis")
    numbers = np.arange(12)
    ags = np.where(numbers < 6, WEST, EAST)
    for municipality in (WEST, EAST):
        t.join(municipality, "all", "open", name=municipality)
    parcels = pa.table(
        {
            "flurstueckskennzeichen": [key(n) for n in numbers],
            "amtliche_flaeche": [WIDTH * DEPTH] * 12,
            "geom": shapely.to_wkb([plot(n) for n in numbers]),
        }
    )
    solids = extrude([house(n) for n in numbers[:8]], 80.0, 86.0, 89.0, "3100")
    ids = [f"H{n}" for n in numbers[:8]]
    rows = {
        "building_id": ids,
        "ags": ags[:8],
        "function_code": ["31001_1010"] * 8,
        "roof_code": ["3100"] * 8,
        "lod": [2] * 8,
    }
    houses = building_tables(solids, rows).by_layer()
    with t.stage(twin.DeliveryHeader(file="street", format="test")) as staging:
        staging.file(0, "street")
        for municipality in (WEST, EAST):
            columns = [column for column in PARCEL.read_schema.names if column != "ags"]
            own = parcels.filter(pa.array(ags == municipality))
            missing = [
                pa.nulls(own.num_rows, PARCEL.schema.field(c).type) for c in columns if c not in own.column_names
            ]
            for column, values in zip([c for c in columns if c not in own.column_names], missing, strict=True):
                own = own.append_column(column, values)
            staging.add(municipality, "parcel", own.select(columns), 0)
            for layer, table in houses.items():
                staging.add(municipality, layer, table.filter(pa.compute.equal(table["ags"], municipality)), 0)
        staging.commit()
    t.close()
    return home
