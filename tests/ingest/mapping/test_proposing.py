"""The assistant looks at the content: what it proposes for tables as town halls write them, and for real files."""

import json
import zipfile

import geopandas
import numpy as np
import pytest
import shapely

from ingest.mapping import preview, propose, propose_all
from ingest.mapping.mapping import ColumnRule, KeyRule
from twin.errors import MappingError, UnknownFormat, UnknownName, Unreachable
from twin.language import LANGUAGES

EAST, NORTH = 440_000, 5_713_000


def lines(count=20):
    shapes = [shapely.LineString([(EAST + 10 * n, NORTH), (EAST + 10 * n, NORTH + 50)]) for n in range(count)]
    return np.array(shapes, object)


@pytest.fixture
def pipes(tmp_path):
    """A GeoPackage of pipes with the given columns, 20 rows; a single value is repeated."""

    def write(name="leitungen", crs=25832, **columns):
        values = {key: list(np.resize(np.array(value, object), 20)) for key, value in columns.items()}
        path = tmp_path / f"{name}.gpkg"
        geopandas.GeoDataFrame(values, geometry=lines(), crs=crs).to_file(path)
        return path

    return write


def rules(proposal):
    return {found.column: found.rule for found in proposal.columns}


def test_pipes_of_a_town_hall(pipes):
    found = propose(
        pipes(
            Leitungsnr=[f"L{n}" for n in range(20)],
            Sparte=["Trinkwasser", "Gas", "Schmutzwasser", "Fernwärme", "LWL"],
            Werkstoff=["PE-HD", "GGG"],
            Nennweite=["DN 100", "DN 150"],
            **{"Überdeckung [cm]": [120, 90]},
            Baujahr=[1987, 2001],
            Betreiber="Stadtwerke",
            Telefon=["02921 1", "02921 2"],
        )
    )
    assert found.layer == "utility_line"
    assert found.confidence > 0.9
    assert found.key.rule == KeyRule(("Leitungsnr",), "leitungen-")
    own = rules(found)
    assert own["diameter"] == ColumnRule("Nennweite")
    assert own["depth"] == ColumnRule("Überdeckung [cm]", factor=0.01)
    assert own["depth_reference"].constant == "crown"
    assert own["medium"].codes["LWL"] == "fibre"
    assert own["medium"].otherwise == "other"
    assert {"material", "year", "owner"} <= set(own)
    assert found.personal == ("Telefon",)
    for one in found.columns:
        assert 0 < one.confidence <= 1
        assert all(one.reason.within(language) for language in LANGUAGES)


@pytest.mark.parametrize(
    ("column", "values", "factor"),
    [
        ("DN", [100, 150, 300], 1.0),
        ("Durchmesser", [0.1, 0.15, 0.3], 1000.0),
        ("Durchmesser [cm]", [10, 15, 30], 10.0),
        ("Durchmesser", ["100 mm", "0,15 m"], 1.0),
    ],
)
def test_diameters_in_whatever_unit(pipes, column, values, factor):
    path = pipes(Sparte="Gas", **{column: values})
    found = propose(path)
    assert rules(found)["diameter"] == ColumnRule(column, factor=factor)
    read = preview(path, found.mapping(), 3).frame["diameter"]
    assert read.between(99, 301).all()


@pytest.mark.parametrize(
    ("values", "factor"), [([1.2, 0.9], 1.0), ([120, 90], 0.01), ([1200, 900], 0.001), ([-1.2, -0.9], -1.0)]
)
def test_depths_in_whatever_unit_and_sign(pipes, values, factor):
    path = pipes(Sparte="Gas", Verlegetiefe=values)
    found = propose(path)
    assert rules(found)["depth"].factor == factor
    assert preview(path, found.mapping(), 2).frame["depth"].tolist() == [1.2, 0.9]


def test_the_depth_of_a_sewer_is_cover_minus_invert(pipes):
    path = pipes("haltungen", DH=[92.5, 93.0], SH=[90.0, 90.2], Haltungsnr=[f"H{n}" for n in range(20)])
    found = propose(path)
    assert rules(found)["depth"] == ColumnRule("DH", minus="SH")
    assert rules(found)["depth_reference"].constant == "invert"
    assert rules(found)["medium"].constant == "sewer"
    assert preview(path, found.mapping(), 2).frame["depth"].tolist() == [2.5, 2.8]


@pytest.mark.parametrize(
    ("name", "medium"),
    [
        ("Gasleitungen_2026", "gas"),
        ("Regenwasserkanal", "rainwater"),
        ("strassenbeleuchtung_kabel", "street_light"),
        ("Trinkwasserleitungen", "water"),
        ("Leerrohrtrassen", "duct"),
    ],
)
def test_the_medium_may_stand_in_the_name_of_the_file(pipes, name, medium):
    found = propose(pipes(name, DN=[100, 150]))
    assert found.layer == "utility_line"
    assert rules(found)["medium"].constant == medium


