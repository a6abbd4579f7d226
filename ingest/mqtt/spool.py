"""Messages that have come and have not landed, in their order, and those whose acknowledgement may be lost."""

from __future__ import annotations

import base64
import struct
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import Protocol

MOST, LARGEST = 150_000, 96 << 20
"""Messages and bytes of readings at which no more are taken from the broker. [1], [B]"""

REMEMBERED = 30_000
"""Landed messages that are known again: fewer than half of the 65 535 numbers that a broker gives out in turn."""

_OVERHEAD = 300
_PAIR = struct.Struct("<HI")


class Link(Protocol):
    """A connection that a message came by."""

    def ack(self, mid: int, qos: int) -> object:
        """Tell the broker that message `mid` need not come again."""
        ...


@dataclass(slots=True, eq=False)
class Entry:
    """A message.

    Attributes
    ----------
    link : Link
        The connection that it last came by: only there its number means something.
    mid : int
        The broker's number; 0 for a message that is not to be acknowledged.
    digest : int
        Tells whether a message that comes again under a number is the same one.
    lines, streams, doubtful : tuple of str
        See `ingest.mqtt.message.Said`; none where it made no sense or has landed.
    timed : bool
        Whether the readings say their own time.
    """

    link: Link
    mid: int
    digest: int
    lines: tuple[str, ...] = ()
    streams: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    timed: bool = True

    @property
    def size(self) -> int:
        """Roughly what it takes in memory. [B]"""
        return _OVERHEAD + sum(map(len, self.lines))


class Spool:
    """Between the thread that hears and the one that lands."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._entries: deque[Entry] = deque()
        self._out = 0
        self._size = 0
        self._waiting: dict[int, Entry] = {}
        self._landed: OrderedDict[int, int] = OrderedDict()
        self._last = 0.0

    @property
    def full(self) -> bool:
        """Whether no more are to be taken from the broker."""
        return len(self._entries) + self._out >= MOST or self._size >= LARGEST

    def wait_for_room(self, seconds: float) -> None:
        """Wait until it is not full, but not for ever."""
        with self._changed:
            self._changed.wait_for(lambda: not self.full, seconds)

    def add(self, entry: Entry) -> None:
        """Take a message."""
        with self._changed:
            self._entries.append(entry)
            self._size += entry.size
            if entry.mid:
                self._waiting[entry.mid] = entry
                self._landed.pop(entry.mid, None)
            self._last = monotonic()
            self._changed.notify_all()

    def known(self, link: Link, mid: int, digest: int) -> bool:
        """Whether a message that comes again is here, or has landed: then it is only to be acknowledged."""
        with self._changed:
            entry = self._waiting.get(mid)
            if entry is not None and entry.digest == digest:
                entry.link = link
                return True
            landed = self._landed.get(mid) == digest
        if landed:
            self.add(Entry(link, mid, digest))
        return landed

    def take(self, lines: int, size: int) -> list[Entry]:
        """The oldest messages, of so many readings and bytes at most, but one at least if there is any."""
        found: list[Entry] = []
        with self._changed:
            while self._entries and (not found or (lines >= len(self._entries[0].lines) and size > 0)):
                entry = self._entries.popleft()
                found.append(entry)
                lines -= len(entry.lines)
                size -= entry.size
            self._out += len(found)
        return found

    def give_back(self, entries: list[Entry]) -> None:
        """Messages that did not land, to the place where they were."""
        with self._changed:
            self._entries.extendleft(reversed(entries))
            self._out -= len(entries)

    def done(self, entries: Iterable[Entry]) -> None:
        """Acknowledge messages, in their order: they have landed, or are not to."""
        with self._changed:
            for entry in entries:
                self._out -= 1
                self._size -= entry.size
                if not entry.mid:
                    continue
                if self._waiting.get(entry.mid) is entry:
                    del self._waiting[entry.mid]
                self._remember(entry.mid, entry.digest)
                # A link that is gone takes it and does nothing: the message comes again, and is known.
                entry.link.ack(entry.mid, 1)
            self._changed.notify_all()

    def forget_session(self) -> None:
        """The broker has begun to count anew: its numbers mean other messages now."""
        with self._changed:
            self._waiting.clear()
            self._landed.clear()

    def settle(self, quiet: float, most: float, enough: int) -> None:
        """Wait until nothing has come for a while, or enough has; for so long at most. [s], [s], [1]"""
        begin = monotonic()
        with self._changed:
            self._last = max(self._last, begin)
            while len(self._entries) < enough and monotonic() - begin < most:
                left = quiet - (monotonic() - self._last)
                if left <= 0:
                    return
                self._changed.wait(min(left, most))

    def recall(self, text: str) -> None:
        """Know messages again that an earlier process has landed; see `remembered`."""
        try:
            data = base64.b64decode(text, validate=True)
            pairs = list(_PAIR.iter_unpack(data))
        except (ValueError, struct.error):
            return
        with self._changed:
            for mid, digest in pairs[-REMEMBERED:]:
                self._remember(mid, digest)

    def _remember(self, mid: int, digest: int) -> None:
        self._landed[mid] = digest
        self._landed.move_to_end(mid)
        if len(self._landed) > REMEMBERED:
            self._landed.popitem(last=False)


def remembered(entries: Iterable[Entry]) -> str:
    """Those messages that only their number tells from a new one, should their acknowledgement be lost: text."""
    pairs = (_PAIR.pack(entry.mid, entry.digest) for entry in entries if entry.mid and entry.lines and not entry.timed)
    return base64.b64encode(b"".join(pairs)).decode()
