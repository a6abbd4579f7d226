"""What every command keeps to, whoever wrote it."""

from __future__ import annotations

import click
import pytest

from twin.cli import main
from twin.discovery import discover
from twin.language import use_language

COMMANDS = {name: getattr(found, "click", found) for name, found in discover("COMMAND").items()}


@pytest.fixture(autouse=True)
def _language():
    yield
    use_language(None)


@pytest.mark.parametrize("name", COMMANDS)
def test_help_is_there_in_both_languages(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "de", name, "--help"]) == 0
    german = capsys.readouterr().out
    assert main(["--lang", "en", name, "--help"]) == 0
    english = capsys.readouterr().out
    assert german.strip()
    assert english.strip()
    assert german != english


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_usage_is_two_and_one_line(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--no-such-option"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "--no-such-option" in shown.err
    assert "Traceback" not in shown.err


@pytest.mark.parametrize("name", COMMANDS)
def test_options_are_explained(name: str) -> None:
    for parameter in COMMANDS[name].params:
        if isinstance(parameter, click.Option) and not parameter.hidden and parameter.name != "help":
            text = getattr(parameter, "text", None)
            assert (text is not None and text.de.strip() and text.en.strip()) or parameter.help, parameter.opts


def test_the_commands_that_people_expect_are_there() -> None:
    assert {"init", "join", "ingest", "status", "history", "withdraw", "sql", "doctor"} <= set(COMMANDS)
