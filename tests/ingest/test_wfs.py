"""Features come from a service page by page, each once, into one file a type."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from lxml import etree

import twin
from ingest.delivery import deliveries
from ingest.format import Options
from ingest.job import Request, ingest
from ingest.wfs import Query, boxed, fetch
from twin.errors import InvalidDelivery, UnsafeDelivery

SPACES = (
    'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" '
    'xmlns:ave="http://repository.gdi-de.org/schemas/adv/produkt/alkis-vereinfacht/2.0"'
)
SERVICE = "/geobasis/wfs_nw_alkis_vereinfacht"
TOTAL = 25


def parcel(number: int) -> str:
    x = 440_000 + 20 * number
    ring = f"{x} 5700000 {x + 20} 5700000 {x + 20} 5700020 {x} 5700020 {x} 5700000"
    return (
        f'<wfs:member><ave:Flurstueck gml:id="F{number}"><ave:oid>F{number}</ave:oid><ave:flaeche>400</ave:flaeche>'
        f"<ave:flstkennz>055432002{number + 1:05}______</ave:flstkennz><ave:gmdschl>05974040</ave:gmdschl>"
        f'<ave:geometrie><gml:Polygon srsName="urn:ogc:def:crs:EPSG::25832"><gml:exterior><gml:LinearRing>'
        f"<gml:posList>{ring}</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></ave:geometrie>"
        "</ave:Flurstueck></wfs:member>"
    )


class Service(BaseHTTPRequestHandler):
    """A service that gives ten features at most, whatever it is asked for."""

    asked: ClassVar[list[dict[str, str]]] = []
    counts = True
    pages = True

    def do_GET(self) -> None:
        query = {key.lower(): values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
        type(self).asked.append(query)
        if not self.path.startswith(SERVICE) or query.get("typenames") == "ave:Unknown":
            self.answer('<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"/>')
            return
        if query.get("typenames") == "ave:Hostile":
            self.answer(f'<!DOCTYPE x [<!ENTITY a "b">]><wfs:FeatureCollection {SPACES}/>')
            return
        start = int(query.get("startindex", 0)) if self.pages else 0
        found = range(start, min(start + 10, TOTAL)) if query.get("typenames") == "ave:Flurstueck" else range(0)
        matched = f'numberMatched="{TOTAL if len(found) else 0}"' if self.counts else 'numberMatched="unknown"'
        self.answer(f"<wfs:FeatureCollection {SPACES} {matched}>{''.join(map(parcel, found))}</wfs:FeatureCollection>")

    def answer(self, text: str) -> None:
        content = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("TWIN_ALLOW_HOSTS", "127.0.0.1")
    Service.asked, Service.counts, Service.pages = [], True, True
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}{SERVICE}"
        running.shutdown()
        thread.join()


def ids(path: Path) -> list[str]:
    features = etree.parse(path).getroot().iterfind("{*}member/{*}Flurstueck")
    return [feature.get("{http://www.opengis.net/gml/3.2}id") for feature in features]


REQUEST = "?SERVICE=WFS&VERSION=2.0.0&REQUEST=GetFeature&TYPENAMES=ave:Flurstueck&BBOX=1,2,3,4"


@pytest.mark.parametrize("counts", [True, False])
def test_pages_become_one_file(server: str, tmp_path: Path, counts: bool) -> None:
    Service.counts = counts
    folder = fetch(server + REQUEST, tmp_path)
    (path,) = folder.iterdir()
    assert ids(path) == [f"F{number}" for number in range(TOTAL)]
    assert [query["startindex"] for query in Service.asked][:3] == ["0", "10", "20"]
    assert {query["bbox"] for query in Service.asked} == {"1,2,3,4"}
    assert len(Service.asked) == (3 if counts else 4)


def test_a_service_that_knows_no_start_is_not_asked_for_ever(server: str, tmp_path: Path) -> None:
    Service.pages = False
    (path,) = fetch(server + REQUEST, tmp_path).iterdir()
    assert len(ids(path)) == 10
    assert len(Service.asked) == 2


def test_a_count_of_the_user_is_his_own(server: str, tmp_path: Path) -> None:
    path = fetch(f"{server}{REQUEST}&COUNT=5", tmp_path)
    assert path.is_file()
    assert len(Service.asked) == 1
    assert Service.asked[0]["count"] == "5"


def test_the_same_request_has_the_same_name_and_another_box_another(server: str) -> None:
    def name(text: str) -> str:
        query = Query.of(server + text)
        assert query is not None
        return query.name("ave:Flurstueck")

    assert name(REQUEST) == name(REQUEST + "&token=secret")
    assert name(REQUEST) != name(REQUEST.replace("1,2,3,4", "1,2,3,5"))


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/tile.gml",
        "https://example.org/wfs?SERVICE=WFS&REQUEST=GetCapabilities",
        "https://example.org/wfs?SERVICE=WMS&REQUEST=GetMap",
        "https://example.org/wfs?typenames=a:b",
        "tile.gml",
    ],
)
def test_what_is_no_request_for_features_is_left_alone(url: str) -> None:
    assert Query.of(url) is None


def test_a_request_without_a_box_gets_that_of_the_municipality() -> None:
    plain = "https://example.org/wfs_nw_alkis_vereinfacht"
    assert boxed(plain, (1, 2, 3, 4)) == f"{plain}?BBOX=1.00,2.00,3.00,4.00,urn:ogc:def:crs:EPSG::25832"
    assert boxed(f"{plain}?BBOX=5,6,7,8", (1, 2, 3, 4)) == f"{plain}?BBOX=5,6,7,8"
    assert boxed("https://example.org/tile.gml", (1, 2, 3, 4)) == "https://example.org/tile.gml"


@pytest.mark.parametrize(("kind", "error"), [("ave:Unknown", InvalidDelivery), ("ave:Hostile", UnsafeDelivery)])
def test_an_error_or_an_attack_is_refused(server: str, tmp_path: Path, kind: str, error: Any) -> None:
    with pytest.raises(error):
        fetch(server + REQUEST.replace("ave:Flurstueck", kind), tmp_path)


def test_the_service_alone_gives_parcels_land_use_and_buildings(server: str, tmp_path: Path) -> None:
    found = list(deliveries([server], tmp_path))
    assert [delivery.name.rpartition("/")[2].partition("-")[0] for delivery in found] == [
        "Flurstueck",
        "GebaeudeBauwerk",
        "Nutzung",
    ]
    assert {delivery.format.name for delivery in found if delivery.format} == {"alkis_simple"}


def test_from_the_service_into_the_twin(server: str, tmp_path: Path) -> None:
    with twin.init(tmp_path / "home", "05974", name="Kreis Soest") as t:
        t.join("05974040", ["parcel"], "open", name="Soest")
        wanted = Request(options=Options(ags="05974040"), workers=1)
        report = ingest(t, [server + REQUEST], wanted)
        assert [delivery.error for delivery in report.deliveries] == [""]
        assert t.sql("SELECT count(*) FROM parcel").fetchall() == [(TOTAL,)]
        assert ingest(t, [server + REQUEST], wanted).deliveries[0].unchanged
