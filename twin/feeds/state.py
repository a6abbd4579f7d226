"""How a feed fares: where it stands, when it was last asked, what went wrong."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from twin.language import Text
from twin.registry import Registry, Transaction, execute, insert, rows


@dataclass(frozen=True, slots=True)
class FeedState:
    """State of a feed, as it was after it was last asked.

    Attributes
    ----------
    ags, name : str
        Which feed.
    cursor : dict
        Where the source goes on; its own business.
    tried_at, succeeded_at, landed_at, next_at : str
        When it was last asked, last answered, last brought something new, and when it is asked again; ISO 8601, UTC,
        empty for never.
    delivery_id : str
        What it last brought.
    failures : int
        How often it failed since it last answered.
    problem : Text
        What went wrong the last time; empty if it answered. Never a secret.
    readings : int
        How many readings it has brought.
    """

    ags: str
    name: str
    cursor: dict[str, Any] = field(default_factory=dict)
    tried_at: str = ""
    succeeded_at: str = ""
    landed_at: str = ""
    next_at: str = ""
    delivery_id: str = ""
    failures: int = 0
    problem: Text = Text("", "")  # noqa: RUF009 – frozen
    readings: int = 0


def feed_states(transaction: Transaction, ags: str = "") -> dict[tuple[str, str], FeedState]:
    """States by (ags, name), of one tenant or of all."""
    found = {}
    for row in rows(transaction, "SELECT * FROM feed_state WHERE :ags IN ('', ags)", ags=ags):
        entry = dict(row)
        cursor = json.loads(entry.pop("cursor_content"))
        problem = Text(entry.pop("problem_de"), entry.pop("problem_en"))
        found[entry["ags"], entry["name"]] = FeedState(**entry, cursor=cursor, problem=problem)
    return found


def save_state(registry: Registry, state: FeedState) -> None:
    """Keep how a feed fares; of a feed that has been removed meanwhile nothing is kept."""
    entry = asdict(state)
    entry["cursor_content"] = json.dumps(entry.pop("cursor"), ensure_ascii=False)
    entry.pop("problem")
    entry |= {"problem_de": state.problem.de, "problem_en": state.problem.en}
    place = {"ags": state.ags, "name": state.name}
    with registry.write(quiet=True) as transaction:
        execute(transaction, "DELETE FROM feed_state WHERE ags = :ags AND name = :name", **place)
        if rows(transaction, "SELECT 1 FROM feed WHERE ags = :ags AND name = :name", **place):
            insert(transaction, "feed_state", [entry])
