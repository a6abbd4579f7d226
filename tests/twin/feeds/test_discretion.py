from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.feeds.discretion import without_queries


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("https://a.de/x?key=1 antwortet nicht", "https://a.de/x antwortet nicht"),
        ("https://user:pw@a.de/x nicht", "https://a.de/x nicht"),
        ("mqtts://user:pw@a.de:8883 nicht", "mqtts://a.de:8883 nicht"),
        ("„https://a.de/x?key=1“ nicht", "„https://a.de/x“ nicht"),
        ("https://a.de/x#token=1", "https://a.de/x"),
        ("Warum? Darum.", "Warum? Darum."),
    ],
)
def test_addresses_end_before_a_secret_could_begin(told, shown):
    assert without_queries(told) == shown


@given(st.text("abc/.:@-_~%", max_size=20), st.text("abc=&%-_.~/", max_size=20))
def test_no_query_is_left_whatever_stands_before(path, query):
    assert "geheim" not in without_queries(f"https://host.de/{path}?{query}geheim")
