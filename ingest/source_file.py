"""One file of a delivery: on disk, gzipped, or a member of a zip archive."""

from __future__ import annotations

import gzip
import io
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

HEAD_SIZE = 65_536
"""Bytes that formats are recognised by."""


@dataclass(frozen=True)
class SourceFile:
    """A file to read; picklable, so that worker processes open it themselves.

    Attributes
    ----------
    path : Path
        File on disk; for a member, the archive's.
    member : str
        Name within the zip archive; empty for a plain file.
    """

    path: Path
    member: str = ""

    @property
    def name(self) -> str:
        """Name for people: file name, for a member ``archive.zip/member``."""
        return f"{self.path.name}/{self.member}" if self.member else self.path.name

    @property
    def suffix(self) -> str:
        """Ending of the content's own name, lower case, ``.gz`` taken off."""
        own = Path(self.member or self.path.name)
        return Path(own.stem).suffix.lower() if own.suffix.lower() == ".gz" else own.suffix.lower()

    @cached_property
    def head(self) -> bytes:
        """First `HEAD_SIZE` bytes, decompressed; empty if the file cannot be read."""
        try:
            with self.open() as stream:
                return stream.read(HEAD_SIZE)
        except (OSError, EOFError, zipfile.BadZipFile):
            return b""

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The content as a stream, decompressed; gzip is told by its first bytes."""
        if not self.member:
            with self.path.open("rb") as plain:
                yield self._decompressed(plain)
            return
        with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as packed:
            yield self._decompressed(packed)

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A path for libraries that need one; members and gzip are unpacked to a temporary folder first."""
        if not self.member and self.path.suffix.lower() != ".gz":
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="twin-") as folder:
            target = Path(folder) / Path(self.member or self.path.stem).name
            with self.open() as stream, target.open("wb") as copy:
                shutil.copyfileobj(stream, copy, 1 << 20)
            yield target

    @staticmethod
    def _decompressed(stream: IO[bytes]) -> IO[bytes]:
        buffered = io.BufferedReader(stream, 1 << 20)  # type: ignore[arg-type]
        if buffered.peek(2)[:2] == b"\x1f\x8b":
            return gzip.GzipFile(fileobj=buffered)  # type: ignore[return-value]
        return buffered
