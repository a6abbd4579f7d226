"""Fixtures that every test may use."""

from __future__ import annotations

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
def demo_home(tmp_path_factory) -> Path:
    """Home of the demo district, made once by the command that a user calls; do not write into it."""
    from twin.cli import main

    # Worker processes of one run have their folders side by side, and share the one beside those.
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "demo"
    with FileLock(f"{folder}.lock"):
        if not (folder / "done").exists():
            code = main(["--home", str(folder / "home"), "-q", "demo", "--folder", str(folder / "files"), "--no-serve"])
            assert code == 0
            (folder / "done").touch()
    return folder / "home"
