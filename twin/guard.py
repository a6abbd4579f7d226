"""Checks a statement of somebody who is not the operator: one SELECT, over nothing but the tables that they may see."""

from __future__ import annotations

import json
from typing import Any

from twin.consent import Principal
from twin.errors import NotVisible, QueryError
from twin.language import Text
from twin.reading import Reading

_SYNTAX = "parser"
"""The engine's kind of error for what is no SQL; any other means that it is SQL, and no SELECT."""

_ONE_SELECT = Text(
    "erlaubt ist genau eine SELECT-Abfrage, nichts anderes (COPY, ATTACH, SET, PIVOT …) und nicht mehrere zugleich.",
    "exactly one SELECT is allowed, nothing else (COPY, ATTACH, SET, PIVOT …) and not several at once.",
)

_TABLE_FUNCTIONS = frozenset({"range", "generate_series", "unnest"})


def guard(reading: Reading, statement: str, principal: Principal) -> None:
    """Let a statement pass, or say why not.

    Raises
    ------
    QueryError
        If it is not one SELECT.
    NotVisible
        If it reads a table, a file or a function that is not among the principal's tables.
    """
    parsed = json.loads(reading.fetch("SELECT json_serialize_sql(?)", [statement])[0][0])
    if parsed.get("error") and parsed.get("error_type") == _SYNTAX:
        raise QueryError(problem=parsed.get("error_message", ""))
    if parsed.get("error") or len(parsed["statements"]) != 1:
        raise QueryError(problem=_ONE_SELECT)
    allowed = reading.tables()
    _walk(parsed["statements"][0], frozenset(), allowed, principal)


def _walk(node: Any, named: frozenset[str], allowed: frozenset[tuple[str, str]], principal: Principal) -> None:
    if isinstance(node, list):
        for one in node:
            _walk(one, named, allowed, principal)
        return
    if not isinstance(node, dict):
        return
    entries = (node.get("cte_map") or {}).get("map") or []
    named |= {str(entry["key"]).lower() for entry in entries}
    kind = node.get("type")
    if kind == "BASE_TABLE" and not _is_allowed(node, named, allowed):
        raise NotVisible(name=node["table_name"], principal=principal)
    if kind == "TABLE_FUNCTION" and str(node["function"]["function_name"]).lower() not in _TABLE_FUNCTIONS:
        raise NotVisible(name=node["function"]["function_name"], principal=principal)
    if kind == "SHOW_REF":
        raise NotVisible(name="SHOW", principal=principal)
    for value in node.values():
        _walk(value, named, allowed, principal)


def _is_allowed(node: dict[str, Any], named: frozenset[str], allowed: frozenset[tuple[str, str]]) -> bool:
    table, schema = str(node["table_name"]).lower(), str(node["schema_name"]).lower()
    if node["catalog_name"]:
        return False
    if not schema and table in named:
        return True
    return (schema or "main", table) in allowed
