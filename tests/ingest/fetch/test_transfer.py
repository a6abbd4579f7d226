"""A file comes whole: continued where it broke off, begun anew where it is another, never faster than is polite."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.fetch.fetching import Fetching

from .conftest import Noted
from .made_portal import ALKIS, LOD2, Hosted, building, packed

Make = Callable[..., Fetching]
TILE = f"{LOD2}LoD2_32_440_5710_1_NW.gml"
PACKAGE = f"{ALKIS}gru_vereinf_05974000_Soest, Kreis_EPSG25832_GeoPackage.zip"
NOISE = os.urandom(300_000)


@pytest.fixture
def large(hosted: Hosted) -> bytes:
    """The first tile, of some size."""
    hosted.files[TILE] = building(440, 5710) + b"<!--" + NOISE.hex().encode() + b"-->"
    return hosted.files[TILE]


def test_what_broke_off_is_continued(hosted: Hosted, fetching: Make, large: bytes) -> None:
    hosted.cuts[TILE] = [100_000, 250_000]
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == large
    asked = hosted.requests(TILE)
    assert [(status, wanted) for _, status, _, wanted in asked] == [
        (200, ""), (206, "bytes=100000-"), (206, "bytes=350000-"),
    ]  # fmt: skip
    assert sum(size for _, _, size, _ in asked) == len(large)


def test_the_next_call_continues_what_this_one_could_not(hosted: Hosted, fetching: Make, large: bytes) -> None:
    hosted.cuts[TILE] = [100_000] + [0] * 20
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert call.report.products[0].failed
    hosted.cuts.clear()
    hosted.asked.clear()
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == large
    assert [(status, size) for _, status, size, _ in hosted.requests()] == [(206, len(large) - 100_000)]


def test_a_server_that_knows_no_ranges_sends_it_whole(hosted: Hosted, fetching: Make, large: bytes) -> None:
    hosted.cuts[TILE], hosted.ranges = [100_000], False
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == large
    assert [status for _, status, *_ in hosted.requests(TILE)] == [200, 200]


def test_nothing_is_continued_that_cannot_be_told_from_another(hosted: Hosted, fetching: Make, large: bytes) -> None:
    hosted.cuts[TILE], hosted.validators = [100_000], False
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == large
    assert [wanted for *_, wanted in hosted.requests(TILE)] == ["", ""]


@pytest.mark.parametrize("conditions", [True, False])
def test_a_tile_that_changes_on_its_way_is_begun_anew(
    hosted: Hosted, fetching: Make, large: bytes, conditions: bool
) -> None:
    hosted.conditions = conditions
    hosted.cuts[TILE] = [100_000] + [0] * 20
    fetching().run(Noted())
    hosted.cuts.clear()
    hosted.files[TILE] = large.replace(b"DENW4405710", b"DENW4405719")
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == hosted.files[TILE]


@pytest.mark.parametrize("found", ["bytes 5-9/10", "bytes 100000-100010/9", "nonsense"])
def test_a_range_that_is_not_the_rest_is_not_taken(hosted: Hosted, fetching: Make, large: bytes, found: str) -> None:
    hosted.cuts[TILE] = [100_000] + [0] * 20
    fetching().run(Noted())
    hosted.cuts.clear()
    hosted.answers[TILE] = [(206, {"Content-Range": found})]
    path, *_ = fetching().run(Noted())
    assert path.read_bytes() == large


def test_who_is_told_to_wait_waits(hosted: Hosted, fetching: Make) -> None:
    hosted.answers[TILE] = [(429, {"Retry-After": "1"}), (503, {})]
    started = time.monotonic()
    assert len(fetching().run(Noted())) == 3
    assert time.monotonic() - started >= 1
    assert [status for _, status, *_ in hosted.requests(TILE)] == [429, 503, 200]


def test_a_portal_that_wants_an_hour_is_left_alone(hosted: Hosted, fetching: Make) -> None:
    hosted.answers[TILE] = [(503, {"Retry-After": "3600"})]
    call = fetching()
    call.run(Noted())
    assert "3600 s" in call.report.products[0].failed["LoD2_32_440_5710_1_NW.gml"]
    assert len(hosted.requests(TILE)) == 1


def test_an_error_that_stays_is_given_up(hosted: Hosted, fetching: Make) -> None:
    hosted.answers[TILE] = [(500, {})] * 50
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert "500" in next(iter(call.report.products[0].failed.values()))
    assert len(hosted.requests(TILE)) < 10


def test_a_redirection_into_the_town_hall_is_not_followed(
    hosted: Hosted, fetching: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosted.answers[TILE] = [(302, {"Location": hosted.url.replace("127.0.0.1", "127.0.0.2") + TILE})]
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert "127.0.0.2" in next(iter(call.report.products[0].failed.values()))


def test_more_than_was_listed_is_not_taken(hosted: Hosted, fetching: Make, large: bytes) -> None:
    hosted.listed[TILE] = {"size": "5000"}
    call = fetching()
    assert len(call.run(Noted())) == 2
    assert sum(size for _, _, size, _ in hosted.requests(TILE)) <= len(large)
    assert not list((call.folder / "lod2").glob("*_440_5710_*"))


def test_a_package_of_the_district_is_taken_where_there_is_none_of_the_town(hosted: Hosted, fetching: Make) -> None:
    hosted.files[PACKAGE] = packed(**{"a.gpkg": NOISE})
    hosted.files[PACKAGE.replace("05974000_Soest, Kreis", "05915000_Hamm")] = packed(**{"a.gpkg": NOISE})
    (path,) = fetching("alkis").run(Noted())
    assert path.read_bytes() == hosted.files[PACKAGE]
    hosted.files[PACKAGE.replace("05974000_Soest, Kreis", "05974040_Söst")] = packed(**{"b.gpkg": NOISE})
    (path,) = fetching("alkis").run(Noted())
    assert path.name == "gru_vereinf_05974040_Söst_EPSG25832_GeoPackage.zip"


def test_a_damaged_archive_is_refused(hosted: Hosted, fetching: Make) -> None:
    content = bytearray(packed(**{"a.gpkg": NOISE}))
    content[150_000] ^= 0xFF
    hosted.files[PACKAGE] = bytes(content)
    call = fetching("alkis")
    assert not call.run(Noted())
    assert "archive" in next(iter(call.report.products[0].failed.values()))


_CALL = """
import sys, shapely
from pathlib import Path
from ingest.fetch.fetching import Fetching
from ingest.fetch.nrw import STATE
class Nobody:
    begin = file_done = lambda *_: None
areas = {"05974040": shapely.from_wkt(sys.argv[3])}
Fetching(STATE, [STATE.product("lod2")], areas, Path(sys.argv[1]), base_url=sys.argv[2]).run(Nobody())
"""


def test_a_call_that_is_killed_costs_no_byte_twice(hosted: Hosted, fetching: Make, large: bytes) -> None:
    from .made_portal import AREA

    call = fetching()
    hosted.slow = 0.004
    words = [sys.executable, "-c", _CALL, str(call.home), hosted.url, AREA]
    for _ in range(3):
        process = subprocess.Popen(words, env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])})
        before = _arrived(call)
        deadline = time.monotonic() + 30
        while _arrived(call) <= before and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    hosted.slow = 0.0
    arrived = _arrived(call)
    hosted.asked.clear()
    path, *_ = call.run(Noted())
    assert arrived
    assert path.read_bytes() == large
    assert sum(size for _, _, size, _ in hosted.requests(TILE)) == len(large) - arrived


def _arrived(call: Fetching) -> int:
    return sum(part.stat().st_size for part in call.folder.rglob("*440_5710*") if part.is_file())
