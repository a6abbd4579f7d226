"""What the assistant proposes for a table: layer, key, CRS, columns and units, each with a confidence and a reason."""

from __future__ import annotations

import re
from collections.abc import Mapping as Given
from dataclasses import dataclass, replace
from typing import Any

from ingest.column_names import plain
from ingest.mapping.mapping import Dialect, GeometryRule, KeyRule, Mapping, rule_from
from ingest.mapping.placing import Place
from ingest.mapping.profile import Profile, Sample
from ingest.mapping.ranking import LayerGuess, suggestions
from ingest.mapping.suggestion import Suggestion, municipality
from ingest.mapping.validation import demand_columns, layers, validate
from ingest.mapping.vocabulary import vocabulary, words
from twin.errors import MappingError
from twin.language import Text
from twin.layer import Layer

_CORRECTIONS = ("layer", "crs", "geometry", "key", "columns", "dialect", "table")
_SLUG = re.compile(r"[^a-z0-9]+")
_UMLAUTS: dict[int, str] = {ord(letter): own for letter, own in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"))}

_OWN_KEY = Text("„{column}“: jeder Wert kommt einmal vor", "“{column}”: every value occurs once")
_PREFIXED = Text(
    "{reason}; gezählte Nummern, deshalb mit Vorsatz „{prefix}“", "{reason}; counted numbers, hence prefix “{prefix}”"
)
_CONTENT_KEY = Text(
    "keine Spalte mit einer Kennung: aus dem Inhalt gebildet", "no column with an identifier: made of the content"
)
_BAD = Text(
    "Korrekturen: unbekannte Angabe „{word}“; bekannt sind {known}",
    "corrections: unknown word “{word}”; known are {known}",
)
_NO_SUCH = Text(
    "keine Tabelle füllt die Ebene „{layer}“; es gibt {known}", "no table fills layer “{layer}”; there are {known}"
)
_NO_LAYER = Text("keine Ebene erkannt; bitte eine nennen: {known}", "no layer recognised; please name one: {known}")


@dataclass(frozen=True)
class KeyGuess:
    """What is thought to identify a row.

    Attributes
    ----------
    rule : KeyRule
        How.
    confidence : float
        0 to 1.
    reason : Text
        Why.
    """

    rule: KeyRule
    confidence: float
    reason: Text


@dataclass(frozen=True)
class Proposal:
    """A proposal for one table.

    Attributes
    ----------
    file : str
        Name of the file.
    kind : Text
        What kind of file it is.
    table : str
        Name of the table; empty where the file has one without a name.
    tables : tuple of str
        Names of all tables of the file.
    count : int
        Rows of the table, -1 if it cannot be told.
    layer : str
        The likeliest layer; empty if none is likely.
    confidence : float
        How likely; 0 to 1.
    layers : tuple of LayerGuess
        All that are possible, the likeliest first.
    place : Place
        Where the geometry comes from, and its CRS.
    key : KeyGuess
        What identifies a row.
    columns : tuple of Suggestion
        By confidence.
    unused : tuple of str
        Columns of the table that nothing is made of.
    personal : tuple of str
        Those of them that are about persons, which no layer holds.
    sample : Sample
        What was looked at.
    signature : tuple of str
        Names of all columns of the table, sorted.
    """

    file: str
    kind: Text
    table: str
    tables: tuple[str, ...]
    count: int
    layer: str
    confidence: float
    layers: tuple[LayerGuess, ...]
    place: Place
    key: KeyGuess
    columns: tuple[Suggestion, ...]
    unused: tuple[str, ...]
    personal: tuple[str, ...]
    sample: Sample
    signature: tuple[str, ...]

    def mapping(self, name: str = "") -> Mapping:
        """The proposal as a mapping of that name.

        Raises
        ------
        MappingError
            If no layer is likely.
        """
        if not self.layer:
            raise MappingError(mapping=name or self.file, problem=_NO_LAYER.format(known=", ".join(layers())))
        return Mapping(
            name=name or slug(self.table or self.file),
            layer=self.layer,
            columns={found.column: found.rule for found in self.columns},
            geometry=self.place.rule,
            key=self.key.rule,
            table=self.table if len(self.tables) > 1 else "",
            fits=self.signature,
            crs=self.place.crs,
            dialect=Dialect(self.sample.decimal, self.sample.dates),
        )

    def for_layer(self, layer: str) -> Proposal:
        """The proposal for the same table, if it fills that layer.

        Raises
        ------
        MappingError
            If a table cannot fill it.
        """
        if layer not in layers():
            problem = _NO_SUCH.format(layer=layer[:80], known=", ".join(layers()))
            raise MappingError(mapping=self.file, problem=problem)
        return completed(self, layer)

    def corrected(self, corrections: Given[str, Any], name: str = "") -> Mapping:
        """The proposal as a mapping, corrected by the user, and checked.

        Parameters
        ----------
        corrections : mapping
            Any of ``layer``, ``crs``, ``geometry``, ``key``, ``dialect`` and ``columns``, in the words of
            `Mapping.from_dict`; in ``columns`` a column's name is a rule, too, and None takes the column out.
        name : str
            Of the mapping.

        Raises
        ------
        MappingError
            If the result makes no sense.
        """
        for word in corrections:
            if word not in _CORRECTIONS:
                problem = _BAD.format(word=str(word)[:80], known=", ".join(_CORRECTIONS))
                raise MappingError(mapping=name or self.file, problem=problem)
        layer = str(corrections.get("layer") or self.layer)
        base = self if layer == self.layer else self.for_layer(layer)
        found = base.mapping(name)
        given = {
            **found.as_dict(),
            **{word: corrections[word] for word in corrections if word not in ("columns", "layer")},
        }
        for word in ("geometry", "key", "dialect"):
            if word in corrections and isinstance(corrections[word], Given):
                given[word] = {**found.as_dict()[word], **corrections[word]}
        changed = Mapping.from_dict(given)
        rules = dict(changed.columns)
        for column, rule in dict(corrections.get("columns") or {}).items():
            if rule is None:
                rules.pop(str(column), None)
            else:
                rules[str(column)] = _kept(rule, rules.get(str(column)), changed.name, str(column))
        result = replace(changed, columns=rules)
        validate(result)
        demand_columns(result, self.signature)
        return result

    def as_dict(self) -> dict[str, Any]:
        """As JSON knows it, in the language of the moment; ``mapping`` is null if no layer is likely."""
        return {
            "file": self.file,
            "kind": str(self.kind),
            "table": self.table,
            "tables": list(self.tables),
            "count": self.count,
            "layer": self.layer,
            "confidence": self.confidence,
            "layers": [_guessed(guess.layer, guess.confidence, guess.reason, "layer") for guess in self.layers],
            "geometry": {"confidence": self.place.confidence, "reason": str(self.place.reason)},
            "key": {"confidence": self.key.confidence, "reason": str(self.key.reason)},
            "columns": [_guessed(one.column, one.confidence, one.reason, "column") for one in self.columns],
            "unused": list(self.unused),
            "personal": list(self.personal),
            "mapping": self.mapping().as_dict() if self.layer else None,
        }


def completed(bare: Proposal, layer_name: str) -> Proposal:
    """A proposal with what follows from the layer: columns, key, and what is left over."""
    layer: Layer = layers()[layer_name]
    guess = next((one for one in bare.layers if one.layer == layer_name), None)
    place = bare.place
    if not layer.geometry and place.rule.kind != "none":
        place = replace(place, rule=GeometryRule("none"), crs="")
    names = (bare.file, bare.table)
    found = suggestions(layer, bare.sample, bare.place, names)
    key_column = found.pop(layer.key[0], None)
    key = _key(bare, layer, key_column)
    ags = municipality(bare.sample)
    columns = sorted(found.values(), key=lambda one: (-one.confidence, one.column))
    if ags is not None:
        columns.append(ags)
    used = {name for one in columns for name in (one.rule.source, one.rule.minus, one.rule.append)} | set(place.columns)
    used |= set(key.rule.columns)
    unused = tuple(name for name in bare.sample.profiles if name not in used)
    return replace(
        bare,
        layer=layer_name,
        confidence=guess.confidence if guess is not None else 0.0,
        place=place,
        key=key,
        columns=tuple(columns),
        unused=unused,
        personal=tuple(name for name in unused if plain(name) in words("personal")),
    )


def slug(name: str) -> str:
    """A name in small letters, digits and dashes, without the ending of a file."""
    stem = name.rpartition("/")[2]
    stem = stem.rpartition(".")[0] or stem
    return _SLUG.sub("-", plain_umlauts(stem.lower())).strip("-")[:40] or "tabelle"


def plain_umlauts(text: str) -> str:
    """Umlauts spelled out."""
    return text.translate(_UMLAUTS)


def _key(bare: Proposal, layer: Layer, suggested: Suggestion | None) -> KeyGuess:
    """The column that identifies rows: the one that is called so and is different in every row."""
    if layer.key[0] == "ags":
        return KeyGuess(KeyRule(), 1.0, Text("–", "–"))
    profiles = bare.sample.profiles
    candidates: list[Profile] = [profiles[suggested.source]] if suggested is not None and suggested.source else []
    named = vocabulary(layer.name).columns.get(layer.key[0], ())
    ids = (
        "gmlid",
        "uuid",
        "globalid",
        "guid",
        "objectid",
        "objektid",
        "fid",
        "gid",
        "id",
        "nr",
        "nummer",
        "srcid",
        "uid",
    )
    candidates += [profile for profile in profiles.values() if profile.plain in named]
    candidates += [profile for word in ids for profile in profiles.values() if profile.plain == word]
    for profile in candidates:
        counted = profile.numeric < 0.5 or profile.whole
        if profile.unique >= 0.999 and profile.filled >= 0.99 and counted:
            reason = Text(_OWN_KEY.de.format(column=profile.name), _OWN_KEY.en.format(column=profile.name))
            prefix = "" if profile.is_global else f"{slug(bare.table or bare.file)}-"
            if prefix:
                reason = Text(
                    _PREFIXED.de.format(reason=reason.de, prefix=prefix),
                    _PREFIXED.en.format(reason=reason.en, prefix=prefix),
                )
            return KeyGuess(KeyRule((profile.name,), prefix), 0.9, reason)
    return KeyGuess(KeyRule((), ""), 0.5, _CONTENT_KEY)


def _kept(rule: Any, proposed: Any, mapping: str, column: str) -> Any:
    """A rule of the user; one that merely names the column that was proposed keeps its codes and factor."""
    found = rule_from(rule, mapping, column)
    if isinstance(rule, str) and proposed is not None and proposed.source == found.source:
        return proposed
    return found


def _guessed(name: str, confidence: float, reason: Text, word: str) -> dict[str, Any]:
    return {word: name, "confidence": confidence, "reason": str(reason)}
