"""What a visitor is told whose statement may not run; what it may not reach is in test_consent.py."""

from __future__ import annotations

import pytest

import twin
from twin.errors import QueryError


@pytest.mark.parametrize(
    "statement",
    [
        "COPY building TO '/tmp/x.csv'",
        "ATTACH '/tmp/x.db'",
        "SET threads = 1",
        "PRAGMA database_list",
        "UPDATE building SET ags = ''",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY building TO '/tmp/x.csv'",
        "-- nothing",
        "",
    ],
)
def test_anything_but_one_select_is_refused_in_words(
    visitor: twin.Twin, statement: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(QueryError) as refused:
        visitor.sql(statement)
    monkeypatch.setenv("TWIN_LANG", "de")
    german = str(refused.value)
    monkeypatch.setenv("TWIN_LANG", "en")
    english = str(refused.value)
    assert german.startswith("Die Abfrage ist nicht ausführbar: erlaubt ist genau eine SELECT-Abfrage")
    assert english.startswith("The query cannot run: exactly one SELECT is allowed")
    assert "serialized" not in german + english


def test_a_mistake_in_a_select_is_told_in_the_engines_own_sentence(visitor: twin.Twin) -> None:
    with pytest.raises(QueryError, match="syntax error at or near"):
        visitor.sql("SELECT 1 FORM building")
