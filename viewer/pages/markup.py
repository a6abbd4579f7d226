"""Small pieces of HTML for the pages. Every value from data passes through `escaped`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def escaped(value: object) -> str:
    """Text of `value` for HTML content and quoted attributes."""
    return escape(str(value), quote=True)


def definition_table(rows: Iterable[tuple[str, str, str]]) -> str:
    """A table of name and value.

    Parameters
    ----------
    rows : iterable of (name, value, note)
        Plain texts; the note becomes the row's tooltip, empty for none.
    """
    cells = "".join(
        f'<tr{_title(note)}><th scope="row">{escaped(name)}</th><td>{escaped(value)}</td></tr>'
        for name, value, note in rows
    )
    return f'<table class="card">{cells}</table>'


def data_table(caption: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with a header row; all columns but the first hold numbers."""
    head = "".join(f'<th scope="col">{escaped(title)}</th>' for title in header)
    body = "".join(f"<tr>{''.join(f'<td>{escaped(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<table class="figures"><caption>{escaped(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def swatches(entries: Iterable[tuple[str, str]]) -> str:
    """A legend: colour (``#RRGGBB``) and title of each class."""
    items = "".join(
        f'<li><span class="swatch" style="background:{escaped(colour)}"></span>{escaped(title)}</li>'
        for colour, title in entries
    )
    return f'<ul class="legend">{items}</ul>'


def signs(entries: Iterable[tuple[str, str, str]]) -> str:
    """A legend: colour, title and the path of a sign on a sheet of 24 × 24; a plain swatch where that is empty."""
    items = "".join(
        f'<li><span class="swatch{" sign" if icon else ""}" style="background:{escaped(colour)}">{_sign(icon)}</span>'
        f"{escaped(title)}</li>"
        for colour, title, icon in entries
    )
    return f'<ul class="legend">{items}</ul>'


def folded(title: str, kind: str, content: str, opened: bool) -> str:
    """A part that the reader opens and closes: `title` and `kind` as plain texts, `content` as HTML."""
    small = f"<small>{escaped(kind)}</small>" if kind else ""
    state = " open" if opened else ""
    return f"<details{state}><summary>{escaped(title)}{small}</summary>{content}</details>"


def _sign(icon: str) -> str:
    return f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{escaped(icon)}"/></svg>' if icon else ""


def ramp(stops: Sequence[tuple[float, str]], unit: str, decimal: str) -> str:
    """A legend of a number: a bar of colours with the values of its stops beneath."""
    colours = ", ".join(
        f"{escaped(colour)} {100 * place / (len(stops) - 1):.0f}%" for place, (_, colour) in enumerate(stops)
    )
    labels = "".join(f"<span>{value:g}</span>".replace(".", decimal) for value, _ in stops)
    suffix = f'<span class="unit">{escaped(unit)}</span>' if unit else ""
    return (
        f'<div class="ramp" style="background:linear-gradient(90deg, {colours})"></div>'
        f'<div class="ramp-labels">{labels}{suffix}</div>'
    )


def _title(note: str) -> str:
    return f' title="{escaped(note)}"' if note else ""


STYLESHEET = """
:host { font-family: Roboto, sans-serif; font-size: 0.86rem; color: inherit; }
table { border-collapse: collapse; width: 100%; }
table.card th { text-align: left; font-weight: 400; opacity: 0.72; padding: 3px 12px 3px 0; vertical-align: top; width: 44%; }
table.card td { padding: 3px 0; vertical-align: top; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
table.card tr + tr { border-top: 1px solid rgba(128, 128, 128, 0.16); }
table.figures caption { text-align: left; font-weight: 500; padding: 4px 0; }
table.figures th, table.figures td { padding: 2px 6px 2px 0; text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
table.figures th:first-child, table.figures td:first-child { text-align: left; }
table.figures thead th { font-weight: 400; opacity: 0.72; border-bottom: 1px solid rgba(128, 128, 128, 0.35); }
table.list td { padding: 2px 10px 2px 0; vertical-align: top; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
table.list td:last-child { white-space: nowrap; padding-right: 0; }
ul.legend { list-style: none; margin: 2px 0; padding: 0; }
ul.legend li { display: flex; align-items: center; gap: 8px; padding: 1px 0; }
.swatch { width: 16px; height: 12px; border-radius: 3px; flex: none; box-shadow: inset 0 0 0 1px rgba(0, 0, 0, 0.18); }
.swatch.sign { width: 20px; height: 20px; border-radius: 50%; display: inline-flex; box-shadow: none; }
.swatch.sign svg { width: 12px; height: 12px; margin: auto; fill: #fff; fill-rule: evenodd; }
details { border-top: 1px solid rgba(128, 128, 128, 0.28); padding: 5px 0; }
summary { cursor: pointer; font-weight: 500; overflow-wrap: anywhere; padding: 2px 0; }
summary small { display: block; font-weight: 400; opacity: 0.72; padding-left: 14px; }
summary:focus-visible { outline: 2px solid #006bff; outline-offset: 2px; border-radius: 3px; }
.count { display: block; text-align: right; opacity: 0.62; font-size: 0.78rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.ramp { height: 12px; border-radius: 3px; box-shadow: inset 0 0 0 1px rgba(0, 0, 0, 0.18); }
.ramp-labels { display: flex; justify-content: space-between; font-size: 0.78rem; opacity: 0.8; position: relative; }
.hint { opacity: 0.75; margin: 4px 0; }
h3 { font-size: 1rem; font-weight: 500; margin: 2px 0 6px; overflow-wrap: anywhere; }
h4 { font-size: 0.8rem; font-weight: 500; margin: 12px 0 2px; text-transform: uppercase; letter-spacing: 0.06em; opacity: 0.72; }
"""  # noqa: E501 – one rule a line reads best
