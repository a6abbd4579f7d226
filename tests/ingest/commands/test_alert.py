"""``twin alert``: as a user calls it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import twin
from ingest.alert.watch import look
from twin.cli import main
from twin.discovery import find
from twin.home import CONFIG

SOEST, WERL = "05974040", "05974052"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Soest has two gauges in different units, Werl a thermometer."""
    folder = tmp_path_factory.mktemp("alert") / "home"
    with twin.init(folder, "05974", name="Kreis Soest", config=CONFIG.replace("threads = 0", "threads = 1")) as t:
        for ags, name in ((SOEST, "Soest"), (WERL, "Werl")):
            t.join(ags, ["sensor"], "open", name=name)
        _sensors(t, SOEST, ("pegel:soestbach", "water_level", "cm"), ("pegel:ahse", "water_level", "m"))
        _sensors(t, WERL, ("thermo:werl", "air_temperature", "Cel"))
    return folder


def _sensors(t: twin.Twin, ags: str, *given: tuple[str, str, str]) -> None:
    names = ("sensor_id", "observed_property", "unit")
    _deliver(t, ags, "sensor", [dict(zip(names, one, strict=True)) | {"name": "Pegel [b]Soest[/b]"} for one in given])


def _deliver(t: twin.Twin, ags: str, layer: str, rows: list[dict[str, Any]]) -> str:
    schema = pa.schema([field for field in find("LAYER", layer).read_schema if field.name in rows[0]])
    with t.stage(twin.DeliveryHeader(file="x", format="test", layers=(layer,))) as staging:
        staging.file(0, "x", mode="update")
        staging.add(ags, layer, pa.Table.from_pylist(rows, schema))
        return str(staging.commit().delivery_id)


@pytest.fixture
def run(home, capsys):
    """Calls the command line; gives code, output and complaints."""

    def call(*words: str, as_json: bool = False) -> tuple[int, Any, str]:
        code = main(["--home", str(home), "--lang", "en", *(["--json"] if as_json else []), "alert", *words])
        said = capsys.readouterr()
        return code, json.loads(said.out) if as_json and not code else said.out, said.err

    yield call
    for one in call("list", as_json=True)[1]["rules"]:
        call("remove", one["ags"], one["name"])


def test_a_rule_from_saying_it_to_taking_it_back(run, home) -> None:
    code, kept, _ = run(
        "add", SOEST, "Hochwasser", "--sensor", "pegel:soestbach", "--above", "350", "--release", "300,5",
        "--severity", "alarm", "--email", "wache@example.org", as_json=True,
    )  # fmt: skip
    assert code == 0
    assert (kept["kind"], kept["threshold"], kept["release"], kept["unit"]) == ("above", 350.0, 300.5, "cm")
    assert kept["sensors"] == 1
    code, shown, _ = run("list")
    assert "Hochwasser" in shown
    assert "above 350 cm" in shown
    assert run("status")[:2] == (0, "No alerts.\n")
    at = (datetime.now(UTC) + timedelta(minutes=1)).replace(tzinfo=None)
    with twin.open(home) as t:
        row = {"sensor_id": "pegel:soestbach", "phenomenon_time": at, "result": 360.0}
        look(t, _deliver(t, SOEST, "observation", [row]))
    _, found, _ = run("status", as_json=True)
    (alert,) = found["alerts"]
    assert (alert["result"], alert["place"]["municipality"]) == (360.0, "Soest")
    shown = run("status")[1]
    assert "360 cm (above 350 cm)" in shown
    assert "Pegel [b]Soest[/b], Soest" in shown
    assert f"open  [{alert['alert_id']}]" in shown
    assert run("status", "--ags", WERL)[1] == "No alerts.\n"
    assert run("seen", alert["alert_id"], "--by", "Erika", as_json=True)[1]["seen_by"] == "Erika"
    assert run("seen", "nonsense")[0] != 0
    assert run("remove", SOEST, "Hochwasser")[0] == 0
    assert run("remove", SOEST, "Hochwasser")[0] != 0
    assert run("status")[1] == "No alerts.\n"
    assert run("history", as_json=True)[1]["alerts"][0]["alert_id"] == alert["alert_id"]


def test_a_sensor_that_is_not_there_is_said_with_those_that_are_near(run) -> None:
    code, _, said = run("add", SOEST, "x", "--sensor", "pegel:sostbach", "--above", "1")
    assert code != 0
    assert "pegel:soestbach" in said
    assert "thermo" not in said


def test_whose_sensor_it_is_is_said(run) -> None:
    code, _, said = run("add", SOEST, "x", "--sensor", "thermo:werl", "--above", "30")
    assert code != 0
    assert f"twin alert add {WERL}" in said


def test_a_threshold_has_one_unit(run) -> None:
    code, _, said = run("add", SOEST, "x", "--property", "water_level", "--above", "3")
    assert code != 0
    assert "cm, m" in said
    assert run("add", SOEST, "x", "--property", "water_level", "--above", "3", "--unit", "Cel")[0] != 0
    code, kept, _ = run("add", SOEST, "x", "--property", "water_level", "--above", "3", "--unit", "m", as_json=True)
    assert (code, kept["sensors"]) == (0, 2)


def test_silence_has_a_length(run) -> None:
    for word, seconds in (("90s", 90), ("30m", 1800), ("2h", 7200), ("1d", 86_400), ("600", 600)):
        assert run("add", SOEST, "Ausfall", "--silent", word, as_json=True)[1]["silence"] == seconds
    assert "silent for more than 10 minutes" in run("list")[1]
    assert run("add", "05974", "Ausfall", "--silent", "2h", as_json=True)[1]["sensors"] == 3


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--above", "1", "--below", "0"),
        ("--above", "nan"),
        ("--above", "viel"),
        ("--silent", "bald"),
        ("--silent", "5s"),
        ("--above", "1", "--release", "2"),
        ("--above", "1", "--email", "Erika"),
        ("--above", "1", "--webhook", "file:///etc/passwd"),
        ("--above", "1", "--secret", "geheim"),
        ("--above", "1", "--sign"),
    ],
)
def test_what_makes_no_sense_is_said(run, words) -> None:
    code, _, said = run("add", SOEST, "x", "--sensor", "pegel:soestbach", *words)
    assert code not in (0, 70)
    assert "Alert rule" in said or "x" in said
    assert run("list", as_json=True)[1]["rules"] == []


def test_a_test_says_what_became_of_it(run, monkeypatch) -> None:
    monkeypatch.delenv("TWIN_SMTP_URL", raising=False)
    run("add", SOEST, "x", "--silent", "2h", "--email", "wache@example.org")
    code, said, _ = run("test", SOEST, "x")
    assert code == 1
    assert "TWIN_SMTP_URL" in said
    run("add", SOEST, "x", "--silent", "2h")
    assert "neither webhook nor e-mail" in run("test", SOEST, "x")[2]
    assert run("test", SOEST, "nosuch")[0] != 0
