"""Values that turn out later are set in place: in all lakes at once, on the rows that they were meant for."""

from __future__ import annotations

import pyarrow as pa
import pytest
from delivering import SOEST, WERL, deliver

import twin
from twin.errors import NotVisible


def change(delivery: str, *keys: str, height: float = 80.0) -> dict[str, pa.Table]:
    ids = list(keys)
    columns = {"building_id": ids, "delivery_id": [delivery] * len(ids), "ground_height": [height] * len(ids)}
    return {"building": pa.table(columns)}


def heights(t: twin.Twin, at: str | None = None) -> list[tuple[str, float | None]]:
    return t.sql("SELECT building_id, ground_height FROM building ORDER BY 1", at=at).fetchall()


def test_values_are_set_in_all_lakes_and_the_past_stays(t: twin.Twin) -> None:
    first = deliver(t, ["a", "b"]).delivery_id
    second = deliver(t, ["c"], ags=WERL, file="other.gml", extent=None).delivery_id
    t.amend({SOEST: change(first, "a"), WERL: change(second, "c", height=90.0)}, "settle")
    assert heights(t) == [("a", 80.0), ("b", None), ("c", 90.0)]
    assert heights(t, at=second) == [("a", None), ("b", None), ("c", None)]
    assert [(entry.action, entry.ags) for entry in t.history()][-2:] == [("settle", (SOEST,)), ("settle", (WERL,))]
    assert t.sql("SELECT count(*) FROM building_surface").fetchall() == [(6,)], "what depends on them stays"


def test_a_row_that_was_replaced_meanwhile_is_left_alone(t: twin.Twin) -> None:
    first = deliver(t, ["a"]).delivery_id
    deliver(t, ["a"], height=9.0)
    t.amend({SOEST: change(first, "a")}, "settle")
    assert heights(t) == [("a", None)]


def test_a_delivery_after_it_lands_on_top(t: twin.Twin) -> None:
    first = deliver(t, ["a", "b"]).delivery_id
    t.amend({SOEST: change(first, "a", "b")}, "settle")
    deliver(t, ["b"])
    assert heights(t) == [("b", None)]


def test_nothing_to_change_is_no_moment(t: twin.Twin) -> None:
    deliver(t, ["a"])
    before = len(t.history())
    t.amend({}, "settle")
    assert len(t.history()) == before


def test_only_the_operator_may(t: twin.Twin) -> None:
    first = deliver(t, ["a"]).delivery_id
    with twin.open(t.home.path, principal=twin.Principal.public()) as visitor, pytest.raises(NotVisible):
        visitor.amend({SOEST: change(first, "a")}, "settle")
