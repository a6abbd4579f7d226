"""The operations page: what alerts there are, how the feeds fare, who is told of what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin import Principal, Twin
from twin.alerts.alert import Alert, acknowledge, visible_alerts, visible_rules
from twin.alerts.rule import AlertRule, forget_rule
from twin.desk import Desk
from twin.discovery import discover
from twin.errors import TwinError
from twin.feeds.feed import feeds, save_feed
from twin.language import Language, Text, use_language
from viewer.pages import operations_words as words
from viewer.pages.address import parse_address
from viewer.pages.alert_list import AlertView, open_alerts, past_alerts
from viewer.pages.feed_table import delivery_table, feed_table
from viewer.pages.frame import PALETTE, header, page_template
from viewer.pages.live_board import LiveBoard
from viewer.pages.markup import escaped
from viewer.pages.moment import time_tag
from viewer.pages.operations_style import STYLE
from viewer.pages.report_dialog import ReportDialog
from viewer.pages.rule_form import RuleForm
from viewer.pages.rule_table import rule_table
from viewer.sensors.datastream import Datastream
from viewer.server.feed_rows import feed_deliveries, feed_rows, tenants_of
from viewer.server.runner import pulse
from viewer.server.sensor_search import sensors_of

EVERY = 10
"""Between two looks at what has changed, while the page can be seen. [s]"""

LISTED = 100
"""Alerts of the history that are shown."""

_WIDTH = 1240
_REMEMBERED = timedelta(minutes=5)


class OperationsPage:
    """One visitor's operations page.

    Parameters
    ----------
    reader : Twin
        Opened for the steward, or for the visitor where there is none.
    steward : Principal or None
        Who may acknowledge, pause and declare; None for visitors, who see alerts and nothing else.
    query : str
        Query string of the address.
    """

    def __init__(self, reader: Twin, steward: Principal | None, query: str) -> None:
        self._reader, self._steward = reader, steward
        self.language: Language = parse_address(query).language
        self._tenants: tuple[str, ...] | None = tenants_of(steward, reader.district) if steward else ()
        self._names = {one.ags: one.name for one in reader.municipalities()}
        self._names.setdefault(reader.district, reader.registry.setting("district_name"))
        self._place, self._period, self._problem = "", "7", ""
        self._sensors: dict[tuple[str, str], Datastream] = {}
        self._looked_up: set[str] = set()
        self._sensors_at = datetime.min.replace(tzinfo=UTC)
        self.board = LiveBoard(every=EVERY, stylesheets=[STYLE], sizing_mode="stretch_width")
        self.rules = LiveBoard(stylesheets=[STYLE], sizing_mode="stretch_width")
        self.form = (
            RuleForm(reader, self._tenants, self._names, self.language, str(steward), self.refresh) if steward else None
        )
        self.report = ReportDialog(self.language)
        self.refresh()
        self.board.param.watch(lambda _event: self.refresh(), "beat")
        for board in (self.board, self.rules):
            board.param.watch(self._asked, "asked")

    def view(self) -> pmui.Page:
        """The page for Panel to serve."""
        title = f"{self._say(words.TITLE)} – {self._names[self._reader.district]}".strip(" –")
        parts: list[Any] = [self.board, *([self.rules, self.form.view] if self.form else ())]
        column = pmui.Column(
            *parts,
            max_width=_WIDTH,
            sizing_mode="stretch_width",
            sx={"px": "24px", "pt": "20px", "pb": "60px"},
            stylesheets=[":host { margin-inline: auto !important; flex-shrink: 0 !important; }"],
        )
        return pmui.Page(
            title=title,
            meta_name=title,
            template=page_template(self.language),
            theme_config=PALETTE,
            header=[header("operations", self.language, self._steward, self._names)],
            main=[column, self.report.view],
            theme_toggle=True,
            busy_indicator=None,
        )

    def refresh(self) -> None:
        """Show how things stand now."""
        present = datetime.now(UTC)
        alerts, rules = visible_alerts(self._reader), visible_rules(self._reader)
        self._remember({*(one.sensor_id for one in alerts), *(one.sensor_id for one in rules)} - {""}, present)
        view = AlertView(self.language, present, self._names, self._sensors, self._tenants)
        self.board.html = self._html(alerts, rules, view)
        if self._steward:
            title = f"<h2>{view.say(words.RULES)}<small>{view.say(words.RULES_HINT)}</small></h2>"
            self.rules.html = f'{title}<div class="scroll">{rule_table(rules, view, self._reader.district)}</div>'

    def _html(self, alerts: list[Alert], rules: list[AlertRule], view: AlertView) -> str:
        current = [one for one in alerts if one.is_open]
        feed_part = self._feeds(view) if self._steward else ("", "")
        tiles = self._tile(current, view) + feed_part[0]
        trouble = (
            f'<p class="halt" role="alert" data-key="problem">{escaped(self._problem)}</p>' if self._problem else ""
        )
        return (
            f'<section class="tiles" data-key="tiles" aria-live="polite">{tiles}</section>'
            f'{trouble}<section data-key="alerts"><h2>{view.say(words.ALERTS)}</h2>'
            f"{open_alerts(current, view, self._calm(rules, view))}</section>"
            f'{feed_part[1]}<section data-key="history">{self._history(alerts, view)}</section>'
        )

    def _tile(self, current: list[Alert], view: AlertView) -> str:
        grave = "alarm" if any(one.severity == "alarm" for one in current) else "warning" if current else "good"
        return _tile("alerts", view.say(words.OPEN_ALERTS_TILE), str(len(current)), grave)

    def _calm(self, rules: list[AlertRule], view: AlertView) -> str:
        if rules or not self._steward:
            said = words.ALL_WELL if self._steward else words.NOTHING_WATCHED
            return f'<p><span class="good" aria-hidden="true">✓</span> {view.say(said)}</p>'
        return f"<p>{view.say(words.NO_RULES_YET)} <code>{escaped(words.ADD_RULE)}</code>.</p>"

    def _history(self, alerts: list[Alert], view: AlertView) -> str:
        since = (view.present - timedelta(days=int(self._period))).isoformat()
        past = [one for one in alerts if not one.is_open and one.closed_at >= since]
        places = sorted({one.ags for one in alerts if not one.is_open}, key=lambda ags: self._names.get(ags, ags))
        chosen = [one for one in past if self._place in ("", one.ags)]
        every = {"": view.say(words.EVERYWHERE), **{ags: escaped(self._names.get(ags, ags)) for ags in places}}
        periods = {days: view.say(text) for days, text in words.PERIODS.items()}
        more = f'<p class="hint">{view.say(words.MORE_HISTORY, count=LISTED)}</p>' if len(chosen) > LISTED else ""
        return (
            f"<h2>{view.say(words.HISTORY)}</h2>"
            f'<div class="filters">{_select("place", view.say(words.PLACE), every, self._place)}'
            f"{_select('period', view.say(words.PERIOD), periods, self._period)}</div>"
            f'<div class="scroll">{past_alerts(chosen[:LISTED], view)}</div>{more}'
        )

    def _feeds(self, view: AlertView) -> tuple[str, str]:
        """Tiles, and sections."""
        found = feed_rows(self._reader, self._tenants, view.present)
        active = [row for row in found if row.standing != "paused"]
        good = sum(row.standing == "ok" for row in active)
        beats = pulse(self._reader.home, found, view.present)
        worst = (
            "alarm"
            if any(row.standing == "failing" for row in active)
            else "good"
            if good == len(active)
            else "warning"
        )
        ratio = view.say(words.FEEDS_RUNNING, ok=good, all=len(active)) if found else "–"
        latest = max((row.state.landed_at for row in found), default="")
        landed = time_tag(latest, self.language, view.present) if latest else view.say(words.NEVER)
        tiles = (
            _tile("feeds", view.say(words.FEEDS), ratio, worst if found else "")
            + _tile("runner", view.say(words.RUNNER), view.say(words.PULSES[beats]) if active else "–",
                    {"running": "good", "stopped": "alarm"}.get(beats, "") if active else "")
            + _tile("latest", view.say(words.LATEST), landed, "")
        )  # fmt: skip
        halt = (
            f'<p class="halt" data-key="halt">{view.say(words.START)} <code>{escaped(words.RUN_FEEDS)}</code>.</p>'
            if active and beats == "stopped"
            else ""
        )
        table = feed_table(found, self.language, view.present, self._names, discover("SOURCE"))
        sections = (
            f'<section data-key="feeds"><h2>{view.say(words.FEEDS)}</h2>{halt}'
            f'<div class="scroll">{table}</div></section>'
        )
        if found and not any(row.own for row in found):
            return tiles, sections  # what others' feeds brought, and what was wrong with it, is theirs to see
        brought = delivery_table(feed_deliveries(self._reader, self._tenants), self.language, view.present, self._names)
        return tiles, sections + (
            f'<section data-key="deliveries"><h2>{view.say(words.DELIVERIES)}<small>{view.say(words.MONTHLY)}'
            f'</small></h2><div class="scroll">{brought}</div>'
            "</section>"
        )

    def _remember(self, wanted: set[str], present: datetime) -> None:
        """Look sensors up that are not known yet; names change seldom."""
        if present - self._sensors_at > _REMEMBERED:
            self._sensors, self._looked_up, self._sensors_at = {}, set(), present
        self._sensors.update(sensors_of(self._reader, wanted - self._looked_up))
        self._looked_up |= wanted

    def _asked(self, event: Any) -> None:
        asked = event.new or {}
        what, of, value = (str(asked.get(name, ""))[:200] for name in ("what", "of", "value"))
        self._problem = ""
        try:
            self._do(what, of, value)
        except TwinError as error:
            said = error.sentence.filled(**error.fields).within(self.language)
            self._problem = self._say(words.FAILED, problem=said)
        self.refresh()
        event.obj.heard += 1

    def _do(self, what: str, of: str, value: str) -> None:
        ags, _, name = of.partition("/")
        if what == "place":
            self._place = value if value in self._names else ""
        elif what == "period":
            self._period = value if value in words.PERIODS else self._period
        elif self._steward is None:
            return
        elif what == "report":
            self._report(of)
        elif what == "acknowledge":
            acknowledge(self._reader, of, str(self._steward))
        elif self._tenants is not None and ags not in self._tenants:
            return
        elif what in ("pause", "resume"):
            self._enable(ags, name, enabled=what == "resume")
        elif what == "remove":
            forget_rule(self._reader.registry, ags, name)

    def _report(self, delivery_id: str) -> None:
        if any(one.delivery_id == delivery_id for one in feed_deliveries(self._reader, self._tenants)):
            use_language(self.language)
            (desk,) = tuple[Desk, ...](discover("DESK").values())
            self.report.show(desk.report(self._reader, delivery_id))

    def _enable(self, ags: str, name: str, *, enabled: bool) -> None:
        registry = self._reader.registry
        with registry.read() as transaction:
            found = next((one for one in feeds(transaction, ags) if one.name == name), None)
        if found is not None:
            save_feed(registry, replace(found, enabled=enabled, saved_by=str(self._steward)))

    def _say(self, text: Text, **values: object) -> str:
        wording = text.within(self.language)
        return wording.format(**values) if values else wording


def operations_page(reader: Callable[[], Twin], steward: Principal | None) -> Callable[[], pmui.Page]:
    """A function that builds the page for each visitor, as `panel.serve` wants it."""

    def build() -> pmui.Page:
        location = pn.state.location
        return OperationsPage(reader(), steward, location.search if location is not None else "").view()

    return build


def _tile(key: str, title: str, figure: str, grave: str) -> str:
    return f'<div class="tile {grave}" data-key="{key}"><span>{title}</span><b>{figure}</b></div>'


def _select(what: str, label: str, options: dict[str, str], chosen: str) -> str:
    """A choice; label and titles of the options are HTML already."""
    entries = "".join(
        f'<option value="{escaped(value)}"{" selected" if value == chosen else ""}>{title}</option>'
        for value, title in options.items()
    )
    return f'<label>{label}<select data-ask="{what}">{entries}</select></label>'
