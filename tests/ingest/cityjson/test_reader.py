"""CityJSON as it is written, in every version, and what is broken in it."""

import copy
import json

import numpy as np
import pytest
import shapely

from ingest.cityjson import model, reader
from twin.errors import DeliveryError, InvalidDelivery, MissingCRS, UnsafeDelivery


def sequence(document, ids=None):
    """The same objects as CityJSONSeq, each with the vertices of all."""
    header = {**document, "CityObjects": {}, "vertices": []}
    features = [
        {"type": "CityJSONFeature", "id": name, "CityObjects": {name: one}, "vertices": document["vertices"]}
        for name, one in document["CityObjects"].items()
    ]
    return [header, *features]


def test_a_box_is_a_building(load, made):
    found = load(made.document())
    (building,) = found.rows("building")
    assert building["volume"] == pytest.approx(500) and building["closed"] and building["lod"] == 2
    assert building["footprint_area"] == pytest.approx(100) and building["ground_height"] == 100
    assert [row["kind"] for row in found.rows("building_surface")] == ["ground", "roof", "wall", "wall", "wall", "wall"]
    assert shapely.from_wkb(building["geom"]).bounds == (440_000, 5_713_000, 440_010, 5_713_010)
    assert found.facts.version == "CityJSON 2.0" and found.facts.crs == "EPSG:25832" and not found.rejects
    assert building["ags"] is None


def test_all_versions_and_both_forms_give_equal_rows(load, made):
    two = made.document(made.document()["CityObjects"] | {"b2": {"type": "Building", "geometry": [made.solid(8)]}})
    two["vertices"] = made.corners() + made.corners(east=440_050)
    compressed = copy.deepcopy(two)
    compressed["transform"] = {"scale": [0.001] * 3, "translate": [440_000, 5_713_000, 100]}
    compressed["vertices"] = [
        [round((x - 440_000) * 1000), round((y - 5_713_000) * 1000), (z - 100) * 1000] for x, y, z in two["vertices"]
    ]
    plain = copy.deepcopy(two) | {"version": "1.0"}
    del plain["transform"]
    for one in plain["CityObjects"].values():
        one["geometry"][0]["lod"] = 2
    expected = load(two).tables
    for other in (compressed, compressed | {"version": "1.1"}, plain, sequence(two), sequence(compressed)):
        found = load(other)
        assert found.tables.keys() == expected.keys()
        for layer, table in expected.items():
            if layer != "building_mesh":
                assert found.tables[layer].equals(table), layer
    assert load(sequence(two)).facts.version == "CityJSONSeq 2.0"


def test_a_pretty_printed_document_is_no_sequence(load, made):
    text = json.dumps(made.document(), indent=2).encode()
    assert len(load(b"\xef\xbb\xbf" + text).rows("building")) == 1
    late = {name: made.document()[name] for name in ("CityObjects", "vertices", "transform", "version", "type")}
    assert len(load(late).rows("building")) == 1


def test_the_finest_level_up_to_2_2_is_taken(load, made):
    geometries = [made.solid(lod="1.2"), made.solid(8, lod="2.2"), made.solid(lod="3")]
    found = load(
        made.document({"b1": {"type": "Building", "geometry": geometries}}, made.corners() + made.corners(height=9))
    )
    assert found.rows("building")[0]["measured_height"] == 9 and found.rows("building")[0]["lod"] == 2
    only = load(made.document({"b1": {"type": "Building", "geometry": [made.solid(lod="3")]}}))
    assert only.rows("building")[0]["lod"] == 3


def test_one_shell_with_and_without_semantics_counts_once(load, made):
    surfaces = {"type": "MultiSurface", "lod": "2", "boundaries": made.box()}
    surfaces["semantics"] = {"surfaces": [{"type": "RoofSurface"}], "values": [None, 0, None, None, None, None]}
    plain = made.solid(semantics=False)
    found = load(made.document({"b1": {"type": "Building", "geometry": [plain, surfaces]}}))
    assert [row["kind"] for row in found.rows("building_surface")] == ["ground", "roof", "wall", "wall", "wall", "wall"]
    assert found.rows("building")[0]["closed"]


def test_holes_are_taken_off_and_windows_are_of_their_wall(load, made):
    vertices = [*made.corners(), [440_002, 5_713_002, 105], [440_002, 5_713_004, 105], [440_004, 5_713_004, 105]]
    geometry = made.solid()
    geometry["boundaries"][0][1].append([8, 9, 10])
    geometry["boundaries"][0].append([[8, 10, 9]])
    geometry["semantics"]["surfaces"].append({"type": "Window", "parent": 1})
    geometry["semantics"]["values"][0].append(6)
    found = load(made.document({"b1": {"type": "Building", "geometry": [geometry]}}, vertices))
    surfaces = found.rows("building_surface")
    assert surfaces[1]["area"] == pytest.approx(98) and surfaces[6]["kind"] == "roof"
    assert surfaces[6]["area"] == pytest.approx(2)


