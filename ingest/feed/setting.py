"""What a source is given to work with: the feed with its defaults, its secret, a folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ingest.outside.secret import secret
from ingest.source import Gatherer, Setting, Source
from twin.discovery import find
from twin.errors import FeedError
from twin.feeds.feed import Feed
from twin.home import Home
from twin.language import Text

_UNKNOWN = Text(
    "Option „{found}“ kennt Quelle „{source}“ nicht; sie kennt {known}.",
    "source “{source}” knows no option “{found}”; it knows {known}.",
)
_MISSING = Text(
    "Quelle „{source}“ braucht noch {missing}; etwa: {example}",
    "source “{source}” also needs {missing}; for instance: {example}",
)
_NO_SECRET = Text("Quelle „{source}“ nimmt kein Geheimnis.", "source “{source}” takes no secret.")


def source_of(feed: Feed) -> Source:
    """The source of a feed.

    Raises
    ------
    UnknownName
        If there is none of that name.
    """
    found: Source = find("SOURCE", feed.source)
    return found


def completed(feed: Feed) -> Feed:
    """The feed with the defaults of its source filled in.

    Raises
    ------
    UnknownName
        If there is no such source.
    FeedError
        If an option is unknown or missing, or a secret is named that the source does not take.
    """
    source = source_of(feed)
    known = {option.name: option for option in source.options}
    for name in feed.options:
        if name not in known:
            problem = _UNKNOWN.filled(found=name[:80], source=source.name, known=", ".join(known) or "–")
            raise FeedError(feed=feed.name, problem=problem)
    options = {name: option.default for name, option in known.items() if option.default}
    options |= {name: value for name, value in feed.options.items() if value}
    missing = [name for name, option in known.items() if option.required and name not in options]
    if missing:
        words = " ".join(f"--option {name}=…" for name in missing)
        problem = _MISSING.filled(source=source.name, missing=words, example=source.example)
        raise FeedError(feed=feed.name, problem=problem)
    if feed.secret and source.secret is None:
        raise FeedError(feed=feed.name, problem=_NO_SECRET.filled(source=source.name))
    return replace(feed, options=options)


def setting(
    feed: Feed, cursor: dict[str, Any], home: Home, latest: Callable[[list[str]], dict[str, datetime]]
) -> Setting:
    """What the source of a feed works with; its folder is there, and empty.

    Raises
    ------
    TwinError
        If the feed makes no sense any more, or its secret cannot be had.
    """
    whole = completed(feed)
    folder = folder_of(home, feed)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return Setting(whole, cursor, folder, secret(feed.secret), latest, home.path)


def try_out(feed: Feed, home: Home) -> None:
    """Let the source of a completed feed look at its options; nothing is connected, and no secret looked for.

    Raises
    ------
    TwinError
        If they make no sense.
    """
    with tempfile.TemporaryDirectory(prefix="twin-feed-") as folder:
        gatherer: Gatherer = source_of(feed).open(Setting(feed, {}, Path(folder), home=home.path))
        gatherer.close()


def spool(home: Home) -> Path:
    """Where what this process has got lies; named like every process's, so that it goes when the process has died."""
    return home.temp / f"{os.getpid()}-feed"


def folder_of(home: Home, feed: Feed) -> Path:
    """Where what a feed brings lies until it has landed."""
    # Names that a file system takes for the same are told apart by the digest.
    digest = hashlib.sha256(feed.name.encode()).hexdigest()[:8]
    return spool(home) / f"{feed.ags}-{re.sub(r'[^a-zA-Z0-9_-]', '_', feed.name)}-{digest}"
