"""The reference pages say what the declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from twin.documentation import pages, undocumented

DOCS = Path(__file__).parents[2] / "docs"


def test_everything_is_documented() -> None:
    assert undocumented() == []


@pytest.mark.parametrize("name", ["checks.md", "cli.md", "errors.md", "formats.md", "indicators.md", "layers.md"])
def test_the_page_is_as_new_as_the_declarations(name: str) -> None:
    path = DOCS / name
    assert path.is_file(), "run 'make docs'"
    assert path.read_text("utf-8") == pages()[name], "run 'make docs'"
