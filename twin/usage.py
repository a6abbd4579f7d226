"""What is said when the command line was used wrongly, in both languages."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TypeGuard

import click

from twin.language import Text

_MISSING = Text("Es fehlt: {what}.", "Missing: {what}.")
_NO_OPTION = Text("Eine Option {what} gibt es nicht.", "There is no option {what}.")
_NO_COMMAND = Text("Einen Befehl „{what}“ gibt es nicht.", "There is no command “{what}”.")
_MEANT = Text(" Gemeint ist vielleicht: {what}.", " Did you mean: {what}?")
_BAD_VALUE = Text("Ungültiger Wert für {what}: {found}.", "Invalid value for {what}: {found}.")
_ALLOWED = Text("erlaubt sind {values}", "allowed are {values}")
_EXPECTED: tuple[tuple[type, Text], ...] = (
    (
        type(click.INT),
        Text("erwartet wird eine ganze Zahl im Bereich", "expected is a whole number in range"),
    ),
    (type(click.FLOAT), Text("erwartet wird eine Zahl im Bereich", "expected is a number in range")),
    (click.DateTime, Text("erwartet wird eine Zeit nach ISO 8601", "expected is a time by ISO 8601")),
)
_VALUES = Text(
    "Option {what} hat nicht so viele Werte, wie sie braucht.", "Option {what} has not as many values as it needs."
)
_EXTRA = Text("Es stehen mehr Wörter da, als der Befehl nimmt.", "There are more words than the command takes.")
_OTHER = Text("Falscher Aufruf: {found}", "Wrong usage: {found}")
_HELP = Text("Hilfe: {path} --help", "Help: {path} --help")


def usage_sentence(error: click.UsageError) -> str:
    """One sentence that says what is wrong with the call, and where help is."""
    path = error.ctx.command_path if error.ctx is not None else "twin"
    return f"{_sentence(error)} {_HELP.format(path=path)}"


def _sentence(error: click.UsageError) -> str:
    if isinstance(error, click.MissingParameter):
        return _MISSING.format(what=_parameter(error))
    if isinstance(error, click.NoSuchOption):
        return _NO_OPTION.format(what=error.option_name) + _possibilities(error.possibilities)
    if isinstance(error, click.NoSuchCommand):
        known = error.ctx.command.list_commands(error.ctx) if error.ctx and _is_group(error.ctx.command) else []
        return _NO_COMMAND.format(what=error.command_name) + _possibilities(
            get_close_matches(error.command_name, known)
        )
    if isinstance(error, click.BadParameter):
        return _BAD_VALUE.format(what=_parameter(error), found=_wrong_with(error))
    if isinstance(error, click.BadOptionUsage):
        return _VALUES.format(what=error.option_name)
    # click has no class of its own for this one.
    return str(_EXTRA) if "extra argument" in error.message else _OTHER.format(found=error.format_message())


def _wrong_with(error: click.BadParameter) -> str:
    kind = error.param.type if error.param is not None else None
    if isinstance(kind, click.Choice):
        return _ALLOWED.format(values=", ".join(map(str, kind.choices)))
    return str(next((text for type_, text in _EXPECTED if isinstance(kind, type_)), error.message.rstrip(".")))


def _is_group(command: click.Command) -> TypeGuard[click.Group]:
    return isinstance(command, click.Group)


def _parameter(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.opts[0] if error.param.param_type_name == "option" else error.param.make_metavar(_context(error))


def _context(error: click.BadParameter) -> click.Context:
    return error.ctx if error.ctx is not None else click.Context(click.Command("twin"))


def _possibilities(found: object) -> str:
    return _MEANT.format(what=", ".join(found)) if isinstance(found, list | tuple) and found else ""
