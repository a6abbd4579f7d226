"""A browser and a served demo district. Every page error, failed request or foreign host fails the test."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
CHROMIUM = Path(os.environ.get("TWIN_CHROMIUM", "/usr/bin/chromium"))
FLAGS = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
]
PATIENCE = 240_000
"""How long a picture may take: it is drawn by the processor. [ms]"""


@pytest.fixture(scope="session")
def chromium():
    api = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def serve(demo_home, serve_home):
    """Starts servers of the demo for a principal, and gives their addresses."""
    return lambda who: serve_home(demo_home, who)


@pytest.fixture(scope="session")
def serve_home():
    """Starts servers of a home for a principal, and gives their addresses."""
    running: dict[tuple[Path | str, ...], tuple[subprocess.Popen[bytes], str]] = {}

    def address(home: Path, who: str, *more: str) -> str:
        key = (home, who, *more)
        if key not in running:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            code = "import sys; from twin.cli import main; sys.exit(main())"
            command = [sys.executable, "-c", code, "--home", str(home), "serve", "--port", str(port)]
            server = subprocess.Popen([*command, "--no-open", "--as", who, *more], cwd=ROOT, stdout=subprocess.DEVNULL)
            running[key] = (server, f"http://127.0.0.1:{port}/")
            _wait(server, running[key][1])
        return running[key][1]

    yield address
    for server, _ in running.values():
        server.terminate()
        server.wait(20)


@pytest.fixture
def page(chromium):
    """A page that reports what went wrong when the test ends."""
    context = chromium.new_context(viewport={"width": 1600, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(PATIENCE)
    wrong: list[str] = []
    hosts: set[str] = set()
    opened.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    opened.on("console", lambda entry: wrong.append(f"console: {entry.text}") if entry.type == "error" else None)
    opened.on(
        "response", lambda answer: wrong.append(f"{answer.status}: {answer.url}") if answer.status >= 400 else None
    )
    opened.on("request", lambda asked: hosts.add(urlsplit(asked.url).hostname or ""))
    yield opened
    context.close()
    assert not wrong
    assert hosts - {""} <= {"127.0.0.1"}


def _wait(server, address):
    for _ in range(600):
        if server.poll() is not None:
            pytest.fail("the server ended before it answered")
        try:
            urllib.request.urlopen(address + "scene.json", timeout=5).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)  # no page is open yet whose clock this would stop
        else:
            return
