"""Density against a second way of counting: shapely, one parcel after the other."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.engine import connect
from twin.indicators.density import INDICATOR, OUTBUILDINGS

PARCELS = [shapely.box(x, y, x + 20, y + 25) for x in (0, 20, 40) for y in (0, 25)]

houses = st.lists(
    st.tuples(
        st.integers(0, 50),
        st.integers(0, 40),
        st.integers(2, 15),
        st.integers(2, 15),
        st.none() | st.integers(1, 6),
        st.none() | st.floats(2.5, 20),
        st.sampled_from(["31001_1010", OUTBUILDINGS[0], None]),
    ),
    max_size=6,
)


@pytest.fixture(scope="module")
def connection():
    with connect() as opened:
        yield opened


def ask(connection, given):
    parcel = pa.table(
        {
            "ags": ["97001001"] * len(PARCELS),
            "flurstueckskennzeichen": [str(n) for n in range(len(PARCELS))],
            "amtliche_flaeche": [500.0] * len(PARCELS),
            "g": shapely.to_wkb(PARCELS),
        }
    )
    boxes = [shapely.box(x, y, x + w, y + h) for x, y, w, h, *_ in given]
    eaves = pa.array([entry[5] for entry in given], pa.float64())
    building = pa.table(
        {
            "function_code": pa.array([entry[6] for entry in given], pa.string()),
            "storeys_above_ground": pa.array([entry[4] for entry in given], pa.int32()),
            "footprint_area": pa.array([float(shapely.area(box)) for box in boxes], pa.float64()),
            "eaves_height": eaves,
            "measured_height": eaves,
            "volume": pa.nulls(len(given), pa.float64()),
            "part_count": pa.array([0] * len(given), pa.int32()),
            "g": pa.array([shapely.to_wkb(box) for box in boxes], pa.binary()),
        }
    )
    for name, table in (("parcel", parcel), ("building", building)):
        connection.register("given", table)
        connection.execute(
            f"CREATE OR REPLACE TABLE {name} AS SELECT * EXCLUDE (g), ST_GeomFromWKB(g) AS geom FROM given"
        )
        connection.unregister("given")
    found = connection.sql(INDICATOR.sql())
    rows = [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]
    return {int(row["flurstueckskennzeichen"]): row for row in rows}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(houses)
def test_counts_what_shapely_counts(connection, given):
    found = ask(connection, given)
    assert set(found) == set(range(len(PARCELS)))
    for number, parcel in enumerate(PARCELS):
        main = whole = floors = 0.0
        unknown = False
        for x, y, w, h, stated, eaves, function in given:
            covered = shapely.intersection(parcel, shapely.box(x, y, x + w, y + h)).area
            if covered < 1:
                continue
            whole += covered
            if function in OUTBUILDINGS:
                continue
            main += covered
            # The engine rounds a half away from zero, Python to the even number.
            storeys = stated or (max(1, math.floor(eaves / 3 + 0.5)) if eaves is not None else None)
            unknown |= storeys is None
            floors += covered * (storeys or 0)
        row = found[number]
        assert row["grz"] == pytest.approx(main / 500)
        assert row["grz_high"] == pytest.approx(whole / 500)
        assert row["gfz"] is None if unknown else row["gfz"] == pytest.approx(floors / 500)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(houses)
def test_the_estimate_lies_in_its_band(connection, given):
    for row in ask(connection, given).values():
        for ratio in ("grz", "gfz", "bmz"):
            if row[ratio] is not None:
                assert row[f"{ratio}_low"] <= row[ratio] + 1e-12
                assert row[ratio] <= row[f"{ratio}_high"] + 1e-12


def test_a_parcel_without_a_building_has_density_zero(connection):
    row = ask(connection, [])[0]
    assert (row["grz"], row["gfz"], row["bmz"], row["building_count"]) == (0, 0, 0, 0)
    assert np.isclose(row["plot_area"], 500)


@pytest.mark.parametrize("function", ["31001_1010", OUTBUILDINGS[0]])
def test_a_building_of_unknown_height_leaves_the_cubic_index_open(connection, function):
    """Storeys that the cadastre states tell the floor area, and nothing about a volume: that is not zero."""
    known, unknown = (1, 1, 10, 10, 2, 6.0, "31001_1010"), (1, 12, 5, 5, 1, None, function)
    row = ask(connection, [known, unknown])[0]
    assert (row["bmz"], row["bmz_low"], row["bmz_high"]) == (None, None, None)
    assert row["gfz"] is not None
    assert ask(connection, [known])[0]["bmz"] == pytest.approx(10 * 10 * 6.0 / 500)
