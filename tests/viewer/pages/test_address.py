from hypothesis import given
from hypothesis import strategies as st

from viewer.pages.address import Address, parse_address

words = st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)
numbers = st.integers(min_value=-(10**7), max_value=10**7).map(float)
views = st.fixed_dictionaries(dict.fromkeys(("east", "north", "height", "distance", "azimuth", "tilt"), numbers))
addresses = st.builds(
    Address,
    language=st.sampled_from(["de", "en"]),
    view=st.just({}) | views,
    theme=st.just("") | words,
    drape=st.just("") | words.map(lambda word: f"density.{word}"),
    scenario=st.just("") | words,
    shown=st.lists(words, max_size=3).map(tuple),
    hidden=st.lists(words, max_size=3).map(tuple),
    chosen=st.just("") | st.text(max_size=60),
    sensors=st.lists(st.text(min_size=1, max_size=60), max_size=8, unique=True).map(tuple),
    period=st.sampled_from(["", "day", "year", "2026-01-01..2026-02-28"]),
)


@given(addresses)
def test_a_link_restores_the_state(address):
    assert parse_address(address.query()) == address


@given(st.text(max_size=300))
def test_no_query_is_an_error(text):
    assert isinstance(parse_address(text), Address)


def test_a_quoted_value_costs_only_itself():
    address = parse_address("?theme=%22x%22&scenario=field&view=1,2,nan,4,5,6")
    assert (address.theme, address.scenario, address.view) == ("", "field", {})


def test_what_layers_are_coloured_by_is_in_the_address():
    address = parse_address("by=plan_area:plan_grz,flood_zone:flood_kind")
    assert address.by == (("plan_area", "plan_grz"), ("flood_zone", "flood_kind"))
    assert parse_address(address.query()) == address
    assert parse_address("by=x,a:b:c,a:<b>,:,a:").by == ()
