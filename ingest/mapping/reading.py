"""Reads tables by mappings: the work of format ``mapped_table``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from ingest.checks.raw import raw_finding, ruin
from ingest.finding import Finding
from ingest.format import Batch, Facts, Item, Options, Reject
from ingest.line import spoken
from ingest.mapping.conversion import Converted, Problem, convert
from ingest.mapping.mapping import Mapping
from ingest.mapping.matching import Match, matches
from ingest.mapping.position import horizontal, stated_code
from ingest.mapping.unmapped import unmapped
from ingest.mapping.validation import demand_columns, validate
from ingest.source_file import SourceFile
from ingest.table.opening import kind, tables
from ingest.table.table import Rows, Table
from twin.discovery import find
from twin.errors import InvalidDelivery, MappingError
from twin.geometry.crs import Reference
from twin.language import Text
from twin.number import grouped

_SHOWN = 3
_LONGEST_KEY = 120
_TOLD = 200
_AGAIN = Text("die Kennung {key} kam schon vor; die erste Zeile gilt", "id {key} came before; the first row counts")
_BY = Text("Zuordnung „{name}“ → {layer}", "mapping “{name}” → {layer}")
_CELLS = Text(
    "„{column}“: {count} Zellen blieben leer, etwa {examples}",
    "“{column}”: {count} cells left empty, such as {examples}",
)
_UNLISTED = Text(
    "„{column}“: {count} Werte stehen nicht in der Zuordnung „{name}“ und wurden zu „{otherwise}“, etwa {examples}",
    "“{column}”: {count} values are not in mapping “{name}” and became “{otherwise}”, such as {examples}",
)
_REDUCED = Text("{count} Flächen wurden zu Punkten in ihnen", "{count} areas became points within them")
_KEYLESS = Text(
    "{count} Zeilen ohne Kennung; ihre ist aus dem Inhalt gebildet", "{count} rows without id; theirs is of the content"
)
_LEFT = Text("Tabelle „{table}“ hat keine Zuordnung und blieb liegen", "table “{table}” has no mapping and was left")


def read(source: SourceFile, options: Options) -> Iterator[Item]:
    """Rows of the layers that the mappings in `options` fill.

    Raises
    ------
    twin.errors.DeliveryError
        If the file is damaged, has no table that a mapping serves, or names no CRS where it needs one.
    """
    if not options.mappings or kind(source) is None:
        raise unmapped(source, options.mappings)
    reading = _Reading(source, options)
    with tables(source) as found:
        chosen = _chosen(source, options, found)
        for match in chosen:
            yield from reading.table(match)
        mapped = {match.table.name for match in chosen}
        reading.notes += [_LEFT.format(table=one.name) for one in found if one.name not in mapped and one.columns]
    yield reading.facts()


def _chosen(source: SourceFile, options: Options, found: list[Table]) -> list[Match]:
    """Tables and their mappings.

    A mapping that is no longer what its table is (a column was renamed) is told so, and never applied by halves.
    """
    try:
        for mapping in options.mappings:
            validate(mapping)
        chosen = matches(options.mappings, found, strict=False)
        if not chosen and found:
            for mapping in options.mappings:
                own = next((one for one in found if one.name == mapping.table), found[0])
                demand_columns(mapping, own.columns)
    except MappingError as wrong:
        raise _invalid(source, _BY.format(name=wrong.fields["mapping"], layer="–"), wrong.fields["problem"]) from None
    if not chosen:
        raise unmapped(source, options.mappings)
    return chosen


def _invalid(source: SourceFile, where: str, found: object) -> InvalidDelivery:
    expected = Text("eine Tabelle, zu der die Zuordnung passt", "a table that the mapping fits")
    title = kind(source) or Text("Tabelle", "table")
    return InvalidDelivery(file=source.name, format=title, where=where, expected=expected, found=found)


@dataclass
class _Reading:
    """What is known of a file while it is read."""

    source: SourceFile
    options: Options
    notes: list[str] = field(default_factory=list)
    crs: set[str] = field(default_factory=set)
    keys: dict[str, set[int]] = field(default_factory=dict)
    told: Counter[tuple[str, str]] = field(default_factory=Counter)

    def table(self, match: Match) -> Iterator[Item]:
        """Rows of one table."""
        mapping = match.mapping
        layer = find("LAYER", mapping.layer)
        said = _Said(mapping)
        reference: Reference | None = None
        for rows in match.table.rows():
            if reference is None and layer.geometry and mapping.geometry.kind != "none":
                reference = self._reference(match, rows)
            found = convert(rows, mapping, reference)
            said.hear(found)
            yield from self._rejects(rows, found, mapping)
            yield from self._doubts(rows, found, mapping)
            fresh = found.table.filter(pa.array(found.kept))
            if fresh.num_rows:
                yield Batch(mapping.layer, fresh)
        if reference is not None:
            self.crs.add(reference.name)
        self.notes += [_BY.format(name=mapping.name, layer=layer.title), *said.notes()]

    def _reference(self, match: Match, rows: Rows) -> Reference:
        """What the mapping says, else the file, else its texts (``SRID=…``), else the user."""
        rule = match.mapping.geometry
        stated = stated_code(rows.values[rule.columns[0]]) if rule.kind == "wkt" else ""
        name = match.mapping.crs or match.table.crs or stated or self.options.crs
        return horizontal(name, self.source.name)

    def _rejects(self, rows: Rows, found: Converted, mapping: Mapping) -> Iterator[Reject]:
        """What cannot be taken; of rows with the same key all but the first."""
        why = {problem.place: problem for problem in found.problems if problem.rejects}
        seen = self.keys.setdefault(mapping.layer, set())
        for place, key in enumerate(found.keys):
            where = f"line {rows.numbers[place]}" if rows.shapes is None else f"feature {rows.numbers[place]}"
            if place in why:
                reason, content = f"{spoken(where)}: {why[place].sentence}.", _content(rows, place, mapping)
                yield Reject(where, reason, mapping.layer, why[place].code, content)
                continue
            identity = hash(key)
            if identity in seen:
                found.kept[place] = False
                own = str(key)[:_LONGEST_KEY]
                reason, content = f"{spoken(where)}: {_AGAIN.format(key=own)}.", _content(rows, place, mapping)
                yield Reject(own, reason, mapping.layer, "duplicates.key", content)
            seen.add(identity)

    def _doubts(self, rows: Rows, found: Converted, mapping: Mapping) -> Iterator[Finding]:
        """Cells that hold something else than numbers: the first ones of each column are told one by one."""
        for problem in found.problems:
            kind = (mapping.layer, problem.column)
            if problem.kind != "number" or self.told[kind] >= _TOLD:
                continue
            self.told[kind] += 1
            source = mapping.columns[problem.column].source or problem.column
            yield raw_finding(
                ruin(problem.value, coordinate=False) or "not_a_number",
                mapping.layer,
                str(found.keys[problem.place])[:_LONGEST_KEY],
                column=source,
                value=problem.value,
                line=int(rows.numbers[problem.place]),
                severity="warning",
            )

    def facts(self) -> Facts:
        """What the file says about itself."""
        title = kind(self.source) or Text("Tabelle", "table")
        return Facts(version=str(title), crs=", ".join(sorted(self.crs)), notes=tuple(self.notes))


def _content(rows: Rows, place: int, mapping: Mapping) -> str:
    """What a row held in the columns that the mapping reads, as JSON, for the quarantine."""
    names = sorted(mapping.needs & set(rows.values.columns))
    given = {name: str(value)[:_LONGEST_KEY] for name in names if (value := rows.values[name].iat[place]) is not None}
    return json.dumps(given, ensure_ascii=False)


class _Said:
    """Counts what is wrong in cells, and keeps an example or two."""

    def __init__(self, mapping: Mapping) -> None:
        self.mapping = mapping
        self.counts: Counter[tuple[str, str]] = Counter()
        self.examples: dict[tuple[str, str], dict[str, None]] = {}
        self.reduced = self.keyless = 0

    def hear(self, found: Converted) -> None:
        self.reduced += found.reduced
        self.keyless += found.keyless
        for problem in found.problems:
            if not problem.rejects:
                self._count(problem)

    def _count(self, problem: Problem) -> None:
        sort = (problem.column, "code" if problem.kind == "code" else "cell")
        self.counts[sort] += 1
        examples = self.examples.setdefault(sort, {})
        if len(examples) < _SHOWN:
            examples[str(problem.sentence)] = None

    def notes(self) -> Iterator[str]:
        layer = find("LAYER", self.mapping.layer)
        for (column, sort), count in sorted(self.counts.items()):
            examples = "; ".join(self.examples[column, sort])
            words = {"column": layer.column(column).title, "count": grouped(count), "examples": examples}
            if sort == "code":
                otherwise = self.mapping.columns[column].otherwise or "–"
                yield _UNLISTED.format(name=self.mapping.name, otherwise=otherwise, **words)
            else:
                yield _CELLS.format(**words)
        if self.reduced:
            yield _REDUCED.format(count=grouped(self.reduced))
        if self.keyless:
            yield _KEYLESS.format(count=grouped(self.keyless))
