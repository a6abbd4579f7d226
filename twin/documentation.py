"""Writes the reference pages of the docs from the declarations: ``python -m twin.documentation [FOLDER]``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from twin.cli import application
from twin.discovery import discover
from twin.errors import TwinError
from twin.language import Text, use_language
from twin.layer import PROVENANCE, Column
from twin.reference import reference_path

_HEAD = "<!-- Written by `make docs` from the declarations; do not edit. -->\n\n"


def pages() -> dict[str, str]:
    """All pages, by file name."""
    use_language("en")  # docs are English
    written = {
        "checks.md": _checks(),
        "cli.md": _commands(),
        "errors.md": _errors(),
        "formats.md": _formats(),
        "indicators.md": _indicators(),
        "layers.md": _layers(),
    }
    use_language(None)
    return {name: _HEAD + text.rstrip() + "\n" for name, text in written.items()}


def undocumented() -> list[str]:
    """What is declared without the words that its page needs, such as ``layer building: column name``."""
    return [*_bare_layers(), *_bare_errors(), *_bare_commands(), *_bare_formats(), *_bare_checks()]


def _bare(text: Text | None) -> bool:
    return text is None or not text.de.strip() or not text.en.strip()


def _bare_layers() -> Iterator[str]:
    for layer in discover("LAYER").values():
        for word in ("title", "row", "description"):
            if _bare(getattr(layer, word)):
                yield f"layer {layer.name}: {word}"
        for column in layer.all_columns:
            if _bare(column.title) or (column.note is not None and _bare(column.note)):
                yield f"layer {layer.name}: column {column.name}"


def _bare_errors() -> Iterator[str]:
    for error, _ in _tree(TwinError, 0):
        if _bare(error.sentence) or not error.__doc__:
            yield f"error {error.__name__}"


def _bare_commands() -> Iterator[str]:
    for name, command in _all_commands():
        if _bare(getattr(command, "text", None)) and not command.help:
            yield f"command {name}"
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                text = getattr(parameter, "text", None)
                if (_bare(text) if text is not None else not parameter.help) and parameter.name != "help":
                    yield f"command {name}: option {parameter.opts[0]}"


def _bare_formats() -> Iterator[str]:
    for format_ in discover("FORMAT").values():
        texts = (format_.title, format_.ignored, format_.crs, format_.licence, format_.limits)
        if any(map(_bare, texts)) or not format_.versions or not format_.example:
            yield f"format {format_.name}"


def _bare_checks() -> Iterator[str]:
    for check in discover("CHECK").values():
        for name, problem in check.problems.items():
            if any(map(_bare, (problem.title, problem.sentence, problem.advice))):
                yield f"check {check.name}: {name}"


def _layers() -> str:
    text = "# Layers\n\nOne table a layer; geometry in EPSG:25832, heights in DHHN2016. Every table ends with:\n\n"
    text += _column_table(PROVENANCE)
    for layer in discover("LAYER").values():
        text += f'\n<a id="{layer.name}"></a>\n\n## `{layer.name}` – {layer.title.en} ({layer.title.de})\n\n'
        text += f"One row is {layer.row.en}. {layer.description.en}\n\n"
        facts = [f"Key: {', '.join(f'`{name}`' for name in layer.key)}", f"consent class: `{layer.consent_class}`"]
        facts += [f"geometry: {layer.geometry}"] if layer.geometry else []
        facts += [f"licence unless stated: {layer.licence.key}"]
        facts += [f"of two formats the larger `{layer.precedence}` wins"] if layer.precedence else []
        text += " · ".join(facts) + (f"\n\nAfter {layer.reference}." if layer.reference else "") + "\n\n"
        text += _column_table(layer.columns)
    return text


def _column_table(columns: tuple[Column, ...]) -> str:
    lines = ["| column | type | unit | meaning | source |", "|---|---|---|---|---|"]
    for column in columns:
        meaning = column.title.en + (f". {column.note.en}" if column.note else "")
        meaning += f" Code list `{column.codes}`." if column.codes else ""
        cells = (f"`{column.name}`", column.type, column.unit, meaning, column.source)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _formats() -> str:
    formats = discover("FORMAT").values()
    text = f"# Formats\n\n{_FORMATS}\n\n| format | what | layers |\n|---|---|---|\n"
    for one in formats:
        layers = ", ".join(f"`{name}`" for name in one.layers)
        text += f"| [`{one.name}`](#{one.name}) | {_cell(one.title.en)} | {layers} |\n"
    for one in formats:
        # The anchor of a heading differs between renderers: this one is everywhere the same.
        text += f'\n<a id="{one.name}"></a>\n\n## `{one.name}` – {one.title.en} ({one.title.de})\n\n'
        beside = f"; beside them {_list(one.companions)}" if one.companions else ""
        text += f"- Versions: {', '.join(one.versions)}\n"
        text += f"- Layers: {', '.join(f'[`{name}`](layers.md#{name})' for name in one.layers)}\n"
        text += f"- File names: {_list(one.endings)}{beside}\n"
        text += f"- Reference system: {one.crs.en}\n"
        text += f"- Licence: {one.licence.en}\n"
        text += f"- Limits: {one.limits.en}\n"
        text += f"- Not read: {one.ignored.en}\n\n    {one.example}\n"
    return text + _bystanders()


_FORMATS = """\
`twin ingest` tells formats apart by content, never by name; `--format` overrides. What is read from a file is also what
it says from a zip archive or gzipped. In a folder each file is a delivery of its own, and borders come first; the files
of an archive are one delivery for each format among them. `twin formats` prints this page's facts.

