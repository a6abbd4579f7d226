"""Reading CityGML that tests write: versions, levels of detail, xlinks, rejects, dangers."""

import gzip
import re

import pyarrow as pa
import pytest
import shapely

from ingest.format import Batch, Facts, Options, Reject
from ingest.formats.citygml import FORMAT
from ingest.source_file import SourceFile
from twin.errors import InvalidDelivery, MissingCRS, UnsafeDelivery

UTM32 = "urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH"
EAST, NORTH = 400000, 5700000
TILE = (f"{EAST} {NORTH} 0", f"{EAST + 1000} {NORTH + 1000} 99")


def model(*buildings, version="2.0", crs=UTM32, envelope=TILE, before=""):
    gml = "http://www.opengis.net/gml" + ("/3.2" if version == "3.0" else "")
    bounds = (
        f'<gml:boundedBy><gml:Envelope srsName="{crs}"><gml:lowerCorner>{envelope[0]}</gml:lowerCorner>'
        f"<gml:upperCorner>{envelope[1]}</gml:upperCorner></gml:Envelope></gml:boundedBy>"
        if crs
        else ""
    )
    spaces = " ".join(
        f'xmlns:{prefix}="http://www.opengis.net/citygml/{module}{version}"'
        for prefix, module in (("core", ""), ("bldg", "building/"), ("con", "construction/"), ("gen", "generics/"))
    )
    members = "\n".join(f"<core:cityObjectMember>{building}</core:cityObjectMember>" for building in buildings)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<core:CityModel {spaces} xmlns:gml="{gml}" '
        f'xmlns:xlink="http://www.w3.org/1999/xlink">{bounds}\n{members}\n</core:CityModel>'
    )


def polygon(ring, identity=""):
    text = " ".join(f"{EAST + x} {NORTH + y} {z}" for x, y, z in [*ring, ring[0]])
    named = f' gml:id="{identity}"' if identity else ""
    return (
        f"<gml:Polygon{named}><gml:exterior><gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing>"
        "</gml:exterior></gml:Polygon>"
    )


def box(height=6.0, size=10.0):
    s, h = size, height
    return {
        "GroundSurface": [[(0, 0, 0), (0, s, 0), (s, s, 0), (s, 0, 0)]],
        "WallSurface": [
            [(0, 0, 0), (s, 0, 0), (s, 0, h), (0, 0, h)],
            [(s, 0, 0), (s, s, 0), (s, s, h), (s, 0, h)],
            [(s, s, 0), (0, s, 0), (0, s, h), (s, s, h)],
            [(0, s, 0), (0, 0, 0), (0, 0, h), (0, s, h)],
        ],
        "RoofSurface": [[(0, 0, h), (s, 0, h), (s, s, h), (0, s, h)]],
    }


def member(inner):
    return f"<gml:surfaceMember>{inner}</gml:surfaceMember>"


def bounded(faces, lod=2):
    return "".join(
        f"<bldg:boundedBy><bldg:{kind}><bldg:lod{lod}MultiSurface><gml:MultiSurface>"
        f"{''.join(member(polygon(ring)) for ring in rings)}"
        f"</gml:MultiSurface></bldg:lod{lod}MultiSurface></bldg:{kind}></bldg:boundedBy>"
        for kind, rings in faces.items()
    )


def solid(faces, lod=1):
    members = "".join(
        member(polygon(ring, f"{kind}{number}")) for kind, rings in faces.items() for number, ring in enumerate(rings)
    )
    return (
        f"<bldg:lod{lod}Solid><gml:Solid><gml:exterior><gml:CompositeSurface>{members}</gml:CompositeSurface>"
        f"</gml:exterior></gml:Solid></bldg:lod{lod}Solid>"
    )


def building(inner, identity="b1"):
    return f'<bldg:Building gml:id="{identity}">{inner}</bldg:Building>'


