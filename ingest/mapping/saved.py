"""Mappings that are kept with a municipality or the district."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.damage import in_words
from ingest.mapping.mapping import Mapping
from ingest.mapping.validation import validate
from twin.errors import MappingError, TwinError, UnknownName
from twin.language import Text
from twin.mappings import LARGEST, SavedMapping

if TYPE_CHECKING:
    from twin import Twin

_JSON = Text("erwartet JSON, gefunden {found}", "expected JSON, found {found}")


def save(twin: Twin, mapping: Mapping, ags: str = "", author: str = "") -> None:
    """Keep a mapping with a municipality, or with the district, whose mappings serve all.

    Parameters
    ----------
    twin : Twin
        Where.
    mapping : Mapping
        A mapping with a name; one of the same name is replaced.
    ags : str
        Key of a municipality that has joined; the district if empty.
    author : str
        Who says so.

    Raises
    ------
    twin.errors.MappingError
        If it makes no sense.
    twin.errors.ConsentError
        If the municipality is unknown or takes no part.
    """
    validate(mapping)
    owner = ags or twin.district
    twin.save_mapping(SavedMapping(owner, mapping.name, mapping.layer, mapping.as_dict(), saved_by=author))


def load(twin: Twin, ags: str = "") -> list[tuple[str, Mapping]]:
    """Owners and mappings that may be used for deliveries of a municipality, its own first, then the district's.

    Without `ags` all of them, those of municipalities first: a delivery may hold several municipalities' rows. One that
    this version cannot understand is left out; ``twin mapping list`` shows it.
    """
    found = []
    for saved in twin.mappings():
        if ags and saved.ags not in (ags, twin.district):
            continue
        try:
            found.append((saved.ags, Mapping.from_dict(saved.content)))
        except MappingError:
            continue
    return sorted(found, key=lambda one: (one[0] == twin.district, one[0], one[1].name))


def named(twin: Twin, name: str, ags: str = "") -> Mapping:
    """The mapping of that name, or that the JSON file of that path holds.

    Raises
    ------
    UnknownName
        If there is none.
    MappingError
        If the file holds none.
    """
    path = Path(name)
    if path.suffix.lower() == ".json" and path.is_file():
        return of_file(path)
    known = load(twin, ags)
    for _, mapping in known:
        if mapping.name == name:
            return mapping
    raise UnknownName(kind="mapping", name=name, known=", ".join(mapping.name for _, mapping in known) or "–")


def of_file(path: Path) -> Mapping:
    """The mapping in a JSON file: as ``twin mapping show`` or ``propose`` writes it.

    Raises
    ------
    MappingError
        If it holds none.
    """
    try:
        if path.stat().st_size > 4 * LARGEST:
            raise ValueError(f"{path.stat().st_size:,} B")
        given = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise MappingError(mapping=path.name, problem=_JSON.filled(found=in_words(problem))) from None
    if isinstance(given, dict) and "mapping" in given:
        given = given["mapping"]
    mapping = Mapping.from_dict(given)
    validate(mapping)
    return mapping


def usable(twin: Twin, ags: str = "", tenants: tuple[str, ...] = ()) -> tuple[Mapping, ...]:
    """Mappings that deliveries may be read by: `load`, without those that make no sense any more.

    Who writes for some tenants only (`tenants`) uses their mappings and the district's.
    """
    found = []
    for owner, mapping in load(twin, ags):
        if tenants and owner not in (*tenants, twin.district):
            continue
        try:
            validate(mapping)
        except TwinError:
            continue
        found.append(mapping)
    return tuple(found)
