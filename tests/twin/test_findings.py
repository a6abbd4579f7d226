"""Findings in the registry, and the states of the tables that they belong to."""

from __future__ import annotations

from delivering import SOEST, TILE, buildings, keys

import twin
from twin.findings import FindingRecord


def _deliver(t: twin.Twin, key: str, *findings: FindingRecord) -> str:
    with t.stage(twin.DeliveryHeader(file="tile.gml", format="citygml", layers=("building",))) as staging:
        staging.file(0, "tile.gml", extent=TILE)
        staging.add(SOEST, "building", buildings([key]))
        staging.find(findings)
        return staging.commit().delivery_id


def test_a_state_before_the_first_finding_can_be_read(t: twin.Twin) -> None:
    """Findings that came later, or that a later delivery took with it, do not stand in the way of the history."""
    before = _deliver(t, "a")
    since = _deliver(t, "b", _finding())
    assert keys(t, at=before) == ["a"]
    assert len(t.read("finding", at=before)) == 0
    assert keys(t, at=since) == ["b"]
    assert len(t.read("finding")) == 1


def _finding() -> FindingRecord:
    says = ("Die Hülle ist offen.", "The shell is open.", "Prüfen.", "Check it.")
    return FindingRecord(0, SOEST, "building", "solid.open", "warning", "b", None, None, None, *says)
