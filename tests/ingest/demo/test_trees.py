from __future__ import annotations

import numpy as np
import pytest
import shapely

from ingest.demo import trees
from ingest.demo.carriageway import Carriageways
from ingest.demo.district import District
from ingest.demo.places import MUNICIPALITIES
from ingest.demo.road_network import RoadNetwork
from ingest.demo.species import SPECIES
from ingest.demo.trees import Trees


@pytest.fixture(scope="module")
def planted(district: District, graph: RoadNetwork) -> Trees:
    return trees.plant(district, graph)


def test_eight_thousand_trees_stand_in_the_registers_of_those_who_joined(planted: Trees, district: District) -> None:
    assert planted.registered.sum() == 8_000
    joined = {own.ags for own in MUNICIPALITIES if own.audience}
    own = {district.parcels[number].place.ags for number in planted.parcel[planted.registered]}
    assert own == joined
    assert len({planted.species[number] for number in np.flatnonzero(planted.registered)}) > 20


def test_no_tree_stands_in_a_house_or_on_a_carriageway(planted: Trees, district: District, graph: RoadNetwork) -> None:
    points = shapely.points(planted.position)
    tree, _ = district.footprints.query(points, predicate="dwithin", distance=trees.CLEAR - 0.02)
    assert not len(tree)
    assert not Carriageways(graph).covers(planted.position).any()
    kinds = {district.parcels[number].piece.kind for number in planted.parcel}
    assert not kinds & {"river", "brook", "pond", "rail", "site"}


def test_trees_are_as_large_as_their_age_lets_them(planted: Trees) -> None:
    full = np.array([SPECIES[kind].height for kind in planted.species])
    assert (planted.height <= np.maximum(2.5, 1.1 * full) + 0.06).all()
    age = 2025 - planted.planted
    assert planted.height[age > 60].mean() > 2.5 * planted.height[age < 10].mean()
