"""The map page's link to the operations page, with the number of open alerts."""

from __future__ import annotations

from typing import Any

from twin import Twin
from twin.alerts.alert import visible_alerts
from twin.language import Language
from viewer.pages import operations_words as words
from viewer.pages.address import Address
from viewer.pages.frame import LINKS
from viewer.pages.live_board import LiveBoard
from viewer.pages.markup import escaped

EVERY = 30
"""Between two looks, while the page can be seen. [s]"""

MOST = 99
"""What is counted; beyond it is many."""

_STYLE = (
    LINKS
    + """
.links a { display: inline-flex; align-items: center; gap: 7px; }
.badge { min-width: 20px; height: 20px; padding: 0 6px; box-sizing: border-box; border-radius: 10px; font-size: 0.78rem; font-weight: 600;
  line-height: 20px; text-align: center; background: #FFD08A; color: #3A2400; font-variant-numeric: tabular-nums; }
.badge.alarm { background: #FFFFFF; color: #B3261E; }
"""  # noqa: E501 – one rule a line reads best
)


class AlertBadge:
    """A link with a number that keeps itself up to date.

    Parameters
    ----------
    twin : Twin
        Opened for whoever the operations page is for.
    language : {"de", "en"}
        Of the visitor.
    """

    def __init__(self, twin: Twin, language: Language) -> None:
        self._twin, self._language = twin, language
        self.view = LiveBoard(every=EVERY, stylesheets=[_STYLE], html=self._html())
        self.view.param.watch(self._look, "beat")

    def _look(self, _event: Any) -> None:
        self.view.html = self._html()

    def _html(self) -> str:
        found = visible_alerts(self._twin, open_only=True, limit=MOST + 1)
        where = f"operations{Address(language=self._language).query()}"
        count = len(found)
        said = words.OPEN_ALERTS[min(count, 2)].within(self._language).format(count=count)
        number = f"{MOST}+" if count > MOST else str(count)
        grave = " alarm" if any(one.severity == "alarm" for one in found) else ""
        label = escaped(said)
        badge = (
            f'<span class="badge{grave}" role="img" aria-label="{label}" title="{label}">{number}</span>'
            if count
            else ""
        )
        title = escaped(words.TITLE.within(self._language))
        return f'<nav class="links"><a href="{escaped(where)}">{title}{badge}</a></nav>'
