from __future__ import annotations

import numpy as np
import pytest
import shapely

from ingest.demo.cutting import Frame, blocks, cut, plots, strips
from ingest.demo.landscape import blob


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def test_pieces_fill_the_region(rng: np.random.Generator) -> None:
    region = blob((0, 0), (400, 250), 0.4, rng)
    quarters, lines = blocks(region, 12_000, rng)
    assert len(quarters) > 8
    assert len(lines) >= len(quarters) // 2
    for pieces in (quarters, [plot for quarter in quarters for plot in plots(quarter, 20, 35, rng)]):
        assert sum(piece.area for piece in pieces) == pytest.approx(region.area)
        assert shapely.union_all(pieces).area == pytest.approx(region.area)


def test_plots_of_a_plain_block_front_on_its_long_sides(rng: np.random.Generator) -> None:
    found = plots(shapely.box(0, 0, 200, 70), 20, 35, rng)
    assert 14 <= len(found) <= 26
    assert all(plot.touches(shapely.LineString([(0, 0), (200, 0)])) or plot.bounds[3] == 70 for plot in found)
    assert all(abs(plot.bounds[3] - plot.bounds[1] - 35) < 8 for plot in found)


def test_strips_run_along_their_field(rng: np.random.Generator) -> None:
    found = strips(shapely.box(0, 0, 500, 200), 40, rng)
    assert len(found) > 2
    assert all(Frame(strip).length > 450 for strip in found)


def test_a_line_that_misses_cuts_nothing() -> None:
    assert len(cut(shapely.box(0, 0, 10, 10), [shapely.LineString([(20, 0), (20, 10)])])) == 1
