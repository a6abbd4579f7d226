from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from bokeh.models import ColumnDataSource, FactorRange, Label, LinearAxis, Span

from viewer.sensors.axis import alike, ticks
from viewer.sensors.chart import chart
from viewer.sensors.datastream import Datastream, datastreams, titles
from viewer.sensors.drawing import safe
from viewer.sensors.export import csv
from viewer.sensors.gaps import broken
from viewer.sensors.local_time import local_ms, moment
from viewer.sensors.period import Period
from viewer.sensors.readings import Series, series
from viewer.sensors.thresholds import thresholds

END = datetime(2026, 3, 31, 13, 0, tzinfo=UTC)


def drawn(measuring, keys, days=2.0, language="de", step=""):
    streams = datastreams(measuring, keys)
    period = Period(END - timedelta(days=days), END)
    found = series(measuring, streams, period, step)
    limits = thresholds(measuring)
    return chart(found, period, [limits.of(stream) for stream in streams], language), found


def rows(times, values, minutes=0):
    time = pd.to_datetime(pd.Series(times)).dt.tz_localize("UTC")
    own = {"time": time, "end": time + pd.Timedelta(minutes=minutes), "value": values, "lowest": values}
    return pd.DataFrame(own | {"highest": values, "readings": 1, "doubtful": 0, "text": None, "quality": None})


def test_a_line_is_broken_where_more_than_three_intervals_are_missing():
    times = pd.date_range("2026-01-01", periods=8, freq="15min").delete([3, 4, 5])
    one = Series(Datastream("05974040", "a", interval=900), "", rows(times, [1.0] * 5))
    assert broken(one.rows, one)["value"].isna().sum() == 1
    times = pd.date_range("2026-01-01", periods=8, freq="15min").delete([3, 4])
    one = Series(Datastream("05974040", "a", interval=900), "", rows(times, [1.0] * 6))
    assert not broken(one.rows, one)["value"].isna().any()


def test_a_missing_hour_breaks_a_line_of_hours():
    times = pd.date_range("2026-01-01", periods=8, freq="h").delete([3])
    one = Series(Datastream("05974040", "a", interval=900), "hour", rows(times, [1.0] * 7, 60))
    assert broken(one.rows, one)["value"].isna().sum() == 1


def test_no_line_runs_backwards_when_clocks_do():
    times = pd.date_range("2026-10-24 22:00", periods=24, freq="15min")
    one = Series(Datastream("05974040", "a", interval=900), "", rows(times, [1.0] * 24))
    found = broken(one.rows, one)
    x, there = local_ms(found["time"]), found["value"].notna().to_numpy()
    joined = there[:-1] & there[1:]
    assert (np.diff(x)[joined] > 0).all()
    assert there.sum() == 24


def test_one_unit_shares_an_axis_a_second_has_its_own_and_three_stand_apart(measuring):
    single, _ = drawn(measuring, ["level"])
    assert len(single.model.yaxis) == 1
    assert single.model.yaxis[0].axis_label == "Wasserstand [m]"
    double, _ = drawn(measuring, ["level", "air"], language="en")
    assert [axis.axis_label for axis in double.model.yaxis] == ["Water level [m]", "Air temperature [°C]"]
    assert isinstance(double.model.right[0], LinearAxis)
    triple, _ = drawn(measuring, ["level", "air", "rain"])
    assert len(triple.model.children) == 3


def test_rain_is_bars_from_nothing_and_texts_are_rows_of_marks(measuring):
    bars, found = drawn(measuring, ["rain"], days=20)
    assert bars.model.y_range.start == 0
    source = bars.model.select_one(ColumnDataSource)
    assert found[0].step == "day"
    assert (source.data["right"] > source.data["left"]).all()
    marks, _ = drawn(measuring, ["pump"])
    assert isinstance(marks.model.y_range, FactorRange)
    assert marks.model.y_range.factors == ["an", "aus"]


def test_thresholds_are_drawn_in_the_unit_of_the_axis_and_named_for_staff_only(measuring):
    found, _ = drawn(measuring, ["level"])
    assert [span.location for span in found.model.select(Span)] == [pytest.approx(2.9)]
    assert [label.text for label in found.model.select(Label)] == ["Warnung: > 2,9 m"]
    daily, _ = drawn(measuring, ["rain"], days=20)
    assert not list(daily.model.select(Span))  # a threshold of single readings says nothing of a day's sum