def test_several_solids_are_one_body(load, made):
    geometry = {"type": "MultiSolid", "lod": "2", "boundaries": [[made.box()], [made.box(8)]]}
    vertices = made.corners() + made.corners(east=440_020)
    (building,) = load(made.document({"b1": {"type": "Building", "geometry": [geometry]}}, vertices)).rows("building")
    assert building["volume"] == pytest.approx(1000) and building["closed"] and building["part_count"] == 0


def test_parts_belong_to_their_building_and_supersede_its_footprint(load, made):
    footprint = {"type": "MultiSurface", "lod": "0", "boundaries": [made.box()[0]]}
    objects = {
        "p2": {
            "type": "BuildingPart",
            "parents": ["b1"],
            "geometry": [made.solid(8)],
            "attributes": {"roofType": "1000"},
        },
        "b1": {"type": "Building", "children": ["p1", "p2"], "geometry": [footprint]},
        "p1": {"type": "BuildingPart", "geometry": [made.solid()], "attributes": {"roofType": "3100"}},
    }
    found = load(made.document(objects, made.corners() + made.corners(east=440_020)))
    (building,) = found.rows("building")
    assert building["part_count"] == 2 and building["volume"] == pytest.approx(1000) and building["lod"] == 2
    assert building["roof_code"] == "5000"
    assert {row["part_id"]: row["building_id"] for row in found.rows("building_part")} == {"p1": "b1", "p2": "b1"}
    assert not found.rejects


def test_parts_without_a_building_are_rejected_and_circles_end(load, made):
    objects = {
        "b1": {"type": "Building", "geometry": [made.solid()]},
        "p1": {"type": "BuildingPart", "parents": ["gone"], "geometry": [made.solid()]},
        "p2": {"type": "BuildingPart", "parents": ["p3"], "geometry": [made.solid()]},
        "p3": {"type": "BuildingPart", "parents": ["p2"], "geometry": [made.solid()]},
    }
    found = load(made.document(objects))
    assert len(found.rows("building")) == 1
    assert {reject.feature for reject in found.rejects} == {"p1", "p2", "p3"}


def test_what_a_building_says_of_itself(load, made):
    attributes = {
        "function": "31001_1010",
        "roofType": "3100",
        "measuredHeight": 5.5,
        "storeysAboveGround": 2,
        "yearOfConstruction": "1987",
        "Gemeindeschluessel": "05974040",
        "colour": "red",
        "heat": 1e400,
    }
    address = [
        {
            "ThoroughfareName": "Am Wall",
            "ThoroughfareNumber": "3a",
            "Postcode": "59494",
            "Locality": "Soest",
            "Addressee": "Erika Mustermann",
        }
    ]
    document = made.document(
        {"b1": {"type": "Building", "attributes": attributes, "address": address, "geometry": [made.solid()]}}
    )
    text = json.dumps(document).replace("Infinity", "1e999").encode()
    found = load(text)
    (row,) = found.rows("building")
    assert row["roof_type"] == "Satteldach" and row["function"] and row["measured_height"] == 5.5
    assert (row["storeys_above_ground"], row["year_of_construction"], row["ags"]) == (2, 1987, "05974040")
    assert row["address"] == "Am Wall 3a, 59494 Soest"
    assert json.loads(row["attributes"])["colour"] == "red"
    assert "Mustermann" not in str(found.tables)


def test_land_use_that_says_which_becomes_rows(load, made):
    flat = {"type": "MultiSurface", "lod": "1", "boundaries": [[[0, 1, 2, 3]]]}
    objects = {
        "w": {"type": "LandUse", "attributes": {"function": "AX_Wald"}, "geometry": [flat]},
        "h": {"type": "LandUse", "attributes": {"class": "41001_1000", "name": "Feldweg"}, "geometry": [flat]},
        "e": {"type": "LandUse", "attributes": {"usage": "erf"}, "geometry": [flat]},
        "s": {"type": "LandUse", "geometry": [flat]},
        "r": {"type": "Road", "geometry": [flat]},
        "n": {"type": "LandUse", "attributes": {"function": "AX_Wald"}, "geometry": []},
    }
    found = load(made.document(objects))
    rows = {row["land_use_id"]: row for row in found.rows("land_use")}
    assert rows.keys() == {"w", "h", "e"}
    assert (rows["w"]["land_use_class"], rows["w"]["land_use_code"], rows["w"]["land_use"]) == (
        "AX_Wald",
        "43002",
        "Wald",
    )
    assert rows["h"]["land_use_class"] == "AX_Wohnbauflaeche" and rows["h"]["area"] == pytest.approx(100)
    assert rows["e"]["land_use_class"] is None and rows["e"]["land_use"] == "erf"
    assert found.facts.dropped == {"LandUse": 1, "Road": 1}
    assert "Road 1" in found.facts.notes[0]
    assert [reject.feature for reject in found.rejects] == ["n"]


