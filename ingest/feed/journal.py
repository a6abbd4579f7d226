"""The log of the runner: one JSON object a line, on standard error and in a file that does not grow without end."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, TextIO

from ingest.feed.clock import Clock
from ingest.feed.discretion import discreet
from twin.language import Text

FILE = "feed.jsonl"
"""Name of the file, in folder ``log`` of the home."""

LARGEST, KEPT = 10 << 20, 5
"""Size at which another file is begun, and how many older ones stay. [B], [1]"""


class Journal:
    """Where the runner writes what happens. Close it.

    Parameters
    ----------
    home : Path
        Folder of the twin.
    clock : Clock or None
        Whose time stands in it; the machine's if None.
    stream : text file or None
        Where lines go beside the file; standard error if None.
    quiet : bool
        Whether only what went wrong goes there.
    """

    def __init__(
        self, home: Path, clock: Clock | None = None, stream: TextIO | None = None, *, quiet: bool = False
    ) -> None:
        self._clock, self._stream, self._quiet = clock or Clock(), stream or sys.stderr, quiet
        folder = home / "log"
        folder.mkdir(exist_ok=True)
        # A handler without a logger: what other libraries log has no business here.
        self._file = _Quiet(folder / FILE, maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8")

    def write(self, event: str, *, bad: bool = False, secrets: Iterable[str] = (), **facts: Any) -> None:
        """Write a line.

        Parameters
        ----------
        event : str
            What happened, in one word.
        bad : bool
            Whether somebody should look at it.
        secrets : iterable of str
            What must not stand in it, whoever said it.
        **facts
            What JSON knows; a `Text` is written in English.
        """
        level = "warning" if bad else "info"
        entry = {"at": self._clock.text(), "level": level, "event": event}
        entry |= {name: _plain(value, tuple(secrets)) for name, value in facts.items()}
        line = json.dumps(entry, ensure_ascii=False, default=str)
        record = logging.LogRecord(event, logging.WARNING if bad else logging.INFO, "", 0, line, None, None)
        try:
            self._file.emit(record)
            if bad or not self._quiet:
                print(line, file=self._stream, flush=True)
        except (OSError, ValueError):
            return  # a full disk or a closed pipe is no reason to stop

    def close(self) -> None:
        """Close the file."""
        self._file.close()


class _Quiet(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 – logging's word
        """Go on: a full disk is seen by who reads the health page, not by a trace on the terminal."""


def _plain(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, Text):
        value = value.en
    return discreet(value, secrets) if isinstance(value, str) else value
