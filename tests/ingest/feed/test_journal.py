"""The log: a JSON object a line, of bounded size, whatever becomes of the disk."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from ingest.feed import journal as module
from ingest.feed.journal import FILE, Journal
from twin.language import Text


def test_a_line_is_an_object(tmp_path: Path) -> None:
    stream = io.StringIO()
    journal = Journal(tmp_path, stream=stream)
    journal.write("failed", bad=True, secrets=["geheim"], feed="a\nb", problem=Text("de", "https://h/?x=geheim"), n=1)
    journal.close()
    (line,) = stream.getvalue().splitlines()
    entry = json.loads(line)
    assert entry.pop("at").endswith("+00:00")
    assert entry == {"level": "warning", "event": "failed", "feed": "a b", "problem": "https://h/", "n": 1}
    assert (tmp_path / "log" / FILE).read_text() == line + "\n"


def test_quiet_only_tells_what_is_bad(tmp_path: Path) -> None:
    stream = io.StringIO()
    journal = Journal(tmp_path, stream=stream, quiet=True)
    journal.write("answered")
    journal.write("failed", bad=True)
    journal.close()
    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["failed"]
    assert len((tmp_path / "log" / FILE).read_text().splitlines()) == 2


def test_it_does_not_grow_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LARGEST", 2000)
    journal = Journal(tmp_path, stream=io.StringIO())
    for number in range(500):
        journal.write("answered", number=number)
    journal.close()
    files = list((tmp_path / "log").iterdir())
    assert len(files) == module.KEPT + 1
    assert sum(file.stat().st_size for file in files) <= 2000 * (module.KEPT + 1)


def test_a_closed_terminal_is_no_matter(tmp_path: Path) -> None:
    stream = io.StringIO()
    journal = Journal(tmp_path, stream=stream)
    stream.close()
    journal.write("answered")
    journal.close()
    assert (tmp_path / "log" / FILE).read_text()
