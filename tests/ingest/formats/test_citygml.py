"""Real deliveries: counts, sums, and one building in two versions."""

import collections
import zipfile

import numpy as np
import pyarrow as pa
import pytest
import trimesh
from lxml import etree

from ingest.finding import Finding
from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.citygml import FORMAT
from ingest.source_file import SourceFile


def load(source):
    tables, rejects, facts = collections.defaultdict(list), [], None
    for item in FORMAT.read(source, Options()):
        if isinstance(item, Batch):
            tables[item.layer].append(item.table)
        elif isinstance(item, Reject):
            rejects.append(item)
        elif isinstance(item, Finding):
            assert item.severity == "notice"  # one of its shells is written inside out
        else:
            assert isinstance(item, Facts)
            facts = item
    return {layer: pa.concat_tables(parts) for layer, parts in tables.items()}, rejects, facts


@pytest.fixture(scope="module")
def wesel(shared_data):
    (archive,) = (shared_data / "citygml" / "nrw-wesel").glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        return [load(SourceFile(archive, name)) for name in packed.namelist()]


def column(wesel, layer, name):
    return pa.chunked_array([tables[layer][name] for tables, _, _ in wesel if layer in tables]).combine_chunks()


def test_wesel_is_read_whole(wesel):
    assert len(wesel) == 35
    assert sum(not tables for tables, _, _ in wesel) == 3
    assert len(column(wesel, "building", "building_id")) == 2756
    assert len(column(wesel, "building_part", "part_id")) == 677
    assert not [reject for _, rejects, _ in wesel for reject in rejects]
    assert {facts.version for _, _, facts in wesel} == {"CityGML 1.0"}
    assert all(facts.extent[2] - facts.extent[0] == 1000 for _, _, facts in wesel)


def test_wesel_knows_its_municipalities(wesel):
    ags = column(wesel, "building", "ags").to_pylist()
    assert None not in ags and len(set(ags)) == 4


def test_wesel_s_shells_are_closed_but_for_a_few(wesel):
    closed = column(wesel, "building", "closed").to_numpy(zero_copy_only=False)
    assert closed.mean() > 0.99
    missing = column(wesel, "building", "missing_surfaces").to_pylist()
    assert all((kinds is None) == bool(shut) for kinds, shut in zip(missing, closed, strict=True))


def test_wesel_s_heights_agree_with_what_the_state_measured(wesel):
    measured = column(wesel, "building", "measured_height").to_numpy()
    computed = (
        column(wesel, "building", "roof_height").to_numpy() - column(wesel, "building", "ground_height").to_numpy()
    )
    assert np.median(np.abs(measured - computed)) < 0.01


def test_areas_are_those_of_the_polygons_themselves(shared_data):
    path = shared_data / "citygml" / "nrw-wesel" / "LoD2_32_337_5728_1_NW.gml"
    tables, _, _ = load(SourceFile(path))
    gml = "{http://www.opengis.net/gml}"
    own = 0.0
    for polygon in etree.parse(path).iter(f"{gml}Polygon"):
        for number, ring in enumerate(polygon.iter(f"{gml}posList")):
            points = np.array(ring.text.split(), float).reshape(-1, 3)
            points = points - points[0]
            area = np.linalg.norm(np.cross(points[:-1], points[1:]).sum(axis=0)) / 2
            own += -area if number else area
    assert np.sum(tables["building_surface"]["area"].to_numpy()) == pytest.approx(own, rel=1e-6)
    meshed = 0.0
    for mesh in tables["building_mesh"].to_pylist():
        vertices = np.array(mesh["vertices"]).reshape(-1, 3)
        meshed += trimesh.triangles.area(vertices[np.array(mesh["faces"]).reshape(-1, 3)]).sum()
    assert meshed == pytest.approx(own, rel=1e-3)


def test_volumes_are_those_of_trimesh(wesel):
    checked = 0
    for tables, _, _ in wesel[:12]:
        if not tables:
            continue
        for row, mesh in zip(tables["building"].to_pylist(), tables["building_mesh"].to_pylist(), strict=True):
            if row["part_count"] == 0 and row["closed"]:
                vertices = np.array(mesh["vertices"], float).reshape(-1, 3)
                faces = np.array(mesh["faces"]).reshape(-1, 3)
                corners = vertices[faces]
                volume = trimesh.triangles.mass_properties(corners, skip_inertia=True)["volume"]
                assert row["volume"] == pytest.approx(volume, rel=1e-2, abs=0.5)
                checked += 1
    assert checked > 300


def test_one_building_in_two_versions_gives_equal_rows(shared_data):
    folder = shared_data / "citygml" / "misc"
    two, _, _ = load(SourceFile(folder / "Berlin_Moabit_1Bldg_v2.gml"))
    three, _, facts = load(SourceFile(folder / "Berlin_Moabit_1Bldg_v3.gml"))
    assert facts.version == "CityGML 3.0" and facts.crs == "EPSG:25833"
    assert two.keys() == three.keys()
    for layer, table in two.items():
        assert table.equals(three[layer])
    (row,) = two["building"].to_pylist()
    assert row["address"] == "Hildebrandstr. 18, Berlin" and row["measured_height"] == pytest.approx(4.08551)


@pytest.mark.parametrize(
    ("path", "buildings", "surfaces"),
    [
        ("berlin/3920_5818.gml", 72, 1647),
        ("bayern/DEBY_LOD2_4959322.gml", 1, 7),
        ("misc/citygml4j_lod2_buildings_v3.gml", 100, 700),
        ("nrw-gelsenkirchen-dorsten/LoD2_32_360_5721_1_NW.gml", 30, 963),
    ],
)
def test_other_states_and_makers_are_read_whole(shared_data, path, buildings, surfaces):
    tables, _, _ = load(SourceFile(shared_data / "citygml" / path))
    assert (tables["building"].num_rows, tables["building_surface"].num_rows) == (buildings, surfaces)
    assert all(tables["building"]["closed"].to_pylist())
    assert None not in tables["building"]["volume"].to_pylist()
