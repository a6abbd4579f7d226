"""What the registry knows is a table like others, whatever characters stand in it."""

from __future__ import annotations

import pytest
from delivering import DISTRICT, SOEST, TILE, WERL, buildings, deliver

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


def test_a_file_of_a_delivery_knows_its_municipality(t: twin.Twin) -> None:
    """The district's key stands where rows of several lie in one file, and only what is visible counts."""
    alone = deliver(t, ["a"], file="soest.gml")
    with t.stage(twin.DeliveryHeader(file="both.gml", format="citygml")) as staging:
        staging.file(0, "both.gml", extent=TILE)
        staging.add(SOEST, "building", buildings(["b"]))
        staging.add(WERL, "building", buildings(["c"]))
        both = staging.commit()
    asked = "SELECT delivery_id, ags FROM delivery"
    assert dict(t.sql(asked).fetchall()) == {alone.delivery_id: SOEST, both.delivery_id: DISTRICT}
    with twin.open(t.home.path, principal=twin.Principal.public()) as visitor:
        # Werl shares with everyone, Soest does not.
        assert visitor.sql(asked).fetchall() == [(both.delivery_id, WERL)]
