"""``twin fetch``: from the portal into the tables of the municipality."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import twin
from ingest.fetch.manifest import Manifest
from ingest.job import Request
from twin.cli import main

from .made_portal import (
    ALKIS,
    DGM1,
    DOP,
    INSIDE,
    LOD2,
    SOEST,
    WERL,
    Hosted,
    building,
    cadastre,
    photo,
    terrain,
    world_file,
)

Call = Callable[..., tuple[int, Any]]
LAYERS = ("--layers", "lod2,dgm1,dop", "--municipality", SOEST)


@pytest.fixture
def call(hosted: Hosted, home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the command; gives its exit code and its report, or what it says of an error."""
    monkeypatch.setenv("TWIN_FETCH_BASE", hosted.url)
    # Small tiles are read sooner than processes start.
    monkeypatch.setattr("ingest.commands.fetch.Request", partial(Request, workers=1))
    for east, north in INSIDE:
        hosted.files[f"{DGM1}dgm1_32_{east}_{north}_1_nw_2021.tif"] = terrain(east, north)
    hosted.files[f"{DOP}dop10rgbi_32_440_5710_1_nw_2024.jp2"] = photo(440, 5710)
    hosted.files[f"{DOP}dop10rgbi_32_440_5710_1_nw_2024.j2w"] = world_file(440, 5710)

    def run(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = main(["--home", str(home), "--lang", "en", "fetch", "nrw", "--json", *words])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return run


def test_what_is_over_the_municipality_is_in_the_twin(hosted: Hosted, home: Path, call: Call) -> None:
    code, report = call(*LAYERS)
    assert not [one["error"] for one in report["deliveries"] if one["error"]]
    assert code == 0
    assert (report["fetched"], report["kept"], report["changed"], report["gone"], report["failed"]) == (8, 0, 0, 0, 0)
    assert [one["error"] for one in report["deliveries"]] == [""] * 7
    with twin.open(home) as t:
        assert t.sql("SELECT ags, count(*) FROM building GROUP BY ags").fetchall() == [(SOEST, 3)]
        assert t.sql("SELECT count(*) FROM terrain").fetchall()[0][0] > 0
        assert t.sql("SELECT count(*) FROM orthophoto").fetchall()[0][0] > 0
        found = t.sql("SELECT DISTINCT format, licence, author FROM delivery WHERE file NOT LIKE 'vg250%'").fetchall()
        dates = t.sql("SELECT DISTINCT content_date FROM delivery WHERE format = 'geotiff'").fetchall()
    assert dates == [("2021",)]
    assert {(licence, author) for _, licence, author in found} == {("dl-de/zero-2-0", "fetch nrw")}
    assert {format_ for format_, *_ in found} == {"citygml", "geotiff", "orthophoto"}


def test_the_package_of_the_district_brings_the_parcels_of_the_municipality(
    hosted: Hosted, home: Path, call: Call
) -> None:
    name = "gru_vereinf_05974000_Kreis Soest_EPSG25832_GeoPackage.zip"
    hosted.files[ALKIS + name] = cadastre(SOEST, SOEST, WERL)
    code, report = call("--layers", "alkis", "--municipality", SOEST)
    (delivery,) = report["deliveries"]
    assert (code, delivery["error"], delivery["format"]) == (0, "", "alkis_simple")
    assert delivery["refused"] == {f"no_consent:parcel:{WERL}": 1}
    with twin.open(home) as t:
        assert t.sql("SELECT ags, count(*) FROM parcel GROUP BY ags").fetchall() == [(SOEST, 2)]
    with Manifest(home / "fetched") as manifest:
        assert manifest.files("nrw", "alkis")[name].delivery_id == delivery["delivery_id"]


def test_a_second_call_changes_nothing_and_a_changed_tile_replaces_its_buildings(
    hosted: Hosted, home: Path, call: Call
) -> None:
    call("--layers", "lod2", "--municipality", SOEST)
    code, report = call("--layers", "lod2", "--municipality", SOEST)
    assert code == 0
    assert (report["fetched"], report["kept"], report["bytes"]) == (0, 3, 0)
    assert [one["unchanged"] for one in report["deliveries"]] == [True] * 3
    hosted.files[f"{LOD2}LoD2_32_440_5710_1_NW.gml"] = building(440, 5710, height=12.25)
    code, report = call("--layers", "lod2", "--municipality", SOEST)
    assert (code, report["changed"], report["kept"]) == (0, 1, 2)
    with twin.open(home) as t:
        heights = t.sql("SELECT measured_height FROM building ORDER BY 1").fetchall()
    assert [height for (height,) in heights] == [6.0, 6.0, 12.25]


def test_a_dry_run_tells_files_and_bytes(hosted: Hosted, call: Call) -> None:
    code, report = call(*LAYERS, "--dry-run")
    assert (code, report["coming"], report["deliveries"]) == (0, 8, [])
    assert report["coming_bytes"] == sum(
        len(content) for path, content in hosted.files.items() if "441_5711" not in path
    )
    assert not hosted.requests()


def test_without_ingest_the_files_lie_there_and_come_in_later(hosted: Hosted, home: Path, call: Call) -> None:
    code, report = call("--layers", "lod2", "--municipality", SOEST, "--no-ingest")
    assert (code, report["fetched"], report["deliveries"]) == (0, 3, [])
    assert len(list((home / "fetched" / "nrw" / "lod2").glob("*.gml"))) == 3
    code, report = call("--layers", "lod2", "--municipality", SOEST)
    assert (report["kept"], len(report["deliveries"])) == (3, 3)


def test_a_tile_that_is_missing_is_an_error_and_the_rest_is_in(hosted: Hosted, home: Path, call: Call) -> None:
    hosted.answers[f"{LOD2}LoD2_32_440_5710_1_NW.gml"] = [(404, {})]
    code, report = call("--layers", "lod2", "--municipality", SOEST)
    assert (code, report["failed"], len(report["deliveries"])) == (1, 1, 2)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--layers", "lod3", "--municipality", SOEST), "lod3"),
        (("--municipality", "05974052"), "No border of 05974052"),
        (("--municipality", "09162000"), "is not in North Rhine-Westphalia"),
        (("--municipality", "05974999"), "05974999"),
        (("--layers", "lod2"), "--municipality"),
        (("--municipality", SOEST, "--max-size", "plenty"), "plenty"),
        (("--municipality", SOEST, "--max-size", "3kB"), "--max-size"),
        (("--municipality", SOEST, "--base-url", "http://127.0.0.1:9"), "127.0.0.1/3dg"),
        (("--municipality", SOEST, "--base-url", "http://10.255.255.1/"), "no public network"),
    ],
)
def test_errors_are_said_by_name(call: Call, words: tuple[str, ...], said: str) -> None:
    code, problem = call("--layers", "lod2", *words)
    assert code != 0
    assert said in problem


