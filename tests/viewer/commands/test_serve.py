"""``twin serve``: whom it serves."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin import Principal
from twin.cli import WRONG_USAGE, main
from twin.language import use_language
from viewer.commands.serve import principal_of


def test_whom_it_serves() -> None:
    assert principal_of("county") == Principal.county()
    assert principal_of("05974040") == Principal.staff("05974040")


@pytest.mark.parametrize("option", ["--as", "--steward"])
@pytest.mark.parametrize("who", ["nonsense", "05974", "0597404x"])
def test_nobody_is_wrong_usage(who: str, option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--home", str(tmp_path), "--lang", "en", "serve", option, who]) == WRONG_USAGE
    said = capsys.readouterr().err
    assert option in said
    assert who in said
    use_language(None)
