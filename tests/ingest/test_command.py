"""The command line on real deliveries, from init to withdraw."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from twin.cli import main
from twin.language import use_language

WESEL, HAMMINKELN, HUENXE, VOERDE = "05170048", "05170012", "05170016", "05170044"
BUILDINGS = {WESEL: 2308, HAMMINKELN: 223, HUENXE: 71, VOERDE: 154}
"""Counted in the deliveries by their generic attribute Gemeindeschluessel."""

PARTS = {WESEL: 586, HAMMINKELN: 46, HUENXE: 13, VOERDE: 32}


class CommandLine:
    """Runs ``twin`` and reads what it says."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home, self.capsys = home, capsys

    def __call__(self, *words: str, code: int = 0) -> tuple[str, str]:
        self.capsys.readouterr()
        found = main(["--home", str(self.home), "--lang", "en", *words])
        shown = self.capsys.readouterr()
        assert found == code, shown.err
        return shown.out, shown.err

    def json(self, *words: str, code: int = 0) -> Any:
        return json.loads(self(*words, "--json", code=code)[0])


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    yield CommandLine(tmp_path / "home", capsys)
    use_language(None)


@pytest.mark.slow
def test_the_wesel_tiles_from_init_to_withdraw(run: CommandLine, shared_data: Path) -> None:
    (tiles,) = (shared_data / "citygml" / "nrw-wesel").glob("*.zip")
    run("init", "--district", "05170", "--boundaries", str(shared_data / "boundaries" / "vg5000_gem_nrw_25832.gpkg"))
    run("join", WESEL, "--layer", "building", "--audience", "district", "--granted-by", "Bauamt")
    run("join", HUENXE, "--layer", "all", "--audience", "internal")

    (delivery,) = run.json("ingest", str(tiles), "--workers", "2")["deliveries"]
    assert delivery["format"] == "citygml"
    assert delivery["version"] == "CityGML 1.0"
    assert delivery["parts"] == 35
    assert delivery["read"]["building"] == sum(BUILDINGS.values()) == 2756
    assert delivery["read"]["building_part"] == sum(PARTS.values()) == 677
    assert delivery["loaded"]["building"] == {ags: BUILDINGS[ags] for ags in (HUENXE, WESEL)}
    assert delivery["loaded"]["building_part"] == {ags: PARTS[ags] for ags in (HUENXE, WESEL)}
    for layer, expected in (("building", BUILDINGS), ("building_part", PARTS)):
        for ags in (HAMMINKELN, VOERDE):
            assert delivery["refused"][f"no_consent:{layer}:{ags}"] == expected[ags]
    surfaces = sum(delivery["loaded"]["building_surface"].values())
    refused = sum(n for reason, n in delivery["refused"].items() if reason.startswith("no_consent:building_surface:"))
    assert surfaces + refused == delivery["read"]["building_surface"]
    assert delivery["rejected"] == []

    (again,) = run.json("ingest", str(tiles))["deliveries"]
    assert again["unchanged"]
    assert again["delivery_id"] == delivery["delivery_id"]

    counts = json.loads(run("sql", "SELECT ags, count(*) AS n FROM building GROUP BY ags ORDER BY ags", "--json")[0])
    assert counts == [{"ags": HUENXE, "n": 71}, {"ags": WESEL, "n": 2308}]
    orphans = "SELECT count(*) AS n FROM building_surface ANTI JOIN building USING (ags, building_id)"
    assert json.loads(run("sql", orphans, "--json")[0]) == [{"n": 0}]

    joined = {one["ags"]: one for one in run.json("status")["municipalities"] if one["joined"]}
    assert set(joined) == {WESEL, HUENXE}
    assert joined[WESEL]["rows"]["building"] == 2308
    actions = [entry["action"] for entry in run.json("history")["history"]]
    assert actions == ["init", "deliver", "join", "join", "deliver"]

    _, refusal = run("withdraw", WESEL, code=1)
    assert "--yes" in refusal
    assert run.json("withdraw", WESEL, "--yes")["remains"] == []
    assert json.loads(run("sql", "SELECT DISTINCT ags FROM building", "--json")[0]) == [{"ags": HUENXE}]


@pytest.mark.parametrize(("answer", "goes"), [("ja", True), ("y", True), ("", False), ("nein", False)])
def test_on_a_terminal_a_withdrawal_asks_first(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, answer: str, goes: bool
) -> None:
    run("init", "--district", "05974")
    run("join", "05974040", "--layer", "all", "--audience", "open")
    asked = []
    monkeypatch.setattr("sys.stdin", type("Terminal", (), {"isatty": lambda self: True})())
    monkeypatch.setattr("click.prompt", lambda question, **_: asked.append(question) or answer)
    run("withdraw", "05974040", code=0 if goes else 1)
    assert "Soest (05974040)" in asked[0]
    joined = [one["ags"] for one in run.json("status")["municipalities"] if one["joined"]]
    assert joined == ([] if goes else ["05974040"])


def test_what_went_wrong_is_told_apart(run: CommandLine, tmp_path: Path) -> None:
    assert "There is no twin" in run("status", code=1)[1]
    run("init", "--district", "05974")
    assert "Kreis Soest" in run("status")[0]
    assert "is in" in run("init", "--district", "05974", code=1)[1]
    assert "unknown" in run("join", "05974099", "--layer", "all", "--audience", "open", code=1)[1]
    run("join", "05974099", "--name", "Musterdorf", "--layer", "all", "--audience", "open")
    assert "nosuch" in run("join", "05974040", "--layer", "nosuch", "--audience", "open", code=1)[1]
    run("join", "05974040", "--layer", "all", "--audience", "everyone", code=2)
    letter = tmp_path / "letter.pdf"
    letter.write_bytes(b"%PDF-1.4")
    out, _ = run("ingest", str(letter), code=1)
    assert "a text or document, no data" in out
    damaged = tmp_path / "tiles.zip"
    damaged.write_bytes(b"PK\x03\x04 and no more")
    out, _ = run("ingest", str(damaged), code=1)
    assert "not valid" in out
    assert "cannot run" in run("sql", "SELECT nope", code=1)[1]
    run("sql", "SELECT 1", "--format", "xml", code=2)
    run("sql", "SELECT '=1' AS a", "--output", str(tmp_path / "a.csv"))
    assert (tmp_path / "a.csv").read_text() == '"a"\n"\'=1"\n'
    assert {finding["state"] for finding in run.json("doctor")["findings"]} <= {"ok", "hint"}
