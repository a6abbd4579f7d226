"""Brings what a feed has got into the twin, by the job that takes in every other delivery."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ingest.feed.discretion import said
from ingest.format import Options
from ingest.job import ingest
from ingest.mapping.saved import load
from ingest.report import DeliveryReport
from ingest.run import Request
from ingest.source import Catch
from twin.errors import DeliveryError, MappingError, TwinError, UnknownName, Unreachable
from twin.feeds.feed import CONSENT, Feed
from twin.language import Text

if TYPE_CHECKING:
    from twin import Twin

READINGS = "observation"
"""Layer of readings."""

_LATEST_AT_ONCE = 5_000
_FAILED = Text("die Lieferung ließ sich nicht speichern ({kind})", "the delivery could not be stored ({kind})")


@dataclass(frozen=True, slots=True)
class Landing:
    """What became of a file that a feed brought.

    Attributes
    ----------
    report : DeliveryReport
        The job's own report.
    readings, sensors : int
        How many were stored.
    problem : Text or None
        Why nothing was stored; None if it was.
    final : bool
        Whether to bring it again would change nothing: it is stored, or refused for what it is.
    """

    report: DeliveryReport
    readings: int = 0
    sensors: int = 0
    problem: Text | None = None
    final: bool = True


def land(twin: Twin, feed: Feed, catch: Catch) -> Landing:
    """Store one file.

    Raises
    ------
    TwinError
        If it could not even be tried, such as of a municipality that has gone.
    """
    whole = feed.ags == twin.district
    options = Options(crs=catch.crs, ags="" if whole else feed.ags)
    if catch.mapping:
        options = replace(options, mappings=_mapping(twin, catch.mapping, feed.ags))
    request = Request(
        options,
        format=catch.format,
        workers=1,
        author=f"feed {feed.name}",
        tenants=() if whole else (feed.ags,),
        continues=True,
    )
    found = ingest(twin, [str(catch.path)], request).deliveries
    if len(found) > 1:
        return _several(found)
    return _landing(found[0]) if found else Landing(DeliveryReport(catch.path.name))


def digest(catch: Catch) -> str:
    """What a file holds and how it is read, in hexadecimal digits: what is the same as last time need not land again.

    The job cannot tell: of deliveries that may bring one tenant's rows only, it does not know what else they held.
    """
    with catch.path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"{content} {catch.format} {catch.crs} {catch.mapping}"


def unchanged(catch: Catch) -> Landing:
    """What becomes of a file that holds the same as the last one."""
    return Landing(DeliveryReport(catch.path.name, format=catch.format, unchanged=True))


def latest(twin: Twin, feed: Feed) -> Callable[[list[str]], dict[str, datetime]]:
    """Function that finds the time of the latest stored reading of sensors; of a municipality's feed, among its own."""
    own = "" if feed.ags == twin.district else "AND ags = $ags"

    def find(sensors: list[str]) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        for start in range(0, len(sensors), _LATEST_AT_ONCE):
            values: dict[str, Any] = {"sensors": sensors[start : start + _LATEST_AT_ONCE]}
            if own:
                values["ags"] = feed.ags
            sql = f"""SELECT sensor_id, max(phenomenon_time) FROM observation_latest
                      WHERE sensor_id IN (SELECT unnest($sensors)) {own} GROUP BY sensor_id"""
            found |= dict(twin.sql(sql, values=values).fetchall())
        return found

    return find


def _mapping(twin: Twin, name: str, ags: str) -> tuple[Any, ...]:
    known = load(twin, ags)
    for _, mapping in known:
        if mapping.name == name:
            return (mapping,)
    raise UnknownName(kind="mapping", name=name, known=", ".join(mapping.name for _, mapping in known) or "–")


def _landing(report: DeliveryReport) -> Landing:
    cause = report.cause
    if cause is None and not report.error:
        counts = {layer: report.loaded[layer].total() for layer in (READINGS, CONSENT) if layer in report.loaded}
        return Landing(report, counts.get(READINGS, 0), counts.get(CONSENT, 0))
    if isinstance(cause, TwinError):
        final = isinstance(cause, DeliveryError | MappingError) and not isinstance(cause, Unreachable)
        return Landing(report, problem=said(cause), final=final)
    # Our own fault, or the disk's: what was brought stays with whoever has it, and comes again.
    return Landing(report, problem=_FAILED.filled(kind=type(cause).__name__), final=False)


def _several(reports: list[DeliveryReport]) -> Landing:
    """Of an archive whose files are in several formats: it has landed when all have."""
    each = [_landing(report) for report in reports]
    readings, sensors = sum(one.readings for one in each), sum(one.sensors for one in each)
    wrong = next((one for one in each if not one.final), None) or next((one for one in each if one.problem), None)
    if wrong is None:
        return Landing(each[-1].report, readings, sensors)
    return Landing(wrong.report, readings, sensors, wrong.problem, wrong.final)
