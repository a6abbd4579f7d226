"""The words that a command of the command line is declared in: a file of ``commands/`` holds one as ``COMMAND``."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click
from rich.console import Console

from twin.language import LANGUAGES, Text, use_language

if TYPE_CHECKING:
    from twin import Twin

HOME_OPTION = Text(
    "Ordner des Zwillings [Vorgabe: TWIN_HOME, sonst ./twin-home].",
    "Folder of the twin [default: TWIN_HOME, else ./twin-home].",
)
LANGUAGE_OPTION = Text(
    "Sprache der Ausgabe [Vorgabe: TWIN_LANG, sonst die des Systems].",
    "Language of the output [default: TWIN_LANG, else the system's].",
)
QUIET_OPTION = Text("Nur Fehler melden.", "Report errors only.")
VERBOSE_OPTION = Text("Mehr melden; doppelt: alles.", "Report more; twice: everything.")
JSON_OPTION = Text("Ergebnis als JSON auf die Standardausgabe.", "Result as JSON on standard output.")
HELP_OPTION = Text("Diese Hilfe zeigen.", "Show this help.")
_NO_KEY = Text("ein Gemeindeschlüssel hat 8 Ziffern", "a municipality's key has 8 digits")


@dataclass
class Session:
    """What the global options say, handed to every command (``@click.pass_obj``).

    Attributes
    ----------
    home : Path
        Folder of the twin.
    as_json : bool
        Whether results go to standard output as JSON.
    quiet : bool
        Whether only errors are reported.
    verbose : int
        How much more than usual is reported.
    language : str
        What ``--lang`` says; empty if it was not given.
    """

    home: Path = field(default_factory=lambda: Path("twin-home"))
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    language: str = ""

    @cached_property
    def out(self) -> Console:
        """Standard output, for people."""
        return Console(highlight=False, soft_wrap=True)

    @cached_property
    def err(self) -> Console:
        """Standard error: progress and remarks."""
        return Console(stderr=True, quiet=self.quiet, highlight=False, soft_wrap=True)

    @property
    def shows_progress(self) -> bool:
        """Whether somebody watches who would like to see a progress bar."""
        return self.err.is_terminal and not self.quiet and not self.as_json

    def open(self) -> Twin:
        """The twin at `home`, as its operator.

        Raises
        ------
        twin.errors.NotAHome
            If there is none.
        """
        import twin  # noqa: PLC0415 – help and wrong usage answer without loading the database

        opened = twin.open(self.home)
        if opened.home.language in LANGUAGES and not self.language and "TWIN_LANG" not in os.environ:
            use_language(opened.home.language)
        return opened

    def report(self, data: Any, render: Callable[[Console], None], *, remark: bool = False) -> None:
        """Print `data` as JSON if that was asked for, else let `render` print it for people.

        A mere `remark` on what was done is left out by ``--quiet``; an answer to a question never is.
        """
        if self.as_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2, default=str))
        elif not (remark and self.quiet):
            render(self.out)


class Option(click.Option):
    """An option whose help is a `Text`."""

    def __init__(self, declarations: Any = None, **settings: Any) -> None:
        self.text: Text | None = settings.pop("text", None)
        super().__init__(declarations, **settings)

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Declaration and help in the current language."""
        self.help = str(self.text) if self.text is not None else self.help
        record = super().get_help_record(ctx)
        if record is None:
            return None
        required = str(Text("[nötig]", "[required]"))
        return record[0], record[1].replace("[required]", required).replace("[default: ", f"[{_DEFAULT}: ")


_DEFAULT = Text("Vorgabe", "default")


