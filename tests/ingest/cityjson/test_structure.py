"""Spans of a document's members, against the parser of the standard library."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.cityjson import structure
from ingest.cityjson.structure import Malformed, Structure

TEXTS = st.text(alphabet=st.sampled_from('ab"\\{}[]:, \n\u00e4€'), max_size=8)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(TEXTS, VALUES, max_size=5)


@settings(max_examples=150, deadline=None)
@given(
    document=OBJECTS,
    inner=st.dictionaries(TEXTS, OBJECTS, max_size=5),
    indent=st.sampled_from([None, 1]),
    ascii_=st.booleans(),
    chunk=st.integers(1, 40),
)
def test_every_member_is_found_whatever_stands_in_strings(document, inner, indent, ascii_, chunk):
    document = {**document, "CityObjects": inner}
    data = json.dumps(document, indent=indent, ensure_ascii=ascii_).encode()
    before, structure._CHUNK = structure._CHUNK, chunk
    try:
        found = Structure.of(data)
        objects = found.within("CityObjects")
    finally:
        structure._CHUNK = before
    assert {name: json.loads(data[start:stop]) for name, (start, stop) in found.members.items()} == document
    assert {name: json.loads(data[start:stop]) for name, (start, stop) in objects.items()} == inner
    assert list(objects) == list(inner)


@pytest.mark.parametrize(
    "data",
    [
        *(b"", b"{", b"}", b"[]", b"{}}", b'{"a": 1', b'{"a": "b}', b'{"a": 1} x', b'{"a": 1}{"b": 2}', b'{"a"}'),
        *(b'{"a": 1, }', b"{: 1}", b"{1: 1}", b'{"a": 1, "b"}', b"[" * 100_000, b'{"a":' * 100_000, b'{"a": "\\"}'),
    ],
)
def test_what_is_no_object_is_refused(data):
    with pytest.raises(Malformed):
        Structure.of(data)


@pytest.mark.parametrize(
    "objects", ["[]", "1", '"x"', '{"a": 1}', '{"a": {}, "b": 1}', '{"a": {} "b": {}}', '{"a": []}']
)
def test_objects_within_must_be_objects(objects):
    found = Structure.of(f'{{"CityObjects": {objects}}}'.encode())
    with pytest.raises(Malformed):
        found.within("CityObjects")


def test_nothing_within_what_is_not_there():
    assert Structure.of(b'{"a": {}}').within("CityObjects") == {}
    assert Structure.of(b'{"CityObjects": {}}').within("CityObjects") == {}
    assert Structure.of(b"{}").members == {}
