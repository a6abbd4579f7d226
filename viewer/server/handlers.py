"""The URLs that the browser's engine asks, each answered for whoever asks and no further.

What is not visible answers 404, like what does not exist: nobody learns which of the two it is.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler

from twin import Twin
from twin.errors import ScenarioError, UnknownName
from twin.language import Language
from viewer.scene.added import added_glb
from viewer.scene.borders import borders
from viewer.scene.colours import legend
from viewer.scene.products import PRODUCTS
from viewer.scene.tenant import Tenant
from viewer.scene.themes import building_colours, theme, unit
from viewer.scene.tileset import CONTENT_NAME, Cell
from viewer.sensors.stations import revision, stations_body
from viewer.server.composition import compose
from viewer.server.drape_source import Drapes
from viewer.server.headers import HEADERS
from viewer.server.imagery import ImagerySource
from viewer.server.live import live_layers, live_tile, live_tileset

TwinFactory = Callable[[HTTPServerRequest], Twin]
"""Gives the twin as whoever sent a request may see it."""

_COMPRESSED_FROM = 1400  # [bytes] what fits into one packet gains nothing

_AGS = r"(?P<ags>[0-9]{8}|[0-9]{5})"
_NAME = r"(?P<name>[a-z][a-z0-9_]{0,39})"
_NUMBER = r"-?[0-9]{1,9}(?:\.[0-9]{1,3})?"


def handlers(twin_factory: TwinFactory) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """Patterns for ``pn.serve(…, extra_patterns=…)``.

    Parameters
    ----------
    twin_factory : callable
        ``(request) -> Twin``: opened for the principal who sent the request. It may give the same twin to all
        requests of a principal.
    """
    # One thread for the database: a connection answers one question at a time.
    shared = {
        "twin_factory": twin_factory,
        "database": ThreadPoolExecutor(1, "twin-database"),
        "drapes": Drapes(),
        "pictures": ImagerySource(),
    }
    table: list[tuple[str, type[RequestHandler]]] = [
        (r"/scene\.json", SceneHandler),
        (rf"/tiles/{_AGS}/(?P<layer>[a-z_]{{1,40}})/(?P<file>[^/]{{1,80}})", TileHandler),
        (r"/features/(?P<layer>[a-z_]{1,40})/(?P<file>tileset\.json|content-[0-9a-f]{16}\.glb)", LiveHandler),
        (rf"/colours/{_AGS}\.bin", ColourHandler),
        (r"/legend\.json", LegendHandler),
        (r"/sensors\.json", StationsHandler),
        (rf"/drape/(?P<west>{_NUMBER})_(?P<south>{_NUMBER})_(?P<size>{_NUMBER})\.png", DrapeHandler),
        (r"/imagery/(?P<cell>[0-9]{1,2}_-?[0-9]{1,7}_-?[0-9]{1,7})\.webp", ImageryHandler),
        (r"/borders\.json", BorderHandler),
        (rf"/scenario/{_NAME}/added\.glb", AddedHandler),
    ]
    return [(pattern, handler, shared) for pattern, handler in table]


class TwinHandler(RequestHandler):
    """What all have in common: the asking principal's twin, headers, validation and compression."""

    def initialize(
        self, twin_factory: TwinFactory, database: ThreadPoolExecutor, drapes: Drapes, pictures: ImagerySource
    ) -> None:
        """Take what `handlers` shares out."""
        self.twin = twin_factory(self.request)
        self.database, self.drapes, self.pictures = database, drapes, pictures

    def set_default_headers(self) -> None:
        """Answers depend on who asks: no shared cache may keep one."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "private, no-cache")
        self.set_header("Vary", "Accept-Encoding, Cookie, Authorization")

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say nothing but the status: a message could tell what is there."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(str(status_code))

    async def ask(self, question: Callable[[], Any]) -> Any:
        """Answer of `question`, asked in the database's thread; unknown names are 404."""
        try:
            return await IOLoop.current().run_in_executor(self.database, question)
        except (UnknownName, ScenarioError) as problem:
            raise HTTPError(404) from problem

    def give(self, body: bytes, content_type: str, compress: bool = True) -> None:
        """Send `body`; 304 if the browser has it already."""
        self.set_header("Content-Type", content_type)
        self._write_buffer.append(body)
        self.set_etag_header()
        self._write_buffer.clear()
        if self.check_etag_header():
            self.set_status(304)
            return
        wanted = "gzip" in self.request.headers.get("Accept-Encoding", "")
        if compress and wanted and len(body) > _COMPRESSED_FROM:
            self.set_header("Content-Encoding", "gzip")
            body = gzip.compress(body, 1, mtime=0)
        self.write(body)

    def give_json(self, value: Any) -> None:
        """Send `value` as JSON."""
        self.give(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(), "application/json")


class SceneHandler(TwinHandler):
    """What there is."""

    async def get(self) -> None:
        """``/scene.json``."""
        self.give_json(await self.ask(lambda: compose(self.twin)))


