"""Addresses in sentences, without what could open a door."""

from __future__ import annotations

import re

_QUERY = re.compile(
    r"(?i)\b([a-z][a-z0-9+.-]*://)(?:[^\s/@?#]*@)?([^\s?#]*)[?#][^\s»“”\"']*|([a-z][a-z0-9+.-]*://)[^\s/@?#]*@"
)


def without_queries(text: str) -> str:
    """A sentence whose addresses end where a password or token could begin, and name no user."""
    return _QUERY.sub(lambda found: (found[1] or found[3]) + (found[2] or ""), text)
