"""Damaged and malicious files end loaded, or refused by name, in bounded time and memory, and leave nothing behind.

``TWIN_HOSTILE`` says how many cases are tried over all formats; ``make test-hostile`` tries 5 000.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
import shapely
from damage import DAMAGES, archives, truncated
from seeds import BORDER, MAPPING, SEEDS
from seeds_sensors import STORED
from victim import AGS, Keeper

import twin
from ingest.job import Request, ingest
from ingest.mapping import Mapping, save
from ingest.run import Options
from twin.discovery import discover
from twin.municipalities import Municipality

CASES = int(os.environ.get("TWIN_HOSTILE", "400"))
EACH = max(8, CASES // len(SEEDS))

ENDS = {"citygml", "nas", "xplan", "alkis_simple", "address_wfs", "osm", "cityjson", "laz"}
"""Formats of which a part tells that it is one."""


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one municipality that takes everything."""
    folder = tmp_path_factory.mktemp("hostile") / "home"
    with twin.init(folder, "05974", "Musterkreis") as t:
        t.register([Municipality(AGS, "Musterstadt")])
        t.join(AGS, "all", "open")
        row = {"name": "Musterstadt", "geom": shapely.to_wkb(shapely.MultiPolygon([BORDER])), "ags": AGS}
        with t.stage(twin.DeliveryHeader(file="borders", format="test")) as staging:
            staging.file(0, "borders")
            staging.add(t.district, "municipality", pa.Table.from_pylist([row]))
            staging.add(AGS, "sensor", pa.Table.from_pylist([{"sensor_id": sensor_id} for sensor_id in STORED]))
            staging.commit()
        save(t, Mapping.from_dict(MAPPING), ags=AGS)
    return folder


@pytest.fixture(scope="module")
def keeper(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    with Keeper(home, tmp_path_factory.mktemp("victims")) as made:
        yield made


def test_every_format_has_a_seed() -> None:
    assert set(SEEDS) == set(discover("FORMAT"))


@pytest.mark.parametrize("name", SEEDS)
def test_the_seed_is_whole(name: str, keeper: Keeper, tmp_path: Path) -> None:
    """Damage proves nothing if what is damaged was never read."""
    file, content = SEEDS[name]()
    path = tmp_path / file
    path.write_bytes(content)
    verdict = keeper.feed(path)
    assert not verdict.faults
    assert not verdict.error
    assert verdict.loaded


@pytest.mark.slow
@pytest.mark.parametrize("name", SEEDS)
def test_damaged(name: str, keeper: Keeper, tmp_path: Path) -> None:
    file, whole = SEEDS[name]()
    bad = []
    for number in range(EACH):
        random = Random(f"{name} {number}")
        damage = DAMAGES[number % len(DAMAGES)]
        damaged = damage(whole, random)
        path = tmp_path / f"{number}-{file}"
        path.write_bytes(damaged)
        verdict = keeper.feed(path)
        bad += [f"{name} {number} {damage.__name__}: {fault}" for fault in verdict.faults]
        if verdict.error and path.name not in verdict.error:
            bad.append(f"{name} {number} {damage.__name__}: the error names no file: {verdict.error}")
        path.unlink()
    assert not bad, "\n".join(bad[:5])


@pytest.mark.slow
@pytest.mark.parametrize("name", ["citygml", "tree_csv", "geotiff"])
def test_archives_that_nobody_should_unpack(name: str, keeper: Keeper, tmp_path: Path) -> None:
    file, whole = SEEDS[name]()
    bad = []
    for trick, content in archives(file, whole):
        path = tmp_path / f"{trick}.zip"
        path.write_bytes(content)
        verdict = keeper.feed(path)
        bad += [f"{name} in {trick}: {fault}" for fault in verdict.faults]
        if trick not in ("twice", "encrypted", "lying") and not verdict.error:
            bad.append(f"{name} in {trick}: taken")
        path.unlink()
    assert not bad, "\n".join(bad)
    assert not (tmp_path.parent / file).exists()


@pytest.mark.parametrize("name", SEEDS)
def test_cut_at_every_percent(name: str, keeper: Keeper, tmp_path: Path) -> None:
    """What is cut is never taken for the whole where the format has an end, and harms nothing where it has none."""
    file, whole = SEEDS[name]()
    for percent in range(0, 100, 1 if CASES >= 5000 else 40):
        path = tmp_path / f"{percent}-{file}"
        path.write_bytes(whole[: len(whole) * percent // 100])
        verdict = keeper.feed(path)
        assert not verdict.faults, f"{percent} %: {verdict.faults[0]}"
        if name in ENDS:
            assert verdict.error
            assert not verdict.loaded
        path.unlink()


@pytest.mark.slow
def test_a_ring_of_a_million_corners(keeper: Keeper, tmp_path: Path) -> None:
    import numpy as np
    from seeds import EAST, NORTH

    angle = np.linspace(0, 2 * np.pi, 1_000_000, endpoint=False)
    radius = 400 + 5 * np.sin(angle * 50_000)
    corners = np.column_stack([EAST + 500 + radius * np.cos(angle), NORTH + 500 + radius * np.sin(angle)])
    numbers = " ".join(f"{x:.3f} {y:.3f}" for x, y in np.vstack([corners, corners[:1]]))
    file, whole = SEEDS["xplan"]()
    start = whole.rindex(b"<gml:posList>") + len(b"<gml:posList>")
    end = whole.index(b"</gml:posList>", start)
    path = tmp_path / file
    path.write_bytes(whole[:start] + numbers.encode() + whole[end:])
    verdict = keeper.feed(path)
    assert not verdict.faults


def test_a_refused_file_is_refused_the_second_time_too(home: Path, tmp_path: Path) -> None:
    """Nothing of a refusal is remembered that would let the same bytes pass as known."""
    file, whole = SEEDS["citygml"]()
    path = tmp_path / file
    path.write_bytes(truncated(whole, Random(7)))
    with twin.open(home) as t:
        for _ in range(2):
            report = ingest(t, [str(path)], Request(options=Options(crs="EPSG:25832", ags=AGS), workers=1))
            assert report.deliveries[0].error
            assert not report.deliveries[0].unchanged


def test_the_same_damage_is_the_same_bytes() -> None:
    """A case that fails can be tried again."""
    whole = SEEDS["citygml"]()[1]
    prints = [
        hashlib.sha256(b"".join(damage(whole, Random(number)) for number, damage in enumerate(DAMAGES))).hexdigest()
        for _ in range(2)
    ]
    assert prints[0] == prints[1]
