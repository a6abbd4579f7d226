"""The last deliveries, on the data page."""

from __future__ import annotations

import time
from typing import Any

from twin import Twin
from twin.discovery import discover
from twin.language import Language
from viewer.pages import data_words as words
from viewer.pages.markup import escaped

LISTED = 12
"""Deliveries that are listed."""


def deliveries(reader: Twin, language: Language) -> str:
    """The last deliveries that a reader may see, as HTML."""
    rows = reader.status()["deliveries"][:LISTED]
    title = f"<h4>{escaped(words.LAST.within(language))}</h4>"
    if not rows:
        return f'{title}<p class="hint">{escaped(words.NONE_YET.within(language))}</p>'
    formats = discover("FORMAT")
    lines = "".join(
        f"<tr><td>{escaped(row['file'])}</td><td>{escaped(_kind(formats, row['format'], language))}</td>"
        f"<td>{escaped(_day(row['committed_at'], language))}</td></tr>"
        for row in rows
    )
    return f'{title}<table class="list">{lines}</table>'


def _kind(formats: dict[str, Any], name: str, language: Language) -> str:
    return str(formats[name].title.within(language)) if name in formats else name


def _day(moment: str, language: Language) -> str:
    """A moment of the registry as people write it."""
    try:
        seconds = time.strptime(moment[:19], "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return moment
    return time.strftime("%d.%m.%Y %H:%M" if language == "de" else "%Y-%m-%d %H:%M", seconds) + " UTC"
