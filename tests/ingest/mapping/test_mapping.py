"""A mapping in JSON is the mapping; what is none is told in words."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.mapping.mapping import ColumnRule, Dialect, GeometryRule, KeyRule, Mapping
from ingest.mapping.validation import demand_columns, layers, mappable, validate
from twin.errors import MappingError

NAMES = st.text(min_size=1, max_size=12)
RULES = st.builds(
    ColumnRule,
    source=st.text(max_size=12),
    constant=st.one_of(st.none(), st.text(max_size=5), st.booleans(), st.integers(-9, 9), st.floats(-1e6, 1e6)),
    factor=st.floats(-1e6, 1e6),
    minus=st.text(max_size=5),
    codes=st.dictionaries(NAMES, NAMES, max_size=3),
    otherwise=st.one_of(st.none(), NAMES),
    pattern=st.sampled_from(["", "return_period"]),
)
MAPPINGS = st.builds(
    Mapping,
    name=NAMES,
    layer=st.sampled_from(sorted(layers())),
    columns=st.dictionaries(NAMES, RULES, max_size=4),
    geometry=st.builds(
        GeometryRule, st.sampled_from(["own", "wkt", "xy", "none"]), st.lists(NAMES).map(tuple), st.booleans()
    ),
    key=st.builds(KeyRule, st.lists(NAMES, max_size=3).map(tuple), st.text(max_size=5)),
    table=st.text(max_size=8),
    fits=st.lists(NAMES, max_size=5).map(lambda names: tuple(sorted(names))),
    crs=st.sampled_from(["", "EPSG:25832", "EPSG:31466"]),
    dialect=st.builds(Dialect, st.sampled_from([",", "."]), st.sampled_from(["dmy", "mdy"])),
)

WATER = {
    "name": "wasser",
    "layer": "utility_line",
    "fits": ["NR", "DN"],
    "columns": {"diameter": {"source": "DN"}, "medium": {"constant": "water"}},
    "key": {"columns": ["NR"], "prefix": "w-"},
}


@given(MAPPINGS)
def test_json_there_and_back(mapping):
    again = Mapping.from_dict(json.loads(json.dumps(mapping.as_dict())))
    assert again == mapping
    assert again.fingerprint == mapping.fingerprint


@given(MAPPINGS, MAPPINGS)
def test_what_does_the_same_has_the_same_fingerprint_whatever_it_is_called(one, other):
    renamed = Mapping.from_dict({**one.as_dict(), "name": other.name})
    assert renamed.fingerprint == one.fingerprint
    if {**one.as_dict(), "name": ""} != {**other.as_dict(), "name": ""}:
        assert one.fingerprint != other.fingerprint


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*WATER, "geometry", "crs", "dialect", "table", "version"]), JSON))
def test_rubbish_is_refused_in_words_or_valid_notation(given):
    try:
        found = Mapping.from_dict(given)
    except MappingError as error:
        assert str(error)
    else:
        assert isinstance(found, Mapping)


def test_mere_text_is_the_name_of_a_column():
    found = Mapping.from_dict({**WATER, "columns": {"diameter": "DN"}, "key": {"columns": "NR"}})
    assert found.columns["diameter"] == ColumnRule("DN")
    assert found.needs == {"DN", "NR"}
    validate(found)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"layer": "pipes"}, "pipes"),
        ({"columns": {}, "geometry": {"kind": "none"}}, ""),
        ({"columns": {"colour": "DN"}}, "colour"),
        ({"columns": {"medium": {"constant": "beer"}}}, "beer"),
        ({"columns": {"medium": {"source": "A", "codes": {"x": "beer"}}}}, "beer"),
        ({"columns": {"depth": {"source": "A", "constant": 1}}}, "depth"),
        ({"columns": {"depth": {"source": "A", "factor": 0}}}, "depth"),
        ({"columns": {"depth": {"source": "A", "factor": math.inf}}}, "depth"),
        ({"columns": {"depth": {"source": "A", "pattern": "depth"}}}, "depth"),
        ({"geometry": {"kind": "xy", "columns": ["X"]}}, "xy"),
        ({"geometry": {"kind": "guess"}}, "guess"),
        ({"crs": "EPSG:99"}, "EPSG:99"),
        ({"dialect": {"decimal": ";"}}, ","),
        ({"layer": "terrain"}, "terrain"),
        ({"layer": "municipality", "columns": {"name": "A"}}, "ags"),
    ],
)
def test_what_makes_no_sense_is_told(change, said):
    with pytest.raises(MappingError) as told:
        validate(Mapping.from_dict({**WATER, **change}))
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "found nothing (null)."),
        ([], "found a list."),
        ({**WATER, "colour": 1}, "colour"),
        ({**WATER, "version": 2}, "2"),
        ({**WATER, "columns": {"depth": {"sauce": "A"}}}, "sauce"),
        ({**WATER, "columns": {"depth": {"factor": "x"}}}, "factor”: expected a number, found a text."),
        ({**WATER, "key": {"columns": [1]}}, "columns”: expected a list of columns, found a list."),
    ],
)
def test_what_is_no_mapping_is_told(given, said, monkeypatch):
    monkeypatch.setenv("TWIN_LANG", "en")
    with pytest.raises(MappingError) as told:
        Mapping.from_dict(given)
    assert said in str(told.value)


def test_missing_columns_are_named():
    with pytest.raises(MappingError, match="DN"):
        demand_columns(Mapping.from_dict(WATER), ["NR"])


def test_every_layer_of_features_can_be_mapped():
    assert {"tree", "address", "utility_line", "utility_node", "land_value", "flood_zone", "building", "parcel"} <= set(
        layers()
    )
    assert "terrain" not in layers()
    for layer in layers().values():
        assert {column.name for column in mappable(layer)} >= {"ags"}