def test_nothing_read_is_nothing_drawn(measuring):
    assert drawn(measuring, ["never"])[0].model is None


def test_hover_speaks_of_local_time_and_doubt(measuring):
    found, _ = drawn(measuring, ["level"])
    sources = list(found.model.select(ColumnDataSource))
    marked = min(sources, key=lambda source: len(source.data["x"]))
    assert marked.data["note"] == ["fehlerhaft"]
    assert marked.data["when"] == ["31.03.2026 14:15 MESZ"]
    assert marked.data["said"] == ["9,90 m"]


def test_moments_are_told_as_clocks_show_them():
    summer, winter = pd.Timestamp("2026-07-01T10:00Z"), pd.Timestamp("2026-01-01T10:00Z")
    assert moment(summer, "de") == "01.07.2026 12:00 MESZ"
    assert moment(winter, "en") == "01 Jan 2026 11:00 CET"
    assert moment(winter, "en", day_only=True) == "01 Jan 2026"


def test_ticks_are_round_and_written_alike():
    assert ticks(0.0, 3.6) == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5]
    assert alike([0.5, 1.0, 1000.0], "de") == ["0,5", "1,0", "1.000,0"]
    assert all(-3 <= tick <= 7 for tick in ticks(-3, 7))


def test_no_text_of_data_becomes_a_formula():
    for hostile in ("$$x$$", "\\[x\\]", "\\(x\\)", "a\nb"):
        said = safe(hostile)
        assert not {"$$", "\\[", "\\(", "\n"} & {part for part in ("$$", "\\[", "\\(", "\n") if part in said}


def test_directions_are_dots_and_codes_too(measuring):
    for key in ("wind", "sky"):
        found, _ = drawn(measuring, [key], step="day")
        assert [one.glyph.__class__.__name__ for one in found.model.renderers] == ["Scatter"]


@pytest.mark.parametrize(
    ("thing", "name", "where"),
    [
        ("MUSTER", "OSTENDORF WASSERSTAND ROHDATEN", "OSTENDORF (MUSTER)"),
        ("Klärwerk", "Klärwerk: Wasserstand", "Klärwerk"),
        ("Pegel Nord", "Wasserstand", "Pegel Nord"),
        ("", "Möhne Wasserstand", "Möhne"),
        ("", "whatever", "17"),
    ],
)
def test_a_station_is_called_what_its_source_calls_it(thing, name, where):
    assert Datastream("1", "k", thing, name, "water_level", station="17").where() == where


def test_datastreams_that_sound_alike_say_their_names():
    streams = [Datastream("1", key, "Haus", name, "soil_moisture") for key, name in (("a", "10 cm"), ("b", "30 cm"))]
    assert titles(streams, "de") == ["Haus · Bodenfeuchte (10 cm)", "Haus · Bodenfeuchte (30 cm)"]
    twins = [Datastream("1", key, "Haus", "x", "soil_moisture") for key in "ab"]
    assert len(set(titles(twins, "en"))) == 2


def test_csv_holds_what_is_shown_and_no_formula(measuring):
    _, found = drawn(measuring, ["level", "rain"], days=20, step="day")
    data = csv(found, "de", "Soest: zero")
    table = pd.read_csv(io.BytesIO(data))
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(table) == sum(len(one.rows) for one in found)
    assert set(table["aggregation"]) == {"mean", "sum"}
    np.testing.assert_allclose(table["value"].dropna(), pd.concat([one.rows["value"] for one in found]).dropna())
    assert table["start"].iloc[0].endswith(("+01:00", "+02:00"))
    hostile = Series(Datastream("1", "=1+1", "@thing", "-2", unit="+m"), "", rows(["2026-01-01"], [-3.4]))
    text = csv([hostile], "de").decode("utf-8-sig")
    assert '"\'=1+1"' in text
    assert '"\'@thing · -2"' in text
    assert '"\'+m"' in text
    assert ",-3.4," in text
    assert csv([], "de") == b"\xef\xbb\xbf"
