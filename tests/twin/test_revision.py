"""The revision as a reader looks at it: of the file that is there, and holding nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

import twin
from twin.revision import Revision


def test_every_change_is_seen_and_a_quiet_one_is_none(t: twin.Twin) -> None:
    revision = Revision(t.registry)
    first = revision.read()
    assert revision.read() == first == t.registry.setting("revision")
    with t.registry.write(quiet=True):
        pass
    assert revision.read() == first
    with t.registry.write():
        pass
    assert revision.read() != first
    revision.close()


def test_a_change_that_is_not_committed_is_none(t: twin.Twin) -> None:
    revision = Revision(t.registry)
    first = revision.read()
    with pytest.raises(RuntimeError), t.registry.write():
        assert revision.read() == first
        raise RuntimeError
    assert revision.read() == first


def test_another_file_in_its_place_is_read(t: twin.Twin, home: Path) -> None:
    revision = Revision(t.registry)
    file, kept = home / "registry.sqlite", home / "kept.sqlite"
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(kept)) as target:
        source.backup(target)
    first = revision.read()
    with t.registry.write():
        pass
    assert revision.read() != first
    for log in home.glob("registry.sqlite-*"):
        log.unlink()  # it belongs to the file that goes
    shutil.move(kept, file)
    assert revision.read() == first
    with t.registry.write():
        pass
    assert revision.read() != first


def test_after_a_fork_it_is_opened_anew(t: twin.Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    revision = Revision(t.registry)
    first = revision.read()
    before = revision._connection
    assert revision.read() == first and revision._connection is before
    monkeypatch.setattr("twin.revision.os.getpid", os.getppid)
    assert revision.read() == first and revision._connection is not before


def test_it_holds_neither_log_nor_file(t: twin.Twin, home: Path) -> None:
    revision = Revision(t.registry)
    revision.read()
    with t.registry.write():
        pass
    revision.read()
    t.registry.vacuum()
    log = home / "registry.sqlite-wal"
    assert not log.exists() or log.stat().st_size == 0
    revision.close()
    revision.close()
    assert revision.read() == t.registry.setting("revision"), "closed, it may be asked again"


def test_what_the_registry_says_of_a_file_that_is_gone_is_said(t: twin.Twin, home: Path) -> None:
    revision = Revision(t.registry)
    revision.read()
    (home / "registry.sqlite").unlink()
    with pytest.raises(OperationalError):
        revision.read()
