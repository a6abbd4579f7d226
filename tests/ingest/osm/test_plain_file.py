from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pytest

from ingest.format import Facts
from ingest.formats.osm import FORMAT
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import DeliveryError, InvalidDelivery, UnsafeDelivery

LON, LAT = 8.1, 51.57


@pytest.mark.parametrize("name", ["a.osm", "a.xml", "a.osm.pbf", "a.osm.gz", "a.osm.bz2", "a.pbf.gz", "anything"])
def test_it_is_known_by_its_content(items_of, counts, village, tmp_path: Path, name: str) -> None:
    plain = village.write(tmp_path / ("p.osm.pbf" if "pbf" in name else "p.osm")).read_bytes()
    path = tmp_path / name
    path.write_bytes(
        bz2.compress(plain) if name.endswith(".bz2") else gzip.compress(plain) if name.endswith(".gz") else plain
    )
    assert recognise(SourceFile(path)) is FORMAT
    assert counts(items_of(path)) == {"street": 1, "facility": 2, "land_cover": 1}


@pytest.mark.parametrize(
    "text",
    [
        "<osmChange version='0.6'/>",
        "<osm xmlns='urn:other' version='1'/>",
        "<gpx version='1.1'/>",
        "<osm/>",
        "<!-- <osm version='0.6'> --><gpx/>",
    ],
)
def test_others_are_not(items_of, tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(text)
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        items_of(path)


@pytest.mark.parametrize(
    "text",
    [
        "<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'><node id='1' lat='&a;'/></osm>",
        "<!DOCTYPE osm SYSTEM 'file:///etc/passwd'><osm version='0.6'/>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><osm version='0.6'/>",
        "<!-- <osm version='0.6'/> --><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>",
    ],
)
def test_a_document_type_never_reaches_the_parser(items_of, tmp_path: Path, monkeypatch, text: str) -> None:
    path = tmp_path / "a.osm"
    path.write_text(text)
    monkeypatch.setattr("osmium.io.Reader", None)
    with pytest.raises(UnsafeDelivery):
        items_of(path)


def test_a_document_type_far_behind_hides_in_vain(items_of, tmp_path: Path) -> None:
    path = tmp_path / "a.osm"
    path.write_text(f"<!--{' ' * 100_000}--><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>")
    with pytest.raises(InvalidDelivery):
        items_of(path)
    path.write_text("<?xml version='1.0'?><!DOCTYPE osm [<!ENTITY a 'b'>]><osm version='0.6'/>", "utf-16")
    with pytest.raises(DeliveryError):
        items_of(path)


def test_a_bzip2_bomb_is_refused(items_of, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("ingest.osm.plain_file._FREE", 1 << 20)
    path = tmp_path / "a.osm.bz2"
    path.write_bytes(bz2.compress(b"<osm version='0.6'>" + b" " * (8 << 20) + b"</osm>"))
    with pytest.raises(UnsafeDelivery):
        items_of(path)


def test_an_answer_that_was_broken_off_is_refused(items_of, village, tmp_path: Path) -> None:
    """Overpass closes the document all the same, and says so in a remark."""
    path = tmp_path / "a.osm"
    remark = "<remark> runtime error: Query timed out in &quot;query&quot; at line 3 after 25 seconds. </remark>"
    path.write_text(village.xml().replace("</osm>", f"{remark}</osm>"), "utf-8")
    with pytest.raises(InvalidDelivery, match="Overpass"):
        items_of(path)
    path.write_text(village.xml().replace("</osm>", "<remark>a good day</remark></osm>"), "utf-8")
    assert isinstance(items_of(path)[-1], Facts)
