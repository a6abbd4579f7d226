"""Makes ``polygons.py`` importable: with import-mode importlib, test folders are not on the path."""

import importlib.util
import sys
from pathlib import Path

if "polygons" not in sys.modules:
    _spec = importlib.util.spec_from_file_location("polygons", Path(__file__).with_name("polygons.py"))
    assert _spec is not None and _spec.loader is not None
    sys.modules["polygons"] = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(sys.modules["polygons"])
