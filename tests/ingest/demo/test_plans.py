from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from ingest.demo import plans
from ingest.demo.district import District
from ingest.demo.places import HOUSING_FIELD, ORIGIN
from ingest.demo.scenario import houses
from ingest.format import Batch, Facts, Options
from ingest.source_file import SourceFile
from twin.discovery import find


@pytest.fixture(scope="module")
def read(district: District, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[list[dict[str, Any]], Any]]:
    """Areas and the plan's row by file name; anything but batches and facts fails."""
    folder: Path = tmp_path_factory.mktemp("plans")
    found = {}
    for name, content in plans.documents(district):
        (folder / name).write_bytes(content)
        areas: list[dict[str, Any]] = []
        own = None
        for item in find("FORMAT", "xplan").read(SourceFile(folder / name, ""), Options()):
            assert isinstance(item, Batch | Facts), item
            if isinstance(item, Facts):
                # Gaps and overlaps of the Flächenschluss would be noted.
                assert item.notes == ()
            elif item.layer == "plan":
                own = item.table.to_pylist()[0]
            else:
                areas += item.table.to_pylist()
        found[name[:5]] = areas, own
    return found


def test_one_is_in_force_and_one_a_draft(read: dict[str, tuple[list[dict[str, Any]], Any]]) -> None:
    assert {name: own["legal_status_code"] for name, (_, own) in read.items()} == {
        "BP_31": "4000", "BP_47": "2400", "FP_2_": "4000",
    }  # fmt: skip
    assert read["BP_31"][1]["in_force"]
    assert not read["BP_47"][1]["in_force"]


def test_the_areas_of_each_plan_close(read: dict[str, tuple[list[dict[str, Any]], Any]]) -> None:
    for areas, own in read.values():
        closed = [shapely.from_wkb(area["geom"]) for area in areas if area["closed_coverage"]]
        whole = shapely.from_wkb(own["geom"])
        assert len(closed) > 5
        assert shapely.union_all(closed).symmetric_difference(whole).area < 0.5
        assert abs(sum(shape.area for shape in closed) - whole.area) < 0.5


def test_the_draft_has_windows_for_the_houses_of_the_scenario(
    read: dict[str, tuple[list[dict[str, Any]], Any]], district: District
) -> None:
    areas, _ = read["BP_47"]
    kinds = {area["element_class"] for area in areas}
    assert {"BP_Immissionsschutz", "BP_AnpflanzungBindungErhaltung", "BP_UeberbaubareGrundstuecksFlaeche"} <= kinds
    windows = shapely.union_all(
        [
            shapely.from_wkb(area["geom"])
            for area in areas
            if area["element_class"] == "BP_UeberbaubareGrundstuecksFlaeche"
        ]
    )
    field = next(piece.shape for piece in district.land.pieces if piece.name == HOUSING_FIELD)
    wanted = [shapely.from_wkt(house.footprint) for house in houses(shapely.affinity.translate(field, *ORIGIN))]
    inside = sum(windows.buffer(1.5).contains(house) for house in wanted)
    assert inside >= 0.6 * len(wanted)
