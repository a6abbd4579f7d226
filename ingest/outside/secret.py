"""Secrets: named in the registry, kept in the environment or in a file that nobody else can read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from twin.errors import SecretError
from twin.language import Text

_LONGEST = 64 << 10
_ABSENT = Text("diese Umgebungsvariable ist nicht gesetzt.", "this environment variable is not set.")
_NO_FILE = Text("die Datei lässt sich nicht lesen.", "the file cannot be read.")
_OPEN = Text(
    "die Datei hat die Rechte {mode:o}; erwartet 600, sonst lesen andere mit (chmod 600).",
    "the file has mode {mode:o}; expected 600, for others can read it (chmod 600).",
)
_EMPTY = Text("es ist leer oder zu lang.", "it is empty or too long.")
_UNKNOWN = Text("erwartet env:NAME oder file:/Pfad.", "expected env:NAME or file:/path.")


def secret(reference: str) -> str:
    """What ``env:NAME`` or ``file:/path`` holds; of a file, without a newline at its end. Empty for no reference.

    Raises
    ------
    SecretError
        If it is not there, or a file that others than its owner may read.
    """
    kind, _, where = reference.partition(":")
    if not reference:
        return ""
    if kind == "env":
        found = os.environ.get(where)
        if found is None:
            raise SecretError(reference=reference, problem=_ABSENT)
    elif kind == "file":
        found = _content(Path(where), reference)
    else:
        raise SecretError(reference=kind, problem=_UNKNOWN)
    if not found or len(found) > _LONGEST:
        raise SecretError(reference=reference, problem=_EMPTY)
    return found


def _content(path: Path, reference: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if mode & 0o077:
                raise SecretError(reference=reference, problem=_OPEN.filled(mode=mode))
            return file.read(_LONGEST + 2).removesuffix("\n")
    except (OSError, ValueError) as problem:
        raise SecretError(reference=reference, problem=_NO_FILE) from problem
