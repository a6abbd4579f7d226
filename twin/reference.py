"""Reference data that the code reads: code lists, municipalities, styles."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any


def reference_path(name: str) -> Path:
    """Path of the file or folder `name` of the reference data.

    The wheel carries the top-level folder ``data`` as ``twin/data``; in a checkout it lies beside the package.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    package = Path(__file__).parent
    for base in (package / "data", package.parent / "data"):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"no reference data called {name}")


@cache
def codes(name: str) -> dict[str, str]:
    """Code list ``data/codes/<name>.json``: code to German name, the wording of the official list."""
    found: dict[str, Any] = json.loads(reference_path(f"codes/{name}.json").read_text("utf-8"))
    return {str(code): str(title) for code, title in found["codes"].items()}
