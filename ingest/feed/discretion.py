"""What may be written down of what went wrong: no secret, no query string, no user of a URL, and no novel."""

from __future__ import annotations

import re
from collections.abc import Iterable

from twin.errors import TwinError
from twin.feeds.discretion import without_queries
from twin.language import Text

LONGEST = 600
"""Longest text of a problem that is kept. [characters]"""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_SHORTEST_SECRET = 4


def discreet(text: str, secrets: Iterable[str] = ()) -> str:
    """A text without secrets, query strings of URLs and control characters, shortened."""
    for secret in secrets:
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, "***")
    text = _CONTROL.sub(" ", without_queries(text))
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def said(error: TwinError, secrets: Iterable[str] = ()) -> Text:
    """What an error says, in both languages, discreetly."""
    return whole(error.sentence.filled(**error.fields), secrets)


def whole(text: Text, secrets: Iterable[str] = ()) -> Text:
    """A text in both languages, discreetly."""
    own = tuple(secrets)
    return Text(discreet(text.de, own), discreet(text.en, own))
