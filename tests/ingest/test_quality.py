"""Checks, quarantine, reports and dry runs, from a file to the page that somebody reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from ingest.format import Options
from ingest.job import Request, examine, ingest
from ingest.report_page import page, page_name
from ingest.stored_report import stored_report
from twin.cli import main
from twin.consent import Principal
from twin.discovery import discover
from twin.errors import UnknownName
from twin.language import use_language

SOEST, WERL = "05974040", "05974052"
HEAD = "BAUM_ID;ART;HOEHE;KRONENDURCHMESSER;RECHTSWERT;HOCHWERT;STANDORT"
SOUND = "1;Quercus robur;12,5;6;440123,45;5713123,45;Am Markt"
RUINED = "2;Tilia geheimnis;12;6;4,40E+05;5,71E+06;Zauberweg"
TALL = "3;Tilia cordata;110;6;440125,45;5713123,45;Am Markt"
TWICE = "4;Tilia cordata;11;6;440126,45;5713123,45;StraÃŸe"


@pytest.fixture
def t(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[twin.Twin]:
    use_language("de")
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    with twin.init(tmp_path / "home", "05974") as made:
        for ags in (SOEST, WERL):
            made.join(ags, ["tree", "building"], "open")
        yield made
    use_language(None)


def trees(folder: Path, *lines: str, name: str = "baeume.csv") -> str:
    path = folder / name
    path.write_text("\n".join([HEAD, *lines]), "utf-8")
    return str(path)


def request(ags: str = SOEST, **settings: object) -> Request:
    return Request(Options(crs="EPSG:25832", ags=ags), workers=1, **settings)  # type: ignore[arg-type]


def content(home: Path) -> dict[str, bytes]:
    """All files but the locks, which say nothing."""
    return {
        str(file.relative_to(home)): file.read_bytes()
        for file in home.rglob("*")
        if file.is_file() and "locks" not in file.parts and not file.name.endswith(("-wal", "-shm"))
    }


def test_what_checks_find_is_reported_and_stored(t: twin.Twin, tmp_path: Path) -> None:
    (report,) = ingest(t, [trees(tmp_path, SOUND, RUINED, TALL, TWICE)], request()).deliveries
    assert report.loaded == {"tree": {SOEST: 3}}
    assert report.rejected_count == 1
    found = report.as_dict()
    assert [(one["code"], one["severity"], one["feature"], one["ags"], one["line"]) for one in found["findings"]] == [
        ("raw.scientific", "error", "2", SOEST, 3),
        ("plausibility.value", "warning", "3", SOEST, 4),
        ("encoding.mojibake", "notice", "4", SOEST, None),
    ]
    assert all(one["sentence"] and one["advice"] and one["file"] == "baeume.csv" for one in found["findings"])
    assert "content" not in found["findings"][0]
    assert {one["code"]: one["count"] for one in found["finding_counts"]} == {
        "raw.scientific": 1, "plausibility.value": 1, "encoding.mojibake": 1,
    }  # fmt: skip
    frame = t.read("finding")
    assert list(frame["code"]) == [one["code"] for one in found["findings"]]
    assert list(frame["quarantined"]) == [True, False, False]
    assert frame.crs.to_epsg() == 25832
    assert frame.geometry[2].x == pytest.approx(440126.45)
    assert t.sql("SELECT location FROM tree WHERE tree_id = '4'").fetchall() == [("Straße",)]
    assert t.sql("SELECT count(*) FROM finding").fetchall() == [(3,)]


def test_only_own_staff_and_the_operator_see_findings(t: twin.Twin, tmp_path: Path) -> None:
    ingest(t, [trees(tmp_path, SOUND, RUINED)], request())
    for principal, count in (
        (Principal.staff(SOEST), 1),
        (Principal.staff(WERL), 0),
        (Principal.county(), 0),
        (Principal.public(), 0),
    ):
        with twin.open(t.home.path, principal=principal) as other:
            assert len(other.read("finding")) == count, principal
            assert len(other.read("tree")) == 1
    with pytest.raises(UnknownName):
        t.join(SOEST, "finding", "open")


def test_the_next_delivery_takes_the_place_of_the_findings(t: twin.Twin, tmp_path: Path) -> None:
    first = ingest(t, [trees(tmp_path, SOUND, RUINED)], request()).deliveries[0]
    ingest(t, [trees(tmp_path, RUINED, SOUND, name="andere.csv")], request(WERL))
    assert len(t.read("finding")) == 2
    ingest(t, [trees(tmp_path, SOUND, TALL)], request())
    assert sorted(t.read("finding")["code"]) == ["plausibility.value", "raw.scientific"]
    assert stored_report(t, first.delivery_id).findings.kept == []
    with t.registry.read() as transaction:
        from twin.findings import counts_of

        assert counts_of(transaction, first.delivery_id) == []


@pytest.mark.parametrize("layer", [None, "tree"])
def test_a_withdrawal_leaves_nothing_of_what_was_rejected(t: twin.Twin, tmp_path: Path, layer: str | None) -> None:
    ingest(t, [trees(tmp_path, SOUND, RUINED)], request())
    ingest(t, [trees(tmp_path, SOUND, RUINED.replace("Zauberweg", "Werlweg"), name="werl.csv")], request(WERL))
    home = t.home.path
    signs = (b"geheimnis", b"Zauberweg", b"4,40E+05")

    def left(sign: bytes) -> list[str]:
        return [str(file) for file in home.rglob("*") if file.is_file() and sign in file.read_bytes()]

    assert all(left(sign) for sign in signs), "the search finds what it is to find"
    receipt = t.withdraw(SOEST, layer)
    assert receipt.remains == ()
    assert left(b"Zauberweg") == []
    assert left(b"Werlweg"), "another's stays"
    assert list(t.read("finding")["ags"]) == [WERL]
    t.withdraw(WERL, layer)
    assert [sign for sign in signs if left(sign)] == []


def test_rows_without_consent_leave_no_finding_behind(t: twin.Twin, tmp_path: Path) -> None:
    report = ingest(t, [trees(tmp_path, SOUND, RUINED)], request("05974004")).deliveries[0]
    assert report.refused
    assert len(t.read("finding")) == 0
    assert not [file for file in t.home.path.rglob("*") if file.is_file() and b"Zauberweg" in file.read_bytes()]


def test_a_dry_run_says_the_same_and_leaves_nothing(t: twin.Twin, tmp_path: Path) -> None:
    path = trees(tmp_path, SOUND, RUINED, TALL)
    before = content(t.home.path)
    dry = ingest(t, [path], request(dry_run=True)).deliveries[0].as_dict()
    assert content(t.home.path) == before
    assert t.history() == [] or all(entry.action != "deliver" for entry in t.history())
    real = ingest(t, [path], request()).deliveries[0].as_dict()
    for name in ("findings", "finding_counts", "rejected", "read", "loaded", "refused"):
        assert dry[name] == real[name], name
    assert dry["dry_run"] and not real["dry_run"]


def test_an_examination_is_published_or_discarded(t: twin.Twin, tmp_path: Path) -> None:
    path = trees(tmp_path, SOUND, RUINED, TALL)
    before = content(t.home.path)
    with examine(t, [path], request()) as looked:
        assert looked.publishable
        assert [finding.code for finding in looked.findings] == ["raw.scientific", "plausibility.value"]
        frame = looked.preview(1)["tree"]
        assert (len(frame), frame["ags"][0], frame.geometry[0].x) == (1, SOEST, pytest.approx(440123.45))
        assert len(t.read("tree")) == 0
    assert content(t.home.path) == before
    with pytest.raises(RuntimeError):
        looked.publish()
    again = examine(t, [path], request())
    (report,) = again.publish().deliveries
    assert report.delivery_id and not report.dry_run
    assert len(t.read("tree")) == 2
    assert not again.publishable
    again.discard()
    assert examine(t, [path], request()).report.deliveries[0].unchanged


def test_an_examination_of_rubbish_has_nothing_to_publish(t: twin.Twin, tmp_path: Path) -> None:
    path = tmp_path / "rubbish.bin"
    path.write_bytes(b"rubbish")
    looked = examine(t, [str(path)], request())
    assert looked.report.deliveries[0].error
    assert not looked.publishable
    looked.discard()


def test_a_rejected_building_takes_its_surfaces_along(t: twin.Twin, sample, tmp_path: Path) -> None:
    square = "POLYGON ((440000 5713000, 440010 5713000, 440010 5713010, 440000 5713010, 440000 5713000))"
    line = "POLYGON ((440000 5713000, 440010 5713000, 440000 5713000, 440000 5713000))"
    rows = [{"building_id": "good", "ags": SOEST, "geom": square}, {"building_id": "bad", "ags": SOEST, "geom": line}]
    surfaces = [{"building_id": key, "surface_index": 0} for key in ("good", "bad")]
    batches = ({"layer": "building_surface", "rows": surfaces}, {"layer": "building", "rows": rows})
    (report,) = ingest(t, [str(sample("a.sample", *batches))], Request(workers=1)).deliveries
    assert report.loaded == {"building": {SOEST: 1}, "building_surface": {SOEST: 1}}
    assert report.refused == {}
    assert t.sql("SELECT building_id FROM building_surface").fetchall() == [("good",)]
    assert [one["feature"] for one in report.rejected] == ["bad"]


def test_the_page_holds_both_languages_and_no_foreign_code(t: twin.Twin, tmp_path: Path) -> None:
    nasty = RUINED.replace("4,40E+05", "4,4E+05").replace("2;", "<script>alert(1)</script>;", 1)
    name = "b<img src=x>.csv"
    (report,) = ingest(t, [trees(tmp_path, SOUND, nasty, TALL, TWICE, name=name)], request()).deliveries
    written = page(report)
    assert "<script" not in written and "<img" not in written
    assert "&lt;script&gt;" in written
    assert 'lang="de">Zu prüfen' in written and 'lang="en">To be looked at' in written
    assert "110 m" in written and "raw.scientific" in written
    assert "http://" not in written.replace("http://www.w3.org/2000/svg", "") and "https://" not in written
    assert "default-src 'none'" in written
    assert "<svg" in written
    assert page_name(report, 3) == "003-b_img_src_x_.csv.html"


def test_commands(t: twin.Twin, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(t.home.path)]
    path = trees(tmp_path, SOUND, RUINED, TALL)
    options = ["--ags", SOEST, "--crs", "EPSG:25832", "--workers", "1"]
    assert main([*home, "ingest", path, *options, "--dry-run", "--report", str(tmp_path / "pages"), "--json"]) == 0
    dry = json.loads(capsys.readouterr().out)["deliveries"][0]
    assert [file.name for file in (tmp_path / "pages").iterdir()] == ["001-baeume.csv.html"]
    assert main([*home, "-q", "ingest", path, *options]) == 0
    capsys.readouterr()
    assert main([*home, "report", "baeume.csv", "--html", str(tmp_path / "a.html"), "--json"]) == 0
    stored = json.loads(capsys.readouterr().out)
    assert stored["findings"] == dry["findings"]
    assert stored["finding_counts"] == dry["finding_counts"]
    assert stored["loaded"] == {"tree": {SOEST: 2}}
    assert "Zauberweg" not in (tmp_path / "a.html").read_text("utf-8")
    assert main([*home, "quarantine", "list", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["quarantine"]
    assert (entry["file"], entry["rejected"], entry["quarantined"]) == ("baeume.csv", 1, 1)
    assert main([*home, "quarantine", "show", entry["delivery_id"], "--json"]) == 0
    (feature,) = json.loads(capsys.readouterr().out)["features"]
    assert feature["content"]["location"] == "Zauberweg"
    assert main([*home, "report", "nothing.csv"]) == 1


def test_a_very_large_delivery_is_not_looked_at_as_a_whole(
    t: twin.Twin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.delivery_checks.MOST_ROWS", 1)
    (report,) = ingest(t, [trees(tmp_path, SOUND, TALL)], request()).deliveries
    assert report.loaded == {"tree": {SOEST: 2}}
    assert ("delivery.too_large", "notice") in {(one.code, one.severity) for one in report.findings.kept}