class TileHandler(TwinHandler):
    """Tilesets and their content."""

    async def get(self, ags: str, layer: str, file: str) -> None:
        """``/tiles/<ags>/<layer>/<file>``."""
        product = next((product for product in PRODUCTS if product.layer == layer), None)
        content = CONTENT_NAME.fullmatch(file) is not None
        if product is None or not (content or file == "tileset.json"):
            raise HTTPError(404)
        if (ags, product.consent_class) not in self.twin.visible():
            raise HTTPError(404)
        try:
            body = (product.folder(Tenant(self.twin, ags)) / file).read_bytes()
        except OSError as problem:
            raise HTTPError(404) from problem
        if content:
            # The name ends in a signature of the rows: another content has another name.
            self.set_header("Cache-Control", "private, max-age=86400, immutable")
        self.give(body, "model/gltf-binary" if content else "application/json")


class LiveHandler(TwinHandler):
    """Pins that are made as they are asked for."""

    async def get(self, layer: str, file: str) -> None:
        """``/features/<layer>/<file>``."""
        declared = next((declared for declared in live_layers() if declared.name == layer), None)
        if declared is None:
            raise HTTPError(404)
        make = live_tileset if file == "tileset.json" else live_tile
        made = await self.ask(lambda: make(self.twin, declared))
        if not made:
            raise HTTPError(404)
        if isinstance(made, bytes):
            self.give(made, "model/gltf-binary")
        else:
            self.give_json(made)


class ColourHandler(TwinHandler):
    """One colour a building."""

    async def get(self, ags: str) -> None:
        """``/colours/<ags>.bin``."""
        if (ags, "building") not in self.twin.visible():
            raise HTTPError(404)
        name, scenario = self.get_query_argument("theme", ""), self.get_query_argument("scenario", "")
        body = await self.ask(lambda: building_colours(self.twin, ags, name, scenario))
        self.give(body, "application/octet-stream")


class LegendHandler(TwinHandler):
    """Legend of a theme."""

    async def get(self) -> None:
        """``/legend.json``."""
        name = self.get_query_argument("theme", "")
        chosen = await self.ask(lambda: theme(self.twin, name))
        self.give_json(legend(chosen, unit(chosen)))


class StationsHandler(TwinHandler):
    """Stations with their latest values: asked again and again, and seldom with anything new."""

    _state = ""

    async def get(self) -> None:
        """``/sensors.json``; ``lang`` says in which language its texts are."""
        asked = self.get_query_argument("lang", "de")
        chosen: Language = "en" if asked == "en" else "de"
        self._state = await self.ask(lambda: revision(self.twin, chosen))
        self.set_etag_header()
        if self.check_etag_header():
            self.set_status(304)
            return
        body = await self.ask(lambda: stations_body(self.twin, chosen, self._state))
        self.give(body, "application/json")

    def compute_etag(self) -> str | None:
        """Of what the answer is made of: the answer itself need not be made."""
        return f'"{self._state}"' if self._state else None


class DrapeHandler(TwinHandler):
    """Pictures on the terrain."""

    async def get(self, west: str, south: str, size: str) -> None:
        """``/drape/<west>_<south>_<size>.png``."""
        names = tuple(filter(None, self.get_query_argument("layers", "land_use").split(",")))
        scenario = self.get_query_argument("scenario", "")
        square = float(west), float(south), float(size)
        if not 1.0 <= square[2] <= self.drapes.LARGEST or len(names) > self.drapes.MOST:
            raise HTTPError(404)
        draw = await self.ask(lambda: self.drapes.prepare(self.twin, square, names, scenario))
        # Drawing needs no database: it goes beside the next question.
        self.give(await IOLoop.current().run_in_executor(None, draw), "image/png", compress=False)


class ImageryHandler(TwinHandler):
    """Orthophotos."""

    async def get(self, cell: str) -> None:
        """``/imagery/<level>_<column>_<row>.webp``; 204 where there is none that the principal may see."""
        level, column, row = (int(part) for part in cell.split("_"))
        make = await self.ask(lambda: self.pictures.prepare(self.twin, Cell(level, column, row)))
        body = await IOLoop.current().run_in_executor(None, make)
        if self.get_query_argument("revision", ""):
            # It changes with any picture that the principal may see.
            self.set_header("Cache-Control", "private, max-age=86400, immutable")
        if body:
            self.give(body, "image/webp", compress=False)
        else:
            self.set_status(204)


class BorderHandler(TwinHandler):
    """Borders of the municipalities."""

    async def get(self) -> None:
        """``/borders.json``."""
        found = await self.ask(lambda: borders(self.twin, compose(self.twin)["heights"][0]))
        self.give_json({"borders": found})


class AddedHandler(TwinHandler):
    """What a scenario adds."""

    async def get(self, name: str) -> None:
        """``/scenario/<name>/added.glb``."""
        body = await self.ask(lambda: added_glb(self.twin, name))
        if not body:
            raise HTTPError(404)
        self.give(body, "model/gltf-binary")
