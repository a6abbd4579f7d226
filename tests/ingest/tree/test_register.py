"""Tree registers with columns as people name them."""

import pytest
import shapely

from ingest.finding import Finding
from ingest.format import Batch, Options, Reject
from ingest.formats.tree_csv import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, MissingCRS


@pytest.fixture
def load(tmp_path):
    def read(content, crs="EPSG:25832"):
        path = tmp_path / "trees.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        assert FORMAT.recognise(SourceFile(path))
        items = list(FORMAT.read(SourceFile(path), Options(crs=crs)))
        rows = [row for item in items if isinstance(item, Batch) for row in item.table.to_pylist()]
        return rows, [item for item in items if isinstance(item, Reject)], items[-1]

    return read


HEADER = (
    "Baum-Nr.;Baumart botanisch;Baumart deutsch;Baumhöhe [m];Kronendurchmesser (m);Stammumfang (cm);Pflanzjahr;Straße;"
    "Ostwert;Nordwert"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_columns_are_told_by_their_names(load, encoding):
    line = "7;Tilia cordata;Winterlinde;12,5;6;120;1987;Ährenweg;440000,5;5713000"
    (row,), rejects, facts = load(f"{HEADER}\n{line}\n".encode(encoding))
    place = shapely.from_wkb(row.pop("geom"))
    assert row == {
        **{"tree_id": "7", "species": "Tilia cordata", "species_german": "Winterlinde", "height": 12.5, "ags": None},
        **{"crown_diameter": 6.0, "trunk_girth": 120.0, "year_planted": 1987, "location": "Ährenweg"},
    }
    assert (place.x, place.y) == (440_000.5, 5_713_000) and not rejects and not facts.notes


def test_zero_is_unknown_and_the_impossible_is_dropped_but_no_tree(load):
    lines = [f"{number};A;B;{height};0;;;;440000;571300{number}" for number, height in enumerate([0, 110, 20, -3, 69])]
    rows, rejects, facts = load("\n".join([HEADER, *lines]))
    assert [row["height"] for row in rows] == [None, None, 20, None, 69] and not rejects
    assert [row["crown_diameter"] for row in rows] == [None] * 5
    zeros, crowns = sorted(note for note in facts.notes if "0" in note and "110" not in note)
    assert "5" in zeros + crowns
    (impossible,) = (note for note in facts.notes if "110" in note)
    assert "2" in impossible


def test_units_in_names_are_followed_and_girth_comes_from_the_diameter(load):
    text = "id,species,x,y,height (cm),stammdurchmesser [m],krone\n1,Quercus robur,440000,5713000,1250,0.5,4\n"
    (row,), _, _ = load(text)
    assert row["height"] == 12.5 and row["trunk_girth"] == 157 and row["crown_diameter"] == 4


@pytest.mark.parametrize(
    ("names", "cells", "crs"),
    [
        ("x_25832;y_25832", "440000;5713000", "EPSG:25832"),
        ("longitude;latitude", "8.1345;51.5656", "EPSG:4326"),
        ("rechtswert;hochwert", "32440000;5713000", "EPSG:25832"),
    ],
)
def test_the_crs_is_taken_from_names_and_zones_and_not_guessed(load, names, cells, crs):
    text = f"id;baumart;kronendurchmesser;{names}\n1;Quercus robur;3;{cells}\n"
    (row,), _, facts = load(text, crs="")
    assert facts.crs == crs
    assert shapely.from_wkb(row["geom"]).distance(shapely.Point(440_000, 5_713_000)) < 200
    with pytest.raises(MissingCRS):
        load("id;baumart;kronendurchmesser;x;y\n1;Quercus robur;3;440000;5713000\n", crs="")


def test_positions_may_be_well_known_text(load):
    lines = [
        "id\tbaumart\tkronendurchmesser\twkt",
        "1\tQuercus\t3\tSRID=25832;POINT (440000 5713000)",
        "2\tx\t1\tLINE(1 2)",
    ]
    text = "\n".join(lines)
    (row,), (reject,), facts = load(text, crs="")
    assert shapely.from_wkb(row["geom"]).x == 440_000 and facts.crs == "EPSG:25832" and reject.feature == "2"


@pytest.mark.parametrize(
    ("text", "species", "german"),
    [
        ("Quercus palustris, Sumpfeiche", "Quercus palustris", "Sumpfeiche"),
        ("Tilia americana 'Nova'", "Tilia americana 'Nova'", None),
        ("?", None, None),
        ("Acer, Ahorn, rot", "Acer", "Ahorn, rot"),
    ],
)
def test_one_column_may_hold_both_names(load, text, species, german):
    (row,), _, _ = load(f"id;baumart;kronendurchmesser;x;y\n1;{text};3;440000;5713000\n")
    assert (row["species"], row["species_german"]) == (species, german)


@pytest.mark.parametrize(
    ("genus", "species", "expected"),
    [
        ("Quercus", "robur", "Quercus robur"),
        ("Quercus", "Quercus robur", "Quercus robur"),
        ("Tilia", "", "Tilia"),
        ("", "Tilia cordata", "Tilia cordata"),
    ],
)
def test_genus_and_species_may_stand_in_two_columns(load, genus, species, expected):
    (row,), _, _ = load(f"id;gattung;art;kronendurchmesser;x;y\n1;{genus};{species};3;440000;5713000\n")
    assert row["species"] == expected


def test_a_file_may_not_name_a_crs_of_its_own_for_every_tree(load):
    codes = [25831, 25832, 25833, 31466, 31467, 31468, 4326, 4258, 3857, 3035]
    lines = [f"{code};Quercus;1;SRID={code};POINT(1 1)" for code in codes]
    with pytest.raises(MissingCRS):
        load("\n".join(["id;baumart;krone;wkt", *(line.replace("SRID", '"SRID') + '"' for line in lines)]), crs="")


def test_broken_lines_are_rejected_one_by_one(load):
    good = "1;Quercus;3;440000;5713000"
    broken = ["2;Quercus;3", "3;Quercus;3;x;y", "4;Quercus;3;;", "5;Quercus;3;0;0", "1;Tilia;3;440001;5713000"]
    rows, rejects, _ = load("\n".join(["id;baumart;kronendurchmesser;x;y", good, *broken]))
    assert len(rows) == 1 and len(rejects) == 5


@pytest.mark.parametrize(
    "header",
    [
        *("", "a;b;c", "id;name;x;y", "x;y;z", "id;art;x;y", "baumart;hoehe;krone", "id;hoehe;x;y;strasse"),
        "ags;art;hoehe;x;y",
    ],
)
def test_other_tables_are_not_claimed(tmp_path, header):
    path = tmp_path / "other.csv"
    path.write_text(f"{header}\n1;2;3;4;5\n")
    assert not FORMAT.recognise(SourceFile(path))
    with pytest.raises(InvalidDelivery):
        list(FORMAT.read(SourceFile(path), Options(crs="EPSG:25832")))


def test_what_is_odd_about_a_tree_has_its_place(tmp_path):
    path = tmp_path / "trees.csv"
    path.write_text("Baumnr;Baumart;Hoehe;Rechtswert;Hochwert\n1;Acer;110;32440000;5710000\n2;Acer;viel;;\n")
    items = list(FORMAT.read(SourceFile(path), Options(crs="EPSG:25832")))
    high, wordy = (item for item in items if isinstance(item, Finding))
    assert (high.code, high.east, high.north) == ("plausibility.value", 440_000, 5_710_000)
    assert (wordy.feature, wordy.east) == ("2", None)
