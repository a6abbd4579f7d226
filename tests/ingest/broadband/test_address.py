"""Lists of broadband lines by address, with columns as people name them."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.broadband_csv import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, MissingCRS

HEADER = (
    "adress_id;ags;strasse;hausnummer;plz;ort;x_25832;y_25832;technologie;download_mbits;upload_mbits;anbieter;fttb_h;"
    "haushalte;ausbau_bis;stand"
)


@pytest.fixture
def load(tmp_path):
    def read(content, crs=""):
        path = tmp_path / "lines.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options(crs=crs)))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_a_line_is_read_whole(load, encoding):
    line = "A1;05974040;Ährenweg;12a;59494;Soest;440000,5;5713000;VDSL (FTTC);50;10;Mußter;nein;2;2027;01.10.2026"
    (row,), rejects, facts = load(f"{HEADER}\n{line}\n".encode(encoding))
    place = shapely.from_wkb(row.pop("geom"))
    assert (place.x, place.y) == (440_000.5, 5_713_000)
    assert row == {
        **{"broadband_id": "A1|vdsl|Mußter", "address_id": "A1", "address": "Ährenweg 12a, 59494 Soest"},
        **{"technology": "vdsl", "technology_source": "VDSL (FTTC)", "download": 50.0, "upload": 10.0, "fibre": False},
        **{"provider": "Mußter", "households": 2, "planned_until": date(2027, 12, 31), "date": date(2026, 10, 1)},
        **{"ags": "05974040"},
    }
    assert not rejects
    assert facts == Facts(version="CSV", crs="EPSG:25832")


def test_an_address_has_a_row_for_each_technology_and_provider(load):
    lines = [
        "A1;;Hof;1;;;440000;5713000;DSL;16;;T;;;;",
        "A1;;Hof;1;;;440000;5713000;FTTH;1000;;G;;;;",
        "A1;;Hof;1;;;440000;5713000;DSL;25;;T;;;;",
    ]
    rows, rejects, _ = load("\n".join([HEADER, *lines]))
    assert [row["broadband_id"] for row in rows] == ["A1|dsl|T", "A1|fibre|G"]
    assert [row["fibre"] for row in rows] == [False, True]
    assert len(rejects) == 1


def test_a_white_spot_is_a_row(load):
    (row,), rejects, _ = load(f"{HEADER}\n;;Hof;1;;;440000;5713000;keine;;;;;1;;\n")
    assert (row["technology"], row["download"], row["fibre"], row["address"]) == ("none", 0.0, False, "Hof 1")
    assert not rejects


def test_without_a_technology_fibre_or_the_rate_tell(load):
    text = "adresse;lon;lat;download;FTTB/H\nHof 1;8.1;51.57;1000;ja\nHof 2;8.1;51.57;0;nein\nHof 3;8.1;51.57;50;nein\n"
    rows, _, facts = load(text)
    assert [row["technology"] for row in rows] == ["fibre", "none", "other"]
    assert facts.crs == "EPSG:4326"
    assert shapely.from_wkb(rows[0]["geom"]).distance(shapely.Point(437_600, 5_713_600)) < 2_000


def test_a_column_that_denies_fibre_counts_and_is_told(load):
    (row,), _, facts = load(f"{HEADER}\nA;;;;;;440000;5713000;FTTH;1000;;;nein;;;\n")
    assert row["fibre"] is False
    assert "fttb_h" in facts.notes[0]


def test_unknown_technologies_are_other_and_told(load):
    (row,), _, facts = load(f"{HEADER}\nA;;;;;;440000;5713000;Brieftaube;1;;;;;;\n")
    assert (row["technology"], row["technology_source"], row["fibre"]) == ("other", "Brieftaube", None)
    assert "Brieftaube" in facts.notes[0]


@pytest.mark.parametrize(("language", "line"), [("de", "Zeile "), ("en", "line ")])
def test_bad_lines_do_not_sink_the_rest(load, monkeypatch, language, line):
    monkeypatch.setenv("TWIN_LANG", language)
    lines = [
        "A;;;;;;440000;5713000;DSL;schnell;;;;;;",
        "B;;;;;;ab;5713000;DSL;1;;;;;;",
        "C;;;;;;1;1;DSL;1;;;;;;",
        "D;DSL",
        "E;;;;;;440000;5713000;DSL;200000;;;;;;",
        "F;;;;;;440000;5713000;DSL;16;;;;;;",
    ]
    rows, rejects, _ = load("\n".join([HEADER, *lines]))
    assert [row["address_id"] for row in rows] == ["F"]
    assert len(rejects) == 5
    assert all(reject.reason.startswith(line) for reject in rejects)
    assert {reject.feature for reject in rejects} == {f"line {number}" for number in range(2, 7)}


def test_a_zone_before_the_easting_names_the_crs(load):
    text = "adresse;rechtswert;hochwert;technik;download\nHof;32440000;5713000;DSL;16\n"
    (row,), _, facts = load(text)
    assert facts.crs == "EPSG:25832"
    assert shapely.from_wkb(row["geom"]).x == 440_000


def test_without_a_crs_one_is_asked_for(load):
    with pytest.raises(MissingCRS):
        load("adresse;rechtswert;hochwert;technik;download\nHof;440000;5713000;DSL;16\n")


@pytest.mark.parametrize(
    "header",
    ["x;y;download", "adresse;technik;download;upload", "x;y;technik;anbieter", "a;b;c;d", "x;y;baumart;hoehe"],
)
def test_other_tables_are_left_alone(tmp_path, header):
    path = tmp_path / "t.csv"
    path.write_text(header + "\n1;2;3;4\n")
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        list(FORMAT.read(SourceFile(path), Options()))
