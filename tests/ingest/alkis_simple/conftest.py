"""Makes ``made_stock.py`` importable, and writes what it makes."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

if "made_stock" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("made_stock", Path(__file__).with_name("made_stock.py"))
    assert _spec is not None
    assert _spec.loader is not None
    sys.modules["made_stock"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["made_stock"])


@pytest.fixture
def written(tmp_path: Path) -> Callable[[bytes], Path]:
    def write(content: bytes, name: str = "reply.gml") -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write
