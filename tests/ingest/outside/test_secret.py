from __future__ import annotations

from pathlib import Path

import pytest

from ingest.outside.secret import secret
from twin.errors import SecretError


def test_no_reference_is_no_secret() -> None:
    assert secret("") == ""


def test_it_comes_from_the_environment_or_a_file_of_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GAUGE_TOKEN", "s3cret")
    assert secret("env:GAUGE_TOKEN") == "s3cret"
    file = tmp_path / "token"
    file.write_text("s3cret \n")
    file.chmod(0o600)
    assert secret(f"file:{file}") == "s3cret "


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "token"
    file.write_text("s3cret")
    file.chmod(mode)
    with pytest.raises(SecretError, match="600") as refused:
        secret(f"file:{file}")
    assert "s3cret" not in str(refused.value)


def test_what_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("GAUGE_TOKEN", raising=False)
    monkeypatch.setenv("EMPTY", "")
    for reference in ("env:GAUGE_TOKEN", "env:EMPTY", f"file:{tmp_path / 'none'}"):
        with pytest.raises(SecretError, match=reference):
            secret(reference)


def test_a_password_given_in_place_of_its_name_is_not_repeated() -> None:
    with pytest.raises(SecretError) as refused:
        secret("plain:s3cret")
    assert "s3cret" not in str(refused.value)
