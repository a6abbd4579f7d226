"""What every check keeps to, whoever wrote it."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
import shapely

from ingest.check import Check
from ingest.checking import checks, examine
from ingest.finding import SEVERITIES
from ingest.sheet import Sheet
from twin.discovery import discover
from twin.layer import Layer

CHECKS = list(discover("CHECK").values())
LAYERS = list(discover("LAYER").values())
_BRACES = re.compile(r"\{(\w+)\}")
_GEOMETRY = {
    "point": shapely.Point(440_000, 5_713_000),
    "line": shapely.LineString([(440_000, 5_713_000), (440_010, 5_713_010)]),
    "polygon": shapely.box(440_000, 5_713_000, 440_010, 5_713_010),
}
_LIKELY = {
    pa.string(): "X", pa.bool_(): True, pa.date32(): date(2020, 5, 1), pa.binary(): b"",
}  # fmt: skip


@pytest.fixture(params=CHECKS, ids=lambda check: check.name)
def check(request: pytest.FixtureRequest) -> Check:
    return request.param


def test_its_words_are_there_in_both_languages(check: Check) -> None:
    assert check.title.de.strip() and check.title.en.strip()
    assert check.problems
    for problem in check.problems.values():
        for text in (problem.title, problem.sentence, problem.advice):
            assert text.de.strip() and text.en.strip()
        assert set(_BRACES.findall(problem.sentence.de)) == set(_BRACES.findall(problem.sentence.en))
        assert problem.severity in SEVERITIES
        assert not _BRACES.search(problem.title.de + problem.advice.de)


def test_its_names_make_codes(check: Check) -> None:
    for name in (check.name, *check.problems):
        assert re.fullmatch(r"[a-z][a-z_]*", name)


def test_a_layer_without_rows_or_values_is_no_reason_to_fail(check: Check) -> None:
    for layer in LAYERS:
        if check.applies(layer):
            for count in (0, 3):
                sheet = _sheet(layer, [None] * count)
                sheet.check = check
                if count or check.scope == "batch":
                    check.run(sheet)
                assert not sheet.rejected.any()


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer.placement == "feature"], ids=lambda x: x.name)
def test_sound_rows_pass_unchanged(layer: Layer) -> None:
    sheet = examine(_sheet(layer, ["a", "b"]))
    assert [finding for finding in sheet.findings.kept if finding.severity == "error"] == []
    assert sheet.kept().equals(sheet.table)
    assert sheet.kept().schema == layer.read_schema


def test_checks_come_in_their_order() -> None:
    names = [check.name for check in checks("parcel", "batch")]
    assert names.index("geometry") < names.index("plausibility")
    assert {check.name for check in checks("parcel", "delivery")} >= {"topology", "duplicates", "municipality"}


def _sheet(layer: Layer, keys: list[str | None]) -> Sheet:
    """Rows of plain values where there is a key, of nothing at all where there is none."""
    columns = []
    for number, field in enumerate(layer.read_schema):
        declared = layer.column(field.name)
        values: list[object] = []
        for key in keys:
            if key is None:
                values.append(None)
            elif field.name == "geom":
                values.append(shapely.to_wkb(_GEOMETRY[layer.geometry]))
            elif field.name == "ags":
                values.append("05974040")
            elif field.name in layer.key and field.type == pa.string():
                values.append(f"{key}{number}")
            elif declared.codes or pa.types.is_list(field.type) or pa.types.is_timestamp(field.type):
                values.append(None)
            else:
                values.append(_LIKELY.get(field.type, 1))
        columns.append(pa.array(values, field.type))
    table = pa.Table.from_arrays(columns, schema=layer.read_schema)
    return Sheet(layer, table, today=date(2026, 11, 22), places=np.array(["05974040"] * len(keys), object))
