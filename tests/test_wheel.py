"""What is installed: four packages, reference data, the engine's bundle, one command."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stdout[-2000:] + built.stderr[-2000:]
    with zipfile.ZipFile(next(folder.glob("district_twin-*.whl"))) as archive:
        yield archive


def test_its_top_level_is_the_four_packages(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    packages = {top for top in tops if not top.endswith(".dist-info")}
    assert packages == {"twin", "layers", "ingest", "viewer"}


def test_reference_data_and_bundle_are_inside(wheel):
    names = set(wheel.namelist())
    assert "twin/data/municipalities.json" in names
    assert "twin/data/codes/building_function.json" in names
    assert "viewer/engine/dist/engine.js" in names
    assert not [name for name in names if "node_modules" in name or name.endswith(".ts")]


def test_it_has_one_command(wheel):
    entry = next(name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    scripts = wheel.read(entry).decode().split("[console_scripts]")[1].split("[")[0].split()
    assert scripts == ["twin", "=", "twin.cli:main"]
