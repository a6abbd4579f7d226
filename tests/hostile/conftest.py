"""Makes the modules of this folder importable: tests are imported by file."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path


def _load(name: str) -> None:
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


for _name in ("seeds_surveys", "seeds_sensors", "seeds", "damage", "victim"):
    if _name not in sys.modules:
        _load(_name)
