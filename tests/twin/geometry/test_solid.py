"""Volume, closedness, orientation and missing faces, against known answers and against trimesh."""

import math

import numpy as np
import pytest
import shapely
import trimesh
from hypothesis import assume, given
from hypothesis import strategies as st
from polygons import prism, solid, star_outlines

from twin.geometry.solid import CLOSURE, GROUND, OUTER_CEILING, ROOF, UNKNOWN, WALL, Solids, shells
from twin.geometry.surface import Surfaces
from twin.geometry.triangulation import triangulate

SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


@given(star_outlines(), st.floats(-100, 900), st.floats(1, 200), st.floats(-1e5, 6e6))
def test_a_prism_holds_its_base_times_its_height(outline, low, height, far):
    outline = [(x + far, y - far) for x, y in outline]
    found = shells(solid(prism(outline, low, low + height)))
    assert found.closed.all() and not found.turned.any() and found.missing == [()]
    assert found.volume[0] == pytest.approx(shapely.Polygon(outline).area * height, rel=1e-5)


@given(star_outlines(), st.data())
def test_any_mixture_of_orientations_is_put_right(outline, data):
    right = solid(prism(outline, 0, 10))
    flags = data.draw(st.lists(st.booleans(), min_size=len(right.kinds), max_size=len(right.kinds)))
    mixed = Solids(right.surfaces.turned(np.array(flags)), right.kinds, right.bodies)
    found = shells(mixed)
    assert found.closed.all()
    assert found.turned.tolist() == [any(flags)]
    assert found.volume == pytest.approx(shells(right).volume)
    assert found.solids.surfaces.vectors == pytest.approx(right.surfaces.vectors)


@given(star_outlines(), st.floats(1, 30))
def test_trimesh_finds_the_same_volume(outline, height):
    # A corner in the middle of a straight edge is no corner of any triangle of the cap: nothing is missing, and yet
    # trimesh, which goes by edges, calls the mesh open.
    before, after = np.roll(outline, 1, axis=0) - outline, np.roll(outline, -1, axis=0) - outline
    assume((np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) > 1e-9).all())
    found = shells(solid(prism(outline, 5, 5 + height)))
    faces, _ = triangulate(found.solids.surfaces)
    mesh = trimesh.Trimesh(found.solids.surfaces.points, faces, process=False)
    mesh.merge_vertices()
    assert mesh.is_volume
    assert found.volume[0] == pytest.approx(mesh.volume, rel=1e-9)


@pytest.mark.parametrize(("face", "kind"), [(0, "ground"), (5, "roof"), (2, "wall")])
def test_one_missing_face_is_named_and_the_volume_known_all_the_same(face, kind):
    faces = prism(SQUARE, 0, 6)
    kinds = [GROUND, WALL, WALL, WALL, WALL, ROOF]
    del faces[face], kinds[face]
    found = shells(solid(faces, kinds))
    assert not found.closed[0]
    assert found.missing == [(kind,)]
    assert found.volume[0] == pytest.approx(600)


def test_an_open_shell_inside_out_is_turned_too():
    faces = [[ring[::-1] for ring in face] for face in prism(SQUARE, 0, 6)[1:]]
    found = shells(solid(faces, [WALL] * 4 + [ROOF]))
    assert found.turned[0] and found.missing == [("ground",)]
    assert found.volume[0] == pytest.approx(600)
    assert found.solids.surfaces.normals[-1] == pytest.approx([0, 0, 1])


def test_a_gap_that_is_not_flat_leaves_no_volume():
    faces = prism(SQUARE, 0, 6)
    found = shells(solid([faces[0], faces[1], faces[2], faces[3]], [GROUND, WALL, WALL, WALL]))
    assert not found.closed[0] and math.isnan(found.volume[0])
    assert "roof" in found.missing[0]


def test_a_corner_on_a_neighbour_s_edge_opens_nothing():
    faces = prism(SQUARE, 0, 6)
    # The wall along x = 10 in two pieces; ground and roof know nothing of the corner between them.
    faces[2] = [[(10, 0, 0), (10, 5, 0), (10, 5, 6), (10, 0, 6)]]
    faces.insert(3, [[(10, 5, 0), (10, 10, 0), (10, 10, 6), (10, 5, 6)]])
    found = shells(solid(faces))
    assert found.closed[0] and found.missing == [()]
    assert found.volume[0] == pytest.approx(600)


def test_a_courtyard_is_not_counted():
    outer, inner = prism(SQUARE, 0, 6), prism([(3, 3), (7, 3), (7, 7), (3, 7)], 0, 6)
    walls = [[ring[::-1] for ring in face] for face in inner[1:-1]]
    faces = [[outer[0][0], inner[0][0]], *outer[1:-1], *walls, [outer[-1][0], inner[-1][0]]]
    found = shells(solid(faces))
    assert found.closed[0]
    assert found.volume[0] == pytest.approx((100 - 16) * 6)


def test_bodies_do_not_mix():
    one, two = solid(prism(SQUARE, 0, 6)), solid(prism(SQUARE, 0, 6)[1:], [WALL] * 4 + [ROOF])
    both = Solids(
        Surfaces(
            np.vstack([one.surfaces.points, two.surfaces.points]),
            np.append(one.surfaces.rings, two.surfaces.rings[1:] + one.surfaces.rings[-1]),
            np.append(one.surfaces.polygons, two.surfaces.polygons[1:] + one.surfaces.polygons[-1]),
        ),
        np.append(one.kinds, two.kinds),
        np.array([0, 6, 11]),
    )
    found = shells(both)
    assert found.closed.tolist() == [True, False]
    assert found.missing == [(), ("ground",)]
    assert found.volume == pytest.approx([600, 600])


def test_unknown_kinds_are_told_by_normal_and_height():
    low, high = prism(SQUARE, 0, 6), prism([(10, 0), (20, 0), (20, 10), (10, 10)], 4, 6)
    found = shells(solid(low + high, [UNKNOWN] * 12))
    assert found.solids.kinds.tolist() == [
        GROUND,
        WALL,
        WALL,
        WALL,
        WALL,
        ROOF,
        OUTER_CEILING,
        WALL,
        WALL,
        WALL,
        WALL,
        ROOF,
    ]


def test_no_bodies_are_no_trouble():
    none = np.zeros(1, np.int64)
    found = shells(Solids(Surfaces(np.zeros((0, 3)), none, none), np.zeros(0, np.uint8), none))
    assert len(found.volume) == 0


def test_closures_are_faces_like_others():
    found = shells(solid(prism(SQUARE, 0, 6), [GROUND, CLOSURE, WALL, WALL, WALL, ROOF]))
    assert found.closed[0] and found.volume[0] == pytest.approx(600)
