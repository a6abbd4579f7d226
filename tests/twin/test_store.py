"""Deliveries land whole, and readers see one state."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from delivering import SOEST, TILE, WERL, buildings, deliver, keys, surfaces

import twin
from twin.errors import InvalidDelivery, QueryError, UnknownName


def test_rows_come_back_as_they_were_delivered(t: twin.Twin) -> None:
    outcome = deliver(t, ["a", "b"], licence="dl-de/zero-2-0", version="CityGML 1.0")
    assert outcome.loaded == {"building": {SOEST: 2}, "building_surface": {SOEST: 4}}
    frame = t.read("building")
    assert frame.crs == "EPSG:25832"
    assert list(frame.columns) == [column.name for column in t.reading() and _columns("building")]
    assert set(frame.ags) == {SOEST}
    assert set(frame.delivery_id) == {outcome.delivery_id}
    assert frame.geom.area.tolist() == pytest.approx([100.0, 100.0])
    found = t.sql("SELECT file, licence, version FROM building JOIN delivery USING (delivery_id, delivery_part)")
    assert set(found.fetchall()) == {("tile.gml", "dl-de/zero-2-0", "CityGML 1.0")}


def _columns(layer: str) -> tuple[object, ...]:
    from twin.consent import layers

    return layers()[layer].all_columns


def test_every_layer_is_a_table_before_anything_came(t: twin.Twin) -> None:
    from twin.consent import layers

    for name, layer in layers().items():
        relation = t.table(name)
        assert relation.columns == [column.name for column in layer.all_columns]
        assert relation.fetchall() == []
        if layer.geometry:
            assert str(relation.types[relation.columns.index("geom")]) == "GEOMETRY('EPSG:25832')"


def test_rows_without_consent_are_refused_and_counted(t: twin.Twin) -> None:
    with t.stage(twin.DeliveryHeader(file="x", format="citygml")) as staging:
        assert staging.add("05974004", "building", buildings(["x"])) == 0
        assert staging.add(SOEST, "parcel", pa.table({"flurstueckskennzeichen": ["p", "q"]})) == 0
        outcome = staging.commit()
    assert outcome.loaded == {}
    assert outcome.refused == {"building": {"05974004": 1}, "parcel": {SOEST: 2}}
    assert t.history()[-1].counts["parcel"] == {"refused": 2}


def test_leaving_without_commit_discards(t: twin.Twin, home: Path) -> None:
    with t.stage(twin.DeliveryHeader(file="x", format="citygml")) as staging:
        staging.add(SOEST, "building", buildings(["x"]))
    assert keys(t) == []
    assert list((home / "staging").glob("2*")) == []


def test_a_geometry_that_is_none_is_refused_before_anything_is_prepared(t: twin.Twin) -> None:
    broken = buildings(["x"]).set_column(3, "geom", pa.array([b"not WKB"]))
    with pytest.raises(InvalidDelivery), t.stage(twin.DeliveryHeader(file="x", format="citygml")) as staging:
        staging.add(SOEST, "building", broken)
        staging.commit()
    assert deliver(t, ["a"]).loaded["building"] == {SOEST: 1}


def test_state_of_a_moment_and_of_a_delivery(t: twin.Twin) -> None:
    first = deliver(t, ["a"], height=3)
    then = t.history()[-1].at
    second = deliver(t, ["b"], file="east.gml", extent=(441_000, *TILE[1:2], 442_000, TILE[3]), west=441_000)
    assert keys(t, first.delivery_id) == keys(t, then) == ["a"]
    assert keys(t, second.delivery_id) == keys(t) == ["a", "b"]
    assert keys(t, "2001-01-01") == []
    assert t.table("building", at=then).filter("measured_height = 3").fetchall()
    with pytest.raises(UnknownName):
        t.table("building", at="yesterday")


def test_changes_between_two_moments(t: twin.Twin) -> None:
    first = deliver(t, ["same", "gone", "higher"])
    with t.stage(twin.DeliveryHeader(file="tile.gml", format="citygml")) as staging:
        staging.file(0, "tile.gml", extent=TILE)
        table = buildings(["same", "new", "higher"])
        heights = pa.array([8.0, 8.0, 9.0])
        geometry = pa.array([*buildings(["same", "gone", "higher"]).column("geom").to_pylist()])
        table = table.set_column(1, "measured_height", heights).set_column(3, "geom", geometry)
        staging.add(SOEST, "building", table)
        second = staging.commit()
    found = t.changes("building", first.delivery_id, second.delivery_id)
    assert found.columns == ["ags", "change", "building_id", "old_delivery", "new_delivery"]
    assert sorted((row[1], row[2]) for row in found.fetchall()) == [
        ("added", "new"),
        ("changed", "higher"),
        ("removed", "gone"),
    ]


def test_box_chooses_by_place_and_follows_the_building(t: twin.Twin) -> None:
    deliver(t, ["a", "b", "c"])
    box = (TILE[0] + 20, TILE[1], TILE[0] + 40, TILE[3])
    assert t.read("building", box=box).building_id.tolist() == ["b"]
    assert set(t.read("building_surface", box=box).building_id) == {"b"}


def test_municipality_table_is_the_districts_and_open(t: twin.Twin, home: Path) -> None:
    with t.stage(twin.DeliveryHeader(file="borders", format="boundaries")) as staging:
        geometry = buildings(["x", "y"]).column("geom")
        table = pa.table({"ags": [SOEST, "05974004"], "name": ["Soest", "Anröchte"], "geom": geometry})
        assert staging.add("05974", "municipality", table) == 2
        assert staging.add(SOEST, "municipality", table) == 0
        staging.commit()
    with twin.open(home, twin.Principal.public()) as visitor:
        assert sorted(visitor.sql("SELECT ags, name FROM municipality").fetchall()) == [
            ("05974004", "Anröchte"),
            (SOEST, "Soest"),
        ]


def test_known_delivery_is_one_that_would_change_nothing(t: twin.Twin) -> None:
    deliver(t, ["a"], sha256="one")
    known = t.known_delivery("one")
    assert known is not None
    assert known.loaded == {"building": {SOEST: 1}, "building_surface": {SOEST: 2}}
    assert t.known_delivery("one", crs="EPSG:25832") is None
    assert t.known_delivery("other") is None
    deliver(t, ["a"], sha256="two", height=12)
    assert t.known_delivery("one") is None, "its rows were replaced"
    assert t.known_delivery("two") is not None


def test_delivery_is_not_known_once_consent_covers_what_it_refused(t: twin.Twin) -> None:
    with t.stage(twin.DeliveryHeader(file="x", format="citygml", sha256="x")) as staging:
        staging.add(SOEST, "building", buildings(["a"]))
        staging.add("05974004", "building", buildings(["b"]))
        staging.commit()
    assert t.known_delivery("x") is not None
    t.join("05974004", "building", "internal", name="Anröchte")
    assert t.known_delivery("x") is None


def test_delivery_is_not_known_after_a_withdrawal(t: twin.Twin) -> None:
    with t.stage(twin.DeliveryHeader(file="x", format="citygml", sha256="x")) as staging:
        staging.add(SOEST, "building", buildings(["a"]))
        staging.add(WERL, "building", buildings(["b"]))
        staging.commit()
    t.withdraw(WERL)
    assert t.known_delivery("x") is None
    assert keys(t) == ["a"]


def test_layer_that_gained_a_column_still_reads_old_rows(t: twin.Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    from twin import consent
    from twin.language import Text
    from twin.layer import Column

    deliver(t, ["a"])
    plain = consent.layers()["building"]
    grown = dataclasses.replace(plain, columns=(*plain.columns, Column("colour", "VARCHAR", Text("Farbe", "Colour"))))
    everything = {**consent.layers(), "building": grown}
    for module in ("consent", "reading", "landing", "staging", "retirement"):
        monkeypatch.setattr(sys_module(module), "layers", lambda: everything)
    with twin.open(t.home.path) as later:
        assert later.sql("SELECT colour FROM building").fetchall() == [(None,)]
        with later.stage(twin.DeliveryHeader(file="y", format="citygml")) as staging:
            colour = pa.array(["red"])
            staging.add(SOEST, "building", buildings(["b"]).append_column("colour", colour))
            staging.commit()
        assert sorted(later.sql("SELECT building_id, colour FROM building").fetchall()) == [("a", None), ("b", "red")]


def sys_module(name: str) -> object:
    import importlib

    return importlib.import_module(f"twin.{name}")


def test_errors_are_ours_from_binding_to_running(t: twin.Twin) -> None:
    with pytest.raises(QueryError):
        t.sql("SELECT nothing FROM building")
    deliver(t, ["a"])
    lazy = t.sql("SELECT error('while running') FROM building")
    with pytest.raises(QueryError):
        lazy.fetchall()


def test_a_home_can_be_moved(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a"])
    t.close()
    moved = home.rename(home.with_name("moved"))
    with twin.open(moved) as again:
        assert keys(again) == ["a"]
        deliver(again, ["a", "b"])
        assert keys(again) == ["a", "b"]
        assert len(keys(again, layer="building_surface")) == len(surfaces(["a", "b"]))