def test_nothing_is_fetched_that_would_be_refused(hosted: Hosted, home: Path, call: Call) -> None:
    with twin.open(home) as t:
        t.withdraw(SOEST)
    code, problem = call("--layers", "lod2", "--municipality", SOEST)
    assert code != 0
    assert SOEST in problem
    assert not hosted.asked
    assert call("--layers", "lod2", "--municipality", SOEST, "--no-ingest")[0] == 0


def test_purging_leaves_the_twin_as_it_is(home: Path, call: Call) -> None:
    call("--layers", "lod2", "--municipality", SOEST)
    assert call("--layers", "lod2", "--purge")[1]["purged"] == 3
    with twin.open(home) as t:
        assert t.sql("SELECT count(*) FROM building").fetchall() == [(3,)]


def test_a_command_that_is_killed_is_made_up_for_by_the_next(hosted: Hosted, home: Path, call: Call) -> None:
    hosted.slow = 0.2
    words = [sys.executable, "-c", "from twin.cli import main; main()", "--home", str(home), "-q", "fetch", "nrw"]
    root = str(Path(__file__).parents[3])
    process = subprocess.Popen(
        [*words, "--layers", "lod2", "--municipality", SOEST], env={**os.environ, "PYTHONPATH": root}
    )
    deadline = time.monotonic() + 60
    while not list((home / "fetched").rglob("*.part")) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.kill()
    process.wait()
    hosted.slow = 0.0
    assert list((home / "fetched").rglob("*.part"))
    code, report = call("--layers", "lod2", "--municipality", SOEST)
    assert (code, report["fetched"] + report["kept"], report["failed"]) == (0, 3, 0)
    with twin.open(home) as t:
        assert t.sql("SELECT ags, count(*) FROM building GROUP BY ags").fetchall() == [(SOEST, 3)]
