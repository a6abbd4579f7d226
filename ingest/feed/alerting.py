"""Lets alerts look at what has landed."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin import Twin


def look(twin: Twin, delivery_id: str | None) -> None:
    """Open and close alerts by what a delivery brought, or by the time that has passed."""
    try:
        watch = importlib.import_module("ingest.alert.watch")
    except ModuleNotFoundError:
        return
    watch.look(twin, delivery_id)
