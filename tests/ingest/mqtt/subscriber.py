"""Lands what a feed brings, keeps the cursor as the runner does, and kills itself before anything is acknowledged.

``python subscriber.py HOME FOLDER``: `FOLDER` holds ``feed`` (declaration and cursor), and ``cursor`` in the end.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

import twin
from ingest.job import Request, ingest
from ingest.run import Options
from ingest.source import Setting
from ingest.sources.mqtt import SOURCE
from twin.feeds.feed import Feed


def main(home: str, folder: Path) -> None:
    declared = json.loads((folder / "feed").read_text("utf-8"))
    feed = Feed(**declared["feed"])
    request = Request(Options(ags=feed.ags), format="sensor_things", workers=1, tenants=(feed.ags,))
    gatherer = SOURCE.open(Setting(feed, declared["cursor"], folder))
    with twin.open(home) as opened:
        while True:
            for catch in gatherer.gather():
                report = ingest(opened, [str(catch.path)], request).deliveries[0]
                if report.error:
                    sys.exit(report.error)
                (folder / "cursor").write_text(json.dumps(catch.cursor), "utf-8")
                os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
