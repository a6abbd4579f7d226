"""The desk: what the dashboard asks of the ingest jobs."""

from dataclasses import replace

import pytest

import twin
from twin.desk import Errand, Wish
from twin.discovery import discover

SOEST = "05974040"
TREES = "Baumnr;Baumart;Hoehe;Rechtswert;Hochwert\n1;Tilia cordata;12,5;440000,0;5710000,0\n2;Acer;8;440010;5710010\n"
PIPES = "NR;SPARTE;DN;MATERIAL;WKT\n" + "".join(
    f"{n};Schmutzwasser;300;PVC;LINESTRING (44000{n} 5710000, 44000{n} 5710030)\n" for n in range(9)
)


@pytest.fixture
def t(tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(SOEST, "all", "open")
        yield made


@pytest.fixture
def desk():
    (found,) = discover("DESK").values()
    return found


def test_nothing_is_stored_before_it_is_published(t, desk, tmp_path):
    file = tmp_path / "baeume.csv"
    file.write_text(TREES)
    told = []
    errand = Errand(file, crs="EPSG:25832", ags=SOEST, tenants=(SOEST,), author="staff", told=told.append)
    case = desk.examine(t, errand)
    (summary,) = case.summaries
    assert summary.rows == (("tree", 2, {SOEST: 2}),)
    assert not summary.delivery_id
    assert case.publishable
    assert told
    assert len(case.preview(10)["tree"]) == 2
    assert "baeume.csv" in case.page(0)
    assert t.sql("SELECT count(*) FROM tree").fetchall() == [(0,)]
    case.publish()
    assert case.summaries[0].delivery_id
    assert t.sql("SELECT count(*) FROM tree").fetchall() == [(2,)]


def test_what_is_discarded_leaves_nothing(t, desk, tmp_path):
    file = tmp_path / "baeume.csv"
    file.write_text(TREES)
    case = desk.examine(t, Errand(file, crs="EPSG:25832", ags=SOEST))
    case.discard()
    case.discard()
    assert not [folder for folder in t.home.staging.iterdir() if folder.name != ".engine"]
    assert t.sql("SELECT count(*) FROM tree").fetchall() == [(0,)]


def test_an_unknown_table_gets_its_mapping(t, desk, tmp_path):
    file = tmp_path / "kanal.csv"
    file.write_text(PIPES)
    case = desk.examine(t, Errand(file, ags=SOEST))
    (summary,) = case.summaries
    case.discard()
    assert summary.unmapped
    assert not case.publishable
    guess = desk.propose(file, "")
    assert guess.layer == "utility_line"
    assert {wish.column: wish.source for wish in guess.wishes}["medium"] == "SPARTE"
    wishes = tuple(Wish("owner", value="Stadtwerke") if wish.column == "owner" else wish for wish in guess.wishes)
    desk.keep(t, file, replace(guess, wishes=wishes, name="kanal"), SOEST, "staff")
    again = desk.examine(t, Errand(file, ags=SOEST))
    assert again.publishable
    assert len(again.preview(5)["utility_line"]) == 5
    again.publish()
    rows = t.sql("SELECT DISTINCT medium, owner, diameter FROM utility_line").fetchall()
    assert rows == [("sewer", "Stadtwerke", 300.0)]
