"""A portal on this machine, and calls that fetch from it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import shapely

import twin
from ingest.fetch.fetching import Fetching
from ingest.fetch.nrw import STATE
from ingest.fetch.portal import Portal
from ingest.job import Request, ingest
from ingest.outside.request import Patience
from twin.discovery import discover
from twin.language import use_language

from .made_portal import AREA, BESIDE, INSIDE, LOD2, SOEST, Hosted, building, handler


@pytest.fixture
def hosted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hosted]:
    """A portal with LoD2 over the four tiles of the municipality's box."""
    found = Hosted()
    for east, north in (*INSIDE, BESIDE):
        found.files[f"{LOD2}LoD2_32_{east}_{north}_1_NW.gml"] = building(east, north)
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), handler(found)) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}/"
        yield found
        server.shutdown()
        thread.join()


@pytest.fixture
def fetching(hosted: Hosted, tmp_path: Path) -> Iterator[Callable[..., Fetching]]:
    """Makes a call: ``fetching("lod2", most=…)``."""
    use_language("en")
    place = tmp_path / "place"
    place.mkdir()

    def make(*products: str, **settings: Any) -> Fetching:
        wanted = [STATE.product(name) for name in products or ("lod2",)]
        portal = Portal(pause=0.01, patience=Patience(idle=10.0, total=60.0))
        areas = {SOEST: shapely.from_wkt(AREA)}
        return Fetching(STATE, wanted, areas, place, **{"base_url": hosted.url, "portal": portal, **settings})

    yield make
    use_language(None)


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home of a twin that knows the border of Soest; Soest and the district share everything, Werl nothing."""
    import geopandas as gpd

    folder = tmp_path_factory.mktemp("stock")
    rows = {"AGS": [SOEST], "GEN": ["Soest"], "BEZ": ["Stadt"]}
    frame = gpd.GeoDataFrame(rows, geometry=[shapely.from_wkt(AREA)], crs="EPSG:25832")
    frame.to_file(folder / "vg250_gem.gpkg", layer="vg250_gem")
    with pytest.MonkeyPatch.context() as patch, twin.init(folder / "home", "05974") as t:
        patch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
        report = ingest(t, [str(folder / "vg250_gem.gpkg")], Request(workers=1))
        assert report.succeeded, report.as_dict()
        t.join(SOEST, "all", "open")
        t.join("05974", "all", "open")
    return folder / "home"


@pytest.fixture
def home(stock: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A twin of one's own."""
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    shutil.copytree(stock, tmp_path / "home")
    return tmp_path / "home"


class Noted:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.files, self.done = 0, 0

    def begin(self, files: int, size: int) -> None:
        self.files = files

    def file_done(self, name: str, received: int) -> None:
        self.done += 1
