"""Damaged and hostile documents end as rows, rejects or an error that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.xplan import FORMAT
from ingest.source_file import SourceFile
from ingest.xplan import value
from twin.errors import DeliveryError


def outcome(path: Path) -> bool:
    """Whether the file was read to its end; anything but an error that we know fails the test."""
    last = None
    try:
        for last in FORMAT.read(SourceFile(path), Options(crs="EPSG:25832")):
            assert isinstance(last, Batch | Reject | Facts)
    except DeliveryError as error:
        assert path.name in str(error)
        return False
    return isinstance(last, Facts)


@pytest.fixture
def whole(xplan) -> bytes:
    heights = (
        "<xplan:hoehenangabe><xplan:XP_Hoehenangabe><xplan:h>9</xplan:h></xplan:XP_Hoehenangabe></xplan:hoehenangabe>"
    )
    return xplan.text(
        xplan.plan(inner="<xplan:technHerstellDatum>2020-02-02</xplan:technHerstellDatum>"),
        xplan.section(),
        xplan.area(inner=f"{heights}<xplan:Z>3</xplan:Z><xplan:flaechenschluss>true</xplan:flaechenschluss>"),
        xplan.area("BP_GruenFlaeche", "A2", "<xplan:zweckbestimmung>1000</xplan:zweckbestimmung>"),
    ).encode()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(share=st.floats(0, 0.999))
def test_truncated(whole, tmp_path, share):
    path = tmp_path / "cut.gml"
    path.write_bytes(whole[: int(len(whole) * share)])
    assert not outcome(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(flips=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=4))
def test_changed_bytes(whole, tmp_path, flips):
    damaged = bytearray(whole)
    for share, byte in flips:
        damaged[int(len(damaged) * share)] = byte
    path = tmp_path / "flipped.gml"
    path.write_bytes(damaged)
    outcome(path)


@pytest.mark.parametrize(
    "numbers", ["1e308 1e308 1e308 0 0 1e308 1e308 1e308", "nan nan", "inf 0 0 0 1 1 inf 0", "1 " * 999, ""]
)
def test_coordinates_that_are_none(xplan, numbers):
    ring = f"<gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList></gml:LinearRing></gml:exterior>"
    found = xplan.read(xplan.plan(), xplan.area(geometry=f'<gml:Polygon srsName="EPSG:25833">{ring}</gml:Polygon>'))
    assert len(found.rejects) == 1
    assert "plan_area" not in found.rows


def test_deep_nesting_is_refused_or_passed_over(xplan, tmp_path):
    path = tmp_path / "deep.gml"
    path.write_text(xplan.text(xplan.plan(), xplan.area(inner="<xplan:a>" * 100_000 + "</xplan:a>" * 100_000)))
    assert not outcome(path)


def test_attributes_are_bounded(xplan):
    inner = "".join(f"<xplan:a{number}>{'x' * 900}</xplan:a{number}>" for number in range(200))
    row = xplan.read(xplan.plan(), xplan.area(inner=inner)).one()
    assert value.LONGEST / 2 < len(row["attributes"]) < 2 * value.LONGEST


def test_links_that_lead_nowhere_are_kept_and_break_nothing(xplan):
    found = xplan.read(xplan.section("B", "B"), xplan.area(section="B"), xplan.area(key="A2", section="nowhere"))
    assert [row["plan_id"] for row in found.rows["plan_area"]] == ["B", "B"]
