from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import twin
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.watch import Nobody
from twin.discovery import discover
from twin.errors import UnknownMunicipality, UnknownName
from twin.language import Text, use_language

SOEST, WERL, WELVER = "05974040", "05974052", "05974048"
BOX = "POLYGON (({0} 0, {1} 0, {1} 10, {0} 10, {0} 0))"
BORDERS = {
    "layer": "municipality",
    "rows": [
        {"ags": SOEST, "name": "Soest", "geom": BOX.format(0, 10)},
        {"ags": WERL, "name": "Werl", "geom": BOX.format(10, 20)},
        {"ags": "059740560056", "name": "Wickede (Ruhr)", "geom": BOX.format(20, 30)},
        {"ags": "05170048", "name": "Wesel", "geom": BOX.format(30, 40)},
    ],
}
Sample = Callable[..., Path]


def _building(name: str, ags: str = "", east: float | None = None) -> dict:
    geom = None if east is None else f"POLYGON (({east} 1, {east + 1} 1, {east + 1} 2, {east} 2, {east} 1))"
    return {"building_id": name, "ags": ags or None, "geom": geom}


def _buildings(*rows: dict) -> dict:
    return {"layer": "building", "rows": list(rows)}


@pytest.fixture
def t(tmp_path: Path, sample: Sample, monkeypatch: pytest.MonkeyPatch) -> Iterator[twin.Twin]:
    use_language("en")
    # Tiles have tests of their own.
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    with twin.init(tmp_path / "home", "05974") as made:
        yield made
    use_language(None)


def _ids(t: twin.Twin) -> list[str]:
    return sorted(row[0] for row in t.sql("SELECT building_id FROM building").fetchall())


def test_rows_find_their_municipality_and_need_its_consent(t: twin.Twin, sample: Sample) -> None:
    t.join(SOEST, "building", "district")
    ingest(t, [str(sample("borders.sample", BORDERS))])
    rows = [
        _building("by attribute", SOEST, 15),
        _building("by border", "", 5),
        _building("next door", "", 15),
        _building("abroad", "09162000", 5),
        _building("nowhere", "", 500),
    ]
    surfaces = [{"building_id": "by border", "surface_index": 0}, {"building_id": "next door", "surface_index": 0}]
    path = sample("a.sample", _buildings(*rows), {"layer": "building_surface", "rows": surfaces})
    (report,) = ingest(t, [str(path)]).deliveries
    assert report.error == ""
    assert report.read == {"building": 5, "building_surface": 2}
    assert report.loaded == {"building": {SOEST: 2}, "building_surface": {SOEST: 1}}
    assert report.refused == {
        f"no_consent:building:{WERL}": 1,
        "no_consent:building:09162000": 1,
        f"no_consent:building_surface:{WERL}": 1,
        "unplaced:building": 1,
    }
    assert _ids(t) == ["by attribute", "by border"]


def test_the_same_bytes_change_nothing_until_something_else_has(t: twin.Twin, sample: Sample) -> None:
    t.join(SOEST, "building", "district")
    path = str(sample("a.sample", _buildings(_building("a", SOEST), _building("b", WERL), _building("c", "", 15))))
    first = ingest(t, [path]).deliveries[0]
    second = ingest(t, [path]).deliveries[0]
    assert not first.unchanged
    assert second.unchanged
    assert second.delivery_id == first.delivery_id
    t.join(WERL, "building", "district")
    after_join = ingest(t, [path]).deliveries[0]
    assert after_join.loaded == {"building": {SOEST: 1, WERL: 1}}
    ingest(t, [str(sample("borders.sample", BORDERS))])
    after_borders = ingest(t, [path]).deliveries[0]
    assert after_borders.loaded == {"building": {SOEST: 1, WERL: 2}}
    assert ingest(t, [path]).deliveries[0].unchanged


def test_borders_name_municipalities_and_leave_others_out(t: twin.Twin, sample: Sample) -> None:
    (report,) = ingest(t, [str(sample("borders.sample", BORDERS))]).deliveries
    assert report.loaded == {"municipality": {"05974": 3}}
    assert report.refused == {"outside:municipality": 1}
    keys = {row[0] for row in t.sql("SELECT ags FROM municipality WHERE geom IS NOT NULL").fetchall()}
    assert keys == {SOEST, WERL, "05974056"}


def test_the_municipality_that_the_user_names(t: twin.Twin, sample: Sample) -> None:
    t.join(SOEST, "building", "district")
    path = str(sample("a.sample", _buildings(_building("a"), _building("b", WERL))))
    (report,) = ingest(t, [path], Request(Options(ags=SOEST))).deliveries
    assert report.loaded == {"building": {SOEST: 1}}
    with pytest.raises(UnknownMunicipality):
        ingest(t, [path], Request(Options(ags="09162000")))
    with pytest.raises(UnknownName):
        ingest(t, [path], Request(format="nosuch"))


