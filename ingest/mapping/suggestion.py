"""Which column of a table is thought to fill a column of a layer, how surely, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from ingest.column_names import plain, synonyms
from ingest.mapping.mapping import ColumnRule
from ingest.mapping.profile import Profile, Sample
from ingest.mapping.unit_guess import scale
from ingest.mapping.vocabulary import Vocabulary
from ingest.placement import municipality_key
from twin.language import Text
from twin.layer import Column
from twin.reference import codes

_YEARS = re.compile(r"(?:^|_)year(?:_|$)")
_TOKENS = re.compile(r"[a-zäöüß]+|[A-ZÄÖÜ]+(?![a-zäöüß])|[A-ZÄÖÜ][a-zäöüß]+|\d+")
_TRUNCATED = 10
"""Characters that a shapefile leaves of a name."""

_NUMBERS = {"DOUBLE", "FLOAT", "INTEGER", "SMALLINT", "BIGINT", "UINTEGER", "UTINYINT"}
_MOST_CODES = 100
_LEAST = 0.25

_EXACT = Text("heißt so", "is called so")
_SIMILAR = Text("heißt ähnlich", "has a similar name")
_BY_VALUES = Text("die Werte passen", "the values fit")
_NUMERIC = Text("{share:.0%} Zahlen", "{share:.0%} numbers")
_YEAR = Text("{share:.0%} Jahre", "{share:.0%} years")
_DATE = Text("{share:.0%} Daten", "{share:.0%} dates")
_YES = Text("{share:.0%} ja oder nein", "{share:.0%} yes or no")
_LISTED = Text("{count} von {all} Werten übersetzt", "{count} of {all} values translated")
_IN_RANGE = Text("{share:.0%} im üblichen Bereich", "{share:.0%} in the usual range")
_UNIQUE = Text("{share:.0%} verschieden", "{share:.0%} different")
_DIFFERENCE = Text(
    "„{first}“ minus „{second}“: {share:.0%} im üblichen Bereich",
    "“{first}” minus “{second}”: {share:.0%} in the usual range",
)
_AGS = Text("Gemeindeschlüssel mit {digits} Ziffern", "municipality keys of {digits} digits")
_FROM_NAME = Text("aus dem Namen „{name}“", "of the name “{name}”")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A column of the layer and where its values are thought to come from.

    Attributes
    ----------
    column : str
        Column of the layer.
    rule : ColumnRule
        How.
    confidence : float
        0 to 1.
    reason : Text
        Why.
    """

    column: str
    rule: ColumnRule
    confidence: float
    reason: Text

    @property
    def source(self) -> str:
        """Column of the table; empty for a constant."""
        return self.rule.source


def suggest(profile: Profile, column: Column, known: Vocabulary, *, is_key: bool = False) -> Suggestion | None:
    """Whether a column of a table fills a column of the layer; None if that is not likely."""
    named, reason = _by_name(profile, column.name, known)
    if not profile.known or (named == 0.0 and column.name not in known.spoken):
        return None
    if named == 0.0:
        # By the values alone: only where they are words of the layer, not letters or numbers.
        table = known.values[column.name]
        words = [value for value in profile.words if plain(value) in table]
        if len(words) < 2 or len(words) * 5 < len(profile.distinct) * 4:
            return None
        named, reason = 0.6, _BY_VALUES
    fit, rule, why = _by_content(profile, column, known)
    if is_key:
        fit *= 0.4 + 0.6 * (profile.unique >= 0.99)
        why = _UNIQUE.filled(share=profile.unique)
    confidence = round(named * fit, 3)
    if confidence < _LEAST:
        return None
    return Suggestion(column.name, rule, confidence, _joined(reason, why))


def difference(profiles: Mapping[str, Profile], column: Column, known: Vocabulary) -> Suggestion | None:
    """A depth as the difference of two heights, where the table has both."""
    first, second = known.differences.get(column.name, ((), ()))
    top, bottom = (_first(profiles.values(), names) for names in (first, second))
    typical = known.typical.get(column.name)
    if top is None or bottom is None or typical is None or len(top.cells) != len(bottom.cells):
        return None
    above, below = top.values, bottom.values
    values = (above - below)[~((above == 0) | (below == 0))]
    usable = values[np.isfinite(values)]
    if not len(usable):
        return None
    share = float(((usable >= 0) & (usable <= typical[1] * 2)).mean())
    if share < 0.7:
        return None
    reason = _DIFFERENCE.filled(first=top.name, second=bottom.name, share=share)
    return Suggestion(column.name, ColumnRule(top.name, minus=bottom.name), round(0.9 * share, 3), reason)


def by_names(column: Column, known: Vocabulary, names: Iterable[str]) -> Suggestion | None:
    """A constant that the names of file and table tell: ``Gasleitungen.shp`` holds gas."""
    best: tuple[int, str, str] | None = None
    for name in names:
        for word, value in known.values.get(column.name, {}).items():
            if _speaks(word, name) and (best is None or len(word) > best[0]):
                best = (len(word), value, name)
    if best is None:
        return None
    return Suggestion(column.name, ColumnRule(constant=best[1]), 0.6, _FROM_NAME.filled(name=best[2]))


def by_source(column: Column, known: Vocabulary, found: Mapping[str, Suggestion]) -> Suggestion | None:
    """A constant that the name of another column's source tells: from ``Überdeckung`` the depth is to the crown."""
    for other, table in known.named.get(column.name, {}).items():
        if other not in found:
            continue
        rule = found[other].rule
        for value, words in table.items():
            # Of a difference the second height is what is measured to.
            name = rule.minus or rule.source
            if any(word == plain(name) or (len(word) > 3 and word in plain(name)) for word in words):
                return Suggestion(column.name, ColumnRule(constant=value), 0.7, _FROM_NAME.filled(name=name))
    return None


