"""What every format keeps to, whoever wrote it."""

from __future__ import annotations

import gzip
import pickle
import re
import signal
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.finding import Finding
from ingest.format import Batch, Facts, Format, Options, Reject, Retire
from ingest.recognition import recognise
from ingest.source_file import HEAD_SIZE, SourceFile
from twin.discovery import discover
from twin.errors import DeliveryError

FORMATS = list(discover("FORMAT").values())
_SNIPPETS = (
    b"<?xml version='1.0'?>",
    b"\xef\xbb\xbf",
    b'<core:CityModel xmlns="http://www.opengis.net/citygml/1.0">',
    b"<AX_Bestandsdatenauszug xmlns='http://www.adv-online.de/namespaces/adv/gid/6.0'>",
    b"PK\x03\x04",
    b"II*\x00",
    b"MM\x00*",
    b"SQLite format 3\x00",
    b"\x00\x00\x27\x0a",
    b'{"type": "FeatureCollection"',
    b"333000.0 5721000.0 37.5\n",
    b"\x1f\x8b",
)
_HEADS = st.lists(st.one_of(st.sampled_from(_SNIPPETS), st.binary(max_size=200)), max_size=6).map(b"".join)


_TOKENS = (
    b"[", b"{", b"(", b"<", b'"', b" ", b"\n", b"\r\n", b"\t", b";", b",", b"|", b"a", b"0", b"-", b".", b"/", b"=",
    b"_", b"<!---->", b"<!--", b"<?", b"<?xml ", b"<!DOCTYPE ", b"<a ", b"<a:", b"<a><", b'{"', b'{"a":', b'{"type":',
    b'"type" ', b"[0,", b"1 1 ", b"0;0;", b"a_", b"; ", b"::", b"]]", b"xmlns='", b"\xc3\xa4", b"\n\n \n",
)  # fmt: skip
_BEGINNINGS = (b"", b"\xef\xbb\xbf", b"<", b"{", b"[", b"<?xml version='1.0'?>", b"a;b;c\n", b'{"uuid":')
_LONGEST = 5.0
"""Processor time that one look at a file may take: a thousand times what it does. [s]"""


@pytest.fixture(params=FORMATS, ids=lambda format_: format_.name)
def format_(request: pytest.FixtureRequest) -> Format:
    return request.param


def test_its_words_are_there_in_both_languages(format_: Format) -> None:
    for text in (format_.title, format_.ignored, format_.crs, format_.licence, format_.limits):
        assert text.de.strip()
        assert text.en.strip()
    assert format_.versions
    assert format_.example.startswith("twin ingest ")


def test_a_monotonous_beginning_does_not_keep_it_busy(format_: Format, tmp_path: Path) -> None:
    """What is looked at once more for each of its bytes takes minutes to be told, and every format is asked."""

    def busy(*_: object) -> None:
        pytest.fail(f"{format_.name} is still looking at {begin!r} + {token!r} × n")

    path = tmp_path / "monotonous.bin"
    before = signal.signal(signal.SIGPROF, busy)
    try:
        for begin, token in product(_BEGINNINGS, _TOKENS):
            path.write_bytes((begin + token * (HEAD_SIZE // len(token) + 1))[:HEAD_SIZE])
            signal.setitimer(signal.ITIMER_PROF, _LONGEST)
            format_.recognise(SourceFile(path))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def test_its_layers_exist(format_: Format) -> None:
    assert format_.layers
    assert set(format_.layers) <= set(discover("LAYER"))


def test_its_suffixes_are_lower_case_with_a_dot(format_: Format) -> None:
    assert format_.suffixes
    for suffix in format_.suffixes:
        assert re.fullmatch(r"\.[a-z0-9.]+", suffix), suffix


def test_companions_and_endings_are_its_suffixes(format_: Format) -> None:
    assert set(format_.endings) | set(format_.companions) == set(format_.suffixes)
    assert not set(format_.endings) & set(format_.companions)


def test_its_reader_can_cross_to_a_worker_process(format_: Format) -> None:
    assert pickle.loads(pickle.dumps(format_.read)) is format_.read


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(head=_HEADS)
def test_recognising_never_raises(format_: Format, tmp_path: Path, head: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(head)
    assert format_.recognise(SourceFile(path)) in (True, False)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(head=_HEADS, suffix=st.sampled_from(["", ".gz"]))
def test_reading_rubbish_says_so_in_words(format_: Format, tmp_path: Path, head: bytes, suffix: str) -> None:
    path = tmp_path / ("file" + (format_.suffixes[0] + suffix))
    path.write_bytes(gzip.compress(head) if suffix else head)
    try:
        for item in format_.read(SourceFile(path), Options(crs="EPSG:25832")):
            assert isinstance(item, Batch | Reject | Retire | Facts | Finding)
    except DeliveryError as error:
        assert path.name in str(error)


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"hello", b"%PDF-1.7", b"<html></html>", b"<a/>", b"{}", b"[]"])
def test_nobody_claims_what_is_nobodys(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert recognise(SourceFile(path)) is None
