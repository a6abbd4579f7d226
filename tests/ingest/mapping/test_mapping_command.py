"""``twin mapping`` from proposal to withdrawal."""

import json

import geopandas
import pytest
import shapely

from twin.cli import main
from twin.language import use_language

SOEST = "05974040"
EAST, NORTH = 440_000, 5_713_000


@pytest.fixture
def run(tmp_path, capsys):
    def call(*words, code=0, language="en"):
        capsys.readouterr()
        found = main(["--home", str(tmp_path / "home"), "--lang", language, *map(str, words)])
        shown = capsys.readouterr()
        assert found == code, shown.err + shown.out
        return shown.out if found == 0 or not shown.err else shown.err

    yield call
    use_language(None)


@pytest.fixture
def pipes(tmp_path):
    path = tmp_path / "wasser.gpkg"
    shapes = [shapely.LineString([(EAST + n, NORTH), (EAST + n, NORTH + 10)]) for n in range(5)]
    columns = {"Nr": range(5), "Art": "Hauptleitung", "DN": 100, "TIEFE": 120}
    geopandas.GeoDataFrame(columns, geometry=shapes, crs=25832).to_file(path)
    return path


def test_from_proposal_to_withdrawal(run, pipes, tmp_path):
    alone = json.loads(run("mapping", "propose", pipes, "--json"))
    assert alone["layer"] == "utility_line"
    assert alone["mapping"]["columns"]["depth"]["factor"] == 0.01
    assert len(alone["preview"]["rows"]) == 5
    assert alone["preview"]["rows"][0]["geom"].startswith("LINESTRING")

    run("init", "--district", "05974")
    run("join", SOEST, "--layer", "utility", "--audience", "district")
    refused = run("ingest", pipes, "--ags", SOEST, code=1)
    assert "twin mapping propose" in refused
    words = ["--set", "owner:=Stadtwerke", "--set", "depth=TIEFE*0.001", "--set", "kind=", "--set", "key=Nr"]
    shown = run("mapping", "propose", pipes, *words, "--save", "wasser", "--ags", SOEST)
    assert "Mapping “wasser” kept with 05974040" in shown
    (kept,) = json.loads(run("mapping", "list", "--json"))["mappings"]
    assert (kept["ags"], kept["name"], kept["layer"]) == (SOEST, "wasser", "utility_line")
    mapping = json.loads(run("mapping", "show", "wasser", "--json"))
    assert mapping["columns"]["owner"] == {"constant": "Stadtwerke"}
    assert "kind" not in mapping["columns"]

    (report,) = json.loads(run("ingest", pipes, "--ags", SOEST, "--json"))["deliveries"]
    assert report["loaded"] == {"utility_line": {SOEST: 5}}
    rows = json.loads(run("sql", "SELECT DISTINCT medium, depth, owner FROM utility_line", "--json"))
    assert rows == [{"medium": "water", "depth": 0.12, "owner": "Stadtwerke"}]

    run("mapping", "forget", "wasser", "--ags", SOEST)
    assert json.loads(run("mapping", "list", "--json")) == {"mappings": []}
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps({**mapping, "name": "datei"}), "utf-8")
    (again,) = json.loads(run("ingest", pipes, "--ags", SOEST, "--mapping", file, "--json"))["deliveries"]
    assert again["unchanged"], "the same mapping, whatever it is called"

    run("mapping", "propose", pipes, "--save", "wasser", "--ags", SOEST)
    run("withdraw", SOEST, "--yes")
    assert json.loads(run("mapping", "list", "--json")) == {"mappings": []}


def test_wrong_words_are_told(run, pipes, tmp_path):
    assert "nix" in run("mapping", "propose", pipes, "--layer", "nix", code=1)
    assert "BLAU" in run("mapping", "propose", pipes, "--set", "depth=BLAU", code=1)
    assert "column=Source" in run("mapping", "propose", pipes, "--set", "depth", code=2)
    run("init", "--district", "05974")
    assert "wasser" in run("mapping", "show", "wasser", code=1)
    assert "wasser" in run("mapping", "forget", "wasser", code=1)
    assert "wasser" in run("ingest", pipes, "--mapping", "wasser", code=1)
    assert "unbekannt" in run("mapping", "propose", pipes, "--save", "a", "--ags", "09999999", code=1, language="de")
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF")
    assert "CSV" in run("mapping", "propose", letter, code=1)


@pytest.mark.parametrize("language", ["de", "en"])
def test_people_are_told_why(run, pipes, language):
    shown = run("mapping", "propose", pipes, language=language)
    for word in ("utility_line", "TIEFE", "wasser-"):
        assert word in shown
    assert ("laut" if language == "de" else "as the") in shown


def test_all_tables_of_a_file_are_kept_under_their_names(run, tmp_path):
    path = tmp_path / "netz.gpkg"
    lines = [shapely.LineString([(EAST + n, NORTH), (EAST + n, NORTH + 10)]) for n in range(4)]
    points = [shapely.Point(EAST + n, NORTH) for n in range(4)]
    geopandas.GeoDataFrame({"Nr": range(4), "DN": 100}, geometry=lines, crs=25832).to_file(path, layer="gasleitung")
    geopandas.GeoDataFrame({"Nr": range(4), "Armaturart": "Schieber"}, geometry=points, crs=25832).to_file(
        path, layer="gasarmatur"
    )
    run("init", "--district", "05974")
    assert "gasarmatur" in run("mapping", "propose", path, "--set", "owner:=x", code=2)
    run("mapping", "propose", path, "--save", "netz")
    names = {one["name"] for one in json.loads(run("mapping", "list", "--json"))["mappings"]}
    assert names == {"netz gasleitung", "netz gasarmatur"}
    run("mapping", "propose", path, "--table", "gasleitung", "--set", "owner:=x", "--save", "nur")