def test_operators_that_look_like_people_are_left_out(pipes):
    found = propose(pipes(Sparte="Gas", Eigentümer=[f"Familie {n}" for n in range(20)]), layer="utility_line")
    assert "owner" in rules(found), "too few rows to tell"
    many = [f"Familie {n}" for n in range(40)]
    path = pipes(Sparte="Gas")
    shapes = np.concatenate([lines(), shapely.transform(lines(), lambda xy: xy + 1000)])
    geopandas.GeoDataFrame({"DN": 100, "Eigentümer": many}, geometry=shapes, crs=25832).to_file(path)
    assert "owner" not in rules(propose(path, layer="utility_line"))


def test_land_values_as_boris_writes_them(tmp_path):
    path = tmp_path / "Bodenrichtwerte_2026.csv"
    square = f"POLYGON (({EAST} {NORTH}, {EAST + 100} {NORTH}, {EAST + 100} {NORTH + 100}, {EAST} {NORTH}))"
    rows = [f'{n};Soest {n};{80 + n},50;01.01.2026;W;B;0,{4 + n};"{square}"' for n in range(5)]
    path.write_text("\n".join(["WNUM;BRZNAM;BRW;STAG;NUTA;ENTW;WGFZ;WKT", *rows]), "utf-8")
    found = propose(path)
    assert found.layer == "land_value"
    assert {"value", "valid_on", "use", "development_state", "plot_ratio", "zone"} <= set(rules(found))
    assert found.place.rule.kind == "wkt"
    first = preview(path, found.mapping(), 1).frame.iloc[0]
    assert (first["value"], str(first["valid_on"]), first["use"], first["plot_ratio"]) == (80.5, "2026-01-01", "W", 0.4)


def test_flood_zones_say_years_and_never_rare(tmp_path):
    path = tmp_path / "uesg.gpkg"
    areas = [shapely.box(EAST + 100 * n, NORTH, EAST + 100 * n + 50, NORTH + 50) for n in range(4)]
    columns = {
        "Gewässer": "Lippe",
        "Lastfall": ["HQ10", "HQ 100", "HQextrem", "HQ100"],
        "Wassertiefe_cm": [20, 50, 120, 80],
    }
    geopandas.GeoDataFrame(columns, geometry=areas, crs=25832).to_file(path)
    found = propose(path)
    assert found.layer == "flood_zone"
    frame = preview(path, found.mapping(), 4).frame
    assert frame["return_period"].fillna(-1).tolist() == [10, 100, -1, 100]
    assert frame["depth"].tolist() == [0.2, 0.5, 1.2, 0.8]
    assert set(frame["water"]) == {"Lippe"}


@pytest.mark.parametrize(
    ("names", "values", "crs", "swapped"),
    [
        ("Rechtswert;Hochwert", "440000;5713000", "EPSG:25832", False),
        ("X;Y", "5713000;440000", "EPSG:25832", True),
        ("Ost;Nord", "32440000;5713000", "EPSG:25832", False),
        ("lon;lat", "8,1345;51,5656", "EPSG:4326", False),
        ("Breite;Länge", "51,5656;8,1345", "EPSG:4326", False),
        ("RW;HW", "3440000;5714000", "EPSG:31467", False),
        ("a;b", "440000,5;5713000,5", "EPSG:25832", False),
    ],
)
def test_points_in_whatever_system(tmp_path, names, values, crs, swapped):
    path = tmp_path / "hydranten.csv"
    rows = [
        f"H{n};Unterflurhydrant;{values}{n}" if "," in values else f"H{n};Unterflurhydrant;{values}" for n in range(6)
    ]
    path.write_text("\n".join([f"Hydrantnr;Armaturart;{names}", *rows]), "utf-8")
    found = propose(path)
    assert (found.layer, found.place.crs, found.place.rule.swapped) == ("utility_node", crs, swapped)
    assert rules(found)["medium"].constant == "water"
    frame = preview(path, found.mapping(), 3)
    assert not [one for one in frame.problems if one.rejects]
    assert frame.frame.geometry.distance(shapely.Point(EAST, NORTH)).max() < 2_500
    assert set(frame.frame["kind"]) == {"hydrant"}
    assert frame.wgs84.geometry.x.between(8.1, 8.2).all()


def test_house_number_and_suffix_become_one(tmp_path):
    path = tmp_path / "adressen.csv"
    path.write_text(
        "ID,Straße,HsNr,Zusatz,PLZ,Ort,x,y\n"
        "1,Am Markt,3,a,59494,Soest,440000,5713000\n"
        "2,Am Markt,4,,59494,Soest,440001,5713000\n"
    )
    frame = preview(path, propose(path).mapping(), 2).frame
    assert frame["house_number"].tolist() == ["3a", "4"]


def test_corrections_make_a_mapping_of_a_proposal(pipes):
    found = propose(pipes(NR=list(range(20)), DN=[100], TIEFE=[1.0], Art=["x"]))
    mapping = found.corrected(
        {"columns": {"owner": {"constant": "Stadtwerke"}, "depth": None, "material": "Art"}, "key": {"prefix": "w-"}},
        name="wasser",
    )
    assert mapping.name == "wasser"
    assert mapping.columns["owner"].constant == "Stadtwerke"
    assert mapping.columns["material"] == ColumnRule("Art")
    assert "depth" not in mapping.columns
    assert mapping.key == KeyRule(("NR",), "w-")
    with pytest.raises(MappingError, match="NIX"):
        found.corrected({"columns": {"depth": "NIX"}})
    with pytest.raises(MappingError, match="colour"):
        found.corrected({"colour": 1})
    assert found.corrected({"layer": "street"}).layer == "street"


