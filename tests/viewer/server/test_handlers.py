from __future__ import annotations

import gzip
import io
import json

import numpy as np
import pytest
from PIL import Image
from tornado.httpclient import AsyncHTTPClient, HTTPResponse
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.testing import bind_unused_port
from tornado.web import Application, RequestHandler

from twin import Principal
from viewer.server.handlers import handlers
from viewer.server.headers import HEADERS, SecurityHeaders

OPEN, CLOSED = "05974040", "05974012"


class Plain(RequestHandler):
    def get(self):
        self.write("page")


@pytest.fixture(scope="module")
def get(open_district):
    """``get(path, principal=…, **headers)`` on a real server."""
    principals = {"public": Principal.public(), "county": Principal.county(), "staff": Principal.staff(CLOSED)}
    loop = IOLoop(make_current=False)
    sock, port = bind_unused_port()

    def request(path: str, principal: str = "public", **headers: str) -> HTTPResponse:
        async def fetch():
            client = AsyncHTTPClient()
            named = {"X-Principal": principal} | {name.replace("_", "-"): value for name, value in headers.items()}
            url = f"http://127.0.0.1:{port}{path}"
            return await client.fetch(
                url, headers=named, raise_error=False, decompress_response=False, request_timeout=120
            )

        return loop.run_sync(fetch)

    async def start():
        application = Application(
            [*handlers(lambda request: open_district(principals[request.headers["X-Principal"]])), (r"/", Plain)]
        )
        application.add_transform(SecurityHeaders)
        server = HTTPServer(application)
        server.add_socket(sock)
        return server

    server = loop.run_sync(start)
    yield request
    server.stop()
    loop.close()


@pytest.fixture(scope="module")
def scene(get):
    return json.loads(get("/scene.json").body)


def test_the_scene_holds_what_is_visible(scene):
    assert scene["name"] == "Kreis Soest"
    assert {(entry["ags"], entry["layer"]) for entry in scene["tilesets"]} == {
        (OPEN, "building"), (OPEN, "terrain"), (OPEN, "parcel")
    }  # fmt: skip
    west, south, east, north = scene["extent"]
    assert 399_960 <= west <= 400_040
    assert 5_700_960 <= north <= 5_701_040
    assert east < 401_040
    assert south > 5_699_960
    assert 49.9 < scene["heights"][0] < 51
    assert 69 < scene["heights"][1] < 70.1
    assert all(value % 100 == 0 for value in scene["origin"][:2])
    assert scene["drapes"] == ["land_use"]
    named = [
        line for line in scene["attribution"] if line.endswith("Datenlizenz Deutschland – Namensnennung – Version 2.0")
    ]
    assert len(named) == 1
    assert "Soest" in named[0]
    assert not any("Ense" in line for line in scene["attribution"])
    places = {entry["ags"]: entry for entry in scene["municipalities"]}
    assert (places[OPEN]["joined"], places[OPEN]["empty"]) == (True, False)
    assert places[CLOSED]["empty"]
    assert (places["05974004"]["joined"], places["05974004"]["empty"]) == (False, True)
    assert [entry["name"] for entry in scene["layers"]] == ["municipality", "building", "parcel", "land_use", "terrain"]


def test_every_tile_of_the_scene_can_be_had(get, scene, parse_glb):
    for entry in scene["tilesets"]:
        reply = get("/" + entry["url"])
        assert reply.headers["Content-Type"].startswith("application/json")
        pending, found = [json.loads(reply.body)["root"]], 0
        while pending:
            tile = pending.pop()
            pending += tile.get("children", [])
            if "content" in tile and found < 4:
                glb = get(f"/tiles/{entry['ags']}/{entry['layer']}/{tile['content']['uri']}")
                assert glb.headers["Content-Type"] == "model/gltf-binary"
                assert "immutable" in glb.headers["Cache-Control"]
                assert "private" in glb.headers["Cache-Control"]
                parse_glb(glb.body)
                found += 1
        assert found


def test_what_is_not_visible_looks_like_what_is_not_there(get):
    hidden, absent = get(f"/tiles/{CLOSED}/building/tileset.json"), get("/tiles/05974004/building/tileset.json")
    assert hidden.code == absent.code == 404
    assert hidden.body == absent.body
    assert get(f"/colours/{CLOSED}.bin").code == get("/colours/05974004.bin").code == 404
    assert get(f"/tiles/{CLOSED}/building/tileset.json", "county").code == 404
    assert get(f"/tiles/{CLOSED}/building/tileset.json", "staff").code == 200
    own = [entry for entry in json.loads(get("/scene.json", "staff").body)["tilesets"] if entry["ags"] == CLOSED]
    # Without a terrain model the ground comes from the buildings, under their consent.
    assert {(entry["layer"], entry["estimated"]) for entry in own} == {("building", False), ("terrain", True)}
    ground = next(entry["url"] for entry in own if entry["estimated"])
    assert get("/" + ground, "staff").code == 200
    assert get("/" + ground).code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/05974040/building/..%2f..%2f..%2f..%2f..%2fregistry.sqlite",
        "/tiles/05974040/building/slots.arrow",
        "/tiles/05974040/building/../parcel/tileset.json",
        "/tiles/05974040/../../registry.sqlite",
        "/tiles/05974040/address/tileset.json",
        "/tiles/05974040/building/0_1_2-0000000000000000.glb",
        "/tiles/0597404/building/tileset.json",
        "/colours/05974040.bin?theme=nothing",
        "/colours/05974040.bin?scenario=nothing",
        "/colours/05974040.bin?scenario=%27%3B",
        "/legend.json?theme=nothing",
        "/drape/0_0_-5.png",
        "/drape/0_0_1e9.png",
        "/drape/0_0_99999999.png",
        "/drape/0_0_256.png?layers=address",
        "/drape/0_0_256.png?layers=parcel:nothing.grz",
        "/drape/400000_5700000_256.png?layers=parcel:density.grz&scenario=nothing",
        "/drape/400000_5700000_256.png?layers=parcel:density.grz&scenario=a%22.parcel--",
        "/drape/400000_5700000_256.png?layers=parcel:density.nothing",
        "/scenario/nothing/added.glb",
    ],
)
def test_what_is_not_there_is_404(get, path):
    assert get(path).code == 404


