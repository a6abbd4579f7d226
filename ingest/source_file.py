"""One file of a delivery: on disk, gzipped, or a member of a zip archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath
from typing import IO, Any

from ingest.hashed_stream import HashedStream
from twin.errors import UnsafeDelivery

HEAD_SIZE = 65_536
"""Bytes that formats are recognised by."""

GZIP_RATIO = 200
"""How many times its packed size a gzipped file may become. XML packs about 20 : 1, gzip's utmost is 1032 : 1."""

GZIP_FREE = 256 << 20
"""Unpacked size below which the ratio does not count. [B]"""

_BUFFER = 1 << 20

UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    RuntimeError,
    NotImplementedError,
)
"""What reading damaged, encrypted or unknown compressed bytes may raise."""


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
        own = PurePosixPath(self.member or self.path.name)
        return PurePosixPath(own.stem).suffix.lower() if own.suffix.lower() == ".gz" else own.suffix.lower()

    @cached_property
    def size(self) -> int:
        """Size on disk, or unpacked within a zip archive; 0 if it cannot be told. [B]"""
        try:
            if not self.member:
                return self.path.stat().st_size
            return _archive(self.path).getinfo(self.member).file_size
        except (*UNREADABLE, KeyError):
            return 0

    @cached_property
    def head(self) -> bytes:
        """First `HEAD_SIZE` bytes, decompressed; empty if the file cannot be read."""
        try:
            with self._stream(HEAD_SIZE) as stream:
                return stream.read(HEAD_SIZE)
        except (*UNREADABLE, UnsafeDelivery):
            return b""

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the content, decompressed: noted by whoever has read `open` to its end, else read for it."""
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(_BUFFER):
                digest.update(chunk)
        return digest.hexdigest()

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """The content as a stream, decompressed; gzip is told by its first bytes.

        Raises
        ------
        UnsafeDelivery
            While reading, if a gzipped file becomes far larger than it could honestly be.
        """
        with self._stream(_BUFFER) as stream, HashedStream(stream, self._note) as hashed:
            yield io.BufferedReader(hashed, _BUFFER)

    def _note(self, sha256: str) -> None:
        self.__dict__["sha256"] = sha256

    @contextmanager
    def _stream(self, buffer: int) -> Iterator[IO[bytes]]:
        if not self.member:
            with self.path.open("rb") as plain:
                yield self._decompressed(plain, self.path.stat().st_size, buffer)
            return
        with _archive(self.path).open(self.member) as packed:
            yield self._decompressed(packed, self.size, buffer)

    def beside(self, name: str) -> SourceFile | None:
        """The file called `name` in the same folder, of the disk or of the archive; None if there is none."""
        if not self.member:
            path = self.path.with_name(name)
            return SourceFile(path) if path.is_file() else None
        folder, slash, _ = self.member.rpartition("/")
        member = f"{folder}{slash}{name}"
        return SourceFile(self.path, member) if member in _archive(self.path).NameToInfo else None

    @contextmanager
    def on_disk(self) -> Iterator[Path]:
        """A path for libraries that need one; members and gzip are unpacked to a temporary folder first.

        Files of an archive with the same name but for the ending (``.shx``, ``.tfw``) are unpacked beside it.
        """
        if not self.member and self.path.suffix.lower() != ".gz":
            yield self.path
            return
        with tempfile.TemporaryDirectory(prefix="twin-") as folder:
            for source in self._companions():
                _copy(source, Path(folder))
            yield _copy(self, Path(folder))

    def _companions(self) -> list[SourceFile]:
        if not self.member:
            return []
        folder, slash, name = self.member.rpartition("/")
        start = f"{folder}{slash}{name.split('.')[0]}."
        names = [other for other in _archive(self.path).namelist() if other.startswith(start) and other != self.member]
        return [SourceFile(self.path, other) for other in names if "/" not in other[len(start) :]]

    def _decompressed(self, stream: IO[bytes], packed_size: int, buffer: int) -> IO[bytes]:
        raw: Any = stream  # typeshed wants a RawIOBase; a member of an archive is none, and works
        buffered = io.BufferedReader(raw, buffer)
        if buffered.peek(2)[:2] == b"\x1f\x8b":
            limit = max(GZIP_FREE, GZIP_RATIO * packed_size)
            bounded = _Bounded(gzip.GzipFile(fileobj=buffered), limit, self.name)
            return io.BufferedReader(bounded, buffer)
        return buffered


def _archive(path: Path) -> zipfile.ZipFile:
    facts = path.stat()
    return _opened(path, facts.st_mtime_ns, facts.st_size)


@lru_cache(maxsize=4)
def _opened(path: Path, _changed: int, _size: int) -> zipfile.ZipFile:
    # Kept open: reading the list of n members anew for each of them would take n² steps.
    return zipfile.ZipFile(path)


class _Bounded(io.RawIOBase):
    """A stream that ends with an error once more came out of it than `limit` bytes."""

    def __init__(self, stream: gzip.GzipFile, limit: int, name: str) -> None:
        self._stream = stream
        self._left = limit
        self._limit = limit
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]
        chunk = self._stream.read(len(target))
        self._left -= len(chunk)
        if self._left < 0:
            raise UnsafeDelivery(file=self._name, found=f"gzip > {self._limit:,} B", expected=f"{GZIP_RATIO} : 1")
        target[: len(chunk)] = chunk
        return len(chunk)


def _copy(source: SourceFile, folder: Path) -> Path:
    name = PurePosixPath((source.member or source.path.name).replace("\\", "/")).name
    target = folder / (name[:-3] if name.lower().endswith(".gz") else name)
    with source.open() as stream, target.open("wb") as copy:
        shutil.copyfileobj(stream, copy, 1 << 20)
    return target
