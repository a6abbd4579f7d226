"""The XPlanGML format on real plans, beside lxml's count and GDAL's geometry."""

from __future__ import annotations

import zipfile
from collections import Counter
from pathlib import Path

import pyogrio
import pytest
import shapely
from lxml import etree

from ingest.archive import members
from ingest.format import Batch, Facts, Options
from ingest.formats.xplan import FORMAT
from ingest.recognition import is_companion, recognise
from ingest.source_file import SourceFile
from ingest.xplan.measure import COUNTS, NUMBERS
from twin.reference import codes

TABLE = {
    "xplan41_BP_BPlan001_4-1.zip": ("4.1", "BPlan001_4-1", "02000000", {"area": 58, "line": 38, "point": 5}),
    "xplan51_BP_BPlan001_5-1.gml": ("5.1", "BPlan001_5-1", "02000000", {"area": 289, "line": 164, "point": 81}),
    "xplan52_BP_BPlan004_5-2.zip": ("5.2", "BPlan004_5-2", "02000000", {"area": 14, "line": 10, "point": 2}),
    "xplan53_BP_WfsFeatureCollection.gml": (
        "5.3",
        "BPlan003_5-3_SoapUI-XPlanValidatorAPI",
        "02000000",
        {"area": 163, "line": 133, "point": 22},
    ),
    "xplan54_BP_missing-gehoertZuBereich.gml": (
        "5.4",
        "BPlan001_4-1",
        "02000000",
        {"area": 58, "line": 38, "point": 5},
    ),
    "xplan60_BP_BPlan004_6-0.zip": ("6.0", "BPlan004_6-0", "02000000", {"area": 14, "line": 10, "point": 2}),
    "xplan60_BP_Blankenese29.gml": (
        "6.0",
        "Blankenese29_Testplan_60",
        "02000000",
        {"area": 129, "line": 125, "point": 1},
    ),
    "xplan60_BP_Osdorf48_Test_60.zip": (
        "6.0",
        "Osdorf48_Testplan_60_SoapUI-XPlanDienste",
        "02000000",
        {"area": 10, "line": 5, "point": 27},
    ),
    "xplan60_FP_FNP_Test_60.zip": ("6.0", "FNP Testplan 6.0", None, {"area": 561, "line": 49, "point": 79}),
}
"""What each file gives: version, plan, municipality, objects by shape."""

_SHAPES = {"Polygon": "area", "MultiSurface": "area", "Curve": "line", "LineString": "line", "Point": "point"}


def source_of(path: Path, folder: Path) -> SourceFile:
    if path.suffix == ".gml":
        return SourceFile(path)
    (found,) = [source for source in members(path, folder) if recognise(source) is not None]
    return found


@pytest.fixture(scope="module")
def read(shared_data, tmp_path_factory):
    """Rows by layer, and facts, of a file; read once."""
    known: dict[str, tuple[dict[str, list[dict]], Facts]] = {}

    def rows(name: str) -> tuple[dict[str, list[dict]], Facts]:
        if name not in known:
            layers: dict[str, list[dict]] = {"plan": [], "plan_area": []}
            source = source_of(shared_data / "xplan" / name, tmp_path_factory.mktemp("nested"))
            *items, facts = FORMAT.read(source, Options())
            for item in items:
                assert isinstance(item, Batch), item
                layers[item.layer] += item.table.to_pylist()
            known[name] = layers, facts
        return known[name]

    return rows


def content(path: Path) -> bytes:
    return path.read_bytes() if path.suffix == ".gml" else zipfile.ZipFile(path).read("xplan.gml")


def test_the_table_names_every_file(shared_data):
    assert {path.name for path in (shared_data / "xplan").iterdir()} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_file_gives_what_the_table_says(read, name):
    layers, facts = read(name)
    version, title, ags, shapes = TABLE[name]
    (plan,) = layers["plan"]
    assert (facts.version, facts.crs, facts.mode) == (f"XPlanGML {version}", "EPSG:25832", "replace")
    assert (plan["name"], plan["ags"], plan["xplan_version"], plan["sections"]) == (title, ags, version, 1)
    assert Counter(row["shape"] for row in layers["plan_area"]) == shapes
    assert {row["plan_id"] for row in layers["plan_area"]} == {plan["plan_id"]}
    assert {row["ags"] for row in layers["plan_area"]} == {ags}
    assert len({row["section_id"] for row in layers["plan_area"]}) == 1


@pytest.mark.parametrize("name", TABLE)
def test_lxml_counts_the_same_objects(shared_data, read, name):
    layers, facts = read(name)
    root = etree.fromstring(content(shared_data / "xplan" / name))
    expected: Counter[tuple[str, str]] = Counter()
    presentation: Counter[str] = Counter()
    for thing in root.iterfind("{*}*/{*}*"):
        kind = etree.QName(thing).localname
        position = thing.find("{*}position")
        if kind.startswith("XP_") and not kind.endswith("TextAbschnitt"):
            presentation[kind] += 1
        elif position is not None:
            expected[kind, _SHAPES[etree.QName(position[0]).localname]] += 1
    assert Counter((row["element_class"], row["shape"]) for row in layers["plan_area"]) == expected
    assert facts.dropped == presentation
    assert len({row["plan_area_id"] for row in layers["plan_area"]}) == expected.total()


