"""Which layer a table is likely to fill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from ingest.column_names import plain
from ingest.mapping.placing import Place
from ingest.mapping.profile import Profile, Sample
from ingest.mapping.suggestion import Suggestion, by_names, by_source, difference, municipality, suggest, tokens
from ingest.mapping.validation import layers, mappable
from ingest.mapping.vocabulary import vocabulary, words
from twin.language import Text
from twin.layer import Layer

_POSSIBLY_PERSONS = ("owner", "provider", "operator")
"""Columns for companies and public bodies, which a table may fill with people."""

_GEOMETRY = Text("{kind} wie die Ebene", "{kind}, as the layer has")
_COLUMNS = Text("Spalten: {names}", "columns: {names}")
_HINT = Text("Name: „{word}“", "name: “{word}”")
_SHAPES = {"point": Text("Punkte", "points"), "line": Text("Linien", "lines"), "polygon": Text("Flächen", "areas")}


@dataclass(frozen=True, slots=True)
class LayerGuess:
    """A layer and how likely a table is one of its.

    Attributes
    ----------
    layer : str
        Its name.
    confidence : float
        0 to 1.
    reason : Text
        Why.
    """

    layer: str
    confidence: float
    reason: Text


def suggestions(layer: Layer, sample: Sample, place: Place, names: Sequence[str]) -> dict[str, Suggestion]:
    """Suggestions for the columns of a layer; no column of the table serves two of them, but for the key.

    Parameters
    ----------
    layer : Layer
        The layer.
    sample : Sample
        What the table holds.
    place : Place
        Where its geometry comes from: those columns are taken.
    names : sequence of str
        Of the file and the table.
    """
    known = vocabulary(layer.name)
    free = {name: profile for name, profile in sample.profiles.items() if name not in place.columns}
    free = {name: profile for name, profile in free.items() if profile.plain not in words("personal")}
    columns = [column for column in mappable(layer) if column.name != "ags"]
    every = [
        found
        for column in columns
        for profile in free.values()
        if (found := suggest(profile, column, known, is_key=column.name == layer.key[0])) is not None
        and not _persons(column.name, profile)
    ]
    chosen: dict[str, Suggestion] = {}
    taken: set[str] = set()
    for found in sorted(every, key=lambda one: -one.confidence):
        if found.column not in chosen and found.source not in taken:
            chosen[found.column] = found
            taken.add(found.source)
    for name, behind in known.appended.items():
        suffix = next((one for one in free.values() if one.plain in known.columns.get(behind, ())), None)
        if name in chosen and chosen[name].source and suffix is not None and suffix.name not in taken:
            chosen[name] = replace(chosen[name], rule=replace(chosen[name].rule, append=suffix.name))
            taken.add(suffix.name)
    for column in columns:
        better = difference(free, column, known)
        if better is not None and better.confidence > (chosen[column.name].confidence if column.name in chosen else 0):
            chosen[column.name] = better
        if column.name not in chosen and column.name in known.spoken:
            told = by_names(column, known, names)
            if told is not None:
                chosen[column.name] = told
    for column in columns:
        if column.name not in chosen and (told := by_source(column, known, chosen)) is not None:
            chosen[column.name] = told
    return chosen


def rank(sample: Sample, place: Place, names: Sequence[str]) -> list[LayerGuess]:
    """Layers that a table may fill, the likeliest first."""
    found = []
    for layer in layers().values():
        drawn = _drawn(place.geometry, layer)
        if drawn:
            guess = _guess(layer, sample, place, names, drawn)
            if guess.confidence > 0.02:
                found.append(guess)
    return sorted(found, key=lambda one: (-one.confidence, one.layer))


def _guess(layer: Layer, sample: Sample, place: Place, names: Sequence[str], drawn: float) -> LayerGuess:
    known = vocabulary(layer.name)
    chosen = suggestions(layer, sample, place, names)
    doubt, telling = 1.0, []
    for found in chosen.values():
        weight = found.confidence * _distinct(sample.profiles.get(found.source), found.column, layer)
        weight *= 1.5 if found.column in known.sure else 1.0
        doubt *= 1 - min(0.9, 0.55 * weight)
        if weight > 0.25 and found.source:
            telling.append(found.source)
    hint = _hint(known.hints, names)
    if hint:
        doubt *= 0.35
    if layer.key[0] == "ags":
        # Without keys no table describes municipalities; with one in each row, hardly anything else.
        keyed = municipality(sample)
        rows = sample.profiles[keyed.source].unique if keyed is not None else 0.0
        doubt = doubt * 0.3 if rows > 0.95 and place.geometry else max(doubt, 1 - 0.5 * rows)
    reasons = []
    if place.geometry == layer.geometry and layer.geometry:
        shapes = _SHAPES[layer.geometry]
        reasons.append(Text(_GEOMETRY.de.format(kind=shapes.de), _GEOMETRY.en.format(kind=shapes.en)))
    if telling:
        shown = ", ".join(telling[:6])
        reasons.append(Text(_COLUMNS.de.format(names=shown), _COLUMNS.en.format(names=shown)))
    if hint:
        reasons.append(Text(_HINT.de.format(word=hint), _HINT.en.format(word=hint)))
    reason = Text("; ".join(one.de for one in reasons) or "–", "; ".join(one.en for one in reasons) or "–")
    return LayerGuess(layer.name, round(drawn * (1 - doubt), 3), reason)


def _drawn(geometry: str, layer: Layer) -> float:
    """How well what a table draws fits a layer. [1]"""
    if not geometry:
        return 0.4 if layer.geometry else 1.0
    if not layer.geometry:
        return 0.5
    if geometry == layer.geometry:
        return 1.0
    return {"any": 0.8, "polygon": 0.5 if layer.geometry == "point" else 0.0}.get(geometry, 0.0)


def _hint(hints: Sequence[str], names: Sequence[str]) -> str:
    """The longest word of a layer that stands in the name of the file or table."""
    own = [(word, name) for name in names for word in hints]
    found = [word for word, name in own if word in tokens(name) or (len(word) >= 5 and word in plain(name))]
    return max(found, key=len, default="")


def _distinct(profile: Profile | None, column: str, layer: Layer) -> float:
    """How much the name of a column says about the layer: `name` is everywhere, `dn` only where pipes are. [1]"""
    if column == layer.key[0]:
        return 0.25
    if profile is None:
        return 0.15
    # A name that no list has was only similar.
    return 1 / (_spread()[profile.plain] or 3)


@cache
def _spread() -> Counter[str]:
    """In how many layers each name of a column occurs."""
    counts: Counter[str] = Counter()
    for name in layers():
        counts.update({word for known in vocabulary(name).columns.values() for word in known})
    return counts


def _persons(column: str, profile: Profile) -> bool:
    """Whether what should be companies are many different names."""
    return column in _POSSIBLY_PERSONS and len(profile.known) > 20 and profile.unique > 0.3