def test_answers_carry_the_security_headers(get):
    for path in ("/scene.json", "/", "/nothing", "/tiles/05974040/building/x"):
        reply = get(path)
        for name, value in HEADERS.items():
            assert reply.headers[name] == value, path
    policy = HEADERS["Content-Security-Policy"]
    assert "unsafe-eval" not in policy
    assert "frame-ancestors 'self'" in policy


def test_what_a_browser_has_is_not_sent_again(get):
    first = get("/scene.json")
    again = get("/scene.json", If_None_Match=first.headers["Etag"])
    assert (again.code, again.body) == (304, b"")
    assert get("/scene.json", "staff", If_None_Match=first.headers["Etag"]).code == 200


def test_what_is_large_is_compressed_for_those_who_can_read_it(get):
    plain, packed = get("/borders.json"), get("/borders.json", Accept_Encoding="gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert "Content-Encoding" not in plain.headers


def test_colours_go_by_slot(get, open_district, parse_glb):
    height = np.frombuffer(get(f"/colours/{OPEN}.bin?theme=height").body, np.uint8).reshape(-1, 4)
    assert len(height) == 8
    assert (height[:, 3] == 255).all()
    assert len({tuple(row) for row in height.tolist()}) == 3
    roof = np.frombuffer(get(f"/colours/{OPEN}.bin?theme=roof").body, np.uint8).reshape(-1, 4)
    assert {tuple(row) for row in roof.tolist()} == {(0x8D, 0x99, 0xAE, 255)}
    own = np.frombuffer(get(f"/colours/{OPEN}.bin?theme=municipality").body, np.uint8).reshape(-1, 4)
    legend = json.loads(get("/legend.json?theme=municipality").body)
    soest = next(entry for entry in legend["classes"] if entry["title"]["de"] == "Soest")
    assert "#{:02X}{:02X}{:02X}".format(*own[0, :3]) == soest["colour"]


def test_legends_are_those_of_the_declarations(get):
    legend = json.loads(get("/legend.json?theme=height").body)
    assert (legend["kind"], legend["unit"], legend["stops"][1]["value"]) == ("ramp", "m", 6.0)


def test_the_drape_shows_visible_land_use(get):
    picture = np.asarray(Image.open(io.BytesIO(get("/drape/400000_5700000_256.png").body)))
    assert picture.shape == (512, 512, 4)
    assert (picture[:, :254, 3] == 255).all()
    assert (picture[:, 258:, 3] == 0).all()
    water = picture[:, :254, :3].reshape(-1, 3).mean(axis=0)
    assert water[2] > water[0] + 40
    empty = Image.open(io.BytesIO(get("/drape/900000_5700000_256.png").body))
    assert empty.size == (1, 1)


def test_parcels_are_coloured_by_an_indicator(get):
    reply = get("/drape/400000_5700000_256.png?layers=parcel:density.grz")
    assert reply.code == 200
    picture = np.asarray(Image.open(io.BytesIO(reply.body)))
    alpha = {int(value) for value in np.unique(picture[..., 3])}
    assert max(alpha) in (178, 179)
    assert (picture[420:500, 10:100, 3] > 0).all()


def test_borders_lie_on_the_ground(get):
    borders = json.loads(get("/borders.json").body)["borders"]
    line = np.array(next(entry for entry in borders if entry["ags"] == OPEN)["lines"][0])
    assert line.shape[1] == 3
    south = line[(line[:, 1] == 5_700_000) & (line[:, 0] > 400_050) & (line[:, 0] < 400_900)]
    np.testing.assert_allclose(south[:, 2], 50 + (south[:, 0] - 400_000) * 0.02, atol=0.2)


def test_stations_are_asked_for_again_and_again_for_nothing(get):
    reply = get("/sensors.json")
    assert json.loads(reply.body)["stations"] == []
    assert reply.headers["Cache-Control"] == "private, no-cache"
    again = get("/sensors.json", If_None_Match=reply.headers["Etag"])
    assert (again.code, again.body) == (304, b"")
    assert get("/sensors.json?lang=en").headers["Etag"] != reply.headers["Etag"]
    assert get("/sensors.json", "staff").headers["Etag"] != reply.headers["Etag"]
    assert get("/sensors.json?lang=%3Cscript%3E").headers["Etag"] == reply.headers["Etag"]
