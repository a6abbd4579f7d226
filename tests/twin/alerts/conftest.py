"""A district with two municipalities that share their sensors, and readings for them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import twin
from twin.home import CONFIG

DISTRICT, SOEST, WERL = "05974", "05974040", "05974052"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Soest shares its sensors with the district, Werl with everybody."""
    folder = tmp_path / "home"
    with twin.init(folder, DISTRICT, name="Kreis Soest", config=CONFIG.replace("threads = 0", "threads = 1")) as t:
        t.join(SOEST, ["sensor"], "district", name="Soest")
        t.join(WERL, ["sensor"], "open", name="Werl")
    return folder


@pytest.fixture
def t(home: Path) -> Iterator[twin.Twin]:
    """That district, opened by its operator."""
    with twin.open(home) as opened:
        yield opened
