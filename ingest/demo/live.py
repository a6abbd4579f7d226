"""What moves while the demo is watched: a child process with the live service and the ordinary runner of feeds.

The child ends with its parent, however that ends: it reads its standard input, which the parent holds open.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import twin
from ingest.demo.places import DISTRICT
from ingest.demo.station import PULSE, LiveService
from twin.cli import main
from twin.feeds.feed import Feed, save_feed

NAME = "sensornetz"
"""The feed's name; it is the district's."""

PATIENCE = 20.0
"""How long the child may take to land what is landing. [s]"""


@contextmanager
def at_work(home: Path, *, every: int = PULSE) -> Iterator[subprocess.Popen[bytes]]:
    """A child process that brings live readings into a twin, as long as the context lasts."""
    words = [sys.executable, "-P", "-m", "ingest.demo.live", str(home.resolve()), str(every)]
    # A host that is allowed is allowed to this child alone.
    allowed = filter(None, (os.environ.get("TWIN_ALLOW_HOSTS"), "127.0.0.1"))
    environment = {**os.environ, "TWIN_ALLOW_HOSTS": ",".join(allowed)}
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)  # noqa: S603 – ourselves
    try:
        yield child
    finally:
        assert child.stdin is not None
        child.stdin.close()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def run(home: Path, every: int) -> int:
    """Serve and gather until standard input ends or a signal comes; gives the exit code."""
    over = threading.Event()
    threading.Thread(target=_end_with_parent, args=(over,), daemon=True).start()
    with LiveService() as service:
        declare(home, service.url, every)
        try:
            return main(["--home", str(home), "--quiet", "feed", "run"])
        finally:
            over.set()
            # Whoever runs feeds later need not ask a service that is gone.
            declare(home, service.url, every, enabled=False)


def declare(home: Path, url: str, every: int, *, enabled: bool = True) -> None:
    """Declare the feed; it goes on where it was."""
    options = {"url": url, "overlap": "1min", "review": "1h", "since": "2d"}
    feed = Feed(DISTRICT, NAME, "sensor_things", options, every=every, enabled=enabled, saved_by="twin demo")
    with twin.open(home) as t:
        save_feed(t.registry, feed)


def _end_with_parent(over: threading.Event) -> None:
    """Wait for the end of standard input, then end the runner orderly; or by force if that takes too long."""
    # Not through sys.stdin: whoever waits in it at the end of the interpreter makes it abort.
    while os.read(0, 1):
        pass
    if not over.is_set():
        os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), int(sys.argv[2])))
