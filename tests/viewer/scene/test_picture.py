from __future__ import annotations

import numpy as np
import pytest

from twin import Principal
from twin.errors import UnknownName
from viewer.scene.colours import rgb
from viewer.scene.picture import COLOURS


def test_the_district_is_drawn_where_it_is(open_district):
    plotter = open_district(Principal.public()).plot(off_screen=True)
    meshes = {name: actor.mapper.dataset for name, actor in plotter.actors.items() if name in ("building", "terrain")}
    east, north, height = origin = meshes["building"].field_data["origin"]
    low_x, high_x, low_y, _, low_z, _ = meshes["building"].bounds
    np.testing.assert_allclose([low_x + east, low_y + north, low_z + height], [400_010, 5_700_020, 50.2], atol=0.01)
    assert abs(high_x + east - 400_860) < 0.01
    shades = {tuple(shade) for shade in meshes["building"].cell_data["colour"].tolist()}
    assert {rgb(COLOURS[0]), rgb(COLOURS[1]), rgb(COLOURS[2])} <= shades
    ground = meshes["terrain"].points + origin
    np.testing.assert_allclose(ground[:, 2], 50 + (ground[:, 0] - 400_000) * 0.02, atol=0.01)
    picture = plotter.screenshot(return_img=True, window_size=(160, 100))
    assert picture.std() > 5
    plotter.close()


def test_a_part_and_a_layer_can_be_asked_for(open_district):
    plotter = open_district(Principal.public()).plot(
        layers=["building"], box=(400_000, 5_700_000, 400_100, 5_700_100), off_screen=True
    )
    assert "terrain" not in plotter.actors
    assert len(set(plotter.actors["building"].mapper.dataset.cell_data["building"])) == 1
    plotter.close()


def test_a_layer_that_cannot_be_drawn_is_named(open_district):
    with pytest.raises(UnknownName, match="address"):
        open_district(Principal.public()).plot(layers=["address"], off_screen=True)
