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
        dialog = ReportDialog(language, several)

        def opened(_event: Any, number: int = number, dialog: ReportDialog = dialog) -> None:
            use_language(language)
            dialog.show(case.page(number))

        button = pmui.Button(label=words.REPORT.within(language) + several, variant="text")
        button.on_click(opened)
        found += [button, dialog.view]
    return found


class ReportDialog:
    """A dialog that shows one report after another.

    Parameters
    ----------
    language : {"de", "en"}
        Of the visitor.
    about : str
        What stands behind its title.
    """

    def __init__(self, language: Language, about: str = "") -> None:
        self._title = words.REPORT.within(language)
        self._frame = pn.pane.HTML("", sizing_mode="stretch_both")
        self.view = pmui.Dialog(self._frame, title=self._title + about, full_screen=True, show_close_button=True)

    def show(self, page: str) -> None:
        """Open it with a report, an HTML page."""
        self._frame.object = (
            f'<iframe class="report" title="{escape(self._title)}" sandbox="" '
            f'style="border:0;width:100%;height:86vh" srcdoc="{escape(page, quote=True)}"></iframe>'
        )
        self.view.open = True
