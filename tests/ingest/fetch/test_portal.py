"""A portal is asked as often and as fast as it likes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from ingest.fetch.fetching import SIDE_BY_SIDE, Fetching
from ingest.fetch.portal import Final, Portal, _retry_after

from .conftest import Noted
from .made_portal import LOD2, Hosted


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("120", 120), ("0", 0), ("", 0), ("soon", 0), ("-5", 0), ("Wed, 21 Oct 2015 07:28:00 GMT", 0)],
)
def test_how_long_to_wait(value: str, seconds: float) -> None:
    assert _retry_after(value) == seconds


def test_how_long_to_wait_until_a_date() -> None:
    then = datetime.now(UTC) + timedelta(seconds=90)
    assert 85 < _retry_after(format_datetime(then, usegmt=True)) <= 90


def test_who_stops_wakes_those_who_wait() -> None:
    portal = Portal(pause=30.0)
    threading.Timer(0.1, portal.stop).start()
    started = time.monotonic()
    with pytest.raises(Final):
        portal.wait("http://example.org/a", 0, None)
    assert time.monotonic() - started < 20


def test_no_more_files_come_at_a_time_than_is_polite(
    hosted: Hosted, fetching: Callable[..., Fetching], monkeypatch: pytest.MonkeyPatch
) -> None:
    import shapely

    content = next(iter(hosted.files.values()))
    for north in range(5700, 5712):
        hosted.files[f"{LOD2}LoD2_32_440_{north}_1_NW.gml"] = content
    running, most, lock, asked = [0], [0], threading.Lock(), Portal.asked

    def counted(self: Portal, *words: object) -> object:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            time.sleep(0.02)
            return asked(self, *words)  # type: ignore[arg-type]
        finally:
            with lock:
                running[0] -= 1

    monkeypatch.setattr(Portal, "asked", counted)
    call = fetching()
    call.areas = {"05974040": shapely.box(440_100, 5_700_100, 440_900, 5_711_900)}
    assert len(call.run(Noted())) == 12
    assert 0 < most[0] <= SIDE_BY_SIDE
