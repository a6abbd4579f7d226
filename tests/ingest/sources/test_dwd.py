"""Station archives of the DWD that are polled."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import Any

import pytest

from ingest.sources.dwd import SOURCE
from twin.errors import FeedError, TwinError

ROOT = "/climate"
RAIN = f"{ROOT}/10_minutes/precipitation"
PLACE = (
    "Stations_id;Stationshoehe;Geogr.Breite;Geogr.Laenge;von_datum;bis_datum;Stationsname\r\n"
    "5480;85.00;51.5762;7.8879;19910101;        ;Werl\r\n"
)


def archive(files: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, text in files.items():
            target.writestr(name, text.encode("latin-1"))
    return buffer.getvalue()


def product(name: str, rows: dict[str, float]) -> bytes:
    head = "STATIONS_ID;MESS_DATUM;  QN;RWS_DAU_10;RWS_10;RWS_IND_10;eor\r\n"
    lines = "".join(f"       5480;{stamp};    2;   0;   {value:.2f};   1;eor\r\n" for stamp, value in rows.items())
    return archive({name: head + lines})


@pytest.fixture
def portal(peer: Any) -> Any:
    peer.files = {
        f"{RAIN}/meta_data/Meta_Daten_zehn_min_rr_05480.zip": archive({"Metadaten_Geographie_05480.txt": PLACE}),
        f"{RAIN}/recent/10minutenwerte_nieder_05480_akt.zip": product(
            "produkt_zehn_min_rr_20260101_20260102_05480.txt", {"202601010000": 0.1, "202601010010": 0.3}
        ),
        f"{RAIN}/now/10minutenwerte_nieder_05480_now.zip": product(
            "produkt_zehn_now_rr_20260103_20260103_05480.txt", {"202601030000": 0.5}
        ),
    }

    def answer(path: str, query: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        body = peer.files.get(path)
        if body is None:
            return 404, {}, b""
        tag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        if peer.headers[-1].get("If-None-Match") == tag:
            return 304, {"ETag": tag}, b""
        return 200, {"ETag": tag, "Content-Type": "application/zip"}, body

    peer.answer = answer
    return peer


def test_archives_are_fetched_when_they_have_changed(portal: Any, poller: Any) -> None:
    feed = poller(SOURCE, url=portal.url + ROOT, stations="5480", parameters="precipitation", timeout="2")
    feed.poll()
    sql = "SELECT DISTINCT sensor_id, count(*) FROM observation WHERE sensor_id LIKE '%RWS_10' GROUP BY 1"
    assert feed.home.sql(sql).fetchall() == [("dwd:5480:zehn_min_rr:RWS_10", 3)]
    assert feed.home.sql("SELECT count(geom), count(*) FROM sensor").fetchall() == [(3, 3)]
    assert feed.poll() == []
    feed.start()
    asked = len(portal.asked)
    assert feed.poll() == []
    assert len(portal.asked) == asked + 2
    before = dict(feed.cursor)
    portal.files[f"{RAIN}/now/10minutenwerte_nieder_05480_now.zip"] = product(
        "produkt_zehn_now_rr_20260103_20260103_05480.txt", {"202601030000": 0.5, "202601030010": 0.7}
    )
    for fault in ("reset", "503", "half", "private"):
        portal.faults = ["", fault]
        with pytest.raises(TwinError):
            feed.poll()
        assert feed.cursor == before
    (report,) = feed.poll()
    assert report.loaded["observation"] == {"05974040": 3}
    assert feed.home.sql(sql).fetchall() == [("dwd:5480:zehn_min_rr:RWS_10", 4)]


def test_archives_of_the_past_are_found_by_their_list(portal: Any, poller: Any) -> None:
    name = "stundenwerte_RR_05480_19950901_20241231_hist.zip"
    folder = f"{ROOT}/hourly/precipitation/historical"
    links = f'<a href="{name}">{name}</a> <a href="stundenwerte_RR_00001_19950901_20241231_hist.zip">x</a>'
    portal.files[f"{folder}/"] = f"<html><body><pre>{links}</pre></body></html>".encode()
    head = "STATIONS_ID;MESS_DATUM;QN_8;  R1;RS_IND;WRTR;eor\r\n"
    row = "       5480;2024010100;    3;   0.4;   1;-999;eor\r\n"
    portal.files[f"{folder}/{name}"] = archive(
        {"produkt_rr_stunde_19950901_20241231_05480.txt": head + row, "Metadaten_Geographie_05480.txt": PLACE}
    )
    options = {"stations": "5480", "parameters": "precipitation", "resolution": "hourly", "periods": "historical"}
    feed = poller(SOURCE, url=portal.url + ROOT, **options)
    (report,) = feed.poll()
    assert report.loaded["observation"] == {"05974040": 2}
    assert feed.poll() == []


def test_what_is_no_archive_is_said(portal: Any, poller: Any) -> None:
    portal.files[f"{RAIN}/now/10minutenwerte_nieder_05480_now.zip"] = b"<html>"
    feed = poller(SOURCE, url=portal.url + ROOT, stations="5480", parameters="precipitation", periods="now")
    with pytest.raises(TwinError):
        feed.poll()
    assert feed.cursor == {}


@pytest.mark.parametrize(
    "option", [{"stations": "Soest"}, {"parameters": "rain"}, {"resolution": "1"}, {"periods": "x"}]
)
def test_options_that_make_no_sense_are_refused_at_once(option: dict[str, str], poller: Any) -> None:
    with pytest.raises(FeedError):
        poller(SOURCE, **{"stations": "1", **option})
