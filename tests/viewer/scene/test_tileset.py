from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.scene.tileset import Cell, Content, Refinement, Tileset, read_tileset, write_tileset, write_whole

ADD = Refinement(500.0, 1.0, "ADD")
REPLACE = Refinement(256.0, 1 / 64, "REPLACE")


def content(cell: Cell, leaf: float, signature: str = "0" * 16) -> Content:
    size = leaf * 2**cell.level
    west, south = cell.column * size, cell.row * size
    return Content(
        signature, (west + size / 2, south + size / 2, 40.0), (west, south, 30.0, west + size, south + size, 50.0)
    )


def tiles(root: dict, shift=(0.0, 0.0, 0.0), parent=None):
    """Every tile with its absolute box and its parent's."""
    matrix = root.get("transform", [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])
    shift = tuple(a + b for a, b in zip(shift, matrix[12:15], strict=True))
    x, y, z, hx, _, _, _, hy, _, _, _, hz = root["boundingVolume"]["box"]
    x, y, z = x + shift[0], y + shift[1], z + shift[2]
    own = np.array([x - hx, y - hy, z - hz, x + hx, y + hy, z + hz])
    yield root, own, parent
    for child in root.get("children", []):
        yield from tiles(child, shift, (root, own))


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(700, 900), st.integers(-20, 20)), min_size=1, max_size=40))
def test_a_tileset_reads_back_and_children_lie_in_their_parents(tmp_path_factory, places):
    folder = tmp_path_factory.mktemp("tiles")
    contents = {Cell(*place): content(Cell(*place), 256.0) for place in places}
    write_tileset(folder, Tileset("h1", contents, {"n": 1}), REPLACE, "©")
    again = read_tileset(folder)
    assert again is not None
    assert (again.head, again.facts) == ("h1", {"n": 1})
    assert set(again.contents) == set(contents)
    for cell, found in again.contents.items():
        assert found.signature == contents[cell].signature
        assert found.centre == contents[cell].centre
        np.testing.assert_allclose(found.box, contents[cell].box, atol=0.01)
    document = json.loads((folder / "tileset.json").read_text())
    assert document["asset"]["version"] == "1.1"
    for tile, own, parent in tiles(document["root"]):
        if parent is not None:
            assert tile["geometricError"] <= parent[0]["geometricError"]
            assert (own[:3] >= parent[1][:3] - 0.05).all()
            assert (own[3:] <= parent[1][3:] + 0.05).all()


def test_only_content_of_this_and_the_last_tileset_stays(tmp_path):
    cell = Cell(0, 800, 11400)
    for number, signature in enumerate(("a" * 16, "b" * 16, "c" * 16)):
        part = content(cell, 500.0, signature)
        write_whole(tmp_path / part.name(cell), b"glb")
        write_tileset(tmp_path, Tileset(str(number), {cell: part}), ADD)
    assert {path.name for path in tmp_path.glob("*.glb")} == {f"{cell}-{sign * 16}.glb" for sign in "bc"}
    write_tileset(tmp_path, Tileset("3", {}), ADD)
    write_tileset(tmp_path, Tileset("4", {}), ADD)
    assert not list(tmp_path.glob("*.glb"))
    assert read_tileset(tmp_path).contents == {}


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    write_whole(tmp_path / "tileset.json", b"old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(tmp_path / "tileset.json", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["tileset.json"]
    assert (tmp_path / "tileset.json").read_bytes() == b"old"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"root": 3}'])
def test_a_damaged_tileset_counts_as_none(tmp_path, text):
    (tmp_path / "tileset.json").write_text(text)
    assert read_tileset(tmp_path) is None
