"""Where the members of a JSON document lie, found without parsing it: as Python objects it would take tenfold."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from twin.language import Text

DEEPEST = 64
"""Brackets within brackets that are read; CityJSON needs 12 about."""

_CHUNK = 4 << 20
_BACKSLASH, _QUOTE, _COLON, _COMMA, _CLOSE = b'\\":,}'

_END = Text("ein zu frühes Ende", "an end that comes too early")
_NESTED = Text(
    f"Klammern, die nicht zueinander passen oder tiefer als {DEEPEST} verschachtelt sind",
    f"brackets that do not match, or are nested deeper than {DEEPEST}",
)

_STEP = np.zeros(256, np.int8)
_STEP[list(b"{[")] = 1
_STEP[list(b"}]")] = -1
_MARK = np.zeros(256, bool)
_MARK[list(b":,}]")] = True


class Malformed(Exception):
    """A document that is no JSON.

    Parameters
    ----------
    found : Text or str
        What is wrong, or the notation of what should stand there.
    where : str
        Where, as `ingest.format.Reject` has it; empty where it is not known.
    """

    def __init__(self, found: Text | str, where: str = "") -> None:
        super().__init__(found, where)
        self.found, self.where = found, where


Span = tuple[int, int]
"""Where a value begins and ends. [B]"""


@dataclass(frozen=True)
class Structure:
    """Members of a document and of the objects in it.

    Attributes
    ----------
    data : bytes
        The document.
    members : dict of str to Span
        Top-level members.
    """

    data: bytes
    members: dict[str, Span]
    _colons: NDArray[np.int64]
    _closes: NDArray[np.int64]

    @classmethod
    def of(cls, data: bytes) -> Structure:
        """Structure of a document.

        Raises
        ------
        Malformed
            If its brackets do not match or nest deeper than `DEEPEST`, or it is cut off. What stands in a member is not
            looked at.

        Notes
        -----
        As simdjson does, in numpy: quotes that are not escaped open and close strings; the running sum of brackets
        outside of strings is the depth; colons and commas at depth 1 bound the members, those at depth 2 the members'.
        The streaming parser ijson is as fast (71 MB/s against 80 here, of 85 MB of Vienna's buildings), but it leads no
        way back to the parts that came before their building, nor to objects before the vertices and CRS at the end.
        """
        positions, depths = _marks(data)
        marks = np.frombuffer(data, np.uint8)[positions]
        end = np.flatnonzero((depths == 0) & (marks == _CLOSE))
        if not len(end) or data[int(positions[end[0]]) + 1 :].strip():
            raise Malformed("{ … }")
        top = depths == 1
        colons = positions[top & (marks == _COLON)]
        bounds = np.append(positions[top & (marks == _COMMA)], positions[end[0]])
        if len(colons) > 1000 or len(bounds) != max(len(colons), 1):
            raise Malformed('"…": …, "…": …')
        members: dict[str, Span] = {}
        begin = data.index(b"{") + 1
        if not len(colons) and data[begin : int(bounds[0])].strip():
            raise Malformed('"…": …')
        for colon, bound in zip(colons.tolist(), bounds.tolist(), strict=False):
            if not begin < colon < bound:
                raise Malformed('"…": …')
            members[_name(data, begin, colon)] = (colon + 1, bound)
            begin = bound + 1
        second = depths == 2
        return cls(data, members, positions[second & (marks == _COLON)], positions[second & (marks == _CLOSE)])

    def within(self, member: str) -> dict[str, Span]:
        """Members, all of them objects, of the top-level object called `member`; empty if there is none.

        Raises
        ------
        Malformed
            If one is no object.
        """
        if member not in self.members:
            return {}
        start, stop = self.members[member]
        begin = start + len(self.data[start : start + 4096]) - len(self.data[start : start + 4096].lstrip()) + 1
        if self.data[begin - 1 : begin] != b"{":
            raise Malformed(f'"{member}": {{')
        colons = self._colons[slice(*np.searchsorted(self._colons, (start, stop)))]
        closes = self._closes[slice(*np.searchsorted(self._closes, (start, stop)))]
        if len(colons) != len(closes):
            raise Malformed(f'"{member}": {{"…": {{')
        found: dict[str, Span] = {}
        for colon, close in zip(colons.tolist(), closes.tolist(), strict=True):
            if not begin < colon < close:
                raise Malformed(f'"{member}": {{"…": {{')
            if found:
                begin = self.data.find(b",", begin, colon) + 1 or colon
            found[_name(self.data, begin, colon)] = (colon + 1, close + 1)
            begin = close + 1
        return found


def _name(data: bytes, start: int, stop: int) -> str:
    try:
        found = json.loads(data[start:stop])
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, str):
        raise Malformed('"…": …')
    return found


def _marks(data: bytes) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Positions of colons, commas and closing brackets outside of strings down to depth 2, and the depth after each."""
    raw = np.frombuffer(data, np.uint8)
    positions, depths = [np.zeros(0, np.int64)], [np.zeros(0, np.int32)]
    inside, depth, start = 0, 0, 0
    while start < len(raw):
        stop = min(start + _CHUNK, len(raw))
        while stop < len(raw) and raw[stop - 1] == _BACKSLASH:
            stop += 1
        chunk = raw[start:stop]
        within = np.cumsum(_quotes(chunk), dtype=np.uint8)
        within += np.uint8(inside)
        within &= 1
        step = _STEP[chunk]
        step[within == 1] = 0
        level = np.cumsum(step, dtype=np.int32)
        level += depth
        if int(level.max()) > DEEPEST or int(level.min()) < 0:
            raise Malformed(_NESTED)
        chosen = np.flatnonzero(_MARK[chunk] & (within == 0) & (level <= 2))
        # Commas at depth 2 part the vertices: too many to keep, and not needed.
        chosen = chosen[(level[chosen] < 2) | (chunk[chosen] != _COMMA)]
        positions.append(chosen + start)
        depths.append(level[chosen])
        inside, depth, start = int(within[-1]), int(level[-1]), stop
    if inside or depth:
        raise Malformed(_END)
    return np.concatenate(positions), np.concatenate(depths)


def _quotes(chunk: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which bytes are quotes that no backslash escapes; a chunk does not begin within a run of backslashes."""
    quotes: NDArray[np.bool_] = chunk == _QUOTE
    slashes = np.flatnonzero(chunk == _BACKSLASH)
    if len(slashes):
        begins = np.flatnonzero(np.diff(slashes, prepend=-2) != 1)
        lengths = np.diff(np.append(begins, len(slashes)))
        after = slashes[begins] + lengths
        escaped = after[(lengths % 2 == 1) & (after < len(chunk))]
        quotes[escaped] = False
    return quotes
