from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.delivery import deliveries
from ingest.recognition import looks_like
from twin.errors import InvalidDelivery, NoDelivery, UnknownFormat, UnknownName, Unreachable

BUILDING = {"layer": "building", "rows": [{"building_id": "a"}]}


@pytest.mark.parametrize(
    ("head", "english"),
    [
        (b"", "empty or not readable"),
        (b"%PDF-1.4", "PDF"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><!-- x --><ns:Modell a='1'>", "XML with root “Modell”"),
        (b"<?xml version='1.0'?>", "XML without a root element"),
        (b"<!DOCTYPE html><html>", "an HTML page"),
        (b' {"a": 1}', "JSON"),
        (b"Meier;Schulze", "text"),
        (b"\x00\x01", "binary data"),
    ],
)
def test_bytes_are_described_without_their_content(head: bytes, english: str) -> None:
    assert looks_like(head).en == english


@given(st.binary(max_size=300))
def test_anything_can_be_described(head: bytes) -> None:
    found = looks_like(head)
    assert found.de
    assert found.en


def test_a_folder_gives_a_delivery_a_file_and_passes_companions_over(
    sample: Callable[..., Path], tmp_path: Path
) -> None:
    sample("in/b.sample", BUILDING)
    sample("in/sub/a.sample", BUILDING)
    sample("in/.hidden/c.sample", BUILDING)
    for name in ("b.prj", "b.tfw", "b.pdf"):
        (tmp_path / "in" / name).write_text("x")
    (tmp_path / "in" / "strange.bin").write_bytes(b"\x00")
    found = list(deliveries([str(tmp_path / "in")], tmp_path / "work"))
    assert [delivery.name for delivery in found] == ["in/b.sample", "in/strange.bin", "in/sub/a.sample"]
    assert [type(delivery.error) for delivery in found] == [type(None), UnknownFormat, type(None)]


def test_what_belongs_to_nothing_is_named_with_its_reason(sample: Callable[..., Path], tmp_path: Path) -> None:
    sample("in/b.sample", BUILDING)
    for name in ("lone.dbf", "lonely.tfw", "readme.txt"):
        (tmp_path / "in" / name).write_text("x")
    found = {one.name: one.error for one in deliveries([str(tmp_path / "in")], tmp_path / "work")}
    assert {name: type(error) for name, error in found.items()} == {
        "in/b.sample": type(None), "in/lone.dbf": NoDelivery, "in/lonely.tfw": NoDelivery, "in/readme.txt": NoDelivery
    }  # fmt: skip
    assert "shp" in str(found["in/lone.dbf"])


def test_borders_of_a_folder_come_first(sample: Callable[..., Path], tmp_path: Path) -> None:
    sample("in/a.sample", BUILDING)
    square = {"type": "Polygon", "coordinates": [[[8, 51], [8.1, 51], [8.1, 51.1], [8, 51]]]}
    feature = {"type": "Feature", "properties": {"AGS": "05974040", "GEN": "Soest"}, "geometry": square}
    borders = json.dumps({"type": "FeatureCollection", "features": [feature]})
    (tmp_path / "in" / "z.geojson").write_text(borders)
    with zipfile.ZipFile(tmp_path / "in" / "y.zip", "w") as archive:
        archive.writestr("gem.geojson", borders)
    found = [one.name for one in deliveries([str(tmp_path / "in")], tmp_path / "work")]
    assert found == ["in/y.zip", "in/z.geojson", "in/a.sample"]


def test_an_archive_is_one_delivery(sample: Callable[..., Path], tmp_path: Path) -> None:
    first, second = sample("b.sample", BUILDING), sample("a.sample", BUILDING)
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in (first, second):
            archive.write(path, f"x/{path.name}")
        archive.writestr("x/readme.txt", "x")
        archive.writestr("x/odd.bin", b"\x00")
    (found,) = deliveries([str(tmp_path / "all.zip")], tmp_path / "work")
    assert [source.member for source in found.sources] == ["x/a.sample", "x/b.sample"]
    assert found.passed_over == ("x/odd.bin",)


def test_what_cannot_be_taken_is_told_apart(sample: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4")
    with zipfile.ZipFile(tmp_path / "empty.zip", "w"):
        pass
    words = [str(tmp_path / name) for name in ("broken.zip", "letter.pdf", "empty.zip", "absent.gml")]
    found = list(deliveries(words, tmp_path / "work"))
    assert [type(delivery.error) for delivery in found] == [InvalidDelivery, NoDelivery, UnknownFormat, Unreachable]


def test_a_named_format_is_not_questioned(sample: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "odd").write_bytes(b"no magic")
    (found,) = deliveries([str(tmp_path / "odd")], tmp_path / "work", "sample")
    assert found.format is not None
    assert found.format.name == "sample"
    with pytest.raises(UnknownName):
        list(deliveries([str(tmp_path / "odd")], tmp_path / "work2", "nosuch"))


def test_the_digest_is_of_the_bytes_and_of_what_belongs_to_them(sample: Callable[..., Path], tmp_path: Path) -> None:
    path = sample("a.sample", BUILDING)
    (one,) = deliveries([str(path)], tmp_path / "1")
    before = one.digest()
    path.touch()
    assert one.digest() == before
    path.write_bytes(path.read_bytes() + b"\n")
    assert one.digest() != before