@pytest.mark.parametrize("name", TABLE)
def test_rows_are_complete_and_their_codes_named(read, name):
    for row in read(name)[0]["plan_area"]:
        assert row["element_class"] in codes("xplan_element"), row["element_class"]
        for column in ("use", "general_use", "legal_nature", "building_method", "building_type", "height_reference"):
            assert (row[column] is None) == (row[f"{column}_code"] is None) or row["height_reference"], column
            assert not (row[column] or "").isdigit(), (row["element_class"], column, row[column])
        if row["purpose_code"]:
            assert not row["purpose"].isdigit(), (row["element_class"], row["purpose"])
        geometry = shapely.from_wkb(row["geom"])
        assert geometry.is_valid
        assert (row["area"] or row["length"] or 0) > 0 or row["shape"] == "point"


def test_measures_of_real_plans(read):
    rows = {name: read(name)[0]["plan_area"] for name in TABLE}
    blankenese = [row for row in rows["xplan60_BP_Blankenese29.gml"] if row["use_code"]]
    assert {row["planzeichen"] for row in blankenese} == {"WA", "WR"}
    assert all(0 < row["grz"] <= 1 for row in blankenese if row["grz"] is not None)
    heights = [row for row in rows["xplan41_BP_BPlan001_4-1.zip"] if row["element_class"] == "BP_SpezielleBauweise"]
    assert {row["height_min"] for row in heights} == {8.0, 5.0, 8.5, 4.5}
    roofs = [row for name in TABLE for row in rows[name] if row["roof_code"]]
    assert {row["roof_type"] for row in roofs} <= set(codes("xplan_roof").values())
    green = [row for row in rows["xplan60_FP_FNP_Test_60.zip"] if row["planzeichen"] == "gruen"]
    assert len(green) == 159
    assert all(row["purpose"] for row in green)


@pytest.mark.parametrize("name", TABLE)
def test_no_measure_is_lost(shared_data, read, name):
    root = etree.fromstring(content(shared_data / "xplan" / name))
    objects = [thing for thing in root.iterfind("{*}*/{*}*") if thing.find("{*}position") is not None]
    names = NUMBERS | COUNTS | {"use_code": "besondereArtDerBaulNutzung", "closed_coverage": "flaechenschluss"}
    for column, attribute in names.items():
        expected = sum(thing.find(f"{{*}}{attribute}") is not None for thing in objects)
        assert sum(row[column] is not None for row in read(name)[0]["plan_area"]) == expected, attribute
    heights = sum(thing.find("{*}hoehenangabe") is not None for thing in objects)
    assert sum(row["heights"] is not None for row in read(name)[0]["plan_area"]) == heights


def test_gaps_of_the_coverage_are_told(read):
    (note,) = read("xplan41_BP_BPlan001_4-1.zip")[1].notes
    assert "3.69 m²" in note
    assert read("xplan60_FP_FNP_Test_60.zip")[1].notes == ()
    missing, note = read("xplan54_BP_missing-gehoertZuBereich.gml")[1].notes
    assert "gehoertZuBereich: 5" in missing
    assert "3.69 m²" in note


@pytest.mark.parametrize(
    "name", ["xplan41_BP_BPlan001_4-1.zip", "xplan53_BP_WfsFeatureCollection.gml", "xplan60_FP_FNP_Test_60.zip"]
)
def test_gdal_reads_the_same_geometry(shared_data, tmp_path, read, name):
    copy = tmp_path / "plan.gml"
    copy.write_bytes(content(shared_data / "xplan" / name))
    pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": "0.2"})
    try:
        theirs = {}
        for layer, kind in pyogrio.list_layers(copy):
            if kind is not None and layer[:3] != "XP_":
                frame = pyogrio.read_dataframe(copy, layer=layer, columns=["gml_id"])
                theirs |= dict(zip(frame["gml_id"], frame.geometry, strict=True))
    finally:
        pyogrio.set_gdal_config_options({"OGR_ARC_STEPSIZE": None})
    for row in read(name)[0]["plan_area"]:
        own, other = shapely.from_wkb(row["geom"]), theirs[row["plan_area_id"]]
        assert own.hausdorff_distance(other) < 0.03, row["plan_area_id"]
        if row["shape"] == "area":
            assert abs(own.area - other.area) <= 0.01 * own.length + 1e-3


def test_members_beside_the_plan_are_passed_over(shared_data, tmp_path):
    for path in (shared_data / "xplan").glob("*.zip"):
        beside = [source for source in members(path, tmp_path) if recognise(source) is None]
        assert all(is_companion(source) for source in beside if not source.member.endswith(".pgw")), beside


def test_other_files_are_not_recognised(shared_data, tmp_path):
    for name in ("citygml/berlin/3920_5818.gml", "addresses/essen_wfs_070.gml"):
        assert not FORMAT.recognise(SourceFile(shared_data / name))
    for number, text in enumerate(
        ("", "<XPlanAuszug/>", "<wfs:FeatureCollection/>", "<a>http://www.xplanung.de/xplangml/6/0</a>")
    ):
        path = tmp_path / str(number)
        path.write_text(text, "utf-8")
        assert not FORMAT.recognise(SourceFile(path))
