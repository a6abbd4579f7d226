"""The URLs that the drop zone asks: announce, send pieces, ask how far, throw away."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler

from twin.errors import UploadRefused
from viewer.server.headers import HEADERS
from viewer.uploads.inbox import Inbox
from viewer.uploads.upload import Upload

PIECE = 8 << 20
"""Largest piece that is taken. [B]"""

_KEY = r"(?P<key>[A-Za-z0-9_-]{24})"


def upload_handlers(inbox: Inbox) -> list[tuple[str, type[RequestHandler], dict[str, Any]]]:
    """Patterns for ``pn.serve(…, extra_patterns=…)``; only for servers whose visitors are stewards."""
    shared = {"inbox": inbox, "disk": ThreadPoolExecutor(2, "twin-upload")}
    return [
        (r"/uploads", AnnounceHandler, shared),
        (rf"/uploads/{_KEY}", StateHandler, shared),
        (rf"/uploads/{_KEY}/(?P<number>[0-9]{{1,3}})/(?P<offset>[0-9]{{1,12}})", PieceHandler, shared),
    ]


class UploadHandler(RequestHandler):
    """What all have in common: only our own pages may ask."""

    def initialize(self, inbox: Inbox, disk: ThreadPoolExecutor) -> None:
        """Take what `upload_handlers` shares out."""
        self.inbox, self.disk = inbox, disk

    def set_default_headers(self) -> None:
        """Nothing is cached."""
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.set_header("Cache-Control", "no-store")

    def prepare(self) -> None:
        """Refuse what another site has its visitors send.

        A browser sends the header only after asking the server first, if the page is another host's, and is not
        answered then; where it tells where a request comes from, that has to be this host.
        """
        origin = self.request.headers.get("Origin")
        foreign = origin is not None and urlsplit(origin).netloc != self.request.host
        if self.request.headers.get("X-Twin") != "upload" or foreign:
            raise HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        """Say nothing but the status."""
        self.finish(json.dumps({"error": status_code}))

    def upload(self, key: str) -> Upload:
        """The upload asked for; 404 if it is gone."""
        found = self.inbox.get(key)
        if found is None:
            raise HTTPError(404)
        return found

    def answer(self, found: Upload) -> None:
        """Tell how far an upload is."""
        self.finish({"key": found.key, "received": [file.received for file in found.files], "complete": found.complete})


class AnnounceHandler(UploadHandler):
    """``POST /uploads``: names and sizes of the files to come."""

    def post(self) -> None:
        """Make room."""
        try:
            files = json.loads(self.request.body)["files"]
            names, sizes = [str(file["name"]) for file in files], [int(file["size"]) for file in files]
        except (ValueError, KeyError, TypeError):
            raise HTTPError(400) from None
        try:
            self.answer(self.inbox.begin(names, sizes))
        except UploadRefused as refused:
            self.set_status(413)
            self.finish({"error": str(refused)})


class StateHandler(UploadHandler):
    """``GET`` and ``DELETE /uploads/<key>``."""

    def get(self, key: str) -> None:
        """How far it is."""
        self.answer(self.upload(key))

    def delete(self, key: str) -> None:
        """Throw it away."""
        self.inbox.remove(key)
        self.finish({})


class PieceHandler(UploadHandler):
    """``PUT /uploads/<key>/<file>/<offset>``: the next bytes of a file."""

    async def put(self, key: str, number: str, offset: str) -> None:
        """Write them; the answer says where to go on."""
        found, piece = self.upload(key), self.request.body
        if int(number) >= len(found.files) or len(piece) > PIECE:
            raise HTTPError(400)
        await IOLoop.current().run_in_executor(self.disk, found.append, int(number), int(offset), piece)
        self.answer(found)
