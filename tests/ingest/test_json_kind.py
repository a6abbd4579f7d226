import pytest

from ingest.json_kind import json_kind


@pytest.mark.parametrize(
    ("value", "de", "en"),
    [
        ({}, "ein Objekt", "an object"),
        ([1], "eine Liste", "a list"),
        ("a", "ein Text", "a text"),
        (True, "true oder false", "true or false"),
        (1, "eine Zahl", "a number"),
        (1.5, "eine Zahl", "a number"),
        (None, "nichts (null)", "nothing (null)"),
        (object(), "etwas anderes", "something else"),
    ],
)
def test_a_value_is_called_by_its_kind(value, de, en):
    assert (json_kind(type(value)).de, json_kind(type(value)).en) == (de, en)
