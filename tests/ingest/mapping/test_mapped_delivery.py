"""Tables become rows: with a saved mapping by themselves, with a named one at once, and never without one."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely

import twin
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.mapping import Mapping, load, propose, save
from ingest.mapping.saved import of_file
from twin.errors import MappingError

DISTRICT, SOEST, WERL = "05974", "05974040", "05974052"
EAST, NORTH = 440_000, 5_713_000


@pytest.fixture
def t(tmp_path):
    with twin.Twin.init(tmp_path / "home", DISTRICT, name="Kreis Soest") as opened:
        opened.join(SOEST, "all", "open", name="Soest")
        opened.join(WERL, "all", "open", name="Werl")
        yield opened


@pytest.fixture
def pipes(tmp_path):
    def write(count=3, name="leitungen.csv", medium="Gas", header="NR;SPARTE;DN;X1;Y1;GEOM", shift=0):
        path = tmp_path / name
        rows = [
            f"{n};{medium};{100 + n};;;LINESTRING ({EAST + n + shift} {NORTH}, {EAST + n + shift} {NORTH + 10})"
            for n in range(count)
        ]
        path.write_text("\n".join([header, *rows]), "utf-8")
        return path

    return write


def take(t, path, **options):
    (report,) = ingest(t, [str(path)], Request(Options(ags=SOEST, **options), workers=1)).deliveries
    return report


def ids(t):
    return sorted(key for (key,) in t.sql("SELECT line_id FROM utility_line").fetchall())


def test_without_a_mapping_a_table_is_refused_with_what_to_do(t, pipes):
    path = pipes()
    report = take(t, path)
    assert report.unknown
    assert "utility_line" in report.error
    assert f"twin mapping propose {path} --save leitungen" in report.error
    assert t.sql("SELECT count(*) FROM utility_line").fetchall() == [(0,)]


def test_a_saved_mapping_is_used_by_itself(t, pipes):
    path = pipes()
    save(t, propose(path).mapping("gas"), ags=SOEST)
    report = take(t, path)
    assert report.error == ""
    assert (report.format, report.loaded) == ("mapped_table", {"utility_line": {SOEST: 3}})
    assert any("gas" in note for note in report.notes)
    assert ids(t) == ["leitungen-0", "leitungen-1", "leitungen-2"]
    row = t.sql("SELECT medium, diameter, length, ags FROM utility_line WHERE line_id = 'leitungen-1'").fetchall()
    assert row == [("gas", 101.0, 10.0, SOEST)]


def test_the_same_file_again_changes_nothing_and_the_next_one_replaces_it(t, pipes):
    save(t, propose(pipes()).mapping("gas"), ags=SOEST)
    first = take(t, pipes())
    again = take(t, pipes())
    assert again.unchanged
    assert again.delivery_id == first.delivery_id
    fewer = take(t, pipes(2))
    assert fewer.retired == {"utility_line": 1}
    assert ids(t) == ["leitungen-0", "leitungen-1"]


def test_another_mapping_is_another_delivery(t, pipes):
    path = pipes()
    mapping = propose(path).mapping("gas")
    save(t, mapping, ags=SOEST)
    first = take(t, path)
    save(t, propose(path).corrected({"columns": {"owner": {"constant": "Stadtwerke"}}}, name="gas"), ags=SOEST)
    second = take(t, path)
    assert not second.unchanged
    assert second.delivery_id != first.delivery_id
    assert t.sql("SELECT DISTINCT owner FROM utility_line").fetchall() == [("Stadtwerke",)]
    renamed = replace(mapping, name="other")
    t.forget_mapping(SOEST, "gas")
    save(t, renamed, ags=SOEST)
    take(t, path)
    assert take(t, path).unchanged, "a name is no content"


def test_a_mapping_is_not_applied_by_halves_when_columns_change(t, pipes):
    save(t, propose(pipes()).mapping("gas"), ags=SOEST)
    take(t, pipes())
    renamed = pipes(header="NR;SPARTE;NENNWEITE;X1;Y1;GEOM")
    report = take(t, renamed)
    assert report.unknown, "its signature is another"
    assert "DN" in report.error
    assert "NENNWEITE" in report.error
    assert "propose" in report.error, "the mapping lacks what it needs"
    assert ids(t) == ["leitungen-0", "leitungen-1", "leitungen-2"], "what is there stays"
    mapping = load(t, SOEST)[0][1]
    (named,) = ingest(
        t, [str(renamed)], Request(Options(ags=SOEST, mappings=(mapping,)), "mapped_table", workers=1)
    ).deliveries
    assert "DN" in named.error
    assert not named.unknown


def test_a_new_column_that_the_mapping_does_not_need_is_no_obstacle_for_a_named_one(t, pipes):
    mapping = propose(pipes()).mapping("gas")
    save(t, mapping, ags=SOEST)
    wider = pipes(header="NR;SPARTE;DN;NEU;Y1;GEOM")
    assert f"twin ingest {wider} --mapping gas" in take(t, wider).error
    (report,) = ingest(
        t, [str(wider)], Request(Options(ags=SOEST, mappings=(mapping,)), "mapped_table", workers=1)
    ).deliveries
    assert report.loaded == {"utility_line": {SOEST: 3}}


def test_the_municipalitys_own_mapping_comes_before_the_districts(t, pipes):
    path = pipes()
    found = propose(path)
    save(t, found.corrected({"columns": {"owner": {"constant": "Kreis"}}}, name="gas"))
    save(t, found.corrected({"columns": {"owner": {"constant": "Werl"}}}, name="gas"), ags=WERL)
    take(t, path)
    assert t.sql("SELECT DISTINCT owner FROM utility_line").fetchall() == [("Kreis",)], "Werl's is none of Soest's"
    save(t, found.corrected({"columns": {"owner": {"constant": "Soest"}}}, name="gas"), ags=SOEST)
    take(t, path)
    assert t.sql("SELECT DISTINCT owner FROM utility_line").fetchall() == [("Soest",)]
    assert [owner for owner, _ in load(t, SOEST)] == [SOEST, DISTRICT]


def test_official_formats_win(t, tmp_path):
    path = tmp_path / "baeume.csv"
    path.write_text(f"id;baumart;kronendurchmesser;stammumfang;x_25832;y_25832\n1;Quercus robur;3;90;{EAST};{NORTH}\n")
    save(t, propose(path).mapping("baeume"))
    assert take(t, path).format == "tree_csv"
    mapping = load(t)[0][1]
    (named,) = ingest(
        t, [str(path)], Request(Options(ags=SOEST, mappings=(mapping,)), "mapped_table", workers=1)
    ).deliveries
    assert named.format == "mapped_table"


def test_broken_rows_are_told_one_by_one_and_the_rest_lands(t, tmp_path):
    path = tmp_path / "leitungen.csv"
    line = "LINESTRING ({0} 5713000, {0} 5713010)"
    rows = [
        f"1;Gas;100;{line.format(EAST)}",
        f"1;Gas;100;{line.format(EAST + 1)}",
        "2;Gas;100;POINT (440000 5713000)",
        "3;Gas;100;LINESTRING (1 2",
        "4;Gas;100;",
        f"5;Gas;100;{line.format(9_000_000)}",
        f"6;Bier;viel;{line.format(EAST + 2)}",
        "7;Gas",
    ]
    path.write_text("\n".join(["NR;SPARTE;DN;GEOM", *rows]), "utf-8")
    good = tmp_path / "good.csv"
    good.write_text("\n".join(["NR;SPARTE;DN;GEOM", *(f"{n};Gas;100;{line.format(EAST + n)}" for n in range(9))]))
    save(t, propose(good).corrected({"key": {"prefix": "g-"}}, name="gas"), ags=SOEST)
    report = take(t, path)
    assert report.error == ""
    assert ids(t) == ["g-1", "g-6"]
    assert report.rejected_count == 6
    assert t.sql("SELECT medium, diameter FROM utility_line WHERE line_id = 'g-6'").fetchall() == [("other", None)]
    notes = " ".join(report.notes)
    assert "Bier" in notes
    assert "viel" in notes


def test_several_tables_of_a_container_take_several_mappings(t, tmp_path):
    path = tmp_path / "netz.gpkg"
    lines = [shapely.LineString([(EAST + n, NORTH), (EAST + n, NORTH + 10)]) for n in range(4)]
    points = [shapely.Point(EAST + n, NORTH) for n in range(4)]
    geopandas.GeoDataFrame({"Nr": range(4), "DN": 100}, geometry=lines, crs=25832).to_file(path, layer="gasleitung")
    geopandas.GeoDataFrame({"Nr": range(4), "Armaturart": "Schieber"}, geometry=points, crs=25832).to_file(
        path, layer="gasarmatur"
    )
    geopandas.GeoDataFrame({"x": range(4)}, geometry=points, crs=25832).to_file(path, layer="rest")
    for table in ("gasleitung", "gasarmatur"):
        save(t, propose(path, table=table).mapping(table), ags=SOEST)
    report = take(t, path)
    assert report.loaded == {"utility_line": {SOEST: 4}, "utility_node": {SOEST: 4}}
    assert any("rest" in note for note in report.notes)
    t.forget_mapping(SOEST, "gasarmatur")
    take(t, path)
    assert t.sql("SELECT count(*) FROM utility_node").fetchall() == [(0,)], "what no mapping reads any more goes"
    assert t.sql("SELECT count(*) FROM utility_line").fetchall() == [(4,)]


def test_rows_find_their_municipality_by_a_key_column(t, tmp_path):
    path = tmp_path / "leitungen.csv"
    line = f"LINESTRING ({EAST} {NORTH}, {EAST} {NORTH + 10})"
    path.write_text("\n".join(["NR;AGS;DN;GEOM", f"1;5974052;100;{line}", f"2;05974040;100;{line}"]), "utf-8")
    save(t, propose(path, layer="utility_line").mapping("netz"))
    (report,) = ingest(t, [str(path)], Request(workers=1)).deliveries
    assert report.loaded == {"utility_line": {SOEST: 1, WERL: 1}}, report.error


def test_a_table_without_a_place_for_a_layer_without_one(t, tmp_path):
    path = tmp_path / "leitungen.csv"
    path.write_text(f"NR;DN;GEOM\n1;100;LINESTRING ({EAST} {NORTH}, {EAST} {NORTH + 10})\n")
    mapping = propose(path, layer="utility_line").corrected({"crs": "EPSG:4326"}, name="falsch")
    save(t, mapping, ags=SOEST)
    report = take(t, path)
    assert report.rejected_count == 1, "metres are no degrees"
    assert ids(t) == []


def test_a_mapping_in_a_file(tmp_path, pipes):
    mapping = propose(pipes()).mapping("gas")
    path = tmp_path / "mapping.json"
    path.write_text(json.dumps({"mapping": mapping.as_dict()}), "utf-8")
    assert of_file(path) == mapping
    for text in ("", "{", "[" * 100_000, json.dumps({"layer": "nix", "columns": {"a": "b"}})):
        path.write_text(text, "utf-8")
        with pytest.raises(MappingError):
            of_file(path)


def test_a_mapping_that_nobody_understands_any_more_harms_nobody(t, pipes):
    save(t, propose(pipes()).mapping("gas"), ags=SOEST)
    with t.registry.write() as transaction:
        from twin.registry import execute

        execute(transaction, "UPDATE mapping SET content = :content", content=json.dumps({"version": 99}))
    assert load(t) == []
    assert take(t, pipes()).unknown
    assert isinstance(Mapping.from_dict({"name": "", "layer": "", "columns": {}}), Mapping)


def test_nothing_is_written_beside_the_file(t, pipes, tmp_path):
    folder = tmp_path / "lieferung"
    folder.mkdir()
    path = Path(pipes().rename(folder / "leitungen.csv"))
    save(t, propose(path).mapping("gas"), ags=SOEST)
    take(t, path)
    assert [file.name for file in folder.iterdir()] == ["leitungen.csv"]


def test_a_file_of_the_same_name_from_another_municipality_replaces_nothing(t, pipes):
    save(t, propose(pipes()).mapping("gas"))
    take(t, pipes(2))
    werl = pipes(3, shift=20_000)
    (report,) = ingest(t, [str(werl)], Request(Options(ags=WERL), workers=1)).deliveries
    assert report.retired == {}
    assert t.sql("SELECT ags, count(*) FROM utility_line GROUP BY 1 ORDER BY 1").fetchall() == [(SOEST, 2), (WERL, 3)]
