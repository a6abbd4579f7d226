"""Fixtures that every test may use."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import HealthCheck, settings

from twin.language import use_language

# A busy machine is no counterexample: speed belongs in bench/.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _language_of_the_machine() -> None:
    """A test that chooses a language, or a command that does, chooses it for itself."""
    use_language(None)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder with the real deliveries; the test is skipped where it is absent."""
    folder = Path(os.environ.get("TWIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the real deliveries are not here: {folder}")
    return folder


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory) -> Path:
    """What the command that a user calls makes of the demo, once for all tests: `files` that it wrote, the `home` that
    it filled, and `report.json`, what it said. Do not write into it."""
    from twin.cli import main

    # Worker processes of one run have their folders side by side, and share the one beside those.
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "demo"
    with FileLock(f"{folder}.lock"):
        if not (folder / "report.json").exists():
            words = ["--home", str(folder / "home"), "demo", "--folder", str(folder / "files"), "--no-serve", "--json"]
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                code = main(words)
            assert code == 0
            (folder / "report.json").write_text(said.getvalue())
    return folder


@pytest.fixture(scope="session")
def demo_home(demo_folder: Path) -> Path:
    """Home of the demo district; do not write into it."""
    return demo_folder / "home"
