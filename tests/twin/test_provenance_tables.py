"""What the registry knows is a table like others, whatever characters stand in it."""

from __future__ import annotations

import pytest
from delivering import SOEST, WERL, deliver

import twin


@pytest.mark.parametrize("file", ["O'Brien's.gml", "Möhnesee „Süd“ – $$1$$.gml", 'a "b" \\n ?.gml', "Łódź 🏠.gml"])
def test_names_come_back_as_they_were_given(t: twin.Twin, file: str) -> None:
    given = deliver(t, ["a"], file=file, licence="'; DROP TABLE building; --")
    found = t.sql("SELECT delivery_id, delivery_part, file, archive, licence, crs, typeof(delivery_part) FROM delivery")
    licence = "'; DROP TABLE building; --"
    assert found.fetchall() == [(given.delivery_id, 0, file, file, licence, "", "INTEGER")]


def test_there_are_columns_before_there_are_rows(t: twin.Twin) -> None:
    t.withdraw(SOEST)
    t.withdraw(WERL)
    for table, column, kind in (
        ("delivery", "delivery_part", "INTEGER"),
        ("consent", "audience", "VARCHAR"),
        ("finding", "geom", "GEOMETRY('EPSG:25832')"),
    ):
        found = t.sql(f"SELECT * FROM {table}")
        assert dict(zip(found.columns, map(str, found.types), strict=True))[column] == kind
        assert found.fetchall() == []


def test_empty_and_missing_values_differ(t: twin.Twin) -> None:
    t.join(SOEST, "building", "open", purpose="map", valid_until="2041-01-01")
    sql = "SELECT purpose, valid_from, valid_until IS NULL FROM consent WHERE ags = ? ORDER BY purpose"
    assert t.sql(sql, values=[SOEST]).fetchall() == [("", None, True), ("map", None, False)]
