"""Runs every comparison and prints one table.

A module of this folder with a function ``rows(shared, scale)`` takes part; `shared` is the folder of the real
deliveries, or None where it is absent. ``python -m bench citygml lakes`` runs only the named ones, ``--scale 0.1`` with
a tenth of the made-up buildings.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import platform
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

import bench
from bench.row import Row


def main() -> None:
    """Run the named comparisons, or all, and print what they measured."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=bench.__doc__)
    parser.add_argument("names", nargs="*", help="comparisons, all if none is named")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the made-up buildings")
    arguments = parser.parse_args()
    shared = Path(os.environ.get("TWIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    console, found, failed = Console(width=200), list[Row](), list[str]()
    for entry in pkgutil.iter_modules(bench.__path__):
        if entry.name == "__main__" or (arguments.names and entry.name not in arguments.names):
            continue
        module = importlib.import_module(f"bench.{entry.name}")
        if hasattr(module, "rows"):
            start = time.perf_counter()
            try:
                found += module.rows(shared if shared.is_dir() else None, arguments.scale)
            except Exception:
                # What the others measured counts none the less.
                failed.append(entry.name)
                console.print(traceback.format_exc(), markup=False)
            console.print(f"… {entry.name}, {time.perf_counter() - start:.0f} s", style="dim")
    console.print(table(found))
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def table(rows: list[Row]) -> Table:
    """The rows as they are printed."""
    load = f"load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    printed = Table(title=f"{machine}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {load}")
    words = {"task", "unit", "against", ""}
    for title in ("task", "twin", "peer", "unit", "against", "ratio", "goal", "", "work", "MB", "peer MB"):
        printed.add_column(title, justify="left" if title in words else "right")
    for row in rows:
        printed.add_row(
            row.task, _figure(row.ours), _figure(row.peer), row.unit, row.against, f"{row.ratio:.2f}",
            f"{'≥' if row.unit.endswith('/s') else '≤'} {row.goal:g}" if row.goal else "", row.verdict,
            f"{row.work:.2f}" if row.work else "",
            f"{row.peak:,.0f}" if row.peak else "", f"{row.peer_peak:,.0f}" if row.peer_peak else "",
        )  # fmt: skip
    return printed


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    main()
