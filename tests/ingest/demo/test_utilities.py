from __future__ import annotations

from pathlib import Path

import pyogrio
import pytest
import shapely

from ingest.demo import flood_zones, land_values, utilities
from ingest.demo.district import District
from ingest.demo.places import ORIGIN, PLACES
from ingest.demo.road_network import RoadNetwork
from ingest.demo.sewer import COVER, DEEPEST, Plant, Sewer, sewers
from ingest.mapping import Mapping, preview
from twin.discovery import find


@pytest.fixture(scope="module")
def drained(district: District, graph: RoadNetwork) -> tuple[list[Sewer], list[Plant]]:
    return sewers(district, graph)


def test_every_gravity_sewer_falls_and_lies_under_the_street(drained: tuple[list[Sewer], list[Plant]]) -> None:
    pipes, plants = drained
    assert len(pipes) > 400
    assert {plant.place for plant in plants} == {place.name for place in PLACES}
    gravity = [pipe for pipe in pipes if not pipe.pressure]
    assert len(gravity) > 0.9 * len(pipes)
    for pipe in gravity:
        assert pipe.bottom_start > pipe.bottom_end
        assert COVER - 0.02 <= pipe.cover_start - pipe.bottom_start <= DEEPEST + 0.02


def test_all_sewers_of_a_place_lead_to_its_plant(drained: tuple[list[Sewer], list[Plant]]) -> None:
    pipes, plants = drained
    junction = {plant.place: plant.junction for plant in plants}
    below = {(pipe.place, pipe.start): pipe.end for pipe in pipes}
    for pipe in pipes:
        at, steps = pipe.start, 0
        while at != junction[pipe.place]:
            at, steps = below[pipe.place, at], steps + 1
            assert steps < 500


def test_lines_lie_in_the_streets_and_the_mappings_read_them(
    district: District, graph: RoadNetwork, tmp_path: Path
) -> None:
    path = tmp_path / "leitungen.gpkg"
    utilities.write(path, district, graph)
    first = path.read_bytes()
    utilities.write(path, district, graph)
    assert path.read_bytes() == first
    lines = pyogrio.read_dataframe(path, layer=utilities.LINES)
    assert set(lines["Medium"]) >= {
        "Schmutzwasser",
        "Mischwasser",
        "Trinkwasser",
        "Strom",
        "Gas",
        "Leerrohr",
        "Glasfaser",
    }
    assert (lines["Tiefe_m"] > 0.3).all()
    streets = shapely.STRtree([edge.line for edge in graph.edges])
    points = shapely.points(
        shapely.get_coordinates(shapely.line_interpolate_point(lines.geometry, 0.5, normalized=True)) - ORIGIN
    )
    near, _ = streets.query(points, predicate="dwithin", distance=9.0)
    assert len(set(near.tolist())) == len(points)
    for made, layer in zip(utilities.mappings(), ("utility_line", "utility_node"), strict=True):
        found = preview(path, Mapping.from_dict(made), 400)
        assert made["layer"] == layer
        assert not found.problems
        assert {"medium", "kind", "depth"} <= {column.name for column in find("LAYER", layer).columns}
        assert found.frame["kind"].notna().all()


def test_land_values_and_flood_zones_are_read_by_their_mappings(district: District, tmp_path: Path) -> None:
    for module in (land_values, flood_zones):
        path = tmp_path / f"{module.TABLE}.gpkg"
        module.write(path, district)
        found = preview(path, Mapping.from_dict(module.mappings()[0]), 200)
        assert not found.problems
        assert len(found.frame) >= 7
        assert found.frame.geometry.is_valid.all()
