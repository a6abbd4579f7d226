"""A stream that is hashed while it is read."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import IO, Any


class HashedStream(io.RawIOBase):
    """Hands on what it reads, and tells its SHA-256 once it has been read from its beginning to its end.

    To unpack a file a second time, only to hash it, would take as long as half of its reading.

    Parameters
    ----------
    stream : binary stream
        What is read; it stands at its beginning.
    done : callable
        Called with the hash in hexadecimal digits, at the end; never if somebody jumps about in the stream.
    """

    def __init__(self, stream: IO[bytes], done: Callable[[str], None]) -> None:
        self._stream: Any = stream
        self._done = done
        self._digest: Any = hashlib.sha256()

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """If what it reads is."""
        return bool(self._stream.seekable())

    def readinto(self, target: Any) -> int:
        """Read into a buffer."""
        count = int(self._stream.readinto(target))
        if self._digest is not None:
            if count:
                self._digest.update(memoryview(target)[:count])
            else:
                self._done(self._digest.hexdigest())
                self._digest = None
        return count

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Jump, which ends the hashing."""
        self._digest = None
        return int(self._stream.seek(offset, whence))

    def tell(self) -> int:
        """Where it stands."""
        return int(self._stream.tell())