@pytest.mark.parametrize(
    "name",
    ["EPSG:7415", "urn:ogc:def:crs:EPSG::7415", "https://www.opengis.net/def/crs/EPSG/0/7415", {"epsg": 7415}],
)
def test_the_crs_is_understood_in_any_form(load, made, name):
    vertices = made.corners(east=84_616, north=447_423)
    found = load(made.document(vertices=vertices, metadata={"referenceSystem": name}), crs="")
    assert found.facts.crs == "EPSG:28992"
    x, y = shapely.from_wkb(found.rows("building")[0]["geom"]).centroid.coords[0]
    assert 180_000 < x < 185_000 and 5_765_000 < y < 5_785_000


def test_a_file_without_crs_is_refused_and_the_user_s_word_taken(load, made):
    with pytest.raises(MissingCRS):
        load(made.document(), crs="")
    with pytest.raises(MissingCRS, match="99999"):
        load(made.document(metadata={"referenceSystem": "EPSG:99999"}), crs="")
    said = made.document(metadata={"referenceSystem": "urn:ogc:def:crs:EPSG::25833"})
    assert load(said, crs="EPSG:25832").facts.crs == "EPSG:25833"


def test_axes_that_stand_the_other_way_round_are_noticed(load, made):
    # EPSG::31467 promises the northing first.
    gauss = made.document(
        vertices=made.corners(3_440_000, 5_715_000), metadata={"referenceSystem": "urn:ogc:def:crs:EPSG::31467"}
    )
    found = load(gauss, crs="")
    x, y = shapely.from_wkb(found.rows("building")[0]["geom"]).centroid.coords[0]
    assert (round(x, -3), round(y, -3)) == (440_000, 5_713_000)
    assert found.facts.notes


def test_bad_coordinates_cost_their_surface_and_no_more(load, made):
    objects = {f"b{number}": {"type": "Building", "geometry": [made.solid(8 * number)]} for number in range(6)}
    vertices = [place for number in range(6) for place in made.corners(440_000 + 20 * number)]
    vertices[0] = [float("nan"), 0, 0]
    vertices[8 + 4] = [1e308, 1e308, 1e308]
    vertices[16] = ["x", None, {}]
    objects["b3"]["geometry"][0]["boundaries"][0][1][0][0] = 10**30
    objects["b4"]["geometry"][0]["boundaries"][0][1][0][0] = -1
    found = load(made.document(objects, vertices))
    assert len(found.rows("building")) == 6
    assert [row["closed"] for row in found.rows("building")] == [False] * 5 + [True]
    assert {reject.feature for reject in found.rejects} == {f"b{number}" for number in range(5)}
    assert all(np.isfinite(row["area"]) for row in found.rows("building_surface"))
    found = load(made.document(vertices=[[float("nan")] * 3] * 8))
    assert not found.rows("building")
    assert {reject.layer for reject in found.rejects} == {"building", "building_surface"}


@pytest.mark.parametrize(
    "boundaries",
    [
        None,
        1,
        {},
        [1],
        [[1]],
        [[[1]]],
        [[[["a", "b", "c"]]]],
        [[[[1.5, 2.5, 3.5]]]],
        [[[[True, False, True]]]],
        [[[]]],
        [[{}]],
    ],
)
def test_boundaries_of_another_shape_are_rejected(load, made, boundaries):
    broken = {"type": "Building", "geometry": [{"type": "Solid", "lod": "2", "boundaries": boundaries}]}
    found = load(made.document({"bad": broken, "b1": {"type": "Building", "geometry": [made.solid()]}}))
    assert [row["building_id"] for row in found.rows("building")] == ["b1"]
    assert "bad" in {reject.feature for reject in found.rejects}


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        "x",
        [],
        [[]],
        {"type": 1},
        {"type": "Building", "geometry": 7, "attributes": [], "parents": 3, "children": "x", "address": 3},
    ],
)
def test_odd_objects_harm_nobody(load, made, value):
    document = made.document()
    document["CityObjects"]["odd"] = value
    header, *features = sequence(document)
    assert len(load([header, *features]).rows("building")) == 1
    if isinstance(value, dict):
        assert len(load(document).rows("building")) == 1
    else:
        with pytest.raises(InvalidDelivery):
            load(document)


