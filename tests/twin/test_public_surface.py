"""The names and signatures that others build on: a change here is a change of the seams in docs/architecture.md."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import twin
from twin.staging import Staging
from twin.twin import Twin


def test_the_package_gives_these_names() -> None:
    assert sorted(twin.__all__) == [
        "Consent", "DeliveryHeader", "Outcome", "Principal", "Receipt", "Twin", "TwinError", "init", "open",
    ]  # fmt: skip
    for name in twin.__all__:
        assert getattr(twin, name).__doc__


@pytest.mark.parametrize(
    ("function", "parameters"),
    [
        (twin.open, ["home", "principal"]),
        (twin.init, ["path", "district", "name", "config"]),
        (Twin.sql, ["self", "statement", "at", "values"]),
        (Twin.table, ["self", "layer", "at", "scenario"]),
        (Twin.read, ["self", "layer", "at", "scenario", "box"]),
        (Twin.changes, ["self", "layer", "since", "until"]),
        (Twin.history, ["self", "layer"]),
        (Twin.status, ["self"]),
        (Twin.visible, ["self"]),
        (Twin.demand, ["self", "ags", "layer"]),
        (Twin.municipalities, ["self"]),
        (Twin.register, ["self", "entries"]),
        (
            Twin.join,
            ["self", "ags", "layers", "audience", "name", "purpose", "valid_from", "valid_until", "granted_by"],
        ),
        (Twin.withdraw, ["self", "ags", "layer"]),
        (Twin.receipts, ["self"]),
        (Twin.stage, ["self", "header"]),
        (Twin.known_delivery, ["self", "sha256", "ags", "crs", "format"]),
        (Twin.continued_delivery, ["self", "header"]),
        (Twin.mappings, ["self", "ags"]),
        (Twin.save_mapping, ["self", "mapping"]),
        (Twin.forget_mapping, ["self", "ags", "name"]),
        (Twin.amend, ["self", "changes", "action"]),
        (Twin.plot, ["self", "options"]),
        (Staging.add, ["self", "ags", "layer", "table", "part"]),
        (Staging.retire, ["self", "layer", "keys"]),
        (Staging.refuse, ["self", "ags", "layer", "count"]),
        (Staging.reject, ["self", "feature", "reason", "layer"]),
        (Staging.commit, ["self"]),
    ],
)
def test_signature(function: Callable[..., Any], parameters: list[str]) -> None:
    assert list(inspect.signature(function).parameters) == parameters
    assert function.__doc__


def test_every_public_method_of_a_twin_is_in_the_list_above() -> None:
    public = {name for name, value in vars(Twin).items() if not name.startswith("_") and inspect.isfunction(value)}
    assert public == {
        "amend", "changes", "close", "continued_delivery", "demand", "forget_mapping", "history", "join",
        "known_delivery", "mappings", "municipalities", "plot", "read", "reading", "receipts", "register",
        "save_mapping", "sql", "stage", "status", "table", "visible", "withdraw",
    }  # fmt: skip
