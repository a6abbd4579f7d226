"""Uploads: names, order, limits, and nothing left behind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.errors import UploadRefused
from viewer.uploads import inbox as room
from viewer.uploads.inbox import Inbox
from viewer.uploads.upload import LARGEST, MOST_FILES, safe_name


@pytest.fixture
def inbox(tmp_path):
    made = Inbox(tmp_path)
    yield made
    made.close()
    assert not list(tmp_path.rglob("*"))


def test_pieces_make_the_file(inbox):
    upload = inbox.begin(["a.csv", "b.csv"], [6, 0])
    assert not upload.complete
    assert upload.append(0, 0, b"abc") == 3
    assert upload.append(0, 0, b"abc") == 3  # came twice
    assert upload.append(0, 4, b"f") == 3  # one was lost before
    assert upload.append(0, 3, b"defg") == 3  # more than was announced
    assert upload.append(0, 3, b"def") == 6
    assert upload.complete
    assert {path.name: path.read_bytes() for path in upload.source.iterdir()} == {"a.csv": b"abcdef", "b.csv": b""}


def test_one_file_is_a_source_by_itself(inbox):
    upload = inbox.begin(["plan.gml"], [1])
    assert upload.source.name == "plan.gml"


@given(st.text())
def test_no_name_leads_anywhere(name):
    safe = safe_name(name)
    assert safe
    assert safe not in (".", "..")
    assert len(safe) <= 200
    assert not set(safe) & set('/\\:*?"<>|\0\n')


def test_names_that_differ_by_case_alone_stay_apart(inbox):
    upload = inbox.begin(["A.shp", "../a.shp", "a.SHP"], [0, 0, 0])
    assert len({file.path.name.casefold() for file in upload.files}) == 3
    assert all(file.path.parent == upload.folder for file in upload.files)


@pytest.mark.parametrize(("count", "size"), [(0, 1), (MOST_FILES + 1, 1), (1, LARGEST + 1), (1, -1)])
def test_too_many_or_too_large(inbox, count, size):
    with pytest.raises(UploadRefused):
        inbox.begin(["a"] * count, [size] * count)


def test_the_disk_is_not_filled(inbox, monkeypatch):
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: type("Usage", (), {"free": room.SPARE + 100}))
    inbox.begin(["a"], [60])
    with pytest.raises(UploadRefused):
        inbox.begin(["b"], [60])


def test_what_is_forgotten_goes(inbox, monkeypatch):
    old = inbox.begin(["a"], [1])
    monkeypatch.setattr(room, "PATIENCE", -1)
    inbox.begin(["b"], [1])
    assert inbox.get(old.key) is None
    assert not old.folder.exists()


def test_what_is_removed_is_gone(inbox):
    upload = inbox.begin(["a"], [1])
    inbox.remove(upload.key)
    inbox.remove(upload.key)
    assert not upload.folder.exists()
