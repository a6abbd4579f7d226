"""The whole command, killed at random moments: the old delivery or the new one is there, never half of one."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

import twin

SOEST, WERL = "05974040", "05974052"
KILLS = max(2, int(os.environ.get("TWIN_KILLS", "10")) // 5)
"""A fifth of those of the store's own test, which needs no start of a program before each."""


def _archive(folder: Path, name: str, sample: Callable[..., Path], buildings: int) -> Path:
    """A full delivery of two files, in two municipalities, of the same extent as any other."""
    path = folder / f"{name}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part, (ags, east) in enumerate(((SOEST, 0), (WERL, 10))):
            box = f"POLYGON (({east} 1, {east + 1} 1, {east + 1} 2, {east} 2, {east} 1))"
            rows = [{"building_id": f"{name}-{part}-{n}", "ags": ags, "geom": box} for n in range(buildings)]
            surfaces = [{"building_id": row["building_id"], "surface_index": n} for row in rows for n in range(2)]
            lines = (
                {"layer": "building", "rows": rows},
                {"layer": "building_surface", "rows": surfaces},
                {"facts": {"extent": [east, 0, east + 10, 10]}},
            )
            archive.write(sample(f"{name}-{part}.sample", *lines), f"{part}.sample")
    return path


def _state(home: Path) -> tuple[int, int, int, set[str]]:
    """Buildings of each municipality, surfaces, and the deliveries that they are of."""
    with twin.open(home) as t:
        count = "SELECT count(*) FILTER (ags = ?), count(*) FILTER (ags = ?), list(DISTINCT delivery_id) FROM building"
        soest, werl, deliveries = t.sql(count, values=[SOEST, WERL]).fetchall()[0]
        surfaces = t.sql("SELECT count(*) FROM building_surface SEMI JOIN building USING (ags, building_id)").fetchall()
        everything = t.sql("SELECT count(*) FROM building_surface").fetchall()
    assert surfaces == everything
    return soest, werl, surfaces[0][0], set(deliveries or ())


@pytest.mark.slow
def test_a_killed_ingest_leaves_the_old_or_the_new(
    sample: Callable[..., Path], sample_package: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    with twin.init(home, "05974") as t:
        for ags in (SOEST, WERL):
            t.join(ags, "all", "district")
    sizes = {"odd": 20, "even": 35}
    archives = {name: _archive(tmp_path, name, sample, size) for name, size in sizes.items()}
    environment = {**os.environ, "PYTHONPATH": f"{Path(__file__).parents[2]}:{sample_package}"}

    def begin(name: str) -> subprocess.Popen[bytes]:
        words = [sys.executable, "-c", "from twin.cli import main; main()", "--home", str(home), "-q", "ingest"]
        return subprocess.Popen([*words, str(archives[name]), "--workers", "2"], env=environment)

    started = time.monotonic()
    assert begin("odd").wait() == 0
    duration = time.monotonic() - started
    whole = {name: (size, size, 4 * size) for name, size in sizes.items()}
    assert _state(home)[:3] == whole["odd"]

    chance = random.Random(4711)
    held = "odd"
    for _ in range(KILLS):
        coming = "even" if held == "odd" else "odd"
        process = begin(coming)
        time.sleep(chance.uniform(0.1, 1.1) * duration)
        process.kill()
        process.wait()
        *counts, deliveries = _state(home)
        assert tuple(counts) in (whole[held], whole[coming])
        assert len(deliveries) == 1
        assert begin(coming).wait() == 0
        assert _state(home)[:3] == whole[coming]
        held = coming
    assert not [folder for folder in (home / "staging").iterdir() if folder.name != ".engine"]
