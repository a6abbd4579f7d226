"""Runs every comparison and prints one table.

A module of this folder with a function ``rows(shared)`` takes part; `shared` is the folder of the real deliveries, or
None where it is absent. ``python -m bench citygml lakes`` runs only the named ones.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import platform
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench
from bench.row import Row


def main(names: list[str]) -> None:
    """Run the named comparisons, or all, and print what they measured."""
    shared = Path(os.environ.get("TWIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    found: list[Row] = []
    console = Console(width=150)
    for entry in pkgutil.iter_modules(bench.__path__):
        module = importlib.import_module(f"bench.{entry.name}") if entry.name != "__main__" else None
        if not hasattr(module, "rows") or (names and entry.name not in names):
            continue
        console.print(f"… {entry.name}", style="dim")
        found += module.rows(shared if shared.is_dir() else None)  # type: ignore[union-attr]
    table = Table(title=f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    for title in ("task", "twin", "peer", "unit", "against", "ratio", "goal", "", "peak MB"):
        table.add_column(title, justify="left" if title in {"task", "unit", "against", ""} else "right")
    for row in found:
        table.add_row(
            row.task, f"{row.ours:,.3g}", f"{row.peer:,.3g}", row.unit, row.against, f"{row.ratio:.2f}",
            f"{row.goal:g}" if row.goal else "", row.verdict, f"{row.peak:,.0f}" if row.peak else "",
        )  # fmt: skip
    console.print(table)


if __name__ == "__main__":
    main(sys.argv[1:])
