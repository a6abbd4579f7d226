from __future__ import annotations

import json
from pathlib import Path

import pytest

import twin
from ingest.demo.places import HOUSING_FIELD_KEY, OLD_BARN_ID
from twin.cli import main
from twin.consent import Principal


@pytest.mark.slow
def test_the_demo_fills_a_home_and_the_second_run_changes_nothing(
    delivered: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--home", str(tmp_path / "home"), "demo", "--no-serve", "--folder", str(delivered), "--json"]
    assert main(words) == 0
    capsys.readouterr()
    with twin.open(tmp_path / "home") as t:
        counts = dict(t.sql("SELECT ags, count(*) FROM building GROUP BY ags ORDER BY ags").fetchall())
        assert set(counts) == {"05099010", "05099020", "05099030"}
        assert min(counts.values()) > 300
        assert len(t.sql("SELECT 1 FROM municipality").fetchall()) == 4
        assert len(t.sql("SELECT 1 FROM terrain").fetchall()) == 80
        barn = t.sql("SELECT lod, name FROM building WHERE building_id = $1", values=[OLD_BARN_ID]).fetchall()
        field = t.sql("SELECT location FROM parcel WHERE flurstueckskennzeichen = $1", values=[HOUSING_FIELD_KEY])
        assert barn == [(2, "Alte Zehntscheune")]
        assert field.fetchall() == [("Neue Gartenstadt",)]
        # Nothing of the municipality that has not joined lies anywhere.
        assert t.sql("SELECT count(*) FROM parcel WHERE ags = '05099040'").fetchall() == [(0,)]
    with twin.open(tmp_path / "home", principal=Principal.public()) as t:
        seen = {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM building").fetchall()}
        assert seen == {"05099010", "05099030"}
    assert main(words) == 0
    again = json.loads(capsys.readouterr().out)
    assert all(delivery["unchanged"] for delivery in again["deliveries"])


def test_a_real_twin_is_left_alone(tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin.init(tmp_path / "home", "05974").close()
    words = ["--home", str(tmp_path / "home"), "demo", "--no-serve", "--fresh", "--folder", str(delivered)]
    assert main(words) == 1
    assert (tmp_path / "home").is_dir()
    assert "Soest" in capsys.readouterr().err
