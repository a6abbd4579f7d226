from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import twin
from ingest.demo.places import HOUSING_FIELD_KEY, OLD_BARN_ID
from ingest.demo.readings import OFF_SCALE
from ingest.demo.readings_files import BELATED, THINGS
from twin.alerts.alert import alerts
from twin.cli import main
from twin.consent import Principal


@pytest.mark.slow
def test_the_demo_fills_a_home_and_the_second_run_changes_nothing(
    demo_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = json.loads((demo_folder / "report.json").read_text())
    assert not any(delivery["error"] for delivery in first["deliveries"])
    shutil.copytree(demo_folder / "home", tmp_path / "home")
    # Nothing is wrong but the readings that were made to be.
    wrong = {one["file"]: one for one in first["deliveries"] if one["rejected"]}
    assert set(wrong) == {THINGS}
    errors = [one for delivery in first["deliveries"] for one in delivery["findings"] if one["severity"] == "error"]
    assert [one["code"] for one in errors] == ["observation.off_scale"] * len(OFF_SCALE)
    assert len(wrong[THINGS]["rejected"]) == len(OFF_SCALE)
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
        assert t.sql("SELECT count(*) FROM tree").fetchall() == [(8_000,)]
        assert t.sql("SELECT count(*) FROM plan").fetchall() == [(3,)]
        for layer in ("street", "facility", "land_cover", "utility_line", "utility_node", "land_value", "flood_zone",
                      "broadband", "broadband_coverage", "statistic", "transit_stop", "transit_departure",
                      "orthophoto", "address", "plan_area"):  # fmt: skip
            assert t.sql(f"SELECT count(*) > 0 FROM {layer}").fetchall() == [(True,)], layer
        assert t.sql("SELECT count(*) FROM sensor").fetchall() == [(60,)]
        with t.registry.read() as transaction:
            told = {alert.name for alert in alerts(transaction, open_only=True)}
        assert told >= {"Becken Neue Gartenstadt schweigt", "Quartiersgarage fast voll"}
        # The farms are the gaps in the broadband.
        slow = t.sql("SELECT count(*) FROM broadband WHERE download < 30 AND NOT fibre").fetchall()[0][0]
        fast = t.sql("SELECT count(*) FROM broadband WHERE fibre AND ags = '05099010'").fetchall()[0][0]
        assert slow > 100
        assert fast > 1_000
        # Nothing of the municipality that has not joined lies anywhere.
        assert t.sql("SELECT count(*) FROM parcel WHERE ags = '05099040'").fetchall() == [(0,)]
    with twin.open(tmp_path / "home", principal=Principal.public()) as t:
        seen = {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM building").fetchall()}
        assert seen == {"05099010", "05099030"}
        assert t.sql("SELECT count(*) FROM utility_line").fetchall() == [(0,)]
        assert {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM broadband").fetchall()} == set(counts)
    with twin.open(tmp_path / "home", principal=Principal.county()) as t:
        assert {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM utility_line").fetchall()} == {"05099010"}
        assert {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM plan").fetchall()} == {"05099010", "05099020"}
    words = ["--home", str(tmp_path / "home"), "demo", "--no-serve", "--folder", str(demo_folder / "files"), "--json"]
    assert main(words) == 0
    again = json.loads(capsys.readouterr().out)
    # What was corrected since is read again, and found to be older.
    assert {delivery["file"] for delivery in again["deliveries"] if not delivery["unchanged"]} <= {BELATED}
    assert not any(delivery["loaded"] for delivery in again["deliveries"] if not delivery["unchanged"])


def test_a_real_twin_is_left_alone(tmp_path: Path, delivered: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin.init(tmp_path / "home", "05974").close()
    words = ["--home", str(tmp_path / "home"), "demo", "--no-serve", "--fresh", "--folder", str(delivered)]
    assert main(words) == 1
    assert (tmp_path / "home").is_dir()
    assert "Soest" in capsys.readouterr().err
