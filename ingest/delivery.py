"""Deliveries among what a user points at: files, folders, archives and URLs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.archive import is_archive, members
from ingest.border_order import borders_first
from ingest.bystander import bystander
from ingest.companion import accompanying, attached
from ingest.download import is_url
from ingest.format import Format
from ingest.mapping.mapping import Mapping
from ingest.mapping.matching import fitting
from ingest.mapping.unmapped import unmapped
from ingest.read_together import read_together
from ingest.recognition import chosen, is_companion, recognise, unknown
from ingest.source_file import SourceFile
from ingest.table.opening import kind as is_table
from ingest.table.spreadsheet import is_spreadsheet
from ingest.wfs import fetch
from twin.errors import DeliveryError, UnknownFormat, Unreachable
from twin.language import Text

MAPPED = "mapped_table"
"""The format that mappings are for."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What lands whole or not at all: a file, or the files of one format in an archive.

    Attributes
    ----------
    name : str
        Name for people.
    path : Path
        The file or archive.
    format : Format or None
        None if it is in none that we know; `error` says more then.
    sources : tuple of SourceFile
        Its files, sorted by name.
    passed_over : tuple of str
        Files of the archive that are in no format that we know.
    error : DeliveryError or None
        Why it cannot be read.
    mappings : tuple of Mapping
        What its tables are read by; none for other formats.
    """

    name: str
    path: Path
    format: Format | None = None
    sources: tuple[SourceFile, ...] = ()
    passed_over: tuple[str, ...] = ()
    error: DeliveryError | None = None
    mappings: tuple[Mapping, ...] = ()

    def digest(self) -> str:
        """SHA-256 of the bytes handed in: of the file, and of those that belong to it (``.dbf``, ``.tfw``).

        The same table read by another mapping is another delivery.
        """
        digests = [_file_digest(path) for path in (self.path, *self._beside())]
        digests += [mapping.fingerprint for mapping in self.mappings]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    def _beside(self) -> list[Path]:
        if self.format is None or self.sources[0].member:
            return []
        own = self.path.with_suffix("")
        named = {own.with_suffix(suffix) for suffix in self.format.suffixes}
        named |= {own.with_suffix(suffix.upper()) for suffix in self.format.suffixes}
        named |= {self.path.with_name(name) for name in self.format.beside}
        return sorted(path for path in named - {self.path} if is_companion(SourceFile(path)) and path.is_file())


def deliveries(
    words: Iterable[str], folder: Path, format_name: str = "", mappings: Sequence[Mapping] = ()
) -> Iterator[Delivery]:
    """Deliveries that the words of the command line name.

    A folder is walked in the order of names, but for borders, which come first: by them the rest is placed. Each file
    in it is a delivery of its own; hidden ones and companions of others are passed over, and what is no delivery at all
    is named with its reason. The files of an archive are one delivery for each format among them.

    Parameters
    ----------
    words : iterable of str
        Paths and URLs.
    folder : Path
        For downloads and archives within archives; has to live as long as the deliveries are used.
    format_name : str
        Format that everything is taken to be in; empty to recognise it.
    mappings : sequence of Mapping
        What tables in no format of their own may be read by.

    Raises
    ------
    twin.errors.UnknownName
        If there is no such format.
    """
    wanted = _Wanted(chosen(format_name) if format_name else None, tuple(mappings))
    for number, word in enumerate(words):
        own = folder / str(number)
        own.mkdir(parents=True)
        try:
            path = fetch(word, own) if is_url(word) else Path(word).expanduser()
            if not path.exists():
                raise Unreachable(file=word, found=Text("gibt es nicht", "does not exist"))
        except DeliveryError as error:
            yield Delivery(word.partition("?")[0], Path(word), error=error)
            continue
        if not path.is_dir():
            yield from _of_file(path, path.name, own / "archives", wanted)
            continue
        files = _files(path)
        quiet = accompanying(file.as_posix() for file in files)
        for file in files if wanted.format else borders_first(files):
            name = str(file.relative_to(path.parent))
            for found in _of_file(file, name, own / "archives", wanted, within_folder=True):
                if not (isinstance(found.error, UnknownFormat) and file.as_posix() in quiet):
                    yield found


def _files(folder: Path) -> list[Path]:
    """Files of a folder, by name, without hidden ones and companions of others."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    together = read_together(files)
    files = [file for file in files if file not in together]
    beside = attached(file.as_posix() for file in files)
    return [file for file in files if file.as_posix() not in beside]


def _of_file(
    path: Path, name: str, folder: Path, wanted: _Wanted, *, within_folder: bool = False
) -> Iterator[Delivery]:
    try:
        source = SourceFile(path)
        if is_archive(path) and not is_spreadsheet(source):
            folder.mkdir(exist_ok=True)
            yield from _of_archive(path, name, members(path, folder), wanted)
            return
        found, mappings = wanted.of(source, alone=not within_folder)
        if found is not None:
            # A fresh one: its head would be kept as long as the delivery waits.
            yield Delivery(name, path, found, (SourceFile(path),), mappings=mappings)
        else:
            yield Delivery(name, path, error=_error(name, source, kept=wanted.mappings))
    except DeliveryError as error:
        yield Delivery(name, path, error=error)


def _of_archive(path: Path, name: str, found: Sequence[SourceFile], wanted: _Wanted) -> Iterator[Delivery]:
    by_format: dict[str, list[SourceFile]] = {}
    used: dict[str, dict[str, Mapping]] = {}
    formats: dict[str, Format] = {}
    passed_over = []
    beside = attached(source.member for source in found)
    for source in found:
        if source.member in beside:
            continue
        format_, mappings = wanted.of(source, alone=False)
        if format_ is not None:
            used.setdefault(format_.name, {}).update({one.fingerprint: one for one in mappings})
            formats[format_.name] = format_
            by_format.setdefault(format_.name, []).append(source)
        elif not is_companion(source):
            passed_over.append(source.member)
    if not by_format:
        yield Delivery(name, path, error=_error(name, *found, head=b"PK", kept=wanted.mappings))
    for format_name, sources in sorted(by_format.items()):
        mappings = tuple(used[format_name].values())
        yield Delivery(name, path, formats[format_name], tuple(sources), tuple(passed_over), mappings=mappings)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How files are to be read: in a format that the user named, or as they are recognised."""

    format: Format | None
    mappings: tuple[Mapping, ...]

    def of(self, source: SourceFile, *, alone: bool) -> tuple[Format | None, tuple[Mapping, ...]]:
        """Format of a file, and the mappings that it is read by, where it takes some."""
        if self.format is None:
            found = recognise(source)
            fits = fitting(source, self.mappings) if found is None else ()
            return (chosen(MAPPED) if fits else found), fits
        mappings = self.mappings if self.format.name == MAPPED else ()
        if alone or self.format.recognise(source):
            return self.format, mappings
        named = source.suffix in self.format.suffixes and not is_companion(source)
        return (self.format, mappings) if named else (None, ())


def _error(name: str, *sources: SourceFile, head: bytes | None = None, kept: Sequence[Mapping] = ()) -> DeliveryError:
    """Why files are not read: no deliveries at all, tables that nobody has mapped, or in no format that we know."""
    known = bystander(name, *sources)
    if known is not None:
        return known
    table = next((source for source in sources if not is_companion(source) and is_table(source) is not None), None)
    return unmapped(table, kept=kept) if table is not None else unknown(name, sources[0].head if head is None else head)


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
