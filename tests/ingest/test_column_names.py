"""Names of columns, brought to what the tables of synonyms know."""

import pytest

from ingest.column_names import crs_of, meanings, plain, synonyms, unit


@pytest.mark.parametrize(
    ("name", "expected", "size"),
    [
        ("Baum-Höhe [m]", "baumhoehe", "m"),
        ("Stammumfang (cm)", "stammumfang", "cm"),
        ("KRONE_M", "krone", "m"),
        ("Straße", "strasse", ""),
        ("Baum", "baum", ""),
    ],
)
def test_a_name_is_told_without_its_unit(name, expected, size):
    assert (plain(name), unit(name)) == (expected, size)


def test_one_column_has_one_meaning():
    found = meanings("tree", ["Art", "art", "x", "y"])
    assert found["species"] == 0 and len(set(found.values())) == len(found)


@pytest.mark.parametrize("table", ["tree", "address"])
def test_the_tables_hold_plain_names_that_mean_one_thing(table):
    names = [name for known in synonyms(table).values() for name in known]
    assert all(plain(name) == name for name in names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("names", "crs"),
    [
        (["x_25832", "y_25832"], "EPSG:25832"),
        (["Rechtswert (EPSG:31467)", "Hochwert"], "EPSG:31467"),
        (["Längengrad", "Breitengrad"], "EPSG:4326"),
        (["lon", "lat"], "EPSG:4326"),
        (["x_mp_3035", "y"], "EPSG:3035"),
        (["x", "y"], ""),
        (["balkon", "y"], ""),
        (["nr125832", "y"], ""),
        ([], ""),
    ],
)
def test_names_of_coordinates_tell_their_crs(names, crs):
    assert crs_of(names) == crs