@pytest.mark.parametrize(("language", "word"), [("de", "Zeile"), ("en", "line")])
def test_a_line_that_is_no_feature_is_rejected(load, made, monkeypatch, language, word):
    monkeypatch.setenv("TWIN_LANG", language)
    header, feature = sequence(made.document())
    found = load([header, feature, {"type": "Feature"}, [1], "x", 5])
    assert len(found.rows("building")) == 1
    assert [reject.feature for reject in found.rejects] == [f"line {line}" for line in (3, 4, 5, 6)]
    assert {reject.reason.partition(" ")[0] for reject in found.rejects} == {word}


@pytest.mark.parametrize("depth", [100, 100_000])
def test_nothing_deep_crashes(load, made, depth):
    deep = b"[" * depth + b"]" * depth
    text = json.dumps(made.document(attributes="@")).encode().replace(b'"@"', deep)
    with pytest.raises(InvalidDelivery):
        load(text)
    header, feature = (json.dumps(line).encode() for line in sequence(made.document()))
    if depth > 1000:
        with pytest.raises(InvalidDelivery, match="2"):
            load(header + b"\n" + feature[:-1] + b', "x": ' + deep + b"}")
        with pytest.raises(InvalidDelivery):
            load(deep)


def test_huge_numbers_are_refused_or_rejected(load, made):
    text = json.dumps(made.document(), separators=(",", ":")).encode()
    with pytest.raises(InvalidDelivery):
        load(text.replace(b"440000", b"4" * 5000))
    assert load(text.replace(b"[440000,", b"[" + b"4" * 400 + b",")).rejects
    assert load(text.replace(b"[440000,", b"[1e999,")).rejects


@pytest.mark.parametrize(
    "change",
    [
        {"version": "3.0"},
        {"type": "CityJSONFeature"},
        {"transform": {"scale": [1, 1]}},
        {"vertices": {}},
        {"CityObjects": []},
    ],
)
def test_other_documents_are_refused(load, made, change):
    with pytest.raises(InvalidDelivery):
        load(made.document() | change)


def test_a_ring_of_a_million_corners_costs_its_surface(load, made):
    geometry = made.solid()
    geometry["boundaries"][0].append([[0, 1, 2, 3] * 250_000])
    found = load(made.document({"b1": {"type": "Building", "geometry": [geometry]}}))
    assert found.rows("building")[0]["volume"] == pytest.approx(500)
    assert [(reject.feature, reject.layer) for reject in found.rejects] == [("b1", "building_surface")]


def test_halves_of_characters_are_mended(load, made):
    text = json.dumps(made.document()).replace('"b1"', '"b\\ud800"').encode()
    assert load(text).rows("building")[0]["building_id"] == "b?"


@pytest.mark.parametrize("form", [lambda one: [one], sequence])
def test_cut_off_anywhere_nothing_but_a_refusal_or_whole_features(load, made, form):
    whole = b"\n".join(json.dumps(line).encode() for line in form(made.document()))
    for percent in range(0, 100, 3):
        try:
            found = load(whole[: len(whole) * percent // 100])
        except DeliveryError:
            continue
        assert not found.tables


def test_flipped_bits_are_refused_or_rejected(load, made):
    whole = bytearray(json.dumps(made.document()).encode())
    random = np.random.default_rng(7)
    for _ in range(250):
        broken = whole.copy()
        for place in random.integers(0, len(whole), 2):
            broken[place] ^= 1 << int(random.integers(0, 8))
        try:
            load(bytes(broken))
        except DeliveryError:
            continue


def test_rows_are_handed_on_before_all_is_read(load, made, monkeypatch):
    objects = {f"b{number}": {"type": "Building", "geometry": [made.solid(8 * number)]} for number in range(9)}
    vertices = [place for number in range(9) for place in made.corners(440_000 + 20 * number)]
    document = made.document(objects, vertices)
    at_once = load(document).tables
    monkeypatch.setattr(reader, "_MOST_POLYGONS", 12)
    monkeypatch.setattr(model, "_VERTICES_AT_ONCE", 40)
    for found in (load(document), load(sequence(document))):
        assert found.tables["building"].column("building_id").num_chunks == 5
        assert found.tables["building_surface"].equals(at_once["building_surface"])


def test_a_document_too_large_is_refused(load, made, monkeypatch):
    monkeypatch.setattr(reader, "LARGEST", 100)
    with pytest.raises(UnsafeDelivery, match="CityJSONSeq"):
        load(made.document())
    monkeypatch.setattr(reader, "LONGEST_LINE", 1000)
    monkeypatch.setattr(model, "LONGEST_LINE", 1000)
    header, feature = sequence(made.document())
    with pytest.raises(InvalidDelivery):
        load([header, feature | {"x": "y" * 2000}])
