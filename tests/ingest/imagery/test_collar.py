"""Black collars go, shadows stay."""

from __future__ import annotations

import numpy as np

from ingest.imagery.collar import REACH, without_collar

ALL = np.ones((300, 400), bool)


def picture():
    return np.random.default_rng(1).integers(20, 220, (300, 400, 3)).astype(np.uint8)


def test_a_turned_picture_loses_its_wedges_and_no_more():
    colours = picture()
    y, x = np.mgrid[0:300, 0:400]
    wedge = x < 60 - y * 0.25
    colours[wedge] = 0
    found = without_collar(colours, ALL)
    assert not found[wedge & (y < 230)].any()  # but for the last few pixels of its point
    assert found[~wedge].all()


def test_what_jpeg_made_of_the_edge_goes_too():
    colours = picture()
    colours[:, :60] = 0
    colours[:, 60:63] = 8
    assert not without_collar(colours, ALL)[:, :63].any()


def test_shadows_and_single_pixels_stay():
    colours = picture()
    colours[100 : 100 + REACH - 3, 200 : 200 + REACH - 3] = 0
    colours[::17, ::13] = 0
    assert without_collar(colours, ALL).all()
