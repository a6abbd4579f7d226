from __future__ import annotations

import numpy as np
import pyarrow as pa

from layers.building import FUNCTIONS, HEIGHTS, ROOFS
from viewer.scene.colours import UNKNOWN, by_slot, class_of, colours, distinct, legend, rgb


def test_the_longest_prefix_wins():
    titles = [entry.title.en for entry in FUNCTIONS.classes]
    assert titles[class_of(FUNCTIONS, "31001_2463")] == "Garage"
    assert titles[class_of(FUNCTIONS, "31001_2400")] == "Transport and utilities"
    assert titles[class_of(FUNCTIONS, "31001_1010")] == "Residential"
    assert titles[class_of(FUNCTIONS, "")] == titles[-1]
    assert class_of(ROOFS, "31000") == len(ROOFS.classes) - 1


def test_classes_and_ramps_colour_whole_columns():
    found = colours(ROOFS, pa.chunked_array([["3100", None], ["1000", "9999"]]))
    assert [tuple(row) for row in found] == [rgb("#C1502E"), rgb("#D9D5CC"), rgb("#8D99AE"), rgb("#D9D5CC")]
    low, middle, high, none = colours(HEIGHTS, pa.array([-3.0, 9.0, 100.0, None]))
    assert tuple(low) == rgb("#F4E9CD")
    assert tuple(high) == rgb("#5B1A4A")
    assert tuple(none) == UNKNOWN
    below, above = np.array(rgb("#E9C46A")), np.array(rgb("#E07A3F"))
    np.testing.assert_allclose(middle, (below + above) / 2, atol=1)
    assert colours(ROOFS, pa.array([], pa.string())).shape == (0, 3)


def test_colours_go_to_their_slots_and_the_rest_is_hidden():
    shades = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8)
    table = np.frombuffer(by_slot([2, 0, -1], shades, np.array([255, 128, 255], np.uint8), 4), np.uint8).reshape(4, 4)
    assert table.tolist() == [[4, 5, 6, 128], [0, 0, 0, 0], [1, 2, 3, 255], [0, 0, 0, 0]]


def test_municipalities_get_different_colours():
    assert len(set(distinct(396))) == 396


def test_a_legend_speaks_both_languages():
    classes = legend(ROOFS)
    assert classes["classes"][0] == {"title": {"de": "Flachdach", "en": "Flat"}, "colour": "#8D99AE"}
    assert legend(HEIGHTS, "m")["stops"][0] == {"value": 0.0, "colour": "#F4E9CD"}
