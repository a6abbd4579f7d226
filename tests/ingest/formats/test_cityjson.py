"""Real CityJSON: what each file gives."""

import collections
import json

import numpy as np
import pyarrow as pa
import pytest
import shapely
from lxml import etree

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats import citygml
from ingest.formats.cityjson import FORMAT
from ingest.recognition import recognise
from ingest.source_file import SourceFile
from twin.errors import MissingCRS


def load(path, crs=""):
    tables, rejects, facts = collections.defaultdict(list), [], None
    for item in FORMAT.read(SourceFile(path), Options(crs=crs)):
        if isinstance(item, Batch):
            tables[item.layer].append(item.table)
        elif isinstance(item, Reject):
            rejects.append(item)
        else:
            assert isinstance(item, Facts)
            facts = item
    return {layer: pa.concat_tables(parts) for layer, parts in tables.items()}, rejects, facts


@pytest.mark.parametrize(
    ("name", "crs", "version", "buildings", "parts", "surfaces", "closed", "rejected"),
    [
        ("delft_3dbag.city.json", "", "CityJSON 2.0", 160, 0, 5563, 0, 0),
        ("vienna_lod2.city.jsonl", "EPSG:31256", "CityJSONSeq 1.1", 149, 443, 9407, 149, 5),
        ("DH_01_subs.city.json", "EPSG:7415", "CityJSON 1.1", 4, 8, 70, 4, 0),
        ("citygml4j_lod2_buildings.city.jsonl", "EPSG:3068", "CityJSONSeq 2.0", 100, 0, 700, 100, 0),
    ],
)
def test_every_file_is_read_whole(shared_data, name, crs, version, buildings, parts, surfaces, closed, rejected):
    path = shared_data / "cityjson" / name
    assert recognise(SourceFile(path)) is FORMAT
    tables, rejects, facts = load(path, crs)
    found = {layer: table.num_rows for layer, table in tables.items()}
    assert found.pop("building_part", 0) == parts
    assert found == {"building": buildings, "building_surface": surfaces, "building_mesh": buildings}
    assert facts.version == version
    assert sum(tables["building"]["closed"].to_pylist()) == closed
    # Vienna's five are slivers without extent.
    assert len(rejects) == rejected
    assert {reject.layer for reject in rejects} <= {"building_surface"}
    assert None not in tables["building"]["volume"].to_pylist()


@pytest.mark.parametrize(
    "name", ["vienna_lod2.city.jsonl", "DH_01_subs.city.json", "citygml4j_lod2_buildings.city.jsonl"]
)
def test_files_without_crs_are_refused(shared_data, name):
    with pytest.raises(MissingCRS, match=name):
        load(shared_data / "cityjson" / name)


def test_delft_s_other_objects_are_counted_and_named(shared_data):
    tables, _, facts = load(shared_data / "cityjson" / "delft_3dbag.city.json")
    assert facts.dropped == {
        **{"Bridge": 3, "GenericCityObject": 54, "LandUse": 81, "PlantCover": 126, "Road": 143, "WaterBody": 3},
    }
    assert "Road 143" in facts.notes[-1]
    # Delft's blocks have no floor.
    assert all("ground" in kinds for kinds in tables["building"]["missing_surfaces"].to_pylist())
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(tables["building"]["geom"].to_numpy()))
    assert 180_000 < west < east < 185_000 and 5_765_000 < south < north < 5_785_000


def test_areas_are_those_of_the_polygons_themselves(shared_data):
    path = shared_data / "cityjson" / "citygml4j_lod2_buildings.city.jsonl"
    tables, _, _ = load(path, "EPSG:25832")
    own = 0.0
    header, *features = (json.loads(line) for line in path.read_text().splitlines())
    for feature in features:
        vertices = np.array(feature["vertices"]) * header["transform"]["scale"]
        for thing in feature["CityObjects"].values():
            for surface in thing["geometry"][0]["boundaries"][0]:
                for number, ring in enumerate(surface):
                    points = vertices[ring] - vertices[ring[0]]
                    area = np.linalg.norm(np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0)) / 2
                    own += -area if number else area
    assert np.sum(tables["building_surface"]["area"].to_numpy()) == pytest.approx(own, rel=1e-9)


