from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import twin
from ingest.alert.watch import look
from ingest.demo import readings_files
from ingest.demo.places import DISTRICT
from ingest.demo.readings import OFF_SCALE, delivered, mended
from ingest.demo.sensors import ABSENT, SILENT, TOWN_KEY, sensor, sensors
from ingest.demo.watching import save_rules
from ingest.demo.weather import storms
from ingest.job import ingest
from ingest.report import Report
from twin.alerts.alert import alerts
from twin.consent import Principal

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def present() -> np.datetime64:
    return readings_files.present()


@pytest.fixture(scope="module")
def reporting(joined: Path, present: np.datetime64, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """A twin with the year of readings, and the report of its ingestion."""
    files = readings_files.write(tmp_path_factory.mktemp("readings"), present)
    with twin.open(joined) as t:
        save_rules(t)
        report = ingest(t, [str(path) for path in files])
        look(t)
    return joined, report


def test_everything_loads_but_what_was_planted(reporting: tuple[Path, Report]) -> None:
    deliveries = reporting[1].deliveries
    assert not any(delivery.error for delivery in deliveries)
    assert {delivery.file: len(delivery.rejected) for delivery in deliveries if delivery.rejected} == {
        readings_files.THINGS: len(OFF_SCALE)
    }
    refused = Counter[str]()
    for delivery in deliveries:
        refused.update(delivery.refused)
    away = [one for one in sensors() if one.station.ags == ABSENT]
    assert refused[f"no_consent:sensor:{ABSENT}"] == len(away)
    assert not [reason for reason in refused if not reason.startswith("no_consent:")]


def test_sensors_and_readings_lie_where_they_belong(reporting: tuple[Path, Report], present: np.datetime64) -> None:
    with twin.open(reporting[0]) as t:
        found = t.sql("SELECT ags, observed_property, count(*) FROM sensor GROUP BY ALL").fetchall()
        readings = dict(t.sql("SELECT sensor_id, count(*) FROM observation GROUP BY 1").fetchall())
        units = t.sql("SELECT count(*) FROM sensor WHERE unit IS NULL OR geom IS NULL").fetchall()
    here = [one for one in sensors() if one.station.ags != ABSENT]
    expected = Counter((one.station.ags, one.quantity.code or None) for one in here)
    assert {(ags, name): count for ags, name, count in found} == expected
    assert sum(expected.values()) == 60
    assert units == [(0,)]
    planted = Counter(number for number, *_ in OFF_SCALE)
    assert readings == {one.sensor_id: len(delivered(one, present)) - planted[one.number] for one in here}


def test_the_correction_counts(reporting: tuple[Path, Report], present: np.datetime64) -> None:
    right = mended(sensor(46), present)
    moments = [str(time) for time in right.times]
    with twin.open(reporting[0]) as t:
        sql = "SELECT result FROM observation WHERE sensor_id = ? AND phenomenon_time IN (SELECT unnest(?)::TIMESTAMP) ORDER BY phenomenon_time"  # noqa: E501
        found = [value for (value,) in t.sql(sql, values=[sensor(46).sensor_id, moments]).fetchall()]
    assert found == right.values.tolist()


def test_the_storm_is_seen_in_sql(reporting: tuple[Path, Report], present: np.datetime64) -> None:
    moment = str(storms(present - 365 * 24, present)[0].astype("datetime64[s]"))
    sql = """SELECT arg_max(hour, {most}) FROM observation_hourly WHERE sensor_id = ?
             AND hour BETWEEN ?::TIMESTAMP AND ?::TIMESTAMP + INTERVAL 2 DAY"""
    with twin.open(reporting[0]) as t:
        rain, gauge = (
            t.sql(sql.format(most=most), values=[sensor(number).sensor_id, moment, moment]).fetchall()[0][0]
            for number, most in ((67, "total"), (2, "highest"))
        )
    assert rain < gauge


def test_two_alerts_are_open_and_readings_are_shared_as_sensors_are(reporting: tuple[Path, Report]) -> None:
    with twin.open(reporting[0]) as t, t.registry.read() as transaction:
        told = {alert.name: alert for alert in alerts(transaction, open_only=True)}
    assert set(told) >= {"Becken Neue Gartenstadt schweigt", "Quartiersgarage fast voll"}
    assert told["Becken Neue Gartenstadt schweigt"].sensor_id == sensor(SILENT).sensor_id
    assert told["Quartiersgarage fast voll"].ags == TOWN_KEY
    with twin.open(reporting[0], principal=Principal.public()) as t:
        seen = {ags for (ags,) in t.sql("SELECT DISTINCT ags FROM observation").fetchall()}
    assert seen == {"05099010", "05099030"}
    assert DISTRICT not in seen
