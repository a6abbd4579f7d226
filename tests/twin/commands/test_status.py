from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

import twin
from twin.cli import main
from twin.discovery import find
from twin.language import use_language

SOEST = "05974040"
MANY = ("address", "building", "facility", "land_use", "parcel", "plan", "street", "tree")


def test_keys_and_names_stand_whole_however_many_layers_there_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with twin.init(tmp_path / "home", "05974") as t:
        t.join(SOEST, ["all"], "open")
        with t.stage(twin.DeliveryHeader(file="all.zip", format="test")) as staging:
            staging.file(0, "all", extent=(0.0, 0.0, 1.0, 1.0))
            for layer in MANY:
                key = find("LAYER", layer).key[0]
                staging.add(SOEST, layer, pa.table({key: ["1", "2"]}))
            staging.commit()
    assert main(["--home", str(tmp_path / "home"), "--lang", "de", "status"]) == 0
    use_language(None)
    shown = capsys.readouterr().out
    for word in (SOEST, "Soest", "05974056", "Wickede (Ruhr)", "nicht beigetreten", "Gebäude 2", "Flurstücke 2"):
        assert word in shown, word
