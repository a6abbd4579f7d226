"""What every source of readings keeps to, whoever wrote it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from ingest.commands.feed import COMMAND, add_command
from ingest.feed.setting import completed
from ingest.source import Source
from twin.cli import main
from twin.discovery import discover
from twin.errors import FeedError
from twin.feeds.feed import LONGEST, SHORTEST, Feed
from twin.language import use_language

SOURCES = list(discover("SOURCE").values())


@pytest.fixture(params=SOURCES, ids=lambda source: source.name)
def source(request: pytest.FixtureRequest) -> Source:
    return request.param


@pytest.fixture(autouse=True)
def _language():
    yield
    use_language(None)


def test_its_name_is_a_word(source: Source) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]{1,30}", source.name)


def test_its_words_are_there_in_both_languages(source: Source) -> None:
    texts = [source.title, source.description, *(option.title for option in source.options)]
    for text in [*texts, *([source.secret] if source.secret else [])]:
        assert text.de.strip()
        assert text.en.strip()
    assert source.title.de != source.description.de


def test_its_options_are_words_that_come_once(source: Source) -> None:
    names = [option.name for option in source.options]
    assert len(names) == len(set(names))
    for option in source.options:
        assert re.fullmatch(r"[a-z][a-z0-9_]{0,30}", option.name)
        assert not (option.required and option.default)
        assert not re.search(r"password|passwort|token|secret", option.name)


def test_it_is_asked_neither_too_often_nor_too_seldom(source: Source) -> None:
    assert max(SHORTEST, 10) <= source.every <= LONGEST


def test_its_example_is_a_command_that_declares_it(source: Source) -> None:
    words = shlex.split(source.example)
    assert words[:3] == ["twin", "feed", "add"]
    context = add_command.make_context("add", words[3:])
    given = context.params
    assert given["source"] == source.name
    options = dict(word.split("=", 1) for word in given["options"])
    if given["url"]:
        options["url"] = given["url"]
    feed = completed(Feed(given["ags"], given["name"], source.name, options, given["reference"]))
    assert re.fullmatch(r"\d{5}|\d{8}", feed.ags)
    assert {option.name for option in source.options if option.default} <= set(feed.options)


def test_options_that_it_does_not_know_are_said_with_those_it_does(source: Source) -> None:
    with pytest.raises(FeedError) as said:
        completed(Feed("05974040", "x", source.name, {"nonsense": "1"}))
    for option in source.options:
        assert option.name in str(said.value)


def test_what_it_needs_is_said(source: Source) -> None:
    required = [option.name for option in source.options if option.required]
    if not required:
        assert completed(Feed("05974040", "x", source.name))
        return
    with pytest.raises(FeedError) as said:
        completed(Feed("05974040", "x", source.name))
    for name in required:
        assert f"--option {name}=" in str(said.value)


def test_it_is_explained(source: Source, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for language in ("de", "en"):
        assert main(["--home", str(tmp_path), "--lang", language, "feed", "sources", source.name]) == 0
        shown = capsys.readouterr().out
        assert source.title.within(language).split()[0] in shown
        for option in source.options:
            assert f"--option {option.name}=" in shown


def test_there_are_sources() -> None:
    assert {"folder", "http_table"} <= {source.name for source in SOURCES}
    assert {"add", "list", "status", "remove", "pause", "resume", "run", "once", "sources"} == set(COMMAND.commands)
