"""What the catalog is read to say agrees with DuckLake itself, at every snapshot."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pyarrow as pa
import pytest
import shapely
from delivering import SOEST, TILE, WERL, buildings, deliver, surfaces

import twin
from twin.consent import layers
from twin.engine import connect
from twin.errors import QueryError
from twin.lake import Lake, tables
from twin.layer_view import layer_view
from twin.table_files import table_files


def _history(t: twin.Twin) -> None:
    deliver(t, ["a", "b", "c", "d"])
    deliver(t, ["a", "b"], height=9.0)  # rows of two files go, and rows of one
    deliver(t, ["e"], west=TILE[0] + 2000, extent=None, file="other.gml", retire=["b"])
    deliver(t, ["w", "x"], ags=WERL, extent=None, file="werl.gml")
    deliver(t, ["a", "e", "f"], format="nas", file="nas.xml", lod=3)
    deliver(t, ["w"], ags=WERL, extent=None, file="werl.gml")


def _snapshots(lake: Lake) -> range:
    with sqlite3.connect(lake.catalog) as catalog:
        return range(catalog.execute("SELECT max(snapshot_id) FROM ducklake_snapshot").fetchone()[0] + 1)


def test_rows_of_every_snapshot_are_those_that_ducklake_reads(t: twin.Twin, home: Path) -> None:
    _history(t)
    thinned = 0
    with connect() as connection:
        for lake in (Lake(ags, t.home.lake(ags)) for ags in (SOEST, WERL)):
            for snapshot in _snapshots(lake):
                found = table_files(lake, snapshot)
                with lake.attached(connection, "oracle", snapshot) as alias:
                    columns_of = {title: table.columns for title, table in found.items()}
                    assert columns_of == tables(connection, [alias])[alias]
                    for title, table in found.items():
                        assert table.plain
                        thinned += sum(file.deletes is not None for file in table.files)
                        layer = layers()[title]
                        view = layer_view(layer, {lake.ags: table}, lambda ags: pytest.fail("DuckLake was asked"))
                        columns = ", ".join(f'"{c.name}"' for c in layer.all_columns)
                        plain = columns.replace('"geom"', "ST_AsWKB(geom)")
                        ours, theirs = (
                            connection.execute(f"SELECT {plain} FROM {source} ORDER BY ALL").fetchall()
                            for source in (f"({view})", f"oracle.main.{title}")
                        )
                        assert ours == theirs, (lake.ags, snapshot, title)
    assert thinned, "no file had deletions: the history is too simple"


def test_what_only_ducklake_may_read_is_left_to_it(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a", "b", "c"])
    lake = Lake(SOEST, t.home.lake(SOEST))
    with connect() as connection:
        connection.execute(f"ATTACH 'ducklake:sqlite:{lake.catalog}' AS foreign_hand (DATA_INLINING_ROW_LIMIT 100)")
        connection.execute("DELETE FROM foreign_hand.main.building_surface WHERE building_id = 'a'")
        connection.execute(
            "INSERT INTO foreign_hand.main.building_surface (surface_id, building_id) VALUES ('in the catalog', 'b')"
        )
        snapshot = _snapshots(lake)[-1]
        found = table_files(lake, snapshot)
        assert found["building"].plain and not found["building_surface"].plain
        view = layer_view(layers()["building_surface"], {SOEST: found["building_surface"]}, lambda ags: "foreign_hand")
        ids = sorted(connection.execute(f"SELECT surface_id FROM ({view})").fetchall())
    assert ids == [("b-0",), ("b-1",), ("c-0",), ("c-1",), ("in the catalog",)]


def test_a_lake_that_is_gone_is_not_made_again(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a"])
    lake = Lake(SOEST, t.home.lake(SOEST))
    lake.remove()
    lake.folder.mkdir()
    with pytest.raises(QueryError):
        table_files(lake, 1)
    assert not lake.catalog.exists()


@pytest.mark.parametrize("folder", ["key=value", "a [b] c", "it's", "was?*", "Kreis Soest ü 100%"])
def test_the_name_of_a_folder_above_means_nothing(tmp_path: Path, folder: str) -> None:
    with twin.init(tmp_path / folder / "home", "05974", name="Kreis Soest") as t:
        t.join(SOEST, ["building"], "open", name="Soest")
        deliver(t, ["a", "b"])
        deliver(t, ["a"])
        assert t.sql("SELECT building_id, ags FROM building").fetchall() == [("a", SOEST)]
        assert "key" not in t.sql("FROM building").columns


def test_types_and_crs_are_the_declared_ones(t: twin.Twin) -> None:
    empty = {layer: t.table(layer).types for layer in ("building", "building_surface")}
    _history(t)
    assert {layer: t.table(layer).types for layer in ("building", "building_surface")} == empty
    assert str(t.sql("SELECT geom FROM building").types[0]) == "GEOMETRY('EPSG:25832')"


def test_filters_reach_the_files(t: twin.Twin) -> None:
    far = TILE[0] + 50_000
    deliver(t, ["a", "b"])
    deliver(t, ["w", "x", "y"], ags=WERL, west=far, extent=None, file="werl.gml")
    box = f"ST_MakeEnvelope({far}, {TILE[1]}, {far + 1000}, {TILE[3]})"
    for condition in (f"ags = '{WERL}'", f"ST_Intersects_Extent(geom, {box})"):
        plan = t.sql(f"EXPLAIN SELECT building_id FROM building WHERE {condition}").fetchall()[0][1]
        assert "FILTER" not in plan, plan  # nothing but the scan itself looks at the condition
        found = t.sql(f"SELECT building_id FROM building WHERE {condition} ORDER BY ALL").fetchall()
        assert found == [("w",), ("x",), ("y",)]


def test_files_without_and_with_deletions_and_without_a_column_lie_side_by_side(
    t: twin.Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    import dataclasses
    import importlib

    from twin.language import Text
    from twin.layer import Column

    deliver(t, ["a", "b", "c"])
    deliver(t, ["w", "x"], ags=WERL, extent=None, file="werl.gml")
    plain = layers()["building"]
    colour = Column("colour", "VARCHAR", Text("Farbe", "Colour"))
    everything = {**layers(), "building": dataclasses.replace(plain, columns=(colour, *plain.columns))}
    for module in ("consent", "reading", "landing", "staging", "retirement"):
        monkeypatch.setattr(importlib.import_module(f"twin.{module}"), "layers", lambda: everything)
    with twin.open(t.home.path) as later:
        for ids, red in ((["b", "d"], "red"), (["d", "e"], "blue")):
            with later.stage(twin.DeliveryHeader(file=red, format="citygml")) as staging:
                staging.file(0, red, mode="update")
                rows = buildings(ids).append_column("colour", pa.array([red] * len(ids)))
                staging.add(SOEST, "building", rows)
                staging.commit()
        found = later.sql("SELECT building_id, colour, ST_AsWKB(geom) IS NULL FROM building ORDER BY ALL").fetchall()
    expected = {"a": None, "b": "red", "c": None, "d": "blue", "e": "blue", "w": None, "x": None}
    assert found == [(key, value, False) for key, value in expected.items()]


def test_coordinates_keep_their_order_on_every_connection(t: twin.Twin) -> None:
    (found,) = t.sql("SELECT ST_AsText(ST_Transform(ST_Point(8, 51.5), 'EPSG:4326', 'EPSG:25832'))").fetchone()
    point = shapely.from_wkt(found)
    assert (round(point.x), round(point.y)) == (430_588, 5_705_903)


def test_surfaces_of_a_replaced_building_are_not_doubled(t: twin.Twin) -> None:
    for _ in range(3):
        deliver(t, ["a", "b"])
    assert t.sql("SELECT count(*) FROM building_surface").fetchone() == (surfaces(["a", "b"]).num_rows,)
