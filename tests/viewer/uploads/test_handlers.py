"""The upload URLs, over a real socket; the server has a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.error
import urllib.request

import pytest
import tornado.httpserver
import tornado.netutil
import tornado.web

from viewer.uploads.handlers import PIECE, upload_handlers
from viewer.uploads.inbox import Inbox


@pytest.fixture
def inbox(tmp_path):
    made = Inbox(tmp_path)
    yield made
    made.close()


@pytest.fixture
def address(inbox):
    loop, ready, place = asyncio.new_event_loop(), threading.Event(), []

    def run():
        asyncio.set_event_loop(loop)

        async def begin():
            server = tornado.httpserver.HTTPServer(tornado.web.Application(upload_handlers(inbox)))
            sockets = tornado.netutil.bind_sockets(0, "127.0.0.1")
            server.add_sockets(sockets)
            place.append((server, sockets[0].getsockname()[1]))
            ready.set()

        loop.run_until_complete(begin())
        loop.run_forever()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(20)
    server, port = place[0]
    yield f"http://127.0.0.1:{port}"
    loop.call_soon_threadsafe(server.stop)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(20)
    loop.close()


@pytest.fixture
def ask(address):
    def send(method, path, body=None, **headers):
        content = body.encode() if isinstance(body, str) else body
        headers = {"X-Twin": "upload", **headers}
        request = urllib.request.Request(address + path, content, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, json.loads(refused.read())

    return send


def announced(ask, size=5):
    code, found = ask("POST", "/uploads", json.dumps({"files": [{"name": "a.csv", "size": size}]}))
    assert code == 200
    return found["key"]


def test_a_file_comes_in_pieces(ask, inbox):
    key = announced(ask)
    assert ask("PUT", f"/uploads/{key}/0/0", b"abc")[1]["received"] == [3]
    assert ask("GET", f"/uploads/{key}") == (200, {"key": key, "received": [3], "complete": False})
    assert ask("PUT", f"/uploads/{key}/0/3", b"de")[1]["complete"]
    assert inbox.get(key).source.read_bytes() == b"abcde"
    assert ask("DELETE", f"/uploads/{key}")[0] == 200
    assert ask("GET", f"/uploads/{key}")[0] == 404


def test_another_site_cannot_send(ask, address):
    body = json.dumps({"files": [{"name": "a", "size": 1}]})
    assert ask("POST", "/uploads", body, **{"X-Twin": ""})[0] == 403
    assert ask("POST", "/uploads", body, Origin="https://elsewhere.example")[0] == 403
    assert ask("POST", "/uploads", body, Origin=address)[0] == 200


def test_nonsense_is_refused(ask):
    for body in ("", "[]", "{}", '{"files": [{}]}', '{"files": [{"name": "a", "size": "x"}]}'):
        assert ask("POST", "/uploads", body)[0] == 400
    key = announced(ask)
    assert ask("PUT", f"/uploads/{key}/7/0", b"a")[0] == 400
    assert ask("PUT", f"/uploads/{key}/0/0", b"a" * (PIECE + 1))[0] == 400
    assert ask("PUT", f"/uploads/{'x' * 24}/0/0", b"a")[0] == 404


def test_too_much_is_refused_in_words(ask):
    code, found = ask("POST", "/uploads", json.dumps({"files": [{"name": "a", "size": 1 << 60}]}))
    assert code == 413
    assert "GB" in found["error"]
