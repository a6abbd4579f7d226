"""The demo district, built once for all its tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.demo import deliveries, road_network
from ingest.demo.district import District, lay_out
from ingest.demo.road_network import RoadNetwork


@pytest.fixture(scope="session")
def district() -> District:
    return lay_out()


@pytest.fixture(scope="session")
def graph(district: District) -> RoadNetwork:
    return road_network.network(district)


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the demo's deliveries."""
    folder = tmp_path_factory.mktemp("demo-deliveries")
    deliveries.renew(folder)
    return folder
