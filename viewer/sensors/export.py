"""What a chart shows as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pandas as pd
import pyarrow as pa

from twin.language import Language
from twin.result import write_result
from viewer.sensors.datastream import titles
from viewer.sensors.period import ZONE
from viewer.sensors.readings import Series

MARK = b"\xef\xbb\xbf"
"""Says that the file is UTF-8 to programs that would take it for something else."""


def csv(found: Sequence[Series], language: Language, sources: str = "") -> bytes:
    """Series as CSV: a row a reading, or a step; texts that a spreadsheet would run as a formula are neutralised.

    Parameters
    ----------
    found : sequence of Series
    language : {"de", "en"}
        Of the datastreams' titles.
    sources : str
        Who is to be named, and under which licence.

    Returns
    -------
    data : bytes
        UTF-8. Times are local, with their distance from UTC.
    """
    parts = []
    for one, title in zip(found, titles([series.stream for series in found], language), strict=True):
        rows = one.rows
        parts.append(
            pd.DataFrame(
                {
                    "sensor_id": one.stream.sensor_id,
                    "sensor": title,
                    "observed_property": one.stream.observed_property,
                    "unit": one.stream.unit,
                    "start": _written(rows["time"]),
                    "end": _written(rows["end"]),
                    "step": one.step,
                    "aggregation": one.stream.aggregation if one.step else "",
                    "value": rows["value"].astype(float),
                    "lowest": rows["lowest"].astype(float),
                    "highest": rows["highest"].astype(float),
                    "readings": rows["readings"].astype("int64"),
                    "doubtful": rows["doubtful"].astype("int64"),
                    "text": rows["text"].astype("string"),
                    "quality": rows["quality"].astype("string"),
                    "sources": sources,
                }
            )
        )
    if not parts:
        return MARK
    table = pa.Table.from_pandas(pd.concat(parts, ignore_index=True), preserve_index=False)
    target = BytesIO()
    target.write(MARK)
    write_result(table.to_reader(), "csv", target)
    return target.getvalue()


def _written(times: pd.Series[Any]) -> list[str]:
    return [moment.isoformat(timespec="seconds") for moment in times.dt.tz_convert(ZONE)]
