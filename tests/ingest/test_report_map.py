from __future__ import annotations

import numpy as np
import shapely
from lxml import etree

from ingest.finding import Finding
from ingest.report_map import map_of
from twin.language import Text


def at(east: float | None, north: float | None, severity: str = "warning") -> Finding:
    return Finding("a.b", severity, "tree", "<&>", Text("eins", "one"), east, north)  # type: ignore[arg-type]


def marks(svg: str) -> list[np.ndarray]:
    root = etree.fromstring(svg)
    groups = [one.get("transform") for one in root.iter("{*}g") if "scale" in (one.get("transform") or "")]
    return [np.array(one.split("(")[1].split(")")[0].split(), float) for one in groups]


def test_nothing_placed_makes_no_map() -> None:
    assert map_of([at(None, None)]) == ""


def test_north_is_up_and_all_marks_are_inside() -> None:
    low, high = marks(map_of([at(440_000, 5_713_000), at(440_100, 5_713_100)]))
    assert (low[0] < high[0] and low[1] > high[1]) or (low[0] > high[0] and low[1] < high[1])
    for place in (low, high):
        assert 0 < place[0] < 640 and 0 < place[1] < 420


def test_what_lies_far_off_does_not_shrink_the_map() -> None:
    town = shapely.box(440_000, 5_713_000, 441_000, 5_714_000)
    svg = map_of([at(440_100, 5_713_100), at(440_900, 5_713_900), at(5_713_000, 440_000)], [town])
    assert len(marks(svg)) == 2
    assert "m</text>" in svg and "km" not in svg


def test_severities_differ_in_shape_as_well_as_colour() -> None:
    svg = map_of(
        [at(440_000 + 50 * n, 5_713_000, severity) for n, severity in enumerate(("error", "warning", "notice"))]
    )
    assert svg.count("<circle") == 1 and "M0-5" in svg and "M-4-4" in svg
