"""Rules, alerts, outbox and withdrawal on a registry in PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from receiving import webhook
from reporting import SOEST, report, sensor_id, series

import twin
from ingest.alert.message import deliver
from ingest.alert.moment import Clock
from ingest.alert.watch import look
from twin.alerts.alert import acknowledge, visible_alerts, visible_rules
from twin.alerts.rule import AlertRule, forget_rule, save_rule
from twin.consent import Principal
from twin.home import CONFIG


@pytest.fixture
def server() -> Iterator[str]:
    """URL of an empty PostgreSQL database, from ``TWIN_POSTGRES`` (a server on which databases may be made)."""
    url = os.environ.get("TWIN_POSTGRES")
    if not url:
        pytest.skip("TWIN_POSTGRES names no server")
    pytest.importorskip("psycopg")
    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    name = f"twin_alert_{os.getpid()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield sa.make_url(url).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_from_rule_to_withdrawal(server, tmp_path: Path, near) -> None:
    config = CONFIG.replace('registry = ""', f'registry = "{server}"')
    start = datetime.now(UTC)
    name = sensor_id()

    def hour(number: int) -> datetime:
        return start + timedelta(hours=number)

    def clock(number: int) -> Clock:
        return lambda: hour(number)

    with twin.init(tmp_path / "home", "05974", config=config) as t, webhook() as hook:
        t.join(SOEST, ["sensor"], "district", name="Soest")
        save_rule(t.registry, AlertRule(SOEST, "hoch", "above", sensor_id=name, threshold=3.0, webhook=hook.url))
        save_rule(t.registry, AlertRule(SOEST, "still", "silent", sensor_id=name, silence=3600))
        look(t, report(t, {name: series(hour(1), [4])}), clock(1))
        look(t, report(t, {name: series(hour(0), [1, 5, 1])}), clock(1))
        assert [one.occasion for one in look(t, clock=clock(3))] == ["opened"]
        assert [one.kind for one in visible_alerts(t, open_only=True)] == ["silent", "above"]
        look(t, report(t, {name: series(hour(3), [1])}), clock(3))
        assert [one.occasion for one in look(t, clock=clock(3))] == ["closed"]
        for number in range(4, 7):
            deliver(t, clock(number))
        told = [event["occasion"] for content in hook.contents() for event in content["events"]]
        assert told == ["opened", "closed"]
        assert len(visible_alerts(t)) == 3
        assert acknowledge(t, visible_alerts(t)[0].alert_id, "Erika").seen_by == "Erika"
        with twin.open(tmp_path / "home", Principal.public()) as visitor:
            assert visible_alerts(visitor) == []
            assert visible_rules(visitor) == []
        forget_rule(t.registry, SOEST, "still")
        assert t.withdraw(SOEST).remains == ()
        assert visible_alerts(t) == []
