"""``twin init`` of a district that the program knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from twin.cli import main
from twin.language import use_language


def test_it_tells_the_facts_of_the_municipalities(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path / "home"), "init", "--district", "05974", "--json"]) == 0
    found = {one["ags"]: one for one in json.loads(capsys.readouterr().out)["municipalities"]}
    assert len(found) == 14
    assert found["05974040"] == {"ags": "05974040", "name": "Soest", "population": 47_460, "area": 85_810_000.0}


def test_the_registry_may_be_on_a_server(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--home", str(tmp_path / "home"), "--lang", "en", "init", "--district", "05974"]
    assert main([*words, "--registry", "nowhere://x"]) == 1
    said = capsys.readouterr().err
    assert "registry" in said
    assert "nowhere" in said
    assert main(words) == 0
    use_language(None)