def test_a_tile_written_as_cityjson_gives_the_rows_of_its_citygml(shared_data, tmp_path):
    """The buildings of a CityGML tile, rewritten here, must come out as the CityGML reader has them."""
    tile = shared_data / "citygml" / "nrw-wesel" / "LoD2_32_337_5728_1_NW.gml"
    bldg, gml = "{http://www.opengis.net/citygml/building/1.0}", "{http://www.opengis.net/gml}"
    vertices, objects = [], {}

    def written(element):
        boundaries, kinds = [], []
        for surface in element.iterfind(f"{bldg}boundedBy/*"):
            for polygon in surface.iter(f"{gml}Polygon"):
                rings = []
                for ring in polygon.iter(f"{gml}posList"):
                    points = np.array(ring.text.split(), float).reshape(-1, 3)[:-1]
                    rings.append(list(range(len(vertices), len(vertices) + len(points))))
                    vertices.extend(np.round(points * 1000).astype(int).tolist())
                boundaries.append(rings)
                kinds.append({"type": surface.tag.rpartition("}")[2]})
        semantics = {"surfaces": kinds, "values": list(range(len(kinds)))}
        return [{"type": "MultiSurface", "lod": "2", "boundaries": boundaries, "semantics": semantics}] if kinds else []

    def said(element):
        names = ("function", "roofType", "measuredHeight", "storeysAboveGround")
        return {name: text for name in names if (text := element.findtext(f"{bldg}{name}"))}

    for building in etree.parse(tile).iter(f"{bldg}Building"):
        identity = building.get(f"{gml}id")
        parts = list(building.iter(f"{bldg}BuildingPart"))
        for part in parts:
            objects[part.get(f"{gml}id")] = {
                **{"type": "BuildingPart", "parents": [identity]},
                **{"attributes": said(part), "geometry": written(part)},
            }
        objects[identity] = {"type": "Building", "attributes": said(building), "geometry": written(building)}
    path = tmp_path / "tile.city.json"
    metadata = {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/25832"}
    transform = {"scale": [0.001] * 3, "translate": [0, 0, 0]}
    head = {"type": "CityJSON", "version": "1.1", "metadata": metadata, "transform": transform}
    path.write_text(json.dumps({**head, "CityObjects": objects, "vertices": vertices}))
    ours, rejects, _ = load(path)
    theirs: dict = collections.defaultdict(list)
    for item in citygml.read(SourceFile(tile), Options()):
        if isinstance(item, Batch):
            theirs[item.layer].append(item.table)
    assert not rejects
    for layer, key in (("building", "building_id"), ("building_part", "part_id")):
        left, right = ours[layer].sort_by(key), pa.concat_tables(theirs[layer]).sort_by(key)
        for name in (key, "function", "roof_code", "storeys_above_ground", "closed", "lod"):
            assert left[name].to_pylist() == right[name].to_pylist(), name
        for name in ("measured_height", "volume", "footprint_area", "ground_height", "roof_height"):
            # GML repeats the first corner, so fans over faces that are not quite flat start at another one.
            close = 2e-3 if name == "volume" else 1e-6
            assert left[name].to_numpy() == pytest.approx(right[name].to_numpy(), rel=close, abs=0.01), name
    areas = [
        table.group_by(["building_id", "kind"])
        .aggregate([("area", "sum")])
        .sort_by([("building_id", "ascending"), ("kind", "ascending")])
        for table in (ours["building_surface"], pa.concat_tables(theirs["building_surface"]))
    ]
    assert areas[0]["kind"].to_pylist() == areas[1]["kind"].to_pylist()
    assert areas[0]["area_sum"].to_numpy() == pytest.approx(areas[1]["area_sum"].to_numpy(), rel=1e-6, abs=0.01)
