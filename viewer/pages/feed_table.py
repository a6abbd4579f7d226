"""Feeds on the operations page: how they fare, what they brought, and who is told of what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from twin.language import Language, Text
from twin.number import written
from viewer.pages import operations_words as words
from viewer.pages.markup import escaped
from viewer.pages.moment import length, moment, month, time_tag
from viewer.server.feed_rows import FeedDelivery, FeedRow


def feed_table(
    found: Sequence[FeedRow],
    language: Language,
    present: datetime,
    names: Mapping[str, str],
    sources: Mapping[str, Any],
) -> str:
    """Feeds as HTML.

    Parameters
    ----------
    found : sequence of FeedRow
        One a line.
    language : {"de", "en"}
        Of the visitor.
    present : datetime
        Now.
    names : mapping of str to str
        Tenants' names by key.
    sources : mapping of str to Source
        What is known of sources, for their titles.
    """
    if not found:
        return (
            f'<div class="calm" data-key="none"><p>{_say(words.NO_FEEDS, language)} '
            f"<code>{escaped(words.ADD_FEED)}</code>.</p></div>"
        )
    body = "".join(_feed(row, language, present, names, sources) for row in found)
    return _table("feeds", words.COLUMNS_FEEDS, body, language, last="")


def delivery_table(
    found: Sequence[FeedDelivery], language: Language, present: datetime, names: Mapping[str, str]
) -> str:
    """What feeds brought last, as HTML."""
    if not found:
        return f'<p class="hint" data-key="none">{_say(words.NO_DELIVERIES, language)}</p>'
    body = "".join(
        f'<tr data-key="{escaped(one.delivery_id)}"><td>{escaped(month(one.begun_at, language))}</td>'
        f"<td><b>{escaped(one.feed)}</b><small>{escaped(names.get(one.ags, one.ags))}</small></td>"
        f"<td>{time_tag(one.at, language, present)}</td>"
        f'<td class="number">{written(one.readings, language)}</td>{_bad(one.rejected, language)}'
        f"{_bad(one.quarantined, language)}<td>{_report(one, language)}</td></tr>"
        for one in found
    )
    return _table("deliveries", words.COLUMNS_DELIVERIES, body, language)


def _feed(
    row: FeedRow, language: Language, present: datetime, names: Mapping[str, str], sources: Mapping[str, Any]
) -> str:
    word, sign = words.STANDINGS[row.standing]
    state = row.state
    source = sources[row.source].title.within(language) if row.source in sources else row.source
    every = words.EVERY.within(language).format(time=length(row.every, language))
    about = " · ".join(filter(None, (names.get(row.ags, row.ags), source, row.host, every)))
    failures = ""
    if state.failures:
        wording = words.FAILURES[min(state.failures, 2)].within(language)
        failures = f'<small class="wrong">{escaped(wording.format(count=state.failures))}</small>'
    problem = row.problem.within(language)
    told = f'<p class="wrong">{escaped(problem)}</p>' if problem and row.standing != "paused" else ""
    what, label, long = (
        ("pause", words.PAUSE, words.PAUSE_WHAT)
        if row.standing != "paused"
        else ("resume", words.RESUME, words.RESUME_WHAT)
    )
    key = escaped(f"{row.ags}/{row.name}")
    button = (
        f'<button type="button" data-ask="{what}" data-of="{key}" '
        f'aria-label="{escaped(long.within(language).format(name=row.name))}">{_say(label, language)}</button>'
        if row.own
        else ""
    )
    due = moment(state.next_at) if row.standing in ("ok", "failing") else None
    soon = due is not None and (due - present).total_seconds() < 60
    following = _say(words.SOON, language) if soon else time_tag(state.next_at if due else "", language, present)
    kind = row.standing.replace(" ", "-")
    return (
        f'<tr data-key="{key}"><td><span class="standing {kind}"><i aria-hidden="true">{sign}</i>'
        f"{_say(word, language)}</span>{failures}</td>"
        f"<td><b>{escaped(row.name)}</b><small>{escaped(about)}</small>{told}</td>"
        f"<td>{time_tag(state.landed_at, language, present)}</td>"
        f"<td>{time_tag(state.succeeded_at, language, present)}</td><td>{following}</td>"
        f'<td class="number">{written(state.readings, language)}</td><td class="do">{button}</td></tr>'
    )


def _report(one: FeedDelivery, language: Language) -> str:
    if not one.rejected and not one.quarantined:
        return ""
    return (
        f'<button type="button" class="plain" data-ask="report" data-of="{escaped(one.delivery_id)}">'
        f"{_say(words.REPORT, language)}</button>"
    )


def _bad(count: int, language: Language) -> str:
    return f'<td class="number{" wrong" if count else ""}">{written(count, language) if count else "–"}</td>'


def _table(key: str, columns: Sequence[Text], body: str, language: Language, last: str | None = None) -> str:
    numbers = (words.READINGS, words.STORED, words.REJECTED, words.QUARANTINED)
    kinds = dict.fromkeys(numbers, ' class="number"')
    head = "".join(f'<th scope="col"{kinds.get(title, "")}>{_say(title, language)}</th>' for title in columns)
    extra = "" if last is None else f"<td>{escaped(last)}</td>"
    return (
        f'<table class="wide {key}" data-key="table"><thead><tr>{head}{extra}</tr></thead><tbody>{body}</tbody></table>'
    )


def _say(text: Text, language: Language) -> str:
    return escaped(text.within(language))
