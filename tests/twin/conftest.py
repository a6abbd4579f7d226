"""Fixtures for the tests of the store."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import twin
from twin.consent import Principal
from twin.home import CONFIG


def _load() -> ModuleType:
    # Tests are imported by file (import-mode importlib), so a module of theirs is too.
    file = Path(__file__).with_name("delivering.py")
    spec = importlib.util.spec_from_file_location("delivering", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["delivering"] = module
    spec.loader.exec_module(module)
    return module


delivering = sys.modules.get("delivering") or _load()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Folder of a district in which Soest and Werl share their buildings."""
    folder = tmp_path / "home"
    one_thread = CONFIG.replace("threads = 0", "threads = 1")  # the tables are tiny, and tests run side by side
    with twin.init(folder, delivering.DISTRICT, name="Kreis Soest", config=one_thread) as t:
        t.join(delivering.SOEST, ["building"], "district", name="Soest")
        t.join(delivering.WERL, ["building"], "open", name="Werl")
    return folder


@pytest.fixture
def t(home: Path) -> Iterator[twin.Twin]:
    """That district, opened by its operator."""
    with twin.open(home) as opened:
        yield opened


@pytest.fixture(scope="module")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[twin.Twin]:
    """Somebody at an empty district."""
    folder = tmp_path_factory.mktemp("visited") / "home"
    twin.init(folder, "05974").close()
    with twin.open(folder, Principal.public()) as opened:
        yield opened
