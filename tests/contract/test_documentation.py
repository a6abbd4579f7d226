"""The reference pages say what the declarations say."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.archive import Limits
from ingest.report import REJECTED_KEPT
from twin.discovery import discover
from twin.documentation import pages, undocumented

DOCS = Path(__file__).parents[2] / "docs"


def test_everything_is_documented() -> None:
    assert undocumented() == []


@pytest.mark.parametrize("name", ["checks.md", "cli.md", "errors.md", "formats.md", "indicators.md", "layers.md"])
def test_the_page_is_as_new_as_the_declarations(name: str) -> None:
    path = DOCS / name
    assert path.is_file(), "run 'make docs'"
    assert path.read_text("utf-8") == pages()[name], "run 'make docs'"


def test_the_page_of_formats_says_all_that_is_declared() -> None:
    page = pages()["formats.md"]
    for format_ in discover("FORMAT").values():
        for text in (format_.title, format_.ignored, format_.crs, format_.licence, format_.limits):
            assert text.en in page
        for word in (f'<a id="{format_.name}">', f"    {format_.example}\n", *format_.versions, *format_.suffixes):
            assert word in page


def test_the_general_limits_are_those_of_the_program() -> None:
    page = " ".join(pages()["formats.md"].split())
    limits = Limits()
    assert f"an archive may hold {limits.entries // 1000} 000 files and {limits.total >> 30} GB" in page
    assert f"each at most {limits.ratio} times its packed size beyond {limits.free >> 20} MB" in page
    assert f"Of rejected features {REJECTED_KEPT} a delivery are named" in page
    assert limits.nesting == 1