def test_own_staff_brings_and_retires_nothing_of_another_municipality(t: twin.Twin, sample: Sample) -> None:
    for ags in (SOEST, WERL):
        t.join(ags, "building", "open")
    facts = {"facts": {"extent": [0, 0, 1e6, 1e7]}}
    ingest(t, [str(sample("tile.sample", _buildings(_building("a", SOEST), _building("b", WERL)), facts))])
    newer = str(sample("tile.sample", _buildings(_building("c", SOEST), _building("d", WERL)), facts))
    (report,) = ingest(t, [newer], Request(tenants=(SOEST,), author=f"staff {SOEST}")).deliveries
    assert report.loaded == {"building": {SOEST: 1}}
    assert report.refused == {f"not_yours:building:{WERL}": 1}
    assert _ids(t) == ["b", "c"]
    assert not ingest(t, [newer]).deliveries[0].unchanged
    assert _ids(t) == ["c", "d"]


def test_nothing_placed_is_an_error_that_says_what_helps(t: twin.Twin, sample: Sample) -> None:
    (report,) = ingest(t, [str(sample("a.sample", _buildings(_building("a"))))]).deliveries
    assert "--ags" in report.error
    assert report.delivery_id == ""


def test_a_dry_run_says_what_would_happen_and_does_nothing(t: twin.Twin, sample: Sample) -> None:
    t.join(SOEST, "building", "district")
    path = str(sample("a.sample", _buildings(_building("a", SOEST), _building("b", WERL))))
    (report,) = ingest(t, [path], Request(dry_run=True)).deliveries
    assert report.loaded == {"building": {SOEST: 1}}
    assert report.refused == {f"no_consent:building:{WERL}": 1}
    assert report.delivery_id == ""
    assert _ids(t) == []
    assert not [folder for folder in t.home.staging.iterdir() if folder.name != ".engine"]
    assert not ingest(t, [path]).deliveries[0].unchanged


def test_a_delivery_that_fails_stores_nothing_and_holds_no_other_back(
    t: twin.Twin, sample: Sample, tmp_path: Path
) -> None:
    t.join(SOEST, "building", "district")
    for name, line in (("1", {}), ("2", {"invalid": True}), ("3", {"bug": True}), ("4", {})):
        sample(f"in/{name}.sample", _buildings(_building(name, SOEST)), line)
    report = ingest(t, [str(tmp_path / "in")])
    assert [bool(delivery.error) for delivery in report.deliveries] == [False, True, True, False]
    assert "expected this, found that" in report.deliveries[1].error
    assert "Mustermann" not in report.deliveries[2].error
    assert "KeyError" in report.deliveries[2].error
    assert _ids(t) == ["1", "4"]
    assert not report.succeeded


def test_deliveries_of_a_folder_land_in_their_order_however_they_are_read(
    t: twin.Twin, sample: Sample, tmp_path: Path
) -> None:
    t.join(SOEST, "building", "district")
    lines = {number: [_building(f"{number}-{n}", SOEST) for n in range(40 - 4 * number)] for number in range(9)}
    for number, rows in lines.items():
        sample(f"in/{number}.sample", _buildings(*rows))
    sample("in/3b.sample", _buildings(*lines[3]))  # the same bytes as 3
    sample("in/5b.sample", {"invalid": True})
    report = ingest(t, [str(tmp_path / "in")], Request(workers=2))
    names = [delivery.file.rpartition("/")[2].removesuffix(".sample") for delivery in report.deliveries]
    assert names == ["0", "1", "2", "3", "3b", "4", "5", "5b", "6", "7", "8"]
    assert [name for name, one in zip(names, report.deliveries, strict=True) if one.unchanged] == ["3b"]
    assert [name for name, one in zip(names, report.deliveries, strict=True) if one.error] == ["5b"]
    landed = [entry.delivery_id for entry in t.history("building") if entry.action == "deliver"]
    assert landed == [one.delivery_id for one in report.deliveries if one.delivery_id and not one.unchanged]
    assert len(_ids(t)) == sum(len(rows) for rows in lines.values())
    assert not [folder for folder in t.home.staging.iterdir() if folder.name != ".engine"]
    assert all(one.unchanged or one.error for one in ingest(t, [str(tmp_path / "in")]).deliveries)


