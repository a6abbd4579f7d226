"""What every declared state has to hold to."""

from __future__ import annotations

import re

import pytest

from ingest.fetch.state import Product, State
from twin.discovery import discover
from twin.geometry.crs import reference
from twin.provenance import LICENCES

STATES: list[State] = list(discover("STATE").values())
PRODUCTS = [(state, product) for state in STATES for product in state.products]


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_has_a_base_and_products_of_different_names(state: State) -> None:
    assert state.base_url.startswith("https://")
    assert state.base_url.endswith("/")
    assert re.fullmatch(r"\d\d", state.prefix)
    names = [product.name for product in state.products]
    assert names
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("state", "product"), PRODUCTS, ids=lambda one: one.name)
def test_a_product_says_where_it_lies_and_what_comes_of_it(state: State, product: Product) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", product.name)
    assert bool(product.folders) != bool(product.service)
    assert all(folder.endswith("/") and not folder.startswith("/") for folder in product.folders)
    assert not product.service or product.service.startswith("https://")
    assert set(product.layers) <= set(discover("LAYER"))
    assert product.layers
    assert product.begins
    assert reference(product.crs) is not None
    assert LICENCES[product.licence.key] is product.licence


@pytest.mark.parametrize(("state", "product"), PRODUCTS, ids=lambda one: one.name)
def test_a_name_says_what_a_file_covers(state: State, product: Product) -> None:
    groups = set(re.compile(product.pattern).groupindex)
    assert {"key"} <= groups or {"east", "north"} <= groups
    assert groups <= {"east", "north", "key", "year"}
    assert re.fullmatch(product.pattern, "index.json") is None
    assert product.edge > 0
    assert product.reach >= 0
