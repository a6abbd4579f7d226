"""``twin ingest`` and ``twin join``: what is wrong before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.cli import WRONG_USAGE, main
from twin.language import use_language

SOEST = "05974040"
ALL = ("--layer", "all", "--audience", "open")


@pytest.fixture(autouse=True)
def _language() -> Iterator[None]:
    yield
    use_language(None)


@pytest.mark.parametrize(
    "words",
    [
        ("ingest", "x.gml", "--ags", "123"),
        ("ingest", "x.gml", "--ags", "0597404x"),
        ("ingest", "x.gml", "--crs", "nonsense"),
        ("ingest", "x.gml", "--crs", "EPSG:99999"),
        ("ingest", "x.gml", "--format", "nonsense"),
        ("join", "123", "--name", "Musterdorf", "--layer", "all", "--audience", "open"),
        ("join", SOEST, *ALL, "--from", "2027-01-01", "--until", "2026-01-01"),
        ("join", SOEST, *ALL, "--from", "2027-01-01", "--until", "2027-01-01"),
    ],
    ids=" ".join,
)
def test_what_no_file_could_make_right_is_wrong_usage(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twin.init(tmp_path / "home", "05974").close()
    for language, beginning in (("de", "Ungültiger Wert für"), ("en", "Invalid value for")):
        assert main(["--home", str(tmp_path / "home"), "--lang", language, *words]) == WRONG_USAGE
        assert capsys.readouterr().err.startswith(beginning)


def test_a_consent_says_from_when_and_until_when_it_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    twin.init(tmp_path / "home", "05974").close()
    words = ["--home", str(tmp_path / "home"), "--lang", "en", "join", SOEST, *ALL, "--from", "2027-01-01"]
    assert main([*words, "--until", "2028-06-30T12:00"]) == 0
    assert capsys.readouterr().out.endswith("From 2027-01-01 00:00. Until 2028-06-30 12:00.\n")
