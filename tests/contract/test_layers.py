"""What every layer keeps to, whoever wrote it."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from twin.discovery import discover
from twin.layer import PROVENANCE, Layer, arrow_type
from twin.reference import codes
from twin.style import Classes

LAYERS = list(discover("LAYER").values())
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_COLOUR = re.compile(r"#[0-9A-F]{6}([0-9A-F]{2})?", re.IGNORECASE)


@pytest.fixture(params=LAYERS, ids=lambda layer: layer.name)
def layer(request: pytest.FixtureRequest) -> Layer:
    return request.param


def test_names_are_good_in_sql_and_unique(layer: Layer) -> None:
    names = [column.name for column in layer.all_columns]
    assert len(set(names)) == len(names)
    for name in [layer.name, *names]:
        assert _NAME.fullmatch(name), name


def test_every_column_has_a_type_that_the_store_knows(layer: Layer) -> None:
    for column in layer.all_columns:
        assert isinstance(arrow_type(column.type), pa.DataType), column.name
    assert layer.schema.names == [column.name for column in layer.all_columns]
    assert set(layer.read_schema.names) <= set(layer.schema.names)
    assert layer.read_schema.names[-1] == "ags"


def test_every_word_is_there_in_both_languages(layer: Layer) -> None:
    texts = [layer.title, layer.row, layer.description]
    for column in layer.all_columns:
        texts += [column.title] + ([column.note] if column.note else [])
    for text in texts:
        assert text.de.strip(), text
        assert text.en.strip(), text


def test_units_stand_in_declarations_and_not_in_names(layer: Layer) -> None:
    for column in layer.columns:
        assert not re.search(r"_(m|m2|qm|m3|cm|km|deg|mm)$", column.name), column.name


def test_the_key_is_of_its_columns(layer: Layer) -> None:
    assert layer.key
    names = {column.name for column in layer.columns} | {column.name for column in PROVENANCE if column.name == "ags"}
    assert set(layer.key) <= names


def test_geometry_and_precedence_are_columns(layer: Layer) -> None:
    kinds = {column.name: column.type for column in layer.columns}
    assert (kinds.get("geom") == "GEOMETRY") == bool(layer.geometry)
    if layer.precedence:
        assert layer.precedence in kinds


def test_consent_comes_from_a_layer_that_has_its_own(layer: Layer) -> None:
    owner = discover("LAYER").get(layer.consent_class)
    if owner is None:
        # A class that several layers share, such as lines and nodes of utilities.
        assert _NAME.fullmatch(layer.consent)
        return
    assert owner.consent == ""
    if layer.consent and layer.placement == "feature":
        # Rows follow their owner by this column.
        assert owner.key[0] in {column.name for column in layer.columns}


def test_code_lists_are_there(layer: Layer) -> None:
    for column in layer.columns:
        if column.codes:
            assert codes(column.codes), column.codes


def test_styles_name_columns_and_colours(layer: Layer) -> None:
    if layer.style is None:
        return
    names = {column.name for column in layer.columns}
    assert _COLOUR.fullmatch(layer.style.colour)
    for theme in layer.style.themes:
        assert theme.column in names
        if isinstance(theme, Classes):
            assert theme.classes[-1].values == ()
            assert all(_COLOUR.fullmatch(entry.colour) and entry.title.de and entry.title.en for entry in theme.classes)
        else:
            values = [value for value, _ in theme.stops]
            assert values == sorted(values)
            assert all(_COLOUR.fullmatch(colour) for _, colour in theme.stops)


def test_there_are_layers() -> None:
    wanted = {"municipality", "building", "building_surface", "address", "parcel", "land_use", "terrain"}
    assert wanted <= {layer.name for layer in LAYERS}
