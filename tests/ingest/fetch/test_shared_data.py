"""Real tiles of a real portal, from a server that is laid out like it."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest

import twin
from ingest.job import Request, ingest
from twin.cli import main
from twin.discovery import discover

from .made_portal import DGM1, LOD2, Hosted

WESEL = "05170048"


@pytest.mark.slow
def test_buildings_of_wesel_and_of_nobody_else(
    hosted: Hosted,
    shared_data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr("ingest.job.discover", lambda kind: {} if kind == "DERIVATIVE" else discover(kind))
    (archive,) = (shared_data / "citygml" / "nrw-wesel").glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        tiles = {Path(name).name: packed.read(name) for name in packed.namelist()}
    hosted.files = {LOD2 + name: content for name, content in tiles.items()}
    keys = Counter(key for content in tiles.values() for key in re.findall(rb"(?<=>)05\d{6}(?=<)", content))
    with twin.init(tmp_path / "home", "05170", name="Kreis Wesel") as t:
        borders = shared_data / "boundaries" / "vg5000_gem_nrw_25832.gpkg"
        assert ingest(t, [str(borders)], Request(workers=1)).succeeded
        t.join(WESEL, ["building"], "open")
    words = ["--home", str(tmp_path / "home"), "fetch", "nrw", "--json", "--base-url", hosted.url]
    assert main([*words, "--layers", "lod2", "--municipality", WESEL]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["fetched"] == len(report["deliveries"]) > 10
    with twin.open(tmp_path / "home") as t:
        ((buildings, municipalities),) = t.sql("SELECT count(*), list(DISTINCT ags) FROM building").fetchall()
    assert municipalities == [WESEL]
    # A building's parts carry no key of their own.
    assert buildings == keys[WESEL.encode()]
    assert {one["unchanged"] for one in report["deliveries"]} == {False}


def test_a_real_terrain_tile_comes_whole(hosted: Hosted, shared_data: Path, fetching) -> None:  # type: ignore[no-untyped-def]
    import shapely

    from .conftest import Noted

    content = (shared_data / "terrain" / "dtm1m_32_360_5721_from-3dm-class2_DERIVED.tif").read_bytes()
    path = f"{DGM1}dgm1_32_360_5721_1_nw_2021.tif"
    hosted.files[path] = content
    hosted.cuts[path] = [1_000_000, 100_000]
    call = fetching("dgm1")
    call.areas = {WESEL: shapely.box(360_400, 5_721_400, 360_600, 5_721_600)}
    (found,) = call.run(Noted())
    assert found.read_bytes() == content
    assert sum(size for _, _, size, _ in hosted.requests(path)) == len(content)
