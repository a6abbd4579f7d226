"""The upload URLs, over a real socket."""

import json

import tornado.testing
import tornado.web

from viewer.uploads.handlers import PIECE, upload_handlers
from viewer.uploads.inbox import Inbox


class UploadTest(tornado.testing.AsyncHTTPTestCase):
    def setUp(self):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.inbox = Inbox(Path(self.folder.name))
        super().setUp()

    def tearDown(self):
        super().tearDown()
        self.inbox.close()
        self.folder.cleanup()

    def get_app(self):
        return tornado.web.Application(upload_handlers(self.inbox))

    def ask(self, method, path, body=None, **headers):
        headers = {"X-Twin": "upload", **headers}
        answer = self.fetch(path, method=method, body=body, headers=headers)
        return answer.code, json.loads(answer.body)

    def announced(self, size=5):
        code, found = self.ask("POST", "/uploads", json.dumps({"files": [{"name": "a.csv", "size": size}]}))
        assert code == 200
        return found["key"]

    def test_a_file_comes_in_pieces(self):
        key = self.announced()
        assert self.ask("PUT", f"/uploads/{key}/0/0", b"abc")[1]["received"] == [3]
        assert self.ask("GET", f"/uploads/{key}") == (200, {"key": key, "received": [3], "complete": False})
        assert self.ask("PUT", f"/uploads/{key}/0/3", b"de")[1]["complete"]
        assert self.inbox.get(key).source.read_bytes() == b"abcde"
        assert self.ask("DELETE", f"/uploads/{key}")[0] == 200
        assert self.ask("GET", f"/uploads/{key}")[0] == 404

    def test_another_site_cannot_send(self):
        body = json.dumps({"files": [{"name": "a", "size": 1}]})
        assert self.fetch("/uploads", method="POST", body=body).code == 403
        assert self.ask("POST", "/uploads", body, Origin="https://elsewhere.example")[0] == 403
        own = f"http://127.0.0.1:{self.get_http_port()}"
        assert self.ask("POST", "/uploads", body, Origin=own)[0] == 200

    def test_nonsense_is_refused(self):
        for body in ("", "[]", "{}", '{"files": [{}]}', '{"files": [{"name": "a", "size": "x"}]}'):
            assert self.ask("POST", "/uploads", body)[0] == 400
        key = self.announced()
        assert self.ask("PUT", f"/uploads/{key}/7/0", b"a")[0] == 400
        assert self.ask("PUT", f"/uploads/{key}/0/0", b"a" * (PIECE + 1))[0] == 400
        assert self.ask("PUT", f"/uploads/{'x' * 24}/0/0", b"a")[0] == 404

    def test_too_much_is_refused_in_words(self):
        code, found = self.ask("POST", "/uploads", json.dumps({"files": [{"name": "a", "size": 1 << 60}]}))
        assert code == 413
        assert "GB" in found["error"]