@pytest.fixture(params=["at once", "streamed"])
def read(request, tmp_path, monkeypatch):
    if request.param == "streamed":
        monkeypatch.setattr("ingest.citygml.reader._RUN", 0)

    def run(text, options=None, name="a.gml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        source = SourceFile(path)
        assert FORMAT.recognise(source)
        return result(FORMAT.read(source, options or Options()))

    return run


def result(items):
    tables, rejects, facts = {}, [], []
    for item in items:
        if isinstance(item, Batch):
            tables.setdefault(item.layer, []).append(item.table)
        elif isinstance(item, Reject):
            rejects.append(item)
        elif isinstance(item, Facts):
            facts.append(item)
    (only,) = facts
    return {layer: pa.concat_tables(parts).to_pylist() for layer, parts in tables.items()}, rejects, only


def test_the_best_level_of_detail_is_taken_and_only_that(read):
    rows, rejects, facts = read(model(building(solid(box(5.0)) + bounded(box(6.0)))))
    (one,) = rows["building"]
    assert (one["lod"], one["closed"], one["volume"]) == (2, True, pytest.approx(600))
    assert len(rows["building_surface"]) == 6 and not rejects
    assert facts.version == "CityGML 2.0" and facts.crs == "EPSG:25832" and facts.mode == "replace"
    assert facts.extent == (EAST, NORTH, EAST + 1000, NORTH + 1000)


def test_lod1_alone_is_classified_by_its_normals(read):
    rows, _, _ = read(model(building(solid(box(5.0)))))
    kinds = [row["kind"] for row in rows["building_surface"]]
    assert kinds == ["ground", "wall", "wall", "wall", "wall", "roof"]
    assert rows["building"][0]["lod"] == 1 and rows["building"][0]["volume"] == pytest.approx(500)


def test_boundary_surfaces_may_point_into_the_solid(read):
    pointing = "".join(
        f"<bldg:boundedBy><bldg:{kind}><bldg:lod2MultiSurface><gml:MultiSurface>"
        f'{"".join(f"""<gml:surfaceMember xlink:href="#{kind}{n}"/>""" for n in range(len(rings)))}'
        f"</gml:MultiSurface></bldg:lod2MultiSurface></bldg:{kind}></bldg:boundedBy>"
        for kind, rings in {**box(), "ClosureSurface": []}.items()
    )
    rows, _, _ = read(model(building(solid(box(), lod=2) + pointing)))
    assert [row["kind"] for row in rows["building_surface"]] == ["ground", "wall", "wall", "wall", "wall", "roof"]
    assert rows["building"][0]["closed"] and rows["building"][0]["lod"] == 2


def test_solids_that_point_to_boundary_surfaces_add_nothing(read):
    pointing = '<bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface><gml:surfaceMember xlink:href="#x"/>'
    pointing += "</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>"
    rows, rejects, _ = read(model(building(pointing + bounded(box()))))
    assert len(rows["building_surface"]) == 6 and not rejects


def test_version_3_says_the_same_in_other_words(read):
    inner = (
        "<core:genericAttribute><gen:StringAttribute><gen:name>Gemeindeschluessel</gen:name><gen:value>05974040</gen:value>"
        "</gen:StringAttribute></core:genericAttribute>"
        + bounded(box())
        .replace("bldg:boundedBy", "core:boundary")
        .replace("bldg:lod2", "core:lod2")
        .replace("<bldg:", "<con:")
        .replace("</bldg:", "</con:")
        + "<con:dateOfConstruction>1929-01-01</con:dateOfConstruction><con:height><con:Height>"
        "<con:highReference>highestRoofEdge</con:highReference><con:lowReference>lowestGroundPoint</con:lowReference><con:status>measured</con:status>"
        '<con:value uom="m">6.5</con:value></con:Height></con:height><bldg:function>31001_2463</bldg:function>'
        "<bldg:storeysAboveGround>1</bldg:storeysAboveGround>"
    )
    old = (
        '<gen:stringAttribute name="Gemeindeschluessel"><gen:value>05974040</gen:value></gen:stringAttribute>'
        "<bldg:function>31001_2463</bldg:function><bldg:yearOfConstruction>1929</bldg:yearOfConstruction>"
        '<bldg:measuredHeight uom="m">6.5</bldg:measuredHeight><bldg:storeysAboveGround>1</bldg:storeysAboveGround>'
        + bounded(box())
    )
    new_rows, _, facts = read(model(building(inner), version="3.0"))
    old_rows, _, _ = read(model(building(old), version="1.0"))
    assert facts.version == "CityGML 3.0"
    assert new_rows == old_rows
    one = new_rows["building"][0]
    assert (one["ags"], one["year_of_construction"], one["measured_height"], one["storeys_above_ground"]) == (
        "05974040",
        1929,
        6.5,
        1,
    )
    assert one["function"] == "Garage"


def test_parts_belong_to_their_building(read):
    part = f'<bldg:BuildingPart gml:id="p1"><bldg:roofType>1000</bldg:roofType>{bounded(box())}</bldg:BuildingPart>'
    part = f"<bldg:consistsOfBuildingPart>{part}</bldg:consistsOfBuildingPart>"
    own = bounded({kind: [[(x + 10, y, z) for x, y, z in ring] for ring in rings] for kind, rings in box(4).items()})
    rows, rejects, _ = read(model(building(part + own)))
    (one,) = rows["building"]
    assert one["volume"] == pytest.approx(1000) and one["part_count"] == 1 and not rejects
    assert [row["part_id"] for row in rows["building_part"]] == ["p1"]
    assert {row["part_id"] for row in rows["building_surface"]} == {"p1", None}
    assert shapely.from_wkb(one["geom"]).area == pytest.approx(200)


def test_positions_one_by_one_are_read_too(read):
    text = model(building(bounded(box())))
    start, stop = text.index("<gml:posList>"), text.index("</gml:posList>") + len("</gml:posList>")
    values = text[start + len("<gml:posList>") : stop - len("</gml:posList>")].split()
    single = "".join(f"<gml:pos>{' '.join(values[i : i + 3])}</gml:pos>" for i in range(0, len(values), 3))
    rows, rejects, _ = read(text[:start] + single + text[stop:])
    assert rows["building"][0]["closed"] and not rejects


@pytest.mark.parametrize("damage", ["1 2", "drei", "", "NaN NaN NaN NaN NaN NaN NaN NaN NaN", "1e300 " * 12])
def test_a_damaged_polygon_is_rejected_with_its_line_and_the_rest_loads(read, damage):
    text = model(building(bounded(box()), "good"), building(bounded(box()), "hurt"))
    head, _, tail = text.rpartition("<gml:posList>")
    rows, rejects, _ = read(head + "<gml:posList>" + damage + tail[tail.index("</gml:posList>") :])
    assert [row["building_id"] for row in rows["building"]] == ["good", "hurt"]
    assert [row["closed"] for row in rows["building"]] == [True, False]
    assert rows["building"][1]["missing_surfaces"] == "roof"
    (reject,) = rejects
    assert reject.layer == "building_surface" and "4" in reject.feature


def test_a_building_without_geometry_is_rejected_alone(read):
    rows, rejects, _ = read(model(building("<bldg:function>1000</bldg:function>", "bare"), building(bounded(box()))))
    assert len(rows["building"]) == 1
    assert [(reject.feature, reject.layer) for reject in rejects] == [("bare", "building")]


def test_no_buildings_give_facts_alone(read):
    rows, rejects, facts = read(model())
    assert rows == {} and rejects == [] and facts.extent == (EAST, NORTH, EAST + 1000, NORTH + 1000)


def test_an_envelope_that_wraps_its_content_is_no_claim(read):
    _, _, facts = read(model(building(bounded(box())), envelope=(f"{EAST}.3 {NORTH} 0", f"{EAST + 10} {NORTH + 10} 6")))
    assert facts.extent is None


def test_without_a_crs_the_user_is_asked_and_believed(read):
    text = model(building(bounded(box())), crs="")
    with pytest.raises(MissingCRS):
        read(text)
    rows, _, facts = read(text, Options(crs="EPSG:25832"))
    assert facts.crs == "EPSG:25832" and len(rows["building"]) == 1


def test_the_user_s_crs_never_overrides_the_file_s(read):
    rows, _, facts = read(model(building(bounded(box()))), Options(crs="EPSG:25833"))
    assert facts.crs == "EPSG:25832"
    assert shapely.from_wkb(rows["building"][0]["geom"]).bounds == (EAST, NORTH, EAST + 10, NORTH + 10)


def test_a_northing_promised_first_but_given_second_is_noticed(read):
    text = model(building(bounded(box())), crs="urn:ogc:def:crs:EPSG::31467").replace("4000", "34000")
    _, _, facts = read(text)
    assert len(facts.notes) == 1 and "31467" in facts.notes[0]


def test_other_features_are_counted(read):
    _, _, facts = read(model(building(bounded(box())), '<core:Thing gml:id="t"/>', '<core:Thing gml:id="u"/>'))
    assert facts.dropped == {"Thing": 2}


def test_many_buildings_come_in_several_batches(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.citygml.reader._CHUNK", 4000)
    monkeypatch.setattr("ingest.citygml.reader._RUN", 0)
    path = tmp_path / "a.gml"
    path.write_text(model(*(building(bounded(box()), f"b{number}") for number in range(7))))
    batches = [item for item in FORMAT.read(SourceFile(path), Options()) if isinstance(item, Batch)]
    sizes = [batch.table.num_rows for batch in batches if batch.layer == "building"]
    assert sizes == [2, 2, 2, 1]


@pytest.mark.parametrize("cut", [200, 900, -20])
def test_a_truncated_file_is_invalid_and_says_where(read, cut):
    with pytest.raises(InvalidDelivery) as caught:
        read(model(building(bounded(box())))[:cut])
    where, expected, found = (caught.value.fields[name] for name in ("where", "expected", "found"))
    assert re.fullmatch(r"Zeile \d+, Spalte \d+", where.de)
    assert re.fullmatch(r"line \d+, column \d+", where.en)
    assert (expected.de, expected.en) == ("wohlgeformtes XML", "well-formed XML")
    assert found.de != found.en
    assert all("libxml2: " in words for words in (found.de, found.en))


def test_a_truncated_gzip_is_invalid(read):
    packed = gzip.compress(model(*(building(bounded(box()), f"b{n}") for n in range(2000))).encode())
    with pytest.raises(InvalidDelivery):
        read(packed[: len(packed) // 2], name="a.gml.gz")


def test_a_doctype_is_refused(read):
    bomb = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>\n'
    with pytest.raises(UnsafeDelivery):
        read(model(building(f"<gml:name>&b;</gml:name>{bounded(box())}"), before=bomb))


def test_other_xml_is_not_recognised(tmp_path):
    for number, text in enumerate([b"<a/>", b"", b"\x00\xff", b"<CityModel xmlns='urn:x'/>", b"<!-- <CityModel " * 9]):
        path = tmp_path / f"{number}.gml"
        path.write_bytes(text)
        assert not FORMAT.recognise(SourceFile(path))


def test_an_id_with_lines_of_the_transcript_in_it_is_invalid(read):
    text = model(building(bounded(box()))).replace("<gml:Polygon>", '<gml:Polygon gml:id="a&#10;B">', 1)
    with pytest.raises(InvalidDelivery):
        read(text)


def test_line_breaks_within_coordinates_are_blanks(read):
    text = model(building(bounded(box())))
    head, _, tail = text.partition("<gml:posList>")
    coordinates, _, rest = tail.partition("</gml:posList>")
    rows, rejects, _ = read(head + "<gml:posList>\n" + coordinates.replace(" ", "\r\n\t") + "\n</gml:posList>" + rest)
    assert rows["building"][0]["closed"] and not rejects


def test_a_reject_names_the_line_of_its_polygon(read):
    text = model(building(bounded(box()))).replace("<gml:Polygon>", "\n\n<gml:Polygon>", 1)
    head, _, tail = text.partition("<gml:posList>")
    text = head + "<gml:posList>1 2" + tail[tail.index("</gml:posList>") :]
    _, (reject,), _ = read(text)
    assert reject.feature == f"line {text[: text.index('<gml:Polygon>')].count(chr(10)) + 1}"


def test_buildings_may_each_name_their_own_crs(read):
    def named(zone, identity):
        inner = bounded(box()).replace("<gml:MultiSurface>", f'<gml:MultiSurface srsName="EPSG:{zone}">')
        return building(inner, identity)

    rows, _, _ = read(model(named(25832, "a"), named(25833, "b"), named(25832, "c"), crs=""))
    west = {row["building_id"]: shapely.from_wkb(row["geom"]).bounds[0] for row in rows["building"]}
    assert west["a"] == west["c"] == EAST and west["b"] > EAST + 300_000


def test_a_file_larger_than_a_run_loses_nothing(tmp_path, monkeypatch):
    text = model(*(building(bounded(box()), f"b{number}") for number in range(400)))
    path = tmp_path / "a.gml"
    path.write_text(text)
    monkeypatch.setattr("ingest.citygml.reader._RUN", len(text) // 3)
    rows, rejects, _ = result(FORMAT.read(SourceFile(path), Options()))
    assert [row["building_id"] for row in rows["building"]] == [f"b{number}" for number in range(400)]
    assert len(rows["building_surface"]) == 2400 and not rejects
