"""The comparisons run, and both sides of each answer the same; how fast they are is no matter of a test."""

from __future__ import annotations

import pytest

import twin
from bench import district, lakes, scenario
from bench.__main__ import table
from bench.measuring import Measured, Timed, measure, take_turns_here
from bench.row import Row, duration, rate

SMALL, FEW = 60, 3


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bench")
    home, native = folder / "home", folder / "native.duckdb"
    district.build_home(home, SMALL, FEW)
    district.build_native(native, SMALL, FEW)
    return home, native


def test_home_and_native_file_hold_the_same(stores):
    home, native = stores
    sql = "SELECT count(*), count(DISTINCT ags), count(DISTINCT building_id), sum(ST_Area(geom))::BIGINT FROM building"
    with twin.open(home) as t, district.open_native(native) as peer:
        assert t.sql(sql).fetchall() == peer.execute(sql).fetchall() == [(SMALL, FEW, SMALL, SMALL * 80)]
        assert t.sql("SELECT count(*) FROM parcel").fetchall() == [(2 * SMALL,)]


def test_every_query_finds_rows_and_gives_both_figures(stores):
    home, native = stores
    found = lakes.contests(home, native, runs=1)
    assert len(found) == 2 * len(lakes.queries())
    with twin.open(home) as t:
        corner = lakes.queries(district.WEST, district.SOUTH)
        answers = {title: t.sql(sql).fetchall() for title, sql in corner.items()}
    assert all(answers.values())
    # Every fifth house stands on two parcels.
    assert answers["buildings × parcels"][0][0] == SMALL + SMALL // 5


def test_scenario_is_drafted_and_asked(stores):
    home, _ = stores
    with twin.open(home) as t:
        scenario.draft(t, edits=20)
        name = f"scenario_{scenario.NAME}"
        # 8 added, 8 removed, 4 changed.
        assert t.sql(f"SELECT count(*) FROM {name}.building").fetchall() == [(SMALL,)]
        assert t.sql(f"SELECT count(*) FROM {name}.building WHERE function_code = '31001_2721'").fetchall()[0][0] >= 4
    assert [title for title, _ in scenario.contests(home, runs=1)] == list(_queries(home))


def _queries(home):
    with twin.open(home) as t:
        return scenario.queries(t)


def test_a_function_may_say_itself_what_counts():
    measured = measure(_prepares)
    assert measured.seconds == pytest.approx(0.25)
    assert measured.result == "answer"
    assert measured.peak > 1


def _prepares() -> tuple[Timed, str]:
    return Timed(0.25), "answer"


def test_what_goes_wrong_in_a_process_is_told():
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        measure(divmod, 1, 0)


def test_contestants_take_turns():
    seen: list[str] = []
    found = take_turns_here([lambda: seen.append("a"), lambda: seen.append("b")], runs=2)
    assert seen == ["a", "b"] * 3
    assert len(found) == 2


def test_a_goal_of_a_rate_is_a_least_and_of_a_duration_a_most():
    slow, fast = Measured(2.0), Measured(1.0)
    assert rate("t", 10, "MB", (fast, slow), "peer", 1.5).verdict == "reached"
    assert rate("t", 10, "MB", (slow, fast), "peer", 1.5).verdict == "missed"
    assert duration("t", (slow, fast), "peer", 1.5).verdict == "missed"
    assert duration("t", (fast, slow), "peer", 1.5).verdict == "reached"
    assert table([Row("t", 1.0, 2.0, "MB/s", "peer")]).row_count == 1
