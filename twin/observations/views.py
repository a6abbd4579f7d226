"""Views over ``observation``: ``observation_hourly`` and ``observation_latest``, in every state that is read."""

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

_LATEST = """
    SELECT ags, sensor_id, max(phenomenon_time) AS phenomenon_time,
        arg_max_null(phenomenon_end, phenomenon_time) AS phenomenon_end,
        arg_max_null(result, phenomenon_time) AS result, arg_max_null(result_text, phenomenon_time) AS result_text,
        arg_max_null(quality, phenomenon_time) AS quality
    FROM {base}.observation GROUP BY ags, sensor_id
"""


def make(reading: Reading) -> None:
    """Add both views beside the tables."""
    for table, query in (("observation_hourly", _HOURLY), ("observation_latest", _LATEST)):
        reading.connection.execute(f"CREATE VIEW {reading.base}.{table} AS {query.format(base=reading.base)}")


VIEWS = ViewMaker("observation", make)
