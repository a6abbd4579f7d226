"""Where a feed of many datastreams stands: of each, up to where it is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.sensor.moment import moment

_REVIEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Place:
    """Up to where a datastream is read.

    Attributes
    ----------
    time : datetime or None
        All readings of times up to here, that were there when they were asked for. UTC.
    stated : datetime or None
        All readings that were determined or corrected up to here; None where they do not say when. UTC.
    """

    time: datetime | None = None
    stated: datetime | None = None


@dataclass(slots=True)
class Standing:
    """Where a feed stands.

    Attributes
    ----------
    places : dict of str to Place
        By the service's key of the datastream.
    reviewed : datetime or None
        When it last looked further back than it needs to.
    """

    places: dict[str, Place] = field(default_factory=dict)
    reviewed: datetime | None = None

    @classmethod
    def of(cls, cursor: Mapping[str, Any]) -> Standing:
        """As a cursor has it; what makes no sense there is not known."""
        streams = cursor.get("streams")
        places = {
            str(key): Place(_read(entry[0]), _read(entry[1]))
            for key, entry in (streams.items() if isinstance(streams, dict) else ())
            if isinstance(entry, list) and len(entry) == 2
        }
        return cls(places, _read(cursor.get("reviewed")))

    def cursor(self) -> dict[str, Any]:
        """What is kept of it."""
        streams = {key: [written(place.time), written(place.stated)] for key, place in self.places.items()}
        return {"streams": streams, "reviewed": written(self.reviewed)}

    def with_places(self, moved: Mapping[str, Place], reviewed: datetime | None = None) -> Standing:
        """As it is when these have been read."""
        return Standing({**self.places, **moved}, reviewed or self.reviewed)

    def review_due(self, now: datetime) -> bool:
        """Whether a day has passed; also if the clock has been set back."""
        return self.reviewed is None or not timedelta(0) <= now - self.reviewed < _REVIEW


def utc_now() -> datetime:
    """Now, in UTC, without a zone of its own."""
    return datetime.now(UTC).replace(tzinfo=None)


def written(at: datetime | None) -> str | None:
    """A moment as services and cursors have it."""
    return (
        None if at is None else at.isoformat(timespec="microseconds" if at.microsecond % 1000 else "milliseconds") + "Z"
    )


def _read(text: object) -> datetime | None:
    return moment(text) if isinstance(text, str) else None
