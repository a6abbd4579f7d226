"""What is written down of problems."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.feed.discretion import LONGEST, discreet, said
from twin.errors import Unreachable
from twin.language import Text


def test_query_strings_users_and_secrets_are_left_out() -> None:
    text = "https://user:pass@x.example/a/b?key=1&token=abc#f ist weg, Token pa55word; mqtts://u@h/t"
    assert discreet(text, ["pa55word"]) == "https://x.example/a/b ist weg, Token ***; mqtts://h/t"


def test_an_error_is_said_in_both_languages() -> None:
    found = said(Unreachable(file="http://x/?a", found=Text("fort", "gone")))
    assert (found.de, found.en) == ("http://x/ ist nicht zu öffnen: fort.", "http://x/ cannot be opened: gone.")


@given(before=st.text(max_size=50), query=st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1))
def test_no_query_gets_through(before: str, query: str) -> None:
    found = discreet(f"{before} https://h.example/p?{'q' * 30}{query}")
    assert "q" * 30 not in found
    assert len(found) <= LONGEST
    assert found.isprintable() or not before.isprintable()
