from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import pytest

import twin
from twin import health
from twin.errors import MissingComponent
from twin.health import Finding, examine


def _by_check(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.check: finding for finding in findings}


def test_a_sound_twin_is_found_sound(tmp_path: Path) -> None:
    with twin.init(tmp_path / "home", "05974") as t:
        t.join("05974040", "all", "open")
    found = _by_check(examine(tmp_path / "home"))
    assert {"program", "engine", "disk", "staging", "registry", "lakes"} <= set(found)
    assert {name for name, finding in found.items() if finding.state == "broken"} == set()


def test_no_twin_is_a_hint_and_not_the_end(tmp_path: Path) -> None:
    found = _by_check(examine(tmp_path / "nothing"))
    assert found["engine"].state == "ok"
    assert found["home"].state == "hint"


def test_what_is_missing_comes_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise MissingComponent(component="spatial", purpose="x", remedy="pip install spatial")

    monkeypatch.setattr(health, "connect", broken)
    monkeypatch.setattr(health.ctypes.util, "find_library", lambda name: None)
    found = _by_check(examine(tmp_path))
    assert found["unexpected"].as_dict()["remedy"] == "pip install spatial"
    assert "libegl1" in str(found["rendering"].remedy)


def test_leftovers_and_a_full_disk_are_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    twin.init(home, "05974").close()
    (home / "staging" / "left").mkdir()
    (home / "staging" / "left" / "lock").touch()
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 1))
    found = _by_check(examine(home))
    assert found["staging"].state == "hint"
    assert "left" in str(found["staging"].found)
    assert found["disk"].state == "broken"


def test_a_damaged_registry_is_a_finding(tmp_path: Path) -> None:
    home = tmp_path / "home"
    twin.init(home, "05974").close()
    (home / "registry.sqlite").write_bytes(b"no database" * 1000)
    for file in home.glob("registry.sqlite-*"):
        file.unlink()
    assert "broken" in {finding.state for finding in examine(home)}
