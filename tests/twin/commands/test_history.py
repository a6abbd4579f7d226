from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.cli import main
from twin.language import use_language


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    use_language(None)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with twin.init(tmp_path / "home", "05974") as t:
        t.join("05974040", ["tree"], "open")
        with t.stage(twin.DeliveryHeader(file="a_long_name_of_trees_of_the_town.csv", format="tree_csv")) as staging:
            staging.file(0, "trees.csv", extent=(0.0, 0.0, 1.0, 1.0))
            columns = {"tree_id": [str(number) for number in range(1_234)]}
            staging.add("05974040", "tree", t.table("tree").limit(0).to_arrow_table().from_pydict(columns))
            staging.commit()
    return tmp_path / "home"


def test_what_is_shown_can_be_asked_for(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On the narrowest screen, times and delivery ids stand whole, and lead to the state that they stand for."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    assert main(["--home", str(home), "--lang", "de", "history"]) == 0
    lines = capsys.readouterr().out.splitlines()
    cells = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
    (row,) = [row for row in cells if "geliefert" in row[1]]
    with twin.open(home) as t:
        delivery = [entry.delivery_id for entry in t.history() if entry.delivery_id]
        assert row[2] == delivery[0]
        assert t.table("tree", at=row[2]).aggregate("count(*)").fetchall() == [(1_234,)]
        assert t.table("tree", at=row[0]).aggregate("count(*)").fetchall() == [(1_234,)]


@pytest.mark.parametrize(("language", "number"), [("de", "1.234"), ("en", "1,234")])
def test_numbers_are_written_as_in_the_language(
    home: Path, language: str, number: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["history"], ["status"], ["doctor"], ["withdraw", "05974040", "--yes"]):
        main(["--home", str(home), "--lang", language, *words])
        shown = "".join(capsys.readouterr())
        assert number in shown, words
