"""The data page: a steward drops files, sees what they are and what the checks say, and publishes or discards."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui

import twin
from twin import Principal, Twin
from twin.desk import Case, Desk, Errand, Guess, Summary
from twin.discovery import discover
from twin.errors import TwinError
from twin.failure import record_failure
from twin.home import Home
from twin.language import Language, Text, use_language
from viewer.engine.component import DistrictMap
from viewer.pages import data_words as words
from viewer.pages.address import Address, parse_address
from viewer.pages.delivery_card import STYLE, delivery_card
from viewer.pages.delivery_list import deliveries
from viewer.pages.frame import PALETTE, header, page_template
from viewer.pages.mapping_form import CRS_CHOICES, MappingForm
from viewer.pages.markup import STYLESHEET, escaped
from viewer.pages.pending import Pending
from viewer.pages.preview import extent, outlines, view_of
from viewer.pages.report_dialog import report_dialogs
from viewer.server.composition import compose
from viewer.server.search import ground_height
from viewer.uploads.drop_zone import DropZone
from viewer.uploads.inbox import Inbox
from viewer.uploads.upload import Upload

PREVIEWED = 400
"""Features of each layer that the map shows."""

_STYLE = STYLESHEET + STYLE


class DataPage:
    """One steward's data page.

    Parameters
    ----------
    home : Home
        The twin's home.
    steward : Principal
        Whose data may be brought in: a municipality's staff, the county, or the operator.
    inbox : Inbox
        Where uploads arrive.
    reader : Twin
        Opened for `steward`.
    query : str
        Query string of the address.
    """

    def __init__(self, home: Home, steward: Principal, inbox: Inbox, reader: Twin, query: str) -> None:
        self._home, self._steward, self._inbox, self._reader = home, steward, inbox, reader
        self.language: Language = parse_address(query).language
        (self._desk,) = tuple[Desk, ...](discover("DESK").values())
        self._names = {one.ags: one.name for one in reader.municipalities()}
        self._open: Pending | None = None
        self._told = ""
        self._drop = DropZone(
            words={
                "title": self._say(words.DROP),
                "hint": self._say(words.HINT),
                "cancel": self._say(words.CANCEL),
                "offline": self._say(words.OFFLINE),
            },
            language=self.language,
            sizing_mode="stretch_width",
            margin=(4, 10),
        )
        self._drop.param.watch(self._arrived, "finished")
        self._crs = self._select(words.CRS, {words.CRS_OF_FILE: "", **{Text(one, one): one for one in CRS_CHOICES}})
        places = {Text(f"{name} ({ags})", f"{name} ({ags})"): ags for ags, name in sorted(self._names.items())}
        self._place = self._select(words.PLACE, {words.PLACE_OF_FILE: "", **places})
        self._place.visible = steward.role == "operator"
        self._busy = pmui.LinearProgress(variant="indeterminate", sizing_mode="stretch_width", visible=False)
        self._doing = pn.pane.HTML("", stylesheets=[_STYLE], sizing_mode="stretch_width")
        self._result = pmui.Column(sizing_mode="stretch_width")
        self._listing = pn.pane.HTML(
            deliveries(self._reader, self.language), stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(8, 10)
        )
        self._map = DistrictMap(
            scene_url="scene.json",
            language=self.language,
            layers={entry["name"]: bool(entry["visible"]) for entry in compose(reader)["layers"]},
            sizing_mode="stretch_both",
            min_height=320,
        )
        pn.state.on_session_destroyed(lambda _context: self._let_go())

    def view(self) -> pmui.Page:
        """The page for Panel to serve."""
        who = self._names.get(self._steward.ags, self._steward.ags)
        introduction = pn.pane.HTML(
            f'<p class="lead">{escaped(self._say(words.FOR[self._steward.role], name=who))}</p>',
            stylesheets=[_STYLE],
            sizing_mode="stretch_width",
            margin=(8, 10, 0, 10),
        )
        desk = (introduction, self._drop, pmui.Row(self._crs, self._place), self._busy, self._doing, self._result)
        title = f"{self._say(words.TITLE)} – {self._reader.status()['name']}".strip(" –")
        return pmui.Page(
            title=title,
            meta_name=title,
            template=page_template(self.language),
            theme_config=PALETTE,
            header=[header("data", self.language, self._steward, self._names)],
            sidebar=[*desk, self._listing],
            sidebar_width=680,
            sidebar_variant="persistent",
            main=[self._map],
            theme_toggle=True,
            busy_indicator="linear",
        )

    def _select(self, label: Text, options: dict[Text, str]) -> pmui.Select:
        return pmui.Select(
            label=self._say(label), options={self._say(key): value for key, value in options.items()}, value="",
            size="small", width=310, margin=(14, 10, 6, 10),
        )  # fmt: skip

    def _say(self, text: Text, **values: object) -> str:
        wording = text.within(self.language)
        return wording.format(**values) if values else wording

    async def _arrived(self, event: Any) -> None:
        upload = self._inbox.get(event.new["key"]) if event.new else None
        if upload is not None and upload.complete:
            self._let_go()
            await self._examine(upload)

    async def _examine(self, upload: Upload) -> None:
        def work() -> Pending:
            opened = twin.open(self._home.path)
            try:
                return Pending(opened, self._desk.examine(opened, self._errand(upload)), upload)
            except BaseException:
                opened.close()
                raise

        found = await self._patiently(words.CHECKING, work)
        if found is None:
            self._inbox.remove(upload.key)
            return
        self._open = found
        unmapped = next((one for one in found.case.summaries if one.unmapped), None)
        frames = await asyncio.to_thread(found.case.preview, PREVIEWED)
        self._map.outline = outlines(frames)
        if box := extent(frames):
            middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
            self._map.view = view_of(box, ground_height(self._reader, *middle))
        self._show(found.case.summaries, self._decision(found.case))
        if unmapped is not None:
            await self._ask(unmapped, upload)

    def _errand(self, upload: Upload) -> Errand:
        steward = self._steward
        tenants = {"staff": (steward.ags,), "county": (self._reader.district,)}.get(steward.role, ())
        place = self._place.value if steward.role == "operator" else steward.ags
        return Errand(upload.source, self._crs.value, place, tenants, str(steward), self._tell)

    def _tell(self, text: Text) -> None:
        self._told = self._say(text)

    async def _patiently(self, doing: Text, work: Callable[[], Any]) -> Any:
        """Let `work` run in a thread while the page says how far it is; None if it failed."""
        self._drop.disabled, self._busy.visible, self._told = True, True, self._say(doing)
        self._result.clear()

        def told() -> Any:
            use_language(self.language)
            return work()

        task = asyncio.create_task(asyncio.to_thread(told))
        try:
            while not task.done():
                self._doing.object = f'<p class="hint">{escaped(self._told)}</p>'
                await asyncio.wait([task], timeout=0.4)
            return task.result()
        except TwinError as error:
            use_language(self.language)
            self._fail(str(error))
        except Exception as error:
            record_failure(self._home.path, error)
            self._fail(type(error).__name__)
        finally:
            self._drop.disabled, self._busy.visible, self._doing.object = False, False, ""
        return None

    def _alert(self, text: Text, severity: str, **values: object) -> pmui.Alert:
        # An alert shows HTML: what comes from files is made text.
        safe = {name: escaped(value) for name, value in values.items()}
        return pmui.Alert(
            self._say(text, **safe), severity=severity, sizing_mode="stretch_width", margin=(6, 10), closeable=False
        )

    def _fail(self, problem: str) -> None:
        self._result[:] = [self._alert(words.FAILED, "error", problem=problem)]

    def _show(self, summaries: Any, *more: Any) -> None:
        cards = "".join(delivery_card(one, self.language, self._names) for one in summaries)
        self._result[:] = [
            pn.pane.HTML(cards, stylesheets=[_STYLE], sizing_mode="stretch_width", margin=(6, 10)),
            *more,
        ]

    def _decision(self, case: Case) -> pmui.Column:
        publish = pmui.Button(label=self._say(words.PUBLISH), variant="contained", disabled=not case.publishable)
        discard = pmui.Button(label=self._say(words.DISCARD), variant="outlined")
        publish.on_click(self._publish)
        again = pmui.Button(label=self._say(words.AGAIN), variant="outlined")
        discard.on_click(self._discard)
        again.on_click(self._again)
        said = words.NOT_YET if case.publishable else words.NOTHING
        many = any(read > PREVIEWED for one in case.summaries for _, read, _ in one.rows)
        first = f'<p class="hint">{escaped(self._say(words.FIRST, count=PREVIEWED))}</p>' if many else ""
        return pmui.Column(
            self._alert(said, "info"),
            pn.pane.HTML(first, stylesheets=[_STYLE], margin=(0, 10)),
            pmui.Row(publish, again, discard, *report_dialogs(case, self.language)),
            sizing_mode="stretch_width",
        )

    async def _publish(self, _event: Any) -> None:
        waiting, self._open = self._open, None
        if waiting is None:
            return

        def work() -> list[Summary]:
            try:
                waiting.case.publish()
                return list(waiting.case.summaries)
            finally:
                waiting.twin.close()

        view = self._map.view
        summaries = await self._patiently(words.PUBLISHING, work)
        self._inbox.remove(waiting.upload.key)
        if summaries is None:
            return
        self._map.param.update(outline=[], revision=self._map.revision + 1)
        link = Address(language=self.language, view=view).query() if view else ""
        self._show(
            summaries,
            self._alert(words.PUBLISHED, "success"),
            pn.pane.HTML(
                f'<p><a href="./{escape(link)}">{escaped(self._say(words.ON_MAP))}</a></p>', stylesheets=[_STYLE]
            ),
        )
        self._listing.object = deliveries(self._reader, self.language)

    async def _again(self, _event: Any) -> None:
        """Check once more, with what the steward has chosen since."""
        waiting, self._open = self._open, None
        if waiting is not None:
            waiting.close()
            await self._examine(waiting.upload)

    async def _discard(self, _event: Any) -> None:
        self._let_go()
        self._map.outline = []
        self._result[:] = [self._alert(words.DISCARDED, "info")]

    async def _ask(self, summary: Summary, upload: Upload, layer: str = "") -> None:
        """Let the steward say what the columns of an unknown table mean."""
        path = next((file.path for file in upload.files if file.path.name == summary.file), upload.source)

        def work() -> Guess | None:
            try:
                return self._desk.propose(path, layer)
            except TwinError:
                return None  # no table at all: the card has said what was expected

        guess = await asyncio.to_thread(work)
        if guess is None:
            return
        form = MappingForm(
            guess,
            self.language,
            lambda chosen: pn.state.execute(partial(self._ask, summary, upload, chosen)),
            lambda corrected: pn.state.execute(partial(self._keep, path, corrected, upload)),
        )
        self._result[:] = [self._result[0], form.view]

    async def _keep(self, path: Any, corrected: Guess, upload: Upload) -> None:
        waiting, self._open = self._open, None
        if waiting is not None:
            waiting.close()
        ags = self._steward.ags or self._place.value or self._reader.district

        def work() -> bool:
            with twin.open(self._home.path) as operator:
                self._desk.keep(operator, path, corrected, ags, str(self._steward))
            return True

        if await self._patiently(words.CHECKING, work):
            await self._examine(upload)

    def _let_go(self) -> None:
        """Forget what waits for a decision."""
        waiting, self._open = self._open, None
        if waiting is not None:
            waiting.close()
            self._inbox.remove(waiting.upload.key)


def data_page(home: Home, steward: Principal, inbox: Inbox, reader: Callable[[], Twin]) -> Callable[[], pmui.Page]:
    """A function that builds the page for each visitor, as `panel.serve` wants it."""

    def build() -> pmui.Page:
        location = pn.state.location
        return DataPage(home, steward, inbox, reader(), location.search if location is not None else "").view()

    return build
