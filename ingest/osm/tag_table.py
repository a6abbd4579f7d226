"""What tags mean: the tables under ``data/osm``, ready to be asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from twin.reference import reference_path

Tags = Mapping[str, str]

_ANY = "*"


@dataclass(frozen=True, slots=True)
class Kinds:
    """Rules that turn tags into the kind of a layer.

    Attributes
    ----------
    rules : dict of str to dict of str to str
        Key to value to kind; the first key in order that has a kind wins; ``*`` takes every other value.
    never : frozenset of str
        Values that mean that there is nothing.
    only_with : dict of str to frozenset of str
        Key to tags (``natural=water``) of which one has to be there too.
    """

    rules: dict[str, dict[str, str]]
    never: frozenset[str]
    only_with: dict[str, frozenset[str]]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys that any rule asks for."""
        return tuple(self.rules)

    def of(self, tags: Tags) -> tuple[str, str] | None:
        """Kind of what has these tags, and the tag that says so; None if it is of no kind."""
        for key, values in self.rules.items():
            value = tags.get(key)
            if value is None or value in self.never:
                continue
            # school;kindergarten is two in one: the first counts.
            kind = values.get(value) or values.get(value.partition(";")[0].strip()) or values.get(_ANY)
            if kind is None:
                continue
            others = self.only_with.get(key)
            if others is None or any(f"{name}={tags.get(name)}" in others for name in _names(others)):
                return kind, f"{key}={value}"
        return None


def _names(tags: frozenset[str]) -> set[str]:
    return {tag.partition("=")[0] for tag in tags}


@cache
def table(name: str) -> dict[str, Any]:
    """The table ``data/osm/<name>.json`` as it stands."""
    found: dict[str, Any] = json.loads(reference_path(f"osm/{name}.json").read_text("utf-8"))
    return found


@cache
def kinds(name: str) -> Kinds:
    """Rules of the table ``data/osm/<name>.json``."""
    found = table(name)
    only_with = {key: frozenset(tags) for key, tags in found.get("only_with", {}).items()}
    return Kinds(found["rules"], frozenset(found.get("not", ())), only_with)