def test_who_interrupts_leaves_nothing_half_done(
    t: twin.Twin, sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    t.join(SOEST, "building", "district")
    for number in range(6):
        sample(f"in/{number}.sample", _buildings(_building(str(number), SOEST)))
    steps = []

    class Impatient(Nobody):
        def step(self, title: Text) -> None:
            steps.append(title)
            if len(steps) == 4:  # placed, stored, placed, about to store
                raise RuntimeError("Query interrupted") from KeyboardInterrupt()

    with pytest.raises(KeyboardInterrupt):
        ingest(t, [str(tmp_path / "in")], Request(workers=2), Impatient())
    assert _ids(t) == ["0"]
    assert not [folder for folder in t.home.staging.iterdir() if folder.name != ".engine"]


def test_a_killed_reader_stores_nothing(t: twin.Twin, sample: Sample, tmp_path: Path) -> None:
    t.join(SOEST, "building", "district")
    paths = [
        sample("good.sample", _buildings(_building("a", SOEST))),
        sample("deadly.sample", _buildings(_building("b", SOEST)), {"die": True}),
    ]
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        for path in paths:
            archive.write(path, path.name)
    (report,) = ingest(t, [str(tmp_path / "all.zip")], Request(workers=2)).deliveries
    assert "deadly.sample" in report.error
    assert _ids(t) == []
    assert not [folder for folder in t.home.staging.iterdir() if folder.name != ".engine"]


def test_a_valid_file_without_anything_for_us_is_no_error(t: twin.Twin, sample: Sample) -> None:
    report = ingest(t, [str(sample("a.sample", {"facts": {"version": "Sample 1"}}))])
    assert report.deliveries[0].error == ""
    assert report.deliveries[0].read == {}
    assert report.succeeded


def test_unknown_files_fail_the_run_only_if_nothing_could_be_read(t: twin.Twin, sample: Sample, tmp_path: Path) -> None:
    t.join(SOEST, "building", "district")
    sample("in/a.sample", _buildings(_building("a", SOEST)))
    (tmp_path / "in" / "odd.bin").write_bytes(b"\x00")
    report = ingest(t, [str(tmp_path / "in")])
    assert [bool(delivery.error) for delivery in report.deliveries] == [False, True]
    assert report.succeeded
    assert not ingest(t, [str(tmp_path / "in" / "odd.bin")]).succeeded
    assert not ingest(t, [str(tmp_path / "in" / "a.sample"), str(tmp_path / "absent.gml")]).succeeded
    (tmp_path / "in" / "damaged.zip").write_bytes(b"PK\x03\x04")
    assert not ingest(t, [str(tmp_path / "in")]).succeeded
    (tmp_path / "empty").mkdir()
    assert not ingest(t, [str(tmp_path / "empty")]).succeeded


def test_the_report_counts_what_was_dropped_and_rejected(t: twin.Twin, sample: Sample) -> None:
    t.join(SOEST, "building", "district")
    facts = {"dropped": {"AX_Person": 3, "Texture": 2}, "notes": ["look"], "crs": "EPSG:25832"}
    path = sample("a.sample", _buildings(_building("a", SOEST)), {"reject": "x"}, {"facts": facts})
    found = ingest(t, [str(path)]).as_dict()["deliveries"][0]
    assert found["refused"] == {"personal_data:AX_Person": 3}
    assert found["dropped"] == {"Texture": 2}
    assert found["rejected"] == [{"feature": "x", "reason": "why"}]
    assert found["notes"] == ["look"]
    assert found["crs"] == "EPSG:25832"


def test_a_full_delivery_retires_and_an_archive_counts_its_files(t: twin.Twin, sample: Sample, tmp_path: Path) -> None:
    t.join(SOEST, "building", "district")
    extent = {"facts": {"extent": [0, 0, 10, 10]}}
    old = sample("old.sample", _buildings(_building("stays", SOEST, 1), _building("goes", SOEST, 3)), extent)
    ingest(t, [str(old)])
    new = sample("new.sample", _buildings(_building("stays", SOEST, 1)), extent)
    (report,) = ingest(t, [str(new)]).deliveries
    assert report.retired == {"building": 1}
    assert _ids(t) == ["stays"]


def test_derivatives_hear_what_was_touched_and_may_fail(
    t: twin.Twin, sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    t.join(SOEST, "building", "district")
    heard = []

    class Derivative:
        name = "shadow"

        def update(self, asked: twin.Twin, touched: dict[str, set[str]]) -> None:
            heard.append(touched)
            raise RuntimeError("broken")

    real = discover
    monkeypatch.setattr(
        "ingest.job.discover", lambda kind: {"shadow": Derivative()} if kind == "DERIVATIVE" else real(kind)
    )
    surfaces = {"layer": "building_surface", "rows": [{"building_id": "a", "surface_index": 0}]}
    report = ingest(t, [str(sample("a.sample", _buildings(_building("a", SOEST)), surfaces))])
    assert heard == [{SOEST: {"building"}}]
    assert "shadow" in report.notes[0]
    assert report.succeeded
    assert _ids(t) == ["a"]
