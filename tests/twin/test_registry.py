"""The registry: migrations, concurrency, and the same on PostgreSQL where a server is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from delivering import DISTRICT, SOEST, deliver, keys

import twin
from twin.errors import HomeExists, HomeTooNew, NoRegistry, NotAHome, UnknownMunicipality
from twin.home import CONFIG, Home
from twin.migrations import MIGRATIONS
from twin.registry import Registry, execute, moment_text, next_moment, scalar


def test_a_folder_without_a_twin_is_no_home(tmp_path: Path) -> None:
    with pytest.raises(NotAHome):
        twin.open(tmp_path)
    Home.create(tmp_path / "half")
    with pytest.raises(NotAHome):
        twin.open(tmp_path / "half")


def test_a_twin_is_not_made_over_another_or_anything_else(home: Path, tmp_path: Path) -> None:
    with pytest.raises(HomeExists) as caught:
        twin.init(home, "05111")
    assert caught.value.fields["district"] == DISTRICT
    (tmp_path / "file").write_text("precious", "utf-8")
    with pytest.raises(HomeExists):
        twin.init(tmp_path, DISTRICT)


@pytest.mark.parametrize("district", ["", "059", "Soest", "05974040"])
def test_district_key_has_five_digits(tmp_path: Path, district: str) -> None:
    with pytest.raises(UnknownMunicipality):
        twin.init(tmp_path / "x", district)
    assert not (tmp_path / "x").exists()


def test_registry_of_a_newer_program_is_left_alone(home: Path) -> None:
    registry = Registry(Home.open(home))
    with registry.write() as transaction:
        execute(transaction, "INSERT INTO schema_version VALUES (:number)", number=len(MIGRATIONS) + 1)
    with pytest.raises(HomeTooNew) as caught:
        twin.open(home)
    assert caught.value.fields["found"] == len(MIGRATIONS) + 1


def test_registry_is_in_wal_mode_and_overwrites_what_it_deletes(home: Path) -> None:
    with Registry(Home.open(home)).read() as transaction:
        assert scalar(transaction, "PRAGMA journal_mode") == "wal"
        assert scalar(transaction, "PRAGMA secure_delete") == 1


def test_transaction_that_fails_leaves_nothing(home: Path) -> None:
    registry = Registry(Home.open(home))
    with pytest.raises(ZeroDivisionError), registry.write() as transaction:
        next_moment(transaction, "join", ags="x")
        raise ZeroDivisionError
    with registry.read() as transaction:
        assert scalar(transaction, "SELECT count(*) FROM moment WHERE ags = 'x'") == 0


def test_moments_sort_as_texts() -> None:
    assert moment_text("2026-01-01T00:00:00+01:00") == "2025-12-31T23:00:00.000000+00:00"
    assert moment_text(datetime(2026, 1, 1, tzinfo=UTC)) < moment_text(datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC))
    assert moment_text(date(2026, 5, 1)) == moment_text("2026-05-01")


@pytest.fixture
def server() -> Iterator[str]:
    """URL of an empty PostgreSQL database, from ``TWIN_POSTGRES`` (a server on which databases may be made)."""
    url = os.environ.get("TWIN_POSTGRES")
    if not url:
        pytest.skip("TWIN_POSTGRES names no server")
    pytest.importorskip("psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"twin_test_{os.getpid()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_registry_on_postgresql(server: str, tmp_path: Path) -> None:
    config = CONFIG.replace('registry = ""', f'registry = "{server}"')
    with twin.init(tmp_path / "home", DISTRICT, config=config) as t:
        t.join(SOEST, "all", "open", name="Soest")
        first = deliver(t, ["a"], sha256="one")
        deliver(t, ["b"])
        assert keys(t) == ["b"]
        assert keys(t, first.delivery_id) == ["a"]
        assert t.known_delivery("one") is None
        assert [entry.action for entry in t.history()] == ["init", "join", "deliver", "deliver"]
        assert t.withdraw(SOEST).remains == ()
        assert keys(t) == []
    assert not (tmp_path / "home" / "registry.sqlite").exists()
    with twin.open(tmp_path / "home", twin.Principal.public()) as visitor:
        assert keys(visitor) == []


@pytest.mark.parametrize("url", ["postgresql+psycopg://nobody:hush@127.0.0.1:1/x", "nonsense", "nonsense://x"])
def test_a_registry_that_cannot_be_opened_is_said_and_leaves_nothing(url: str, tmp_path: Path) -> None:
    pytest.importorskip("psycopg")
    with pytest.raises(NoRegistry) as refused:
        twin.init(tmp_path / "home", DISTRICT, config=CONFIG.replace('registry = ""', f'registry = "{url}"'))
    assert "hush" not in str(refused.value)
    assert "Traceback" not in str(refused.value)
    twin.init(tmp_path / "home", DISTRICT).close()


def test_a_registry_on_a_server_holds_one_twin(server: str, tmp_path: Path) -> None:
    config = CONFIG.replace('registry = ""', f'registry = "{server}"')
    twin.init(tmp_path / "home", DISTRICT, config=config).close()
    with pytest.raises(HomeExists, match=DISTRICT):
        twin.init(tmp_path / "other", "05170", config=config)
    assert not (tmp_path / "other").exists()
    with twin.open(tmp_path / "home") as t:
        assert t.district == DISTRICT
