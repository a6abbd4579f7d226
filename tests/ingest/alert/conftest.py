"""A district whose sensors report whatever a test has them say."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

import twin
from twin.home import CONFIG


def _load(name: str) -> ModuleType:
    # Tests are imported by file (import-mode importlib), so modules of theirs are too.
    file = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


reporting = sys.modules.get("reporting") or _load("reporting")
receiving = sys.modules.get("receiving") or _load("receiving")


@pytest.fixture(scope="session")
def _district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("alert") / "home"
    with twin.init(folder, "05974", name="Kreis Soest", config=CONFIG.replace("threads = 0", "threads = 1")) as t:
        t.join(reporting.SOEST, ["sensor"], "internal", name="Soest")
        t.join(reporting.WERL, ["sensor"], "open", name="Werl")
    return folder


@pytest.fixture
def t(_district: Path) -> Iterator[twin.Twin]:
    """That district, opened by its operator; no rule is left of the test before."""
    with twin.open(_district) as opened:
        with opened.registry.write() as transaction:
            for table in ("alert_rule", "alert", "alert_message", "alert_mark"):
                transaction.exec_driver_sql(f"DELETE FROM {table}")
        yield opened


@pytest.fixture
def start() -> datetime:
    """A full minute a moment ago, after which rules are saved."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine may be written to."""
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1, localhost")
