"""The data page as the server builds it; what a browser makes of it is tested in `tests/e2e`."""

from __future__ import annotations

import twin
from twin import Principal, Twin
from viewer.pages.data_page import DataPage
from viewer.uploads.inbox import Inbox


def test_what_goes_wrong_is_told_as_text_and_never_as_html(tmp_path):
    with Twin.init(tmp_path / "home", "05974") as made:
        made.join("05974040", "all", "open")
    reader = twin.open(tmp_path / "home", Principal.operator())
    page = DataPage(reader.home, Principal.operator(), Inbox(reader.home.temp), reader, "")
    page._fail("Spalte <img src=x onerror=alert(1)> fehlt")
    told = page._result[0].objects[0].object
    assert "&lt;img src=x" in told
    assert "<img" not in told
