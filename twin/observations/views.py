"""Views over readings, in every state that is read: by the hour, and as they were known."""

from __future__ import annotations

from twin.reading import Reading, ViewMaker

_HOURLY = """
    SELECT ags, sensor_id, date_trunc('hour', phenomenon_time) AS hour, count(*) AS readings,
        avg(result) AS mean, min(result) AS lowest, max(result) AS highest, sum(result) AS total
    FROM {base}.observation
    WHERE result IS NOT NULL AND (quality IS NULL OR quality NOT IN ('bad', 'missing'))
    GROUP BY ags, sensor_id, date_trunc('hour', phenomenon_time)
"""
"""A mean is right for levels and temperatures, a total for rain and counts: the unit does not tell."""

_COLUMNS = "ags, sensor_id, phenomenon_time, phenomenon_end, result, result_text, quality, result_time, delivery_id"

_KNOWN = f"""
    SELECT {_COLUMNS}, stored_at AS known_from, NULL::TIMESTAMP AS known_until FROM {{base}}.observation
    UNION ALL
    SELECT {_COLUMNS}, stored_at, corrected_at FROM {{base}}.observation_correction
"""
"""All versions of all readings. As known at T: ``known_from <= T AND (known_until IS NULL OR known_until > T)``."""


def make(reading: Reading) -> None:
    """Add the views beside the tables."""
    for table, query in (("observation_hourly", _HOURLY), ("observation_known", _KNOWN)):
        reading.connection.execute(f"CREATE VIEW {reading.base}.{table} AS {query.format(base=reading.base)}")


VIEWS = ViewMaker("observation", make)
