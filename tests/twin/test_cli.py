from __future__ import annotations

import errno
from pathlib import Path

import click
import pytest

from twin import cli
from twin.cli import main
from twin.command import Session, command, option
from twin.errors import NotAHome
from twin.language import Text, use_language


@command("try", text=Text("Versucht etwas. Und mehr.", "Tries something. And more."), reports=True)
@option("--raise", "kind", default="", text=Text("Was schiefgeht.", "What goes wrong."))
@click.pass_obj
def attempt(session: Session, *, kind: str) -> int | None:
    if kind == "known":
        raise NotAHome(path="here")
    if kind == "bug":
        raise KeyError("Muster" + "mann")
    if kind == "file":
        Path("nowhere/out.csv").write_text("", "utf-8")
    if kind == "full disk":
        raise OSError(errno.ENOSPC, "No space left on device")
    if kind == "interrupt":
        raise KeyboardInterrupt
    if kind == "interrupt in the engine":
        raise RuntimeError("Query interrupted") from KeyboardInterrupt()
    session.report({"home": str(session.home), "quiet": session.quiet}, lambda console: console.print("for people"))
    return 1 if kind == "code" else None


@pytest.fixture(autouse=True)
def _only_try(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cli, "discover", lambda constant: {"try": attempt})
    yield
    use_language(None)


def test_done_is_zero_and_could_not_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["try"]) == 0
    assert capsys.readouterr().out == "for people\n"
    assert main(["try", "--raise", "code"]) == 1


def test_a_known_error_is_one_sentence_in_the_chosen_language(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "de", "try", "--raise", "known"]) == 1
    assert capsys.readouterr().err.startswith("In here liegt kein Zwilling.")
    assert main(["try", "--raise", "known", "--lang", "en"]) == 1
    assert capsys.readouterr().err.startswith("There is no twin in here.")


@pytest.mark.parametrize(
    ("kind", "german", "english"),
    [
        ("file", "nowhere/out.csv: Datei oder Ordner gibt es nicht.", "nowhere/out.csv: no such file or folder."),
        ("full disk", "{home}: der Datenträger ist voll.", "{home}: the disk is full."),
    ],
)
def test_what_a_file_fails_with_is_no_unexpected_error(
    kind: str, german: str, english: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for language, expected in (("de", german), ("en", english)):
        assert main(["--home", str(tmp_path), "--lang", language, "try", "--raise", kind]) == 1
        assert capsys.readouterr().err.replace("\n", "") == expected.format(home=tmp_path)
    assert not (tmp_path / "log").exists()


def test_an_unknown_error_is_one_sentence_and_a_log_without_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["--home", str(tmp_path), "--lang", "en", "try", "--raise", "bug"]) == 1
    shown = capsys.readouterr().err
    assert "KeyError" in shown
    assert "Traceback" not in shown
    (log,) = (tmp_path / "log").iterdir()
    assert str(log) in shown.replace("\n", "")
    assert "test_cli.py" in log.read_text("utf-8")
    assert "Mustermann" not in log.read_text("utf-8") + shown


def test_global_options_stand_before_or_after(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--home", "h", "--json", "-q", "try"], ["try", "--home", "h", "--json", "-q"]):
        assert main(words) == 0
        assert capsys.readouterr().out == '{\n  "home": "h",\n  "quiet": true\n}\n'


def test_quiet_leaves_out_remarks_but_no_answers(capsys: pytest.CaptureFixture[str]) -> None:
    session = Session(quiet=True)
    session.report({}, lambda console: console.print("remark"), remark=True)
    session.report({}, lambda console: console.print("answer"))
    assert capsys.readouterr().out == "answer\n"


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TWIN_HOME", "elsewhere")
    main(["try", "--json"])
    assert '"home": "elsewhere"' in capsys.readouterr().out
    main(["try", "--json", "--home", "here"])
    assert '"home": "here"' in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nope"], ["try", "--nope"], ["--lang", "fr", "try"], ["try", "more"]])
@pytest.mark.parametrize("language", ["de", "en"])
def test_wrong_usage_is_two(words: list[str], language: str, capsys: pytest.CaptureFixture[str]) -> None:
    use_language(None)
    assert main([*words, "--lang", language] if "--lang" not in words else words) == 2
    assert "--help" in capsys.readouterr().err


def test_wrong_usage_says_what_is_meant(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--lang", "de", "tri"])
    assert "Gemeint ist vielleicht: try." in capsys.readouterr().err
    main(["--lang", "de", "try", "more"])
    assert "mehr Wörter" in capsys.readouterr().err
    main(["--lang", "de", "try", "--raise"])
    assert "--raise" in capsys.readouterr().err


def test_help_and_version_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "de", "--help"]) == 0
    german = capsys.readouterr().out
    assert "Befehle:" in german
    assert "Versucht etwas" in german
    assert main(["--lang", "en", "try", "--help"]) == 0
    assert "Tries something. And more." in capsys.readouterr().out
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("twin ")


@pytest.mark.parametrize("kind", ["interrupt", "interrupt in the engine"])
def test_an_interruption_is_no_stack_trace(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--lang", "en", "try", "--raise", kind]) == 1
    assert capsys.readouterr().err.strip() == "Interrupted."