class Speaking(click.Command):
    """A click command whose own words are German or English."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how to call it."""
        prefix = str(Text("Aufruf: ", "Usage: "))
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix=prefix)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Pieces of the line that shows how to call it."""
        words = {"[OPTIONS]": Text("[OPTIONEN]", "[OPTIONS]"), "COMMAND [ARGS]...": Text("BEFEHL …", "COMMAND …")}
        return [str(words.get(piece, piece)) for piece in super().collect_usage_pieces(ctx)]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of options."""
        options = [parameter for parameter in self.get_params(ctx) if isinstance(parameter, click.Option)]
        records = [record for option in options if (record := option.get_help_record(ctx))]
        if records:
            with formatter.section(str(Text("Optionen", "Options"))):
                formatter.write_dl(records)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """``--help``, in the current language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = str(HELP_OPTION)
        return option


class Command(Speaking):
    """A command with its help in both languages.

    Parameters
    ----------
    name : str
        The word on the command line.
    text : Text
        What it does; the first sentence stands in the list of commands.
    examples : tuple of str
        Whole command lines that show its use.
    reports : bool
        Whether it knows ``--json``.
    **settings : object
        As in `click.Command`.
    """

    def __init__(
        self, name: str, *, text: Text, examples: tuple[str, ...] = (), reports: bool = False, **settings: Any
    ) -> None:
        self.text = text
        self.examples = examples
        self.reports = reports
        settings["params"] = [*(settings.get("params") or ()), *_global_options(reports, hidden=True)]
        super().__init__(name, **settings)

    def get_short_help_str(self, limit: int = 45) -> str:
        """First sentence of the help."""
        sentence = str(self.text).split(". ")[0].rstrip(".")
        if len(sentence) > limit:
            sentence = sentence.split(": ")[0]
        return sentence if len(sentence) <= limit else sentence[: limit - 1].rstrip() + "…"

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what it does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(str(self.text))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        if self.examples:
            with formatter.section(str(Text("Beispiele", "Examples"))):
                for example in self.examples:
                    formatter.write_text(example)


def command(
    name: str, *, text: Text, examples: tuple[str, ...] = (), reports: bool = False
) -> Callable[[Callable[..., Any]], Command]:
    """Make a `Command` of a function; options and arguments are declared by decorators below this one."""

    def wrap(function: Callable[..., Any]) -> Command:
        decorate: Any = click.command  # its overloads do not know a class with parameters of its own
        return cast(Command, decorate(name, cls=Command, text=text, examples=examples, reports=reports)(function))

    return wrap


def option(*declarations: str, text: Text, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an option with its help in both languages; further settings as in `click.option`."""
    return click.option(*declarations, cls=Option, text=text, **settings)


def demand_key(ags: str, hint: str) -> None:
    """See that what stands for a municipality, or for the district itself, can be a key: 8 digits, or 5.

    Raises
    ------
    click.BadParameter
        If it cannot; `hint` names the option.
    """
    if not (len(ags) in (5, 8) and ags.isdecimal()):
        raise click.BadParameter(f"{_NO_KEY} ({ags})", param_hint=hint)


def _global_options(reports: bool, *, hidden: bool) -> list[click.Parameter]:
    """The options that may stand before or after the command's name; after it they only count when given."""
    quiet = {"text": QUIET_OPTION, "hidden": hidden, "expose_value": False, "callback": _remember}
    options = [
        Option(
            ["--home"],
            type=click.Path(file_okay=False, path_type=Path),
            text=HOME_OPTION,
            envvar=None if hidden else "TWIN_HOME",
            **{key: value for key, value in quiet.items() if key != "text"},
        ),
        Option(
            ["--lang"],
            type=click.Choice(LANGUAGES),
            text=LANGUAGE_OPTION,
            is_eager=True,
            **{key: value for key, value in quiet.items() if key != "text"},
        ),
        Option(["-q", "--quiet"], is_flag=True, default=None, **quiet),
        Option(["-v", "--verbose"], count=True, default=None, **{**quiet, "text": VERBOSE_OPTION}),
    ]
    if reports:
        as_json = {**quiet, "text": JSON_OPTION, "hidden": False}
        options.append(Option(["--json", "as_json"], is_flag=True, default=None, **as_json))
    return list(options)


def global_options() -> list[click.Parameter]:
    """The options that stand before the command's name."""
    return _global_options(reports=True, hidden=False)


def _remember(ctx: click.Context, parameter: click.Parameter, value: Any) -> Any:
    session = ctx.ensure_object(Session)
    if not value or parameter.name is None:
        return value
    if parameter.name == "lang":
        use_language(value)
        session.language = value
    else:
        setattr(session, parameter.name, value)
    if parameter.name == "verbose":
        logging.basicConfig(level=logging.INFO if value == 1 else logging.DEBUG, format="%(name)s: %(message)s")
    return value
