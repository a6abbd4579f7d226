"""The command ``twin``: global options, and whatever commands `twin.discovery` finds.

Exit code 0 says that it was done, 1 that it could not be done, 2 that the command line was wrong.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from typing import Any, cast

import click
from rich.console import Console

from twin import __version__
from twin.command import Option, Session, Speaking, global_options
from twin.discovery import discover
from twin.errors import TwinError
from twin.failure import record_failure
from twin.language import LANGUAGES, Text, use_language
from twin.usage import usage_sentence

DONE, COULD_NOT, WRONG_USAGE = 0, 1, 2

_ABOUT = Text(
    "Der digitale Zwilling eines Kreises: amtliche Lieferungen einlesen, Zustimmungen verwalten, abfragen, ansehen.",
    "The digital twin of a district: ingest official deliveries, manage consent, query, view.",
)
_INTERRUPTED = Text("Abgebrochen.", "Interrupted.")
_UNEXPECTED = Text(
    "Unerwarteter Fehler ({kind}). Einzelheiten ohne Inhalte der Daten stehen in {log}.",
    "Unexpected error ({kind}). Details, without any content of the data, are in {log}.",
)
_FILE = Text("{file}: {reason}.", "{file}: {reason}.")
_REASONS = {
    errno.ENOENT: Text("Datei oder Ordner gibt es nicht", "no such file or folder"),
    errno.ENOTDIR: Text("der Ordner darüber ist kein Ordner", "what should be a folder is none"),
    errno.EISDIR: Text("das ist ein Ordner, keine Datei", "this is a folder and no file"),
    errno.EACCES: Text("dafür fehlt das Recht", "permission denied"),
    errno.EPERM: Text("dafür fehlt das Recht", "permission denied"),
    errno.EROFS: Text("der Datenträger ist schreibgeschützt", "the file system is read-only"),
    errno.ENOSPC: Text("der Datenträger ist voll", "the disk is full"),
    errno.EDQUOT: Text("der zugeteilte Platz ist aufgebraucht", "the quota is used up"),
}
"""What a file may fail with through no fault of the program."""
_VERSION_OPTION = Text("Version zeigen.", "Show the version.")


class Application(Speaking, click.Group):
    """``twin`` itself: finds its commands when it is asked for them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands that are declared."""
        return list(discover("COMMAND"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command called `cmd_name`, None if there is none."""
        found = discover("COMMAND").get(cmd_name)
        return cast("click.Command | None", getattr(found, "click", found))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the program is for."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(str(_ABOUT))

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the global options and the list of commands."""
        Speaking.format_options(self, ctx, formatter)
        commands = [(name, self.get_command(ctx, name)) for name in self.list_commands(ctx)]
        rows = [(name, found.get_short_help_str(90)) for name, found in commands if found is not None]
        if rows:
            with formatter.section(str(Text("Befehle", "Commands"))):
                formatter.write_dl(rows)


def _show_version(ctx: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        click.echo(f"twin {__version__}")
        ctx.exit()


def application() -> Application:
    """The whole command line as one click group."""
    version = Option(
        ["--version"], is_flag=True, expose_value=False, is_eager=True, callback=_show_version, text=_VERSION_OPTION
    )
    return Application("twin", params=[*global_options(), version], no_args_is_help=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; no stack trace reaches the user.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; ``sys.argv`` if left out.

    Returns
    -------
    code : int
        0 done, 1 could not, 2 wrong usage. Called as a script, the process ends with it.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    _choose_language(words)
    session = Session()
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        code = application().main(words, prog_name="twin", standalone_mode=False, obj=session)
        code = code if isinstance(code, int) else DONE
    except click.exceptions.NoArgsIsHelpError as asked:
        click.echo(asked.format_message())
        code = DONE if not words else WRONG_USAGE
    except click.UsageError as wrong:
        console.print(usage_sentence(wrong), style="red", markup=False)
        code = WRONG_USAGE
    except (TwinError, click.ClickException) as problem:
        text = problem.format_message() if isinstance(problem, click.ClickException) else str(problem)
        console.print(text, style="red", markup=False)
        code = COULD_NOT
    except (click.Abort, KeyboardInterrupt):
        code = _interrupted(console)
    except BrokenPipeError:
        # Whoever read our output has enough ("twin sql … | head"); Python must not complain when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except OSError as trouble:
        code = _refused(console, session, trouble)
    except Exception as unexpected:
        if isinstance(unexpected.__cause__, KeyboardInterrupt):
            # Interrupted while it works, the engine raises an error of its own from the interruption.
            code = _interrupted(console)
        else:
            code = _unexpected(console, session, unexpected)
    if arguments is None:
        sys.exit(code)
    return code


def _interrupted(console: Console) -> int:
    console.print(str(_INTERRUPTED), markup=False)
    return COULD_NOT


def _refused(console: Console, session: Session, trouble: OSError) -> int:
    reason = _REASONS.get(trouble.errno or 0)
    if reason is None or (trouble.filename is None and trouble.errno not in (errno.ENOSPC, errno.EDQUOT)):
        return _unexpected(console, session, trouble)
    console.print(_FILE.format(file=trouble.filename or session.home, reason=reason), style="red", markup=False)
    logging.getLogger("twin").debug("refused", exc_info=trouble)
    return COULD_NOT


def _unexpected(console: Console, session: Session, unexpected: Exception) -> int:
    log = record_failure(session.home, unexpected)
    console.print(_UNEXPECTED.format(kind=type(unexpected).__name__, log=log), style="red", markup=False)
    logging.getLogger("twin").debug("unexpected", exc_info=unexpected)
    return COULD_NOT


def _choose_language(words: Sequence[str]) -> None:
    # Before anything is parsed: wrong usage and help have to answer in the language asked for, too.
    use_language(None)
    for place, word in enumerate(words):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(words):
            value = words[place + 1]
        if value in LANGUAGES:
            use_language(value)
