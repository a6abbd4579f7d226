"""``twin feed`` as people call it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import twin
from ingest.commands.feed_run import alone
from twin.cli import main
from twin.language import use_language

SOEST, WERL = "05974040", "05974052"
ENTITIES = {
    "value": [
        {
            "@iot.id": 1,
            "@iot.selfLink": "https://frost.example.org/v1.1/Datastreams(1)",
            "name": "Wasserstand",
            "unitOfMeasurement": {"name": "cm", "symbol": "cm", "definition": "ucum:cm"},
            "Observations": [{"phenomenonTime": "2026-06-01T00:00:00Z", "result": 3.0}],
        }
    ]
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with twin.init(tmp_path / "home", "05974") as made:
        made.join(SOEST, ["sensor"], "open")
    return tmp_path / "home"


@pytest.fixture
def drop(tmp_path: Path) -> Path:
    path = tmp_path / "drop"
    path.mkdir()
    return path


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*words: str) -> tuple[int, str, str]:
        code = main(["--home", str(home), "--lang", "en", "feed", *words])
        use_language(None)
        shown = capsys.readouterr()
        return code, shown.out, shown.err

    return call


def test_a_feed_is_declared_asked_paused_and_removed(call: Any, drop: Path) -> None:
    add = ("add", SOEST, "ablage", "--source", "folder", "--option", f"path={drop}", "--json")
    code, out, _ = call(*add)
    feed = json.loads(out)["feed"]
    assert code == 0
    assert (feed["every"], feed["options"]["keep"], feed["enabled"]) == (60, "30", True)  # what the source says
    (drop / "a.json").write_text(json.dumps(ENTITIES))
    (drop / "b.txt").write_text("nichts")
    code, out, _ = call("once", "--json")
    (found,) = json.loads(out)["feeds"]
    assert (code, found["brought"], found["status"]) == (0, 1, "ok")
    assert "b.txt" in found["problem"]["en"]
    code, out, _ = call("once")
    assert (code, out.strip()) == (0, "No feed is due.")
    code, out, _ = call("status", "--json")
    assert (code, json.loads(out)["feeds"][0]["readings"]) == (0, 1)
    assert call("pause", SOEST, "ablage")[0] == 0
    assert "paused" in call("list")[1]
    assert call("resume", SOEST, "ablage")[0] == 0
    assert call("remove", SOEST, "ablage")[0] == 0
    assert json.loads(call("list", "--json")[1]) == {"feeds": []}
    assert call("remove", SOEST, "ablage")[0] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--source", "folder"), "--option path="),
        (("--source", "folder", "--option", "path=/nirgends"), "absolute path"),
        (("--source", "folder", "--option", "path=/tmp", "--option", "pfad=/tmp"), "pattern"),
        (("--source", "nirgends"), "folder"),
        (("--source", "folder", "--option", "path={drop}", "--every", "0"), "interval of 0 s"),
        (("--source", "folder", "--option", "path={drop}", "--secret", "env:X"), "takes no secret"),
        (("--source", "http_table", "--url", "https://u:p@h.example/x"), "--secret"),
        (("--source", "http_table", "--url", "https://h.example/x", "--secret", "geheim"), "env:NAME"),
    ],
)
def test_what_makes_no_sense_is_said(call: Any, drop: Path, words: tuple[str, ...], said: str) -> None:
    code, out, err = call("add", SOEST, "x", *(word.format(drop=drop) for word in words))
    assert code == 1
    assert said in err
    assert out == ""
    assert json.loads(call("list", "--json")[1]) == {"feeds": []}


def test_wrong_usage_is_two(call: Any) -> None:
    assert call("add", SOEST, "x", "--source", "folder", "--option", "path")[0] == 2


def test_a_municipality_that_does_not_share_sensors_has_no_feed(call: Any, drop: Path) -> None:
    code, _, err = call("add", WERL, "x", "--source", "folder", "--option", f"path={drop}")
    assert code == 1
    assert WERL in err


def test_a_secret_that_is_not_there_yet_is_a_remark(call: Any) -> None:
    words = ("add", SOEST, "x", "--source", "http_table", "--url", "https://h.example/x", "--secret", "env:NO_SUCH_X")
    code, _, err = call(*words)
    assert code == 0
    assert "NO_SUCH_X" in err


def test_once_fails_if_one_fails_and_knows_its_names(call: Any) -> None:
    call("add", SOEST, "weg", "--source", "http_table", "--url", "http://127.0.0.1:9/")
    code, out, _ = call("once", "--json")
    assert code == 1
    assert json.loads(out)["feeds"][0]["status"] == "failing"
    assert call("status")[0] == 1
    code, _, err = call("once", "nirgends")
    assert code == 1
    assert "weg" in err


def test_two_runners_of_a_home_do_not_run_at_once(call: Any, home: Path) -> None:
    with twin.open(home) as opened, alone(opened.home):
        for word in ("once", "run"):
            code, _, err = call(word)
            assert code == 1
            assert "another runner is at work" in err


def test_run_until_it_is_told_to_stop(call: Any, home: Path, drop: Path) -> None:
    call("add", SOEST, "ablage", "--source", "folder", "--option", f"path={drop}", "--every", "1")
    (drop / "a.json").write_text(json.dumps(ENTITIES))
    command = [sys.executable, "-c", "from twin.cli import main; raise SystemExit(main())", "--home", str(home)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    process = subprocess.Popen(
        [*command, "feed", "run", "--health", "127.0.0.1:0"], env=environment, stderr=subprocess.PIPE, text=True
    )
    events = []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            events.append(json.loads(line))
            if events[-1]["event"] == "health":
                url = events[-1]["url"]
            if events[-1]["event"] == "landed":
                break
        with urllib.request.urlopen(f"{url}health.json", timeout=30) as answer:
            assert json.load(answer)["feeds"][0]["name"] == "ablage"
        process.send_signal(signal.SIGTERM)
        events += [json.loads(line) for line in process.stderr]
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        process.stderr.close()  # type: ignore[union-attr]
    assert events[-1]["event"] == "stopped"
    with twin.open(home) as opened:
        assert opened.sql("SELECT count(*) FROM observation").fetchall() == [(1,)]


def test_a_place_where_nobody_can_listen_is_said(call: Any) -> None:
    code, _, err = call("run", "--health", "nirgends:x")
    assert code == 1
    assert "nirgends:x" in err