def municipality(sample: Sample) -> Suggestion | None:
    """The column with the municipality's key: named so, and of its form."""
    for name in synonyms("position")["ags"]:
        for profile in sample.profiles.values():
            known = profile.known[:200]
            if profile.plain == name and known and all(municipality_key(one) for one in known):
                digits = "/".join(sorted({str(len(one)) for one in known}))
                reason = Text(_AGS.de.format(digits=digits), _AGS.en.format(digits=digits))
                return Suggestion("ags", ColumnRule(profile.name), 0.95, reason)
    return None


def tokens(name: str) -> list[str]:
    """Plain words that a name is made of: ``LeitungsDN_mm`` is leitungs, dn, mm."""
    return [plain(token) for token in _TOKENS.findall(name)]


def _speaks(word: str, name: str) -> bool:
    whole = plain(name)
    if len(word) < 3:
        return False
    return (
        word in tokens(name)
        or (len(word) >= 5 and word in whole)
        or any(token.startswith(word) for token in tokens(name))
    )


def _by_name(profile: Profile, column: str, known: Vocabulary) -> tuple[float, Text]:
    own, names = profile.plain, known.columns.get(column, ())
    if own in names:
        return max(0.75, 1.0 - 0.01 * names.index(own)), _EXACT
    if any(own in others for others in known.columns.values()):
        # It is the very name of another column.
        return 0.0, _EXACT
    if len(profile.name) == _TRUNCATED and any(name.startswith(own) for name in names):
        return 0.8, _SIMILAR
    words = tokens(profile.name)
    if len(words) > 1 and any(len(name) >= 2 and name in words for name in names if len(name) > 2 or name == "dn"):
        return 0.6, _SIMILAR
    if any(len(name) >= 5 and name in own for name in names):
        return 0.5, _SIMILAR
    return 0.0, _EXACT


def _by_content(profile: Profile, column: Column, known: Vocabulary) -> tuple[float, ColumnRule, Text | None]:
    """How well the values fit, the rule that reads them, and why."""
    plain_rule = ColumnRule(profile.name)
    if column.type in _NUMBERS:
        return _of_numbers(profile, column, known)
    if column.type in ("DATE", "TIMESTAMP"):
        return profile.dates, plain_rule, _DATE.filled(share=profile.dates)
    if column.type == "BOOLEAN":
        return profile.yes, plain_rule, _YES.filled(share=profile.yes)
    if column.name in known.values:
        return _of_codes(profile, column, known)
    is_measure = profile.numeric > 0.95 and not profile.whole
    return (0.5 if is_measure else 1.0), plain_rule, None


def _of_numbers(profile: Profile, column: Column, known: Vocabulary) -> tuple[float, ColumnRule, Text | None]:
    if _YEARS.search(column.name) and not column.unit:
        share = max(profile.years, 0.0)
        return share, ColumnRule(profile.name), _YEAR.filled(share=share)
    pattern = known.patterns.get(column.name, "")
    if pattern and profile.numeric < 0.5:
        taken = [one for one in profile.known if re.search(pattern, one, re.IGNORECASE)]
        share = len(taken) / len(profile.known)
        return min(1.0, share * 1.2), ColumnRule(profile.name, pattern=column.name), _NUMERIC.filled(share=share)
    typical = known.typical.get(column.name)
    found = scale(profile, column, typical)
    fit = profile.numeric * (0.35 + 0.65 * found.fitting)
    why = _NUMERIC.filled(share=profile.numeric)
    if typical is not None:
        why = _joined(why, _IN_RANGE.filled(share=found.fitting))
    return fit, ColumnRule(profile.name, factor=found.factor), _joined(why, found.reason)


def _of_codes(profile: Profile, column: Column, known: Vocabulary) -> tuple[float, ColumnRule, Text | None]:
    """Values of a code list, in the table's words: the words that are known are translated."""
    table = known.values[column.name]
    translated: dict[str, str] = {}
    for value in list(profile.distinct)[:_MOST_CODES]:
        found = table.get(plain(value)) or _longest(value, table)
        if found is not None:
            translated[value] = found
    listed = codes(column.codes) if column.codes else {}
    identical = all(key == value for key, value in translated.items())
    count, total = sum(profile.distinct[value] for value in translated), sum(profile.distinct.values())
    why = _LISTED.filled(count=len(translated), all=len(profile.distinct))
    fit = 0.45 + 0.55 * (count / total if total else 0.0)
    if not translated:
        # Words that nobody knows: better kept where the layer's own list is one of titles, else left out.
        return (0.3 if column.name in known.spoken else 0.8), ColumnRule(profile.name), why
    if identical and len(translated) == len(profile.distinct):
        return fit, ColumnRule(profile.name), why
    if column.name not in known.spoken:
        return fit, ColumnRule(profile.name), why
    return fit, ColumnRule(profile.name, codes=translated, otherwise="other" if "other" in listed else None), why


def _longest(value: str, table: Mapping[str, str]) -> str | None:
    words = [word for word in table if len(word) >= 5 and word in plain(value)]
    return table[max(words, key=len)] if words else None


def _first(profiles: Iterable[Profile], names: tuple[str, ...]) -> Profile | None:
    by_name = {profile.plain: profile for profile in profiles if profile.numeric > 0.6}
    return next((by_name[name] for name in names if name in by_name), None)


def _joined(first: Text | None, second: Text | None) -> Text:
    parts = [part for part in (first, second) if part is not None]
    return Text("; ".join(part.de for part in parts), "; ".join(part.en for part in parts))
