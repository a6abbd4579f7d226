"""Deliveries among what a user points at: files, folders, archives and URLs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.archive import is_archive, members
from ingest.border_order import borders_first
from ingest.bystander import bystander
from ingest.download import download, is_url
from ingest.format import Format
from ingest.read_together import read_together
from ingest.recognition import chosen, is_companion, recognise, unknown
from ingest.source_file import SourceFile
from twin.errors import DeliveryError, Unreachable
from twin.language import Text


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
    """

    name: str
    path: Path
    format: Format | None = None
    sources: tuple[SourceFile, ...] = ()
    passed_over: tuple[str, ...] = ()
    error: DeliveryError | None = None

    def digest(self) -> str:
        """SHA-256 of the bytes handed in: of the file, and of those that belong to it (``.dbf``, ``.tfw``)."""
        digests = [_file_digest(path) for path in (self.path, *self._beside())]
        return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()

    def _beside(self) -> list[Path]:
        if self.format is None or self.sources[0].member:
            return []
        own = self.path.with_suffix("")
        named = {own.with_suffix(suffix) for suffix in self.format.suffixes}
        named |= {own.with_suffix(suffix.upper()) for suffix in self.format.suffixes}
        named |= {self.path.with_name(name) for name in self.format.beside}
        return sorted(path for path in named - {self.path} if is_companion(SourceFile(path)) and path.is_file())


def deliveries(words: Iterable[str], folder: Path, format_name: str = "") -> Iterator[Delivery]:
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

    Raises
    ------
    twin.errors.UnknownName
        If there is no such format.
    """
    forced = chosen(format_name) if format_name else None
    for number, word in enumerate(words):
        own = folder / str(number)
        own.mkdir(parents=True)
        try:
            path = download(word, own) if is_url(word) else Path(word).expanduser()
            if not path.exists():
                raise Unreachable(file=word, found=Text("gibt es nicht", "does not exist"))
        except DeliveryError as error:
            yield Delivery(word.partition("?")[0], Path(word), error=error)
            continue
        if not path.is_dir():
            yield from _of_file(path, path.name, own / "archives", forced)
            continue
        files = _files(path)
        for file in files if forced else borders_first(files):
            name = str(file.relative_to(path.parent))
            yield from _of_file(file, name, own / "archives", forced, within_folder=True)


def _files(folder: Path) -> list[Path]:
    """Files of a folder, by name, without hidden ones and companions of others."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    files = [file for file in files if not any(part.startswith(".") for part in file.relative_to(folder).parts)]
    together = read_together(files)
    files = [file for file in files if file not in together]
    owners = {(file.parent, _stem(file)) for file in files if not is_companion(SourceFile(file))}
    return [file for file in files if (file.parent, _stem(file)) not in owners or not is_companion(SourceFile(file))]


def _stem(file: Path) -> str:
    # dom.tif.aux.xml and dom.tfw both belong to dom.tif.
    return file.name.partition(".")[0]


def _of_file(
    path: Path, name: str, folder: Path, forced: Format | None, *, within_folder: bool = False
) -> Iterator[Delivery]:
    try:
        if is_archive(path):
            folder.mkdir(exist_ok=True)
            yield from _of_archive(path, name, members(path, folder), forced)
            return
        source = SourceFile(path)
        found = _format(source, forced, alone=not within_folder)
        if found is not None:
            # A fresh one: its head would be kept as long as the delivery waits.
            yield Delivery(name, path, found, (SourceFile(path),))
        else:
            yield Delivery(name, path, error=bystander(name, source) or unknown(name, source.head))
    except DeliveryError as error:
        yield Delivery(name, path, error=error)


def _of_archive(path: Path, name: str, found: Sequence[SourceFile], forced: Format | None) -> Iterator[Delivery]:
    by_format: dict[str, list[SourceFile]] = {}
    formats: dict[str, Format] = {}
    passed_over = []
    for source in found:
        format_ = _format(source, forced, alone=False)
        if format_ is not None:
            formats[format_.name] = format_
            by_format.setdefault(format_.name, []).append(source)
        elif not is_companion(source):
            passed_over.append(source.member)
    if not by_format:
        yield Delivery(name, path, error=bystander(name, *found) or unknown(name, b"PK"))
    for format_name, sources in sorted(by_format.items()):
        yield Delivery(name, path, formats[format_name], tuple(sources), tuple(passed_over))


def _format(source: SourceFile, forced: Format | None, *, alone: bool) -> Format | None:
    if forced is None:
        return recognise(source)
    if alone or forced.recognise(source):
        return forced
    return forced if source.suffix in forced.suffixes and not is_companion(source) else None


def _file_digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
