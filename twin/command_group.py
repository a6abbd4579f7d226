"""A command that has commands of its own, such as ``twin scenario``."""

from __future__ import annotations

from typing import Any

import click

from twin.command import Command
from twin.language import Text


class Group(Command, click.Group):
    """A group of commands with its help in both languages.

    Parameters
    ----------
    name : str
        The word on the command line.
    text : Text
        What its commands are for.
    commands : sequence of Command
        They.
    """

    def __init__(self, name: str, *, text: Text, commands: tuple[Command, ...], examples: tuple[str, ...] = ()) -> None:
        settings: dict[str, Any] = {"commands": list(commands), "no_args_is_help": True}
        super().__init__(name, text=text, examples=examples, **settings)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of its commands."""
        Command.format_options(self, ctx, formatter)
        rows = [(name, found.get_short_help_str(90)) for name, found in sorted(self.commands.items())]
        with formatter.section(str(Text("Befehle", "Commands"))):
            formatter.write_dl(rows)
