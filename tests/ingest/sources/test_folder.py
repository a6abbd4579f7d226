"""A folder for dropping: what no longer changes is taken, once, and what is no plain file is left alone."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.report import DeliveryReport
from ingest.source import Catch, Setting
from ingest.sources import folder
from ingest.sources.folder import DONE, REFUSED, SOURCE, TAKEN, Drop
from twin.errors import FeedError
from twin.feeds.feed import Feed


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    path = tmp_path / "drop"
    path.mkdir()
    return path


@pytest.fixture(autouse=True)
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "SETTLE", 0.01)


def opened(drop: Path, **options: str) -> Drop:
    own = drop.parent / "home" / "own"
    own.mkdir(parents=True, exist_ok=True)
    feed = Feed("05974040", "ablage", "folder", {"path": str(drop), **options})
    return Drop(Setting(feed, {}, own, home=own.parent))


def land(catches: Iterator[Catch], error: str = "") -> list[str]:
    names = []
    for catch in catches:
        names.append(catch.path.name)
        catch.told(DeliveryReport(catch.path.name, error=error))
        catch.landed()
    return names


def files(path: Path) -> list[str]:
    return sorted(entry.name for entry in path.iterdir())


def test_what_is_there_is_taken_once_with_its_report_beside(drop: Path) -> None:
    (drop / "a.csv").write_text("x")
    source = opened(drop)
    assert land(source.gather()) == ["a.csv"]
    assert land(source.gather()) == []
    moved, report = files(drop / DONE)
    assert moved.endswith("-a.csv")
    assert json.loads((drop / DONE / report).read_text())["file"] == "a.csv"
    assert files(drop / TAKEN) == []


def test_what_is_refused_is_put_aside(drop: Path) -> None:
    (drop / "a.csv").write_text("x")
    land(opened(drop).gather(), error="nein")
    assert len(files(drop / REFUSED)) == 2
    assert files(drop / DONE) == []


def test_what_still_grows_waits(drop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    growing, still = drop / "growing.csv", drop / "still.csv"
    growing.write_text("a")
    still.write_text("b")
    monkeypatch.setattr(folder.time, "sleep", lambda _: growing.write_text(growing.read_text() + "a"))
    source = opened(drop)
    assert land(source.gather()) == ["still.csv"]
    monkeypatch.setattr(folder.time, "sleep", lambda _: None)
    assert land(source.gather()) == ["growing.csv"]


def test_unfinished_and_hidden_files_links_and_pipes_are_left_alone(drop: Path, tmp_path: Path) -> None:
    (drop / "a.csv.part").write_text("a")
    (drop / ".hidden").write_text("a")
    (drop / "folder").mkdir()
    (tmp_path / "secret").write_text("s")
    (drop / "link.csv").symlink_to(tmp_path / "secret")
    os.link(tmp_path / "secret", drop / "hard.csv")
    os.mkfifo(drop / "pipe.csv")
    assert land(opened(drop).gather()) == []
    assert {"link.csv", "hard.csv", "pipe.csv", "a.csv.part", "folder"} <= set(files(drop))


def test_only_what_is_wanted(drop: Path) -> None:
    for name in ("a.csv", "b.json", "c.txt"):
        (drop / name).write_text("x")
    assert sorted(land(opened(drop, pattern="*.csv, *.json").gather())) == ["a.csv", "b.json"]


def test_what_was_taken_before_a_kill_comes_first(drop: Path) -> None:
    (drop / "a.csv").write_text("a")
    catches = opened(drop).gather()
    next(catches)  # and nothing more: killed before it landed
    (drop / "b.csv").write_text("b")
    assert land(opened(drop).gather()) == ["a.csv", "b.csv"]


def test_what_is_written_into_while_it_lands_is_not_put_away(drop: Path) -> None:
    (drop / "a.csv").write_text("a")
    source = opened(drop)
    for catch in source.gather():
        catch.path.write_text("more")
        catch.landed()
    assert files(drop / DONE) == []
    assert land(source.gather()) == ["a.csv"]


def test_odd_names_become_plain(drop: Path) -> None:
    for name in (b"\xff\xfe\n.csv", b"a\x1b[31m.csv", "ö;$(rm).csv".encode()):
        Path(os.fsdecode(os.fsencode(drop) + b"/" + name)).write_text("x")
    for name in land(opened(drop).gather()):
        assert name.isascii()
        assert name.isprintable()


def test_equal_names_displace_nothing(drop: Path) -> None:
    source = opened(drop)
    for content in "abc":
        (drop / "a.csv").write_text(content)
        land(source.gather())
    kept = [path for path in (drop / DONE).iterdir() if not path.name.endswith(".json")]
    assert sorted(path.read_text() for path in kept) == ["a", "b", "c"]


def test_what_landed_long_ago_goes(drop: Path) -> None:
    source = opened(drop, keep="1")
    (drop / "a.csv").write_text("a")
    land(source.gather())
    for path in (drop / DONE).iterdir():
        os.utime(path, (0, 0))
    land(source.gather())
    assert files(drop / DONE) == []


@pytest.mark.parametrize(
    "path", ["relative", "/", "{tmp}/home", "{tmp}/home/own", "{tmp}", "{tmp}/nowhere", "{tmp}/link"]
)
def test_folders_that_may_not_be_used(drop: Path, tmp_path: Path, path: str) -> None:
    source = opened(drop)
    assert source
    (tmp_path / "link").symlink_to(tmp_path / "home")
    with pytest.raises(FeedError):
        opened(drop, path=path.format(tmp=tmp_path))


def test_a_folder_that_has_gone_is_a_problem_and_no_crash(drop: Path) -> None:
    source = opened(drop)
    for name in (TAKEN, DONE, REFUSED):
        (drop / name).mkdir()
        (drop / name).rmdir()
    drop.rmdir()
    with pytest.raises(FeedError):
        list(source.gather())


def test_mapped_files_say_so(drop: Path) -> None:
    (drop / "a.csv").write_text("a")
    found: list[Any] = list(opened(drop, mapping="m", crs="EPSG:25832").gather())
    assert [(catch.format, catch.mapping, catch.crs) for catch in found] == [("mapped_table", "m", "EPSG:25832")]
    assert SOURCE.open is Drop
