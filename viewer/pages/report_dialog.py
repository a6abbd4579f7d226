"""The checks' report in the dashboard: it opens in a frame of its own, which may run nothing."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.desk import Case
from twin.language import Language, use_language
from viewer.pages import data_words as words

MOST = 12
"""Deliveries of a case that get a button each."""


def report_dialogs(case: Case, language: Language) -> list[Any]:
    """A button and a dialog for each delivery of a case; a report is made when somebody opens it."""
    found: list[Any] = []
    for number, summary in enumerate(case.summaries[:MOST]):
        several = f": {summary.file}" if len(case.summaries) > 1 else ""
        title = words.REPORT.within(language) + several
        frame = pn.pane.HTML("", sizing_mode="stretch_both")
        dialog = pmui.Dialog(frame, title=title, full_screen=True, show_close_button=True)

        def opened(_event: Any, number: int = number, frame: Any = frame, dialog: Any = dialog) -> None:
            use_language(language)
            page = escape(case.page(number), quote=True)
            frame.object = (
                f'<iframe class="report" title="{escape(words.REPORT.within(language))}" sandbox="" '
                f'style="border:0;width:100%;height:86vh" srcdoc="{page}"></iframe>'
            )
            dialog.open = True

        button = pmui.Button(label=title, variant="text")
        button.on_click(opened)
        found += [button, dialog]
    return found
