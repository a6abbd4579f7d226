"""The two interface languages: German first, English beside it."""

from __future__ import annotations

import os
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

Language = Literal["de", "en"]

LANGUAGES: tuple[Language, ...] = ("de", "en")

_chosen: ContextVar[Language | None] = ContextVar("twin_language", default=None)


def language() -> Language:
    """Language that texts are shown in now.

    Returns
    -------
    language : {"de", "en"}
        What `use_language` chose in this context, else ``TWIN_LANG``, else the locale
        (``LC_ALL``, ``LC_MESSAGES``, ``LANG``): English if that names English, German otherwise.
    """
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    for variable in ("TWIN_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable, "")[:2].lower()
        if value in LANGUAGES:
            return value
    return "de"


def use_language(chosen: Language | None) -> None:
    """Show texts in `chosen` from here on, in this thread or task; ``None`` returns to the locale."""
    _chosen.set(chosen)


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the interface in both languages.

    Attributes
    ----------
    de, en : str
        The German and the English wording. ``str()`` gives the one of the current language.
    """

    de: str
    en: str

    def __str__(self) -> str:
        return self.de if language() == "de" else self.en

    def within(self, chosen: Language) -> str:
        """The wording in `chosen`, whatever the current language is: pages serve several readers at once."""
        return self.de if chosen == "de" else self.en

    def format(self, **values: object) -> str:
        """Fill the braces of the current language's wording."""
        return str(self).format(**values)

    def filled(self, **values: object) -> Text:
        """Fill the braces of both wordings; a `Text` among the values is said in the wording's own language."""
        de, en = (
            self.within(chosen).format(
                **{name: value.within(chosen) if isinstance(value, Text) else value for name, value in values.items()}
            )
            for chosen in LANGUAGES
        )
        return Text(de, en)
