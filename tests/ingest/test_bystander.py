"""Files that are no deliveries are told for what they are, without any of their content."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.bystander import bystander
from ingest.delivery import deliveries
from ingest.source_file import SourceFile
from twin.errors import NoDelivery

FILES = {
    "kacheln.csv": ("Kachelname;Aufnahmedatum;Koordinatenursprung_Rechts\ndom_1;2021;280000\n", "tile index"),
    "gemarkungen.json": ('{"Soest":{"Ampen (1)":{"fluren":["1"],"schluessel":"1"}}}', "Gemarkungen"),
    "aemter.json": ('{\n "5974": "Kreis Soest",\n "5978": "Kreis Unna"}', "districts and offices"),
    "Metadaten_Geographie_1.txt": (
        "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum\n1;2.0;50.1;7.1;20190708\n",
        "without their readings",
    ),
    "leitungen.mapping.json": ('[{"name": "leitungen", "layer": "utility_line"}]', "mapping of columns"),
    "tabelle.dbf": ("\x03", "attribute table"),
    "bild.tfw": ("0.2\n", "companion"),
    "LIESMICH.txt": ("Hinweise", "text or document"),
    "README": ("notes", "text or document"),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_told_what_it_is(tmp_path: Path, name: str) -> None:
    content, english = FILES[name]
    path = tmp_path / name
    path.write_text(content, "utf-8")
    error = bystander(name, SourceFile(path))
    assert isinstance(error, NoDelivery)
    assert english in error.sentence.en.format(**{key: getattr(word, "en", word) for key, word in error.fields.items()})
    (delivery,) = deliveries([str(path)], tmp_path / "work")
    assert isinstance(delivery.error, NoDelivery)


def test_what_an_archive_holds_says_more_than_the_texts_beside_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a_readme.txt", "notes")
        archive.writestr("station.txt", FILES["Metadaten_Geographie_1.txt"][0])
    (delivery,) = deliveries([str(tmp_path / "all.zip")], tmp_path / "work")
    assert isinstance(delivery.error, NoDelivery)
    assert "readings" in delivery.error.fields["found"].en


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(content=st.binary(max_size=300))
def test_anything_may_come(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(content)
    assert bystander("file.bin", SourceFile(path)) is None or content
