"""A plan's own attributes as a row of the layer plan."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from ingest.placement import municipality_key
from ingest.xplan import code_list, value
from ingest.xplan.reader import Feature
from ingest.xplan.value import Attributes

DATES = {
    "aufstellungsbeschluss": ("aufstellungsbeschlussDatum",),
    "satzungsbeschluss": ("satzungsbeschlussDatum", "planbeschlussDatum"),
    "genehmigung": ("genehmigungsDatum",),
    "rechtsverordnung": ("rechtsverordnungsDatum",),
    "ausfertigung": ("ausfertigungsDatum",),
    "inkrafttreten": ("inkrafttretensDatum", "wirksamkeitsDatum", "inkrafttretenDatum", "datumDesInkrafttretens"),
    "untergang": ("untergangsDatum",),
    "veraenderungssperre_end": ("veraenderungssperreEndDatum",),
    "made_on": ("technHerstellDatum",),
}
"""Columns with dates, and what the kinds of plan and versions call them."""

_START = ("auslegungsStartDatum", "auslegungStartDatum", "auslegungsDatum")
_END = ("auslegungsEndDatum", "auslegungEndDatum", "auslegungsDatum")
_REFERENCES = (
    *("externeReferenz", "informell", "rechtsverbindlich", "refBegruendung", "refBeschreibung", "refLegende"),
    *("refRechtsplan", "refPlangrundlage", "refSatzung", "refUmweltbericht", "refGruenordnungsplan"),
)
_IN_FORCE = {"4000", "4500", "45000", "45001", "5500"}
_OUT_OF_FORCE = {"5000", "50000", "50001", "6000", "7000"}
_STATES = range(1, 17)


def row(feature: Feature, version: str) -> dict[str, Any]:
    """Columns of a plan, without its geometry and texts."""
    plan, kind = Attributes(feature.element), feature.kind[:2]
    status, type_ = plan.text("rechtsstand"), plan.text("planArt", "planTyp")
    procedure = plan.text("verfahren")
    found: dict[str, Any] = {
        "plan_id": feature.identifier,
        "kind": kind,
        "name": plan.text("name"),
        "number": plan.text("nummer"),
        "plan_type_code": type_,
        "plan_type": code_list.name("plan_type", version, type_, kind),
        "legal_status_code": status,
        "legal_status": code_list.name("legal_status", version, status, kind),
        "procedure_code": procedure,
        "procedure": code_list.name("procedure", version, procedure, kind),
        "municipality": value.joined(_of_municipalities(plan, "gemeindeName")),
        "district_part": value.joined(_of_municipalities(plan, "ortsteilName")),
        "authority": value.joined(_authorities(plan)),
        "scale": plan.whole("erstellungsMassstab"),
        "baunvo": value.joined(_baunvo(plan)),
        "description": plan.text("beschreibung"),
        "documents": "\n".join(dict.fromkeys(_documents(plan)))[: value.LONGEST] or None,
        "changes": value.joined(_changes(plan)),
        "xplan_version": version,
        "ags": _ags(plan),
        "auslegung_start": min(_dates(plan, *_START), default=None),
        "auslegung_end": max(_dates(plan, *_END), default=None),
    }
    for column, names in DATES.items():
        found[column] = next(_dates(plan, *names), None)
    if found["veraenderungssperre_end"] is None:
        ends = (day for data in plan.nested("veraenderungssperre") for day in _dates(data, "endDatum"))
        found["veraenderungssperre_end"] = max(ends, default=None)
    found["in_force"] = _in_force(kind, status, found["inkrafttreten"], found["untergang"])
    return found


def _in_force(kind: str, status: str | None, since: object, until: object) -> bool | None:
    if status in _IN_FORCE:
        return True
    if (kind, status) == ("LP", "6000"):
        return None  # being rewritten: the earlier plan may hold or not
    if status in _OUT_OF_FORCE or (status is not None and status[:1] in {"1", "2"}) or until:
        return False
    # What was adopted (3000) is in force from a day that only its date tells.
    return True if since else None


def _dates(own: Attributes, *names: str) -> Iterator[datetime.date]:
    for name in names:
        for text in own.texts(name):
            try:
                yield datetime.date.fromisoformat(text[:10])
            except ValueError:
                continue


def _of_municipalities(plan: Attributes, name: str) -> Iterator[str]:
    for holder in plan.nested("gemeinde"):
        yield from holder.texts(name)


def _ags(plan: Attributes) -> str | None:
    """The one municipality that a plan names; None for none, for several, and for a made-up one."""
    found = set()
    for holder in plan.nested("gemeinde"):
        key = municipality_key(holder.text("ags")) or municipality_key(holder.text("rs"))
        if key and int(key[:2]) in _STATES:
            found.add(key)
    return found.pop() if len(found) == 1 else None


def _authorities(plan: Attributes) -> Iterator[str]:
    for holder in plan.nested("plangeber"):
        yield from holder.texts("name")
    yield from plan.texts("planungstraeger")


def _baunvo(plan: Attributes) -> Iterator[str]:
    yield from plan.texts("versionBauNVODatum")
    yield from plan.texts("versionBauNVOText")
    for holder in plan.nested("versionBauNVO"):
        for name in ("name", "datum", "detail"):
            yield from holder.texts(name)


def _documents(plan: Attributes) -> Iterator[str]:
    for name in _REFERENCES:
        for holder in plan.nested(name):
            found = holder.text("referenzURL", "referenzName")
            if found:
                yield found


def _changes(plan: Attributes) -> Iterator[str]:
    for name in ("aendert", "aendertPlan"):
        for holder in plan.nested(name):
            found = holder.text("planName", "nummer")
            if found:
                yield found
