"""What every format that tables are written in keeps to, whoever wrote it."""

from __future__ import annotations

import re

import pytest

from twin.discovery import discover
from twin.export.declaration import Export

EXPORTS = list(discover("EXPORT").values())


@pytest.fixture(params=EXPORTS, ids=lambda export: export.name)
def export(request: pytest.FixtureRequest) -> Export:
    return request.param


def test_its_words_are_there_in_both_languages(export: Export) -> None:
    for text in (export.title, export.description):
        assert text.de.strip()
        assert text.en.strip()
    assert export.reference.strip()


def test_its_layers_exist_and_its_name_can_be_typed(export: Export) -> None:
    assert export.layers
    assert set(export.layers) <= set(discover("LAYER"))
    assert re.fullmatch(r"[a-z0-9_]+", export.name)
    assert re.fullmatch(r"\.[a-z0-9.]+", export.suffix)
