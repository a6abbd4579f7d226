"""One upload: the files that a steward dropped together, written piece by piece."""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

from twin.errors import UploadRefused
from twin.language import Text

MOST_FILES = 500
LARGEST = 64 << 30
"""Most bytes of an upload. [B]"""

_LONGEST_NAME = 180
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')

_COUNT = Text("höchstens {most} Dateien auf einmal", "at most {most} files at once")
_SIZE = Text("höchstens {most} GB auf einmal", "at most {most} GB at once")


@dataclass(slots=True)
class Incoming:
    """A file that comes in.

    Attributes
    ----------
    path : Path
        Where it is written.
    size : int
        What the browser announced. [B]
    received : int
        What is there; the next piece begins here. [B]
    """

    path: Path
    size: int
    received: int = 0


@dataclass(slots=True)
class Upload:
    """Files of one drop.

    Attributes
    ----------
    key : str
        Names it in URLs; by chance, so that nobody guesses another's.
    folder : Path
        Holds the files and nothing else.
    files : list of Incoming
        In the order in which they were announced.
    touched : float
        When the last piece came, as of `time.monotonic`. [s]
    """

    key: str
    folder: Path
    files: list[Incoming] = field(default_factory=list)
    touched: float = field(default_factory=time.monotonic)

    @property
    def complete(self) -> bool:
        """Whether all bytes are there."""
        return all(file.received == file.size for file in self.files)

    @property
    def source(self) -> Path:
        """What is to be ingested: the file, or the folder where there are several."""
        return self.files[0].path if len(self.files) == 1 else self.folder

    def announce(self, names: list[str], sizes: list[int]) -> None:
        """Make room for files.

        Raises
        ------
        UploadRefused
            If they are too many or too large.
        """
        if not 0 < len(names) <= MOST_FILES:
            raise UploadRefused(problem=_COUNT.format(most=MOST_FILES))
        if min(sizes) < 0 or sum(sizes) > LARGEST:
            raise UploadRefused(problem=_SIZE.format(most=LARGEST >> 30))
        taken: set[str] = set()
        for name, size in zip(names, sizes, strict=True):
            path = self.folder / _unused(safe_name(name), taken)
            path.touch()
            self.files.append(Incoming(path, size))

    def append(self, number: int, offset: int, piece: bytes) -> int:
        """Write the next piece of a file; gives how much of it is there.

        A piece that does not begin where the last one ended changes nothing: the answer tells where to go on.
        """
        file = self.files[number]
        if offset == file.received and offset + len(piece) <= file.size:
            with file.path.open("ab") as stream:
                stream.write(piece)
            file.received += len(piece)
        self.touched = time.monotonic()
        return file.received


def safe_name(name: str) -> str:
    """The last part of a path as a name that no file system and no page misreads."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    cleaned = _UNSAFE.sub("_", last).strip(" .")
    stem, dot, suffix = cleaned.rpartition(".")
    longest = _LONGEST_NAME - len(suffix) - 1
    shortened = f"{stem[:longest]}{dot}{suffix[:20]}" if dot and stem else cleaned[:_LONGEST_NAME]
    return shortened or "file"


def _unused(name: str, taken: set[str]) -> str:
    stem, dot, suffix = name.rpartition(".")
    candidate, number = name, 1
    while candidate.casefold() in taken:
        number += 1
        candidate = f"{stem}-{number}{dot}{suffix}" if dot else f"{name}-{number}"
    taken.add(candidate.casefold())
    return candidate
