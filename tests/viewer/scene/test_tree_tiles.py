from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from twin.style import Tree
from viewer.scene.tree_tiles import Trees, looks


def trees(*rows):
    names = ("species", "species_german", "height", "crown_diameter")
    columns = list(zip(*rows, strict=True))
    types = (pa.string(), pa.string(), pa.float64(), pa.float64())
    table = pa.table({n: pa.array(c, t) for n, c, t in zip(names, columns, types, strict=True)})
    return Trees.of(table, Tree(species=("species", "species_german")))


@pytest.mark.parametrize(
    ("name", "shape", "tint"),
    [
        ("Quercus robur", 0, 0),
        ("Quercus robur 'Fastigiata'", 2, 0),
        ("Picea abies", 1, 0),
        ("Betula pendula", 0, 1),
        ("Fagus sylvatica 'Atropunicea'", 0, 2),
        ("Thuja occidentalis", 2, 0),
        ("Waldkiefer", 1, 0),
        ("", 0, 0),
    ],
)
def test_a_species_has_its_shape(name, shape, tint):
    shapes, tints, _ = looks([pa.chunked_array([[name]])])
    assert (shapes[0], tints[0]) == (shape, tint)


def test_what_is_known_is_drawn_and_what_is_not_is_marked():
    found = trees(
        ("Tilia cordata", None, 18.0, 9.0),
        ("Tilia cordata", None, None, 6.0),
        (None, "Fichte", 20.0, None),
        (None, None, None, None),
        ("Tilia", None, 0.0, 0.0),
    )
    assert found.estimated.tolist() == [False, True, False, True, True]
    np.testing.assert_allclose(found.heights, [18.0, 10.0, 20.0, 9.0, 9.0])
    np.testing.assert_allclose(found.crowns, [9.0, 6.0, 7.2, 5.4, 5.4])
    assert found.shapes.tolist() == [0, 0, 1, 0, 0]
    attributes = found.attributes()
    assert attributes["_SIZE"].tolist()[0] == [180, 90]
    assert attributes["_LOOK"][:, 2].tolist() == [0, 1, 0, 1, 1]


def test_no_tree_is_taller_than_trees_are():
    assert trees(("Tilia", None, 500.0, 200.0)).heights.tolist() == [70.0]
