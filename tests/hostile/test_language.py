"""Whoever sends a damaged file reads why in one language, in words, and not in names of Python's or a library's."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from seeds import MAPPING, SEEDS

from ingest.archive import members
from ingest.format import Format, Options
from ingest.mapping import Mapping
from ingest.source_file import SourceFile
from ingest.workers import Task, read_part
from twin.discovery import find
from twin.errors import DeliveryError

OPTIONS = Options(crs="EPSG:25832", ags="05974040", mappings=(Mapping.from_dict(MAPPING),))

BOTH = re.compile(r"/(?:lines?|well-formed|readable|without|number|file|data)\b(?!\.\w|/)|Zeile/|Zahl/|ohne/")
NAMES = re.compile(
    r"\b(?:ERR_[A-Z_]+|[A-Z][A-Za-z]*(?:Error|Exception)|BadZipFile|BadGzipFile|ArrowInvalid|NoneType)\b"
)
QUOTE = re.compile(r"\((?:libxml2|expat): .*\)")
ENGLISH = re.compile(r"\b(?:line|lines|expected|found|but not valid|rows|column) ")
"""What an English sentence of ours has, and no quoted one of a library's."""


def _half(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def _beginning(whole: bytes) -> bytes:
    """What is recognised by, and little more."""
    return whole[: max(400, len(whole) // 10)]


def _torn(whole: bytes) -> bytes:
    """A piece out of the middle is other bytes."""
    middle = len(whole) // 2
    return whole[:middle] + b"\x00\xff<&;" * 12 + whole[middle + 60 :]


def _packed(whole: bytes) -> bytes:
    return gzip.compress(whole)[:-12]


def _sentences(format_: Format, path: Path, folder: Path) -> list[str]:
    """What is said about the file as a whole and about its features."""
    try:
        part = read_part(Task(0, SourceFile(path), format_.name, OPTIONS, folder))
    except DeliveryError as error:
        return [str(error)]
    return [reject.reason for reject in part.rejects] + [str(finding.sentence) for finding in part.findings.kept]


@pytest.mark.parametrize("damage", [_half, _beginning, _torn, _packed], ids=lambda damage: damage.__name__[1:])
@pytest.mark.parametrize("name", SEEDS)
def test_damage_is_told_in_one_language(name, damage, tmp_path, monkeypatch):
    file, whole = SEEDS[name]()
    path = tmp_path / (f"{file}.gz" if damage is _packed else file)
    path.write_bytes(damage(whole))
    said = {}
    for language in ("de", "en"):
        monkeypatch.setenv("TWIN_LANG", language)
        said[language] = _sentences(find("FORMAT", name), path, tmp_path / language)
    assert len(said["de"]) == len(said["en"])
    for sentence in said["de"] + said["en"]:
        assert not BOTH.search(sentence), sentence
        assert not NAMES.search(sentence), sentence
    for german, english in zip(said["de"], said["en"], strict=True):
        assert german != english
        assert not ENGLISH.search(QUOTE.sub("", german)), german


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", b"", b"PK\x05\x06"])
def test_a_damaged_archive_is_told_in_words(content, tmp_path, monkeypatch):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    with pytest.raises(DeliveryError) as refused:
        members(path, tmp_path)
    monkeypatch.setenv("TWIN_LANG", "de")
    assert str(refused.value).endswith("gefunden kein Zip-Archiv oder ein beschädigtes.")
    monkeypatch.setenv("TWIN_LANG", "en")
    assert str(refused.value).endswith("found no zip archive, or a damaged one.")
