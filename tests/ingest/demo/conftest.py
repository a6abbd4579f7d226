"""The demo district, built once for all its tests."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

import twin
from ingest.demo import boundaries, deliveries, road_network
from ingest.demo.district import District, lay_out
from ingest.demo.places import DISTRICT, DISTRICT_NAME
from ingest.demo.road_network import RoadNetwork
from ingest.demo.sharing import CONSENTS
from ingest.job import ingest
from twin.consent import Audience


@pytest.fixture(scope="session")
def district() -> District:
    return lay_out()


@pytest.fixture(scope="session")
def graph(district: District) -> RoadNetwork:
    return road_network.network(district)


@pytest.fixture(scope="session")
def delivered(demo_folder: Path) -> Path:
    """Folder with the demo's deliveries; do not write into it."""
    return demo_folder / "files"


@pytest.fixture
def fresh(district: District, tmp_path: Path) -> Path:
    """A twin of the demo with borders and consents, and nothing else."""
    return _begun(district, tmp_path)


@pytest.fixture(scope="module")
def joined(district: District, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `fresh`, for all tests of a module."""
    return _begun(district, tmp_path_factory.mktemp("joined"))


def _begun(district: District, folder: Path) -> Path:
    borders = folder / deliveries.BOUNDARIES
    boundaries.write(borders, district.parcels, district.buildings)
    with twin.init(folder / "home", DISTRICT, DISTRICT_NAME) as t:
        ingest(t, [str(borders)])
        for ags, shares in CONSENTS.items():
            for audience, layers in shares.items():
                t.join(ags, list(layers), cast(Audience, audience))
    return folder / "home"
