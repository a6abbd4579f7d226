"""The demo district, built once for all its tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.demo import buildings, deliveries, land, parcels
from ingest.demo.buildings import Building
from ingest.demo.land import Land
from ingest.demo.parcels import Parcel


@dataclass(frozen=True)
class District:
    land: Land
    parcels: list[Parcel]
    buildings: list[Building]


@pytest.fixture(scope="session")
def district() -> District:
    plan = land.build()
    surveyed = parcels.survey(plan.pieces)
    return District(plan, surveyed, buildings.build(plan, surveyed))


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the demo's deliveries."""
    folder = tmp_path_factory.mktemp("demo-deliveries")
    deliveries.renew(folder)
    return folder
