"""A stream that is UTF-8, or ends with an error where it is not."""

from __future__ import annotations

import codecs
import io
from typing import IO, Any


class Utf8Stream(io.RawIOBase):
    """Hands on what it reads as long as it is UTF-8.

    Arrow skips rows that do not fit by asking us, and prints a stack trace where it cannot decode the row that it asks
    about.

    Parameters
    ----------
    stream : binary stream
        What is read; it stands at its beginning.

    Raises
    ------
    UnicodeDecodeError
        While reading.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream: Any = stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Read into a buffer."""
        count = int(self._stream.readinto(target))
        self._decoder.decode(bytes(memoryview(target)[:count]), final=not count)
        return count
