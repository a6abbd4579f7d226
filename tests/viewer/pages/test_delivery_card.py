"""Cards of deliveries: everything from a file is escaped."""

from twin.desk import Summary
from twin.language import Text
from viewer.pages.delivery_card import delivery_card

EVIL = "<img src=x onerror=alert(1)>"


def test_values_from_data_are_escaped():
    card = delivery_card(
        Summary(
            file=EVIL,
            kind=Text(EVIL, EVIL),
            rows=((EVIL, 3, {EVIL: 2}),),
            refused=((Text(EVIL, EVIL), 1),),
            findings={"error": 1},
            notes=(EVIL,),
            error=EVIL,
        ),
        "de",
        {EVIL: EVIL},
    )
    assert "<img" not in card
    assert card.count("&lt;img") >= 6


def test_what_is_missing_is_said():
    card = delivery_card(
        Summary(file="a.csv", kind=Text("", ""), error="Bitte nennen, etwa --crs EPSG:25832."), "de", {}
    )
    assert "Koordinatensystem wählen" in card


def test_numbers_are_written_as_the_language_does():
    summary = Summary(file="a", kind=Text("", ""), rows=(("tree", 12345, {"05170048": 12000}),))
    assert "12.345" in delivery_card(summary, "de", {"05170048": "Wesel"})
    assert "12,345" in delivery_card(summary, "en", {})
    assert "Wesel" in delivery_card(summary, "de", {"05170048": "Wesel"})


def test_many_notes_are_counted():
    assert "und 4 weitere" in delivery_card(Summary("a", Text("", ""), notes=tuple("abcdefghijkl")), "de", {})
