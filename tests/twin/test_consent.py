"""Who may see what: checked against a model that says it in one sentence."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from delivering import SOEST, WERL, buildings, deliver, keys
from hypothesis import given
from hypothesis import strategies as st

import twin
from twin.consent import ALL, AUDIENCES, Consent, Principal, consent_classes, permitted
from twin.errors import NotVisible, QueryError, TwinError, UnknownMunicipality, UnknownName
from twin.registry import moment_text

TOWNS = (SOEST, WERL, "05974004")
DAYS = tuple(moment_text(f"2026-0{month}-01T00:00:00+00:00") for month in range(1, 7))

principals = st.one_of(
    st.sampled_from([Principal.public(), Principal.county(), Principal.operator()]),
    st.sampled_from(TOWNS).map(Principal.staff),
)
consents = st.builds(
    Consent,
    ags=st.sampled_from(TOWNS),
    layer=st.sampled_from([*sorted(consent_classes()), ALL]),
    audience=st.sampled_from(AUDIENCES),
    valid_from=st.none() | st.sampled_from(DAYS),
    valid_until=st.none() | st.sampled_from(DAYS),
)
WIDTH = {"internal": 0, "district": 1, "open": 2}


def _may_see(principal: Principal, consent: Consent, layer: str, at: str) -> bool:
    if consent.layer not in (layer, ALL):
        return False
    if principal.role == "operator":
        return True
    if (consent.valid_from or "") > at or at >= (consent.valid_until or "9999"):
        return False
    needed = {"public": 2, "county": 1, "staff": 0 if principal.ags == consent.ags else 1}[principal.role]
    return WIDTH[consent.audience] >= needed


@given(st.lists(consents, max_size=6), principals, st.sampled_from(DAYS))
def test_visible_is_what_some_valid_consent_says_and_no_more(given_: list[Consent], asking: Principal, at: str) -> None:
    expected = {
        (town, layer)
        for town in TOWNS
        for layer in consent_classes()
        if any(one.ags == town and _may_see(asking, one, layer, at) for one in given_)
    }
    assert permitted(given_, asking, at) == expected


@given(st.lists(consents, min_size=1, max_size=6), principals, st.sampled_from(DAYS), st.data())
def test_narrowing_never_widens(given_: list[Consent], asking: Principal, at: str, data: Any) -> None:
    from dataclasses import replace

    number = data.draw(st.integers(0, len(given_) - 1))
    one = given_[number]
    narrower = data.draw(
        st.sampled_from(
            [
                None,
                *(replace(one, audience=name) for name in AUDIENCES if WIDTH[name] < WIDTH[one.audience]),
                replace(one, valid_until=DAYS[0]),
                *([replace(one, layer="building")] if one.layer == ALL else []),
            ]
        )
    )
    after = given_[:number] + ([narrower] if narrower else []) + given_[number + 1 :]
    assert permitted(after, asking, at) <= permitted(given_, asking, at)


@given(st.lists(consents, max_size=6), st.sampled_from(DAYS), st.sampled_from(TOWNS))
def test_roles_see_ever_more(given_: list[Consent], at: str, town: str) -> None:
    roles = [Principal.public(), Principal.county(), Principal.staff(town), Principal.operator()]
    seen = [permitted(given_, role, at) for role in roles]
    assert seen == sorted(seen, key=len)
    assert all(narrow <= wide for narrow, wide in pairwise(seen))


def test_everything_that_reads_keeps_to_what_is_visible(t: twin.Twin, home: Path) -> None:
    first = deliver(t, ["soest"])  # shared with the district
    deliver(t, ["werl"], ags=WERL, file="w.gml", extent=None)  # open
    for principal, expected in (
        (Principal.public(), ["werl"]),
        (Principal.county(), ["soest", "werl"]),
        (Principal.staff(SOEST), ["soest", "werl"]),
        (Principal.operator(), ["soest", "werl"]),
    ):
        with twin.open(home, principal) as asked:
            assert keys(asked) == expected
            assert sorted(asked.read("building").building_id) == expected
            assert sorted(set(keys(asked, layer="building_surface"))) == expected
            assert sorted(row[0] for row in asked.sql("SELECT file FROM delivery").fetchall()) == (
                ["tile.gml", "w.gml"] if len(expected) == 2 else ["w.gml"]
            )
            assert len(asked.sql("SELECT * FROM consent").fetchall()) == len(expected)
            assert asked.status()["rows"]["building"] == len(expected)
            assert len(asked.status()["deliveries"]) == len(expected)
            assert [entry.file for entry in asked.history("building")] == (
                ["tile.gml", "w.gml"] if len(expected) == 2 else ["w.gml"]
            )
    with twin.open(home, Principal.public()) as visitor:
        assert keys(visitor, first.delivery_id) == [], "the past is no way round"
        assert visitor.changes("building", "2001-01-01").fetchall()[0][2] == "werl"
        with pytest.raises(NotVisible):
            visitor.demand(SOEST, "building")
        with pytest.raises(NotVisible):
            visitor.stage(twin.DeliveryHeader(file="x", format="y"))
        with pytest.raises(NotVisible):
            visitor.withdraw(WERL)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM duckdb_views()",
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM query('SELECT 1')",
        "SELECT * FROM query_table('building')",
        "WITH x AS (SELECT * FROM read_csv('/etc/passwd')) SELECT * FROM x",
        "SELECT (SELECT count(*) FROM sqlite_master)",
        "WITH building AS (SELECT 1) SELECT * FROM main._delivery",
        "SHOW TABLES",
        "DESCRIBE building",
        "SELECT 1; SELECT 2",
        "CREATE TABLE x (a INTEGER)",
        "COPY building TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.db'",
        "SET threads = 1",
        "PRAGMA database_list",
    ],
)
def test_statement_of_a_visitor_reaches_nothing_else(visitor: twin.Twin, statement: str) -> None:
    with pytest.raises((NotVisible, QueryError)):
        visitor.sql(statement).fetchall()


def test_statement_of_a_visitor_may_be_any_select(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a", "b"], ags=WERL)
    with twin.open(home, Principal.public()) as visitor:
        assert visitor.sql("WITH b AS (SELECT * FROM building) SELECT count(*) FROM b").fetchall() == [(2,)]
        assert visitor.sql("SELECT sum(n) FROM range(3) r(n), (SELECT 1 FROM main.building)").fetchall() == [(6,)]


def test_lapsed_consent_hides_and_stops_ingest(t: twin.Twin, home: Path) -> None:
    deliver(t, ["a"], ags=WERL)
    t.join(WERL, "building", "open", valid_until="2020-01-01")
    with twin.open(home, Principal.public()) as visitor, twin.open(home, Principal.staff(WERL)) as own:
        assert keys(visitor) == keys(own) == []
    assert keys(t) == ["a"]
    with t.stage(twin.DeliveryHeader(file="x", format="citygml")) as staging:
        assert staging.add(WERL, "building", buildings(["b"])) == 0


def test_consent_lost_while_staging_counts_at_commit(t: twin.Twin) -> None:
    with t.stage(twin.DeliveryHeader(file="x", format="citygml")) as staging:
        assert staging.add(WERL, "building", buildings(["b"])) == 1
        t.withdraw(WERL)
        outcome = staging.commit()
    assert outcome.loaded == {}
    assert not t.home.lake(WERL).exists()


def test_later_consent_to_a_layer_replaces_and_is_taken_out_of_all(t: twin.Twin, home: Path) -> None:
    t.join("05974004", "all", "open")
    deliver(t, ["a"], ags="05974004")
    t.join("05974004", "building", "internal")
    with twin.open(home, Principal.public()) as visitor:
        assert ("05974004", "building") not in visitor.visible()
        assert ("05974004", "parcel") in visitor.visible()
    t.join("05974004", "building", "open", purpose="map")
    with twin.open(home, Principal.public()) as visitor:
        assert ("05974004", "building") in visitor.visible(), "the most generous valid one holds"


def test_the_district_joins_like_a_municipality(t: twin.Twin) -> None:
    t.join("05974", "terrain", "open")
    assert ("05974", "terrain") in t.visible()
    assert [one["ags"] for one in t.status()["municipalities"] if one["joined"]] == [SOEST, WERL, "05974"]


def test_unknown_names_say_what_is_known(t: twin.Twin) -> None:
    with pytest.raises(UnknownMunicipality):
        t.join("09999999", "building", "open")
    t.join("09999999", "building", "open", name="Anderswo")
    for layer, audience in (("castle", "open"), ("building", "everyone")):
        with pytest.raises(UnknownName) as caught:
            t.join(SOEST, layer, audience)  # type: ignore[arg-type]
        assert isinstance(caught.value, TwinError)