def test_a_proposal_is_json(pipes):
    found = propose(pipes(DN=[100], Sparte="Gas"))
    again = json.loads(json.dumps(found.as_dict()))
    assert again["layer"] == "utility_line"
    assert again["mapping"]["fits"] == ["DN", "Sparte"]


def test_what_cannot_be_proposed_is_told(tmp_path, pipes):
    with pytest.raises(Unreachable):
        propose(tmp_path / "nowhere.csv")
    (tmp_path / "letter.pdf").write_bytes(b"%PDF-1.4")
    with pytest.raises(UnknownFormat):
        propose(tmp_path / "letter.pdf")
    with pytest.raises(UnknownName):
        propose(pipes(DN=[100]), table="nix")
    with pytest.raises(MappingError):
        propose(pipes(DN=[100]), layer="terrain")


def test_an_archive_with_a_table_is_looked_into(tmp_path, pipes):
    inside = pipes(DN=[100], Sparte="Gas")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("liesmich.txt", "Hallo, Welt")
        archive.write(inside, "daten/leitungen.gpkg")
    assert propose(tmp_path / "a.zip").layer == "utility_line"


# Real files

TREES = {"species": "GA_LANG", "height": "BAUMHOEHE", "crown_diameter": "KR_DURCHM", "trunk_girth": "ST_UMFANG"}


def test_the_real_tree_register(shared_data):
    found = propose(shared_data / "trees" / "Baumkataster_Wesel.csv")
    assert (found.layer, found.place.crs, found.key.rule.columns) == ("tree", "EPSG:25832", ("ID",))
    assert {column: rule.source for column, rule in rules(found).items()} == TREES
    assert preview(shared_data / "trees" / "Baumkataster_Wesel.csv", found.mapping(), 500).problems == []


def test_the_real_street_network(shared_data):
    found = {one.table: one for one in propose_all(shared_data / "osm" / "momepy_bubenec.gpkg")}
    layers = {name: one.layer for name, one in found.items()}
    assert layers == {"tessellation": "", "buildings": "building", "streets": "street", "plots": ""}
    assert all(one.place.known and not one.place.crs for one in found.values()), "the file names its own"
    assert found["buildings"].key.rule.columns == ("uID",)


def test_the_real_footprints(shared_data):
    found = propose(shared_data / "osm" / "wesel-buildings" / "osm_buildings_wesel.gpkg")
    assert (found.layer, found.key.rule.columns, found.place.geometry) == ("building", ("src_id",), "polygon")


def test_the_real_addresses(shared_data):
    folder = shared_data / "addresses"
    five = propose(folder / "hauskoordinaten_5.0_adressen-testdaten.csv")
    assert (five.layer, five.place.rule.columns, five.place.crs) == ("address", ("ostwert", "nordwert"), "EPSG:25832")
    assert {"street": "str", "house_number": "hnr", "postcode": "postplz", "place": "postonm"}.items() <= {
        column: rule.source for column, rule in rules(five).items()
    }.items()
    three = propose(folder / "hauskoordinaten_3.1_adressen_test.csv")
    assert three.place.rule.columns == ("column 12", "column 13"), "told by the zone before the easting"
    wfs = propose(folder / "essen_wfs_070.gml")
    assert (wfs.layer, wfs.place.geometry) == ("address", "point")
    assert preview(folder / "essen_wfs_070.gml", wfs.mapping(), 20).frame.geometry.x.between(350_000, 370_000).all()


@pytest.mark.parametrize(
    ("name", "decimal"), [("gemeinde_bezirke_privat_2021_mitte.csv", "."), ("Verf_Gemeinden_atene_Mitte_2018.csv", ",")]
)
def test_the_real_broadband_tables_have_keys_and_no_place(shared_data, name, decimal):
    found = propose(shared_data / "broadband" / name)
    assert rules(found)["ags"] == ColumnRule("AGS")
    assert found.place.rule.kind == "none"
    if decimal == ",":
        assert found.sample.decimal == ","
    assert found.confidence < 0.5, "no layer has a column for each class of speed"


def test_the_real_tile_index_is_of_no_layer(shared_data):
    found = propose(shared_data / "indexes" / "ndom_nw_head400.csv")
    assert found.layer == ""
    assert found.place.crs == "EPSG:25832"
    assert found.place.rule.columns == ("Koordinatenursprung_Rechts", "Koordinatenursprung_Hoch")
    assert found.as_dict()["mapping"] is None
    with pytest.raises(MappingError):
        found.mapping()


def test_the_real_borders(shared_data):
    found = propose(shared_data / "boundaries" / "vg5000_gem_kreis_soest_25832.gpkg")
    assert (found.layer, rules(found)["ags"].source, rules(found)["name"].source) == ("municipality", "AGS", "GEN")
