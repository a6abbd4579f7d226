"""JSON as a table: lists of objects, wherever they stand in the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.source_file import SourceFile
from ingest.table.opening import kind, tables
from twin.errors import DeliveryError


def opened(path: Path, content: Any) -> list[Any]:
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    with tables(SourceFile(path)) as found:
        return [
            (one.name, one.columns, [list(rows.values.itertuples(index=False)) for rows in one.rows()]) for one in found
        ]


def test_a_list_of_objects_is_a_table(tmp_path: Path) -> None:
    rows = [{"id": 1, "at": {"lat": 51.5, "lon": 8.1}, "list": [1]}, {"id": 2, "more": None}]
    ((name, columns, ((first, second),)),) = opened(tmp_path / "a.json", rows)
    assert name == ""
    assert columns == ("id", "at.lat", "at.lon", "more")
    assert tuple(first) == (1, 51.5, 8.1, None)
    assert next(iter(second)) == 2


def test_lists_within_are_tables_by_their_path(tmp_path: Path) -> None:
    found = opened(
        tmp_path / "a.json", {"meta": {"n": 2}, "data": {"values": [{"v": 1}]}, "odd": [1, 2], "b": [{"w": 2}]}
    )
    assert [(name, columns) for name, columns, _ in found] == [("data.values", ("v",)), ("b", ("w",))]


@pytest.mark.parametrize("content", ["[{", '{"a": 1}', "[1, 2]", "{}", '{"a":' * 3000])
def test_what_holds_none_is_said(tmp_path: Path, content: str) -> None:
    with pytest.raises(DeliveryError):
        opened(tmp_path / "a.json", content)


def test_features_are_still_a_vector_file(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    assert str(kind(SourceFile(path))) == "GeoJSON"
