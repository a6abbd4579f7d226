"""A file of a delivery: its hash is that of the bytes that came out of it, however they are packed and read."""

import gzip
import hashlib
import zipfile

import pytest

from ingest.source_file import SourceFile

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture(params=["plain", "gzip", "member"])
def source(request, tmp_path):
    path = tmp_path / "file.bin"
    if request.param == "plain":
        path.write_bytes(CONTENT)
        return SourceFile(path)
    if request.param == "gzip":
        path.write_bytes(gzip.compress(CONTENT, 1))
        return SourceFile(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("within.bin", CONTENT)
    return SourceFile(path, "within.bin")


def _gone(source):
    """Take the file away: whatever is known of it from now on was noted while it was read."""
    source.path.unlink()


@pytest.mark.parametrize("piece", [1 << 30, 100_001, 1 << 20])
def test_what_was_read_to_its_end_is_hashed_on_the_way(source, piece):
    with source.open() as stream:
        read = b"".join(iter(lambda: stream.read(piece), b""))
    _gone(source)
    assert read == CONTENT
    assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_what_was_read_in_part_is_read_again_for_it(source):
    with source.open() as stream:
        assert stream.read(1000) == CONTENT[:1000]
    assert "sha256" not in vars(source)
    assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_whoever_jumps_about_leaves_no_wrong_hash(source):
    with source.open() as stream:
        if not stream.seekable():
            pytest.skip("gzip is unpacked from its beginning on")
        stream.seek(len(CONTENT) // 2)
        assert stream.tell() == len(CONTENT) // 2
        assert stream.read() == CONTENT[len(CONTENT) // 2 :]
    assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()


def test_the_head_is_not_the_whole(source):
    assert CONTENT.startswith(source.head)
    assert len(source.head) == 65_536
    assert source.sha256 == hashlib.sha256(CONTENT).hexdigest()
