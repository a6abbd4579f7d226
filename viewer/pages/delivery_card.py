"""One delivery on the data page: what it is, what is in it, what stays out, what the checks say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from twin.desk import Summary
from twin.discovery import discover
from twin.language import Language, Text
from twin.number import written
from viewer.pages import data_words as words
from viewer.pages.markup import escaped

MOST_LINES = 8

_COLOURS = {"error": "#B3261E", "warning": "#B26A00", "notice": "#4A6572"}


def delivery_card(summary: Summary, language: Language, names: Mapping[str, str]) -> str:
    """A delivery as HTML.

    Parameters
    ----------
    summary : Summary
        What was found, or became of it.
    language : {"de", "en"}
        Of the visitor.
    names : mapping of str to str
        Municipalities' names by key.
    """

    def say(text: Text) -> str:
        return escaped(text.within(language))

    number = partial(written, chosen=language)
    kind = say(summary.kind)
    parts = [f"<h3>{escaped(summary.file)}</h3>", f'<p class="kind">{kind}</p>' if kind else ""]
    if summary.unchanged:
        parts.append(f"<p>{say(words.UNCHANGED)}</p>")
    if summary.error:
        parts.append(f'<p class="wrong" role="alert">{escaped(summary.error)}</p>')
        if "--crs" in summary.error:
            parts.append(f"<p>{say(words.CHOOSE_CRS)}</p>")
    if summary.rows:
        parts.append(_rows(summary, language, names, number))
    if summary.refused:
        lines = "".join(f"<li>{say(reason)}: {number(count)}</li>" for reason, count in summary.refused)
        parts.append(f"<h4>{say(words.OUT)}</h4><ul>{lines}</ul>")
    if summary.rows or summary.findings:
        parts.append(_findings(summary, language, number))
    notes = [escaped(note) for note in summary.notes]
    if notes:
        shown = "".join(f"<li>{note}</li>" for note in notes[:MOST_LINES])
        more = escaped(words.MORE.within(language).format(count=len(notes) - MOST_LINES))
        parts.append(f"<ul class='notes'>{shown}{f'<li>{more}</li>' if len(notes) > MOST_LINES else ''}</ul>")
    return f'<section class="delivery">{"".join(parts)}</section>'


def _rows(summary: Summary, language: Language, names: Mapping[str, str], number: Callable[[int], str]) -> str:
    layers = discover("LAYER")
    lines = []
    for layer, read, stored in summary.rows:
        title = layers[layer].title.within(language) if layer in layers else layer
        places = ", ".join(names.get(ags, ags) for ags in sorted(stored))
        lines.append(
            f'<tr title="{escaped(places)}"><td>{escaped(title)}</td><td>{number(read)}</td>'
            f"<td>{number(sum(stored.values()))}</td></tr>"
        )
    last = words.STORED if summary.delivery_id else words.TO_STORE
    head = "".join(f'<th scope="col">{escaped(one.within(language))}</th>' for one in (words.LAYER, words.READ, last))
    return f'<table class="figures"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>'


def _findings(summary: Summary, language: Language, number: Callable[[int], str]) -> str:
    if not summary.findings:
        return f'<p class="clean">✓ {escaped(words.CLEAN.within(language))}</p>'
    chips = "".join(
        f'<span class="chip" style="border-color:{_COLOURS[severity]};color:{_COLOURS[severity]}">'
        f"{number(count)} {escaped(words.SEVERITIES[severity].within(language))}</span>"
        for severity, count in summary.findings.items()
    )
    return f'<p class="chips">{chips}</p>'


STYLE = """
section.delivery { border: 1px solid rgba(128, 128, 128, 0.28); border-radius: 10px; padding: 10px 14px; margin: 0 0 10px; }
section.delivery h3 { margin: 0; }
.kind { margin: 0 0 6px; opacity: 0.75; }
.wrong { color: #B3261E; margin: 6px 0; }
.clean { color: #2E7D32; margin: 6px 0 0; }
.chips { display: flex; flex-wrap: wrap; gap: 6px; margin: 8px 0 0; }
.chip { border: 1px solid; border-radius: 12px; padding: 1px 10px; font-size: 0.8rem; background: rgba(255, 255, 255, 0.7); }
section.delivery ul { margin: 2px 0; padding-left: 18px; }
ul.notes { opacity: 0.8; }
"""  # noqa: E501 – one rule a line reads best
