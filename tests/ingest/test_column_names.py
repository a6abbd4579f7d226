"""Names of columns, brought to what the tables of synonyms know."""

import pytest

from ingest.column_names import meanings, plain, synonyms, unit


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
