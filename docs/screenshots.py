"""Makes the pictures of the documentation: `make screenshots`.

Needs Chromium. The pictures of Wesel need the real deliveries (`TWIN_SHARED_DATA`, else ``../shared/data``) and are
left as they are where those are absent.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
TWIN = Path(sys.executable).with_name("twin")
CHROMIUM = os.environ.get("TWIN_CHROMIUM", "/usr/bin/chromium")
FLAGS = [
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--no-sandbox",
    "--disable-quic",
    "--disable-background-networking",
]
SIZE = (1600, 900)
PATIENCE = 300.0
"""How long a server or a picture may take on a machine without a graphics card. [s]"""


@contextmanager
def served(home: Path) -> Iterator[str]:
    """Address of a server of the twin at `home`, as long as the block runs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [TWIN, "--home", str(home), "serve", "--port", str(port), "--no-open", "--as", "county"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            yield wait_for(f"http://127.0.0.1:{port}/")
        finally:
            server.terminate()


def wait_for(address: str) -> str:
    """`address`, as soon as it answers."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(address, timeout=10).close()
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
        else:
            return address


def shoot(page: Page, address: str, name: str, then: str = "") -> None:
    """Open `address`, wait until the map rests, run the script `then`, and save the picture."""
    page.goto(address)
    while not page.evaluate("window.__twin !== undefined"):
        page.wait_for_timeout(250)
    page.evaluate("window.__twin.idle()")
    if then:
        page.evaluate(then)
        page.evaluate("window.__twin.idle()")
    page.wait_for_timeout(1500)
    page.screenshot(path=IMAGES / f"{name}.png")
    print(f"docs/images/{name}.png")  # noqa: T201
