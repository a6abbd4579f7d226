"""The form in which a steward says what is to be told of."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin import Twin
from twin.alerts.rule import AlertRule, demand_sense, rules, save_rule
from twin.errors import AlertError, TwinError
from twin.language import Language, Text
from twin.observations.quantity import sign
from viewer.pages import operations_words as words
from viewer.pages.markup import escaped
from viewer.pages.operations_style import STYLE
from viewer.sensors.datastream import Datastream
from viewer.server.sensor_search import find_quantities, find_sensors

MOST = 8
"""Sensors that are proposed."""

MOST_QUANTITIES = 3
"""Quantities that are proposed."""

_HARMLESS: dict[str, Any] = {
    "name": "x", "release": None, "threshold": 0.0, "silence": 3600, "email": "", "webhook": "",
}  # fmt: skip
"""Values of fields that nothing is wrong with."""

_WIDTH = 300
_MINUTE = 60


class RuleForm:
    """A form that saves rules.

    Parameters
    ----------
    reader : Twin
        Opened for the steward: sensors that are not visible are not found.
    tenants : tuple of str or None
        Whose rules may be added; None for everybody's.
    names : mapping of str to str
        Tenants' names by key.
    language : {"de", "en"}
        Of the visitor.
    author : str
        Who saves.
    saved : callable
        Is told that there is a new rule.
    """

    def __init__(
        self,
        reader: Twin,
        tenants: tuple[str, ...] | None,
        names: Mapping[str, str],
        language: Language,
        author: str,
        saved: Callable[[], None],
    ) -> None:
        self._reader, self._tenants, self._language = reader, tenants, language
        self._names, self._author, self._saved = names, author, saved
        self._found: list[Datastream] = []
        self._sensor: Datastream | None = None
        self._typed_before = ""
        self._name = self._text(words.NAME, 80)
        wide = {"sizing_mode": "stretch_width", "max_width": 2 * _WIDTH + 20}
        self._search = self._text(words.SENSOR, 120, **wide)
        self._hits = pmui.MenuList(items=[], dense=True, visible=False, margin=(0, 10), **wide)
        self._kind = self._select(words.KIND, {words.KINDS[kind]: kind for kind in words.KINDS})
        self._severity = self._select(words.SEVERITY, {text: name for name, text in words.SEVERITIES.items()})
        self._severity.value = "warning"
        self._threshold, self._release = self._text(words.THRESHOLD, 40), self._text(words.RELEASE, 40)
        self._silence = self._text(words.SILENCE, 10)
        self._silence.visible = False
        self._email, self._webhook = self._text(words.EMAIL, 254), self._text(words.WEBHOOK, 2000)
        self._fields = {
            "sensor_id": self._search, "name": self._name, "threshold": self._threshold, "release": self._release,
            "silence": self._silence, "email": self._email, "webhook": self._webhook,
        }  # fmt: skip
        self._save = pmui.Button(label=self._say(words.SAVE), variant="contained", margin=(10, 10))
        self._told = pn.pane.HTML("", stylesheets=[STYLE], sizing_mode="stretch_width", margin=(0, 10))
        self._units()
        self._search.param.watch(self._typed, "value_input")
        self._search.param.watch(lambda _event: self._entered(), "enter_pressed")
        self._hits.on_click(lambda item: self._choose(self._found[item["place"]]))
        self._kind.param.watch(self._kind_chosen, "value")
        self._save.on_click(lambda _event: self.save())
        self.view = pmui.Column(
            pn.pane.HTML(f"<h3>{escaped(self._say(words.NEW_RULE))}</h3>", stylesheets=[STYLE], margin=(26, 10, 4, 10)),
            self._search,
            self._hits,
            pmui.FlexBox(self._kind, self._threshold, self._release, self._silence),
            pmui.FlexBox(self._name, self._severity),
            pmui.FlexBox(self._email, self._webhook),
            self._told,
            self._save,
            sizing_mode="stretch_width",
            margin=(0, -10),
        )

    def rule(self) -> AlertRule:
        """The rule as the form says now.

        Raises
        ------
        ValueError
            If a field holds no number where one is expected, or no sensor is chosen; the field says so.
        """
        sensor = self._sensor
        if sensor is None:
            self._mark(self._search, words.CHOOSE_SENSOR)
        silent = self._kind.value == "silent"
        minutes = self._number(self._silence) if silent else None
        threshold = None if silent else self._number(self._threshold)
        release = None if silent else self._number(self._release)
        if sensor is None:
            raise ValueError
        title = self._label(sensor)
        plain = "".join(one if one.isalnum() or one in " .,()/-" else " " for one in title)
        return AlertRule(
            ags=sensor.ags,
            name=self._name.value_input.strip() or " ".join(plain.split())[:80].strip(),
            kind=self._kind.value,
            sensor_id=sensor.sensor_id,
            observed_property="" if sensor.sensor_id else sensor.observed_property,
            unit="" if silent else sensor.unit,
            threshold=threshold,
            release=release,
            silence=None if minutes is None else round(minutes * _MINUTE),
            severity=self._severity.value,
            webhook=self._webhook.value_input.strip(),
            email=self._email.value_input.strip(),
            saved_by=self._author,
        )

    def save(self) -> None:
        """Keep the rule, or say what is wrong with it."""
        for field in self._fields.values():
            field.param.update(error_state=False, helper_text="")
        self._told.object = ""
        try:
            rule = self.rule()
            with self._reader.registry.read() as transaction:
                taken = any(one.name == rule.name for one in rules(transaction, rule.ags))
            if taken:
                self._tell("warning", self._say(words.REPLACES))
                return
            kept = save_rule(self._reader.registry, rule)
        except ValueError:
            return  # the fields say it
        except AlertError as error:
            self._object(rule, error)
            return
        except TwinError as error:
            self._tell("error", error.sentence.filled(**error.fields).within(self._language))
            return
        self._tell("success", self._say(words.SAVED, name=kept.name))
        for field in (self._name, self._threshold, self._release, self._silence):
            field.param.update(value="", value_input="")
        self._saved()

    def _typed(self, event: Any) -> None:
        text = (event.new or "").strip()
        if self._sensor is not None and text in (self._label(self._sensor), self._typed_before):
            if text == self._typed_before:
                # Enter hands in what was typed once more, after it has chosen.
                self._typed_before = ""
                self._search.value = self._label(self._sensor)
            return
        self._sensor, self._typed_before = None, ""
        self._found = self._find(text) if text else []
        self._hits.items = [
            {
                "label": self._label(one),
                "secondary": " · ".join(filter(None, (self._names.get(one.ags, ""), one.name, sign(one.unit)))),
                "icon": "sensors" if one.sensor_id else "select_all",
                "place": place,
            }
            for place, one in enumerate(self._found)
        ]
        self._hits.visible = bool(self._found)
        self._search.helper_text = self._say(words.NO_SENSORS) if text and not self._found else ""
        self._units()

    def _entered(self) -> None:
        if self._found and self._sensor is None:
            self._choose(self._found[0])

    def _choose(self, sensor: Datastream) -> None:
        typed, label = self._search.value_input.strip(), self._label(sensor)
        if self._search.value == label:
            self._search.value = ""  # what does not change would not reach the browser
        self._sensor, self._typed_before = sensor, typed
        self._search.param.update(value=label, error_state=False, helper_text="")
        self._hits.param.update(items=[], visible=False)
        self._units()

    def _find(self, text: str) -> list[Datastream]:
        """Own sensors, and quantities of all that the owner's rules may be about: the district's of all it sees."""
        reader, tenants = self._reader, self._tenants
        owner = tenants[0] if tenants else reader.district
        within = None if owner == reader.district else tenants
        quantities = find_quantities(reader, text, within, owner, MOST_QUANTITIES)
        return [*quantities, *find_sensors(reader, text, tenants, MOST)]

    def _label(self, sensor: Datastream) -> str:
        title = sensor.title(self._language)
        return title if sensor.sensor_id else self._say(words.ALL_OF, property=title)

    def _units(self) -> None:
        unit = sign(self._sensor.unit) if self._sensor else ""
        for field, text in ((self._threshold, words.THRESHOLD), (self._release, words.RELEASE)):
            field.label = self._say(text, unit=f" [{unit}]" if unit else "")

    def _kind_chosen(self, event: Any) -> None:
        silent = event.new == "silent"
        self._threshold.visible = self._release.visible = not silent
        self._silence.visible = silent

    def _number(self, field: Any) -> float | None:
        written = field.value_input.strip()
        if not written:
            return None
        # 1.234,5 and 1234.5: the last of the two signs divides the decimals.
        text = written.replace(".", "").replace(",", ".") if "," in written else written
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not math.isfinite(found):
            self._mark(field, words.NO_NUMBER.filled(found=written[:40]))
            raise ValueError
        return found

    def _object(self, rule: AlertRule, error: AlertError) -> None:
        """Show what the model says beside the field that it is about: the one without which nothing is wrong."""
        problem = error.fields["problem"]
        assert isinstance(problem, Text)
        for name, harmless in _HARMLESS.items():
            try:
                demand_sense(replace(rule, **{name: harmless}))
            except AlertError:
                continue
            self._mark(self._fields[name], problem)
            return
        self._tell("error", self._say(problem))

    def _mark(self, field: Any, problem: Text) -> None:
        field.param.update(error_state=True, helper_text=self._say(problem))

    def _tell(self, severity: str, said: str) -> None:
        self._told.object = f'<p class="told {severity}" role="status">{escaped(said)}</p>'

    def _say(self, text: Text, **values: object) -> str:
        wording = text.within(self._language)
        return wording.format(**values) if values else wording

    def _text(self, label: Text, longest: int, **size: Any) -> Any:
        said = label.within(self._language)
        return pmui.TextInput(
            label=said, max_length=longest, size="small", margin=(8, 10), **(size or {"width": _WIDTH})
        )

    def _select(self, label: Text, options: Mapping[Text, str]) -> Any:
        return pmui.Select(
            label=self._say(label),
            options={self._say(text): value for text, value in options.items()},
            value=next(iter(options.values())),
            size="small",
            width=_WIDTH,
            margin=(8, 10),
        )