- **Reference system**: everything is stored in EPSG:25832. A file without one is refused until `--crs` names it, and
  `--crs` never overrides what a file says. Heights stay as they are.
- **Place**: a feature belongs to the municipality that its attribute names, else to the one that it lies in, else to
  `--ags`. Rows of municipalities without consent are counted and not stored.
- **Licence**: what the file says, else `--licence`, else the layer's; it travels with every row.
- **Limits** for all: an archive may hold 100 000 files and 256 GB, each at most 200 times its packed size beyond 64 MB,
  and archives one level deep; no encryption, links or paths that lead out of it. Gzipped files may become 200 times as
  large. XML with a DOCTYPE or entities is refused. Of rejected features 1000 a delivery are named, all are counted."""


_CHECKS = """\
Every delivery passes through these checks before it is published. A row with an **error** is rejected and goes into
quarantine (`twin quarantine`), one with a **warning** is stored as it came, a **notice** says what was mended. Limits
of what is plausible are data: `data/plausibility.json`. `twin report` shows what was found, `twin ingest --dry-run
--report FOLDER` tells it before anything is stored, and the table `finding` holds it: for own staff and the operator,
never for anybody else."""


def _checks() -> str:
    text = f"# Checks\n\n{_CHECKS}\n"
    layers = discover("LAYER").values()
    for check in discover("CHECK").values():
        text += f"\n## `{check.name}` – {check.title.en} ({check.title.de})\n\n"
        seen = ", ".join(f"[`{layer.name}`](layers.md#{layer.name})" for layer in layers if check.applies(layer))
        text += (
            f"Looks at {'the whole delivery' if check.scope == 'delivery' else 'each row'}: {seen or 'raw text'}.\n\n"
        )
        text += "| code | severity | what | what to do |\n|---|---|---|---|\n"
        for name, problem in check.problems.items():
            cells = (f"`{check.name}.{name}`", problem.severity, problem.title.en, problem.advice.en)
            text += "| " + " | ".join(_cell(cell) for cell in cells) + " |\n"
    return text


def _bystanders() -> str:
    entries = json.loads(reference_path("bystanders.json").read_text("utf-8"))["bystanders"]
    text = "\n## What is refused for what it is\n\nFiles that lie among deliveries and hold nothing to take in:\n\n"
    text += "| what | what to do |\n|---|---|\n"
    for entry in entries:
        text += f"| {_cell(entry['title']['en'])} | {_cell(entry['advice']['en'])} |\n"
    return text


def _list(suffixes: Iterable[str]) -> str:
    return ", ".join(f"`{suffix}`" for suffix in suffixes)


def _indicators() -> str:
    text = "# Indicators\n\nEach is one function of the tables, and answers for the stock and for a scenario.\n"
    for indicator in discover("INDICATOR").values():
        text += f"\n## `{indicator.name}` – {indicator.title.en} ({indicator.title.de})\n\n"
        for word in ("description", "reference"):
            value = str(getattr(indicator, word))
            if value:
                text += f"{value}\n\n"
        text += _column_table(indicator.columns)
    return text


def _errors() -> str:
    text = "# Errors\n\nEvery error that a user can meet, in the words they read.\n\n"
    text += "| error | English | German |\n|---|---|---|\n"
    for error, depth in _tree(TwinError, 0):
        own = "sentence" in vars(error) and error is not TwinError
        sentence = (error.sentence.en, error.sentence.de) if own else ((error.__doc__ or "").split("\n")[0], "")
        text += f"| {'&emsp;' * depth}`{error.__name__}` | {_cell(sentence[0])} | {_cell(sentence[1])} |\n"
    return text


def _tree(error: type[TwinError], depth: int) -> Iterator[tuple[type[TwinError], int]]:
    yield error, depth
    for below in error.__subclasses__():
        # Errors of tests and of private packages are not the program's.
        if below.__module__.split(".")[0] in ("twin", "ingest", "viewer"):
            yield from _tree(below, depth + 1)


def _commands() -> str:
    text = f"# The command line\n\n```\n{_help('twin', application())}\n```\n"
    text += (
        "\nExit code 0: done; 1: could not; 2: wrong usage. Data goes to standard output, remarks to standard error.\n"
    )
    text += "Global options may stand before or after the command's name.\n"
    for name, command in _all_commands():
        text += f"\n## `twin {name}`\n\n```\n{_help(f'twin {name}', command)}\n```\n"
    return text


def _all_commands() -> Iterator[tuple[str, click.Command]]:
    for name, declared in discover("COMMAND").items():
        command: click.Command = getattr(declared, "click", declared)
        yield name, command
        if isinstance(command, click.Group):
            for below, inner in sorted(command.commands.items()):
                yield f"{name} {below}", inner


def _help(path: str, command: click.Command) -> str:
    # A context without a parent: global options of the machine must not get into the page.
    context = click.Context(command, info_name=path, max_content_width=100, terminal_width=100)
    return command.get_help(context).rstrip()


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    """Write all pages into a folder, ``docs`` if none is named."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs")
    for name, text in pages().items():
        (folder / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
