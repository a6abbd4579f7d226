"""Who reads one language reads no half of the other: a `Text` holds both, and no plain string does."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import ingest
import layers
import twin
import viewer

ROOMS = [Path(package.__path__[0]) for package in (twin, layers, ingest, viewer)]

_WORD = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}(?:-[a-zäöüß]+)*")
_BRACES = re.compile(r"\{[^}]*\}")
_PAIR = re.compile(r"(?:([A-Za-zÄÖÜäöüß-]+) )?([A-Za-zÄÖÜäöüß-]{2,})/([A-Za-z-]{2,})\b(?![_/]|\.\w)")
_MUCH = 3
"""How many times more often a word stands in one language than in the other, to be of it: names stand in both."""


def _trees() -> Iterator[tuple[Path, ast.AST]]:
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def _literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and content of each string, those between the braces of an f-string included."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


@cache
def _languages() -> tuple[frozenset[str], frozenset[str]]:
    """Words that are German, and words that are English, as the program's own texts use them."""
    german: Counter[str] = Counter()
    english: Counter[str] = Counter()
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Text" and len(node.args) == 2:
                for words, argument in zip((german, english), node.args, strict=True):
                    for _, text in _literals(argument):
                        words.update(word.lower() for word in _WORD.findall(_BRACES.sub("", text)))
    return (
        frozenset(word for word, count in german.items() if count > _MUCH * english[word]),
        frozenset(word for word, count in english.items() if count > _MUCH * german[word]),
    )


def mixed(text: str) -> list[str]:
    """German and English words on both sides of a slash, such as ``Zeile/line``."""
    german, english = _languages()
    return [
        found[0]
        for found in _PAIR.finditer(text)
        if found[3].lower() in english and not {(found[1] or "").lower(), found[2].lower()}.isdisjoint(german)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Zeile/line 3, 17",
        "wohlgeformtes XML/well-formed XML",
        "XML ohne/without DOCTYPE",
        "lesbare Daten/readable data",
        "Zeilen anderer Art/lines of another kind",
        "Text | Zahl/number | true/false",
    ],
)
def test_a_sentence_in_two_languages_is_seen(text: str) -> None:
    assert mixed(text)


@pytest.mark.parametrize(
    "text", ["km/h", "data/codes/land_use.json", "nach log/feed.jsonl", "dl-de/zero-2-0", "und/oder", "Zeile 3"]
)
def test_a_path_or_a_unit_is_no_sentence(text: str) -> None:
    assert not mixed(text)


def test_no_string_of_the_program_holds_both_languages() -> None:
    found = [f"{path}:{line}: {text!r}" for path, tree in _trees() for line, text in _literals(tree) if mixed(text)]
    assert not found, "\n".join(found)
