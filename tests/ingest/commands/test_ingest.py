"""``twin ingest`` and ``twin join``: what is wrong before anything is read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.cli import WRONG_USAGE, main
from twin.language import use_language


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
