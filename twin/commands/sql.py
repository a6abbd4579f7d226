"""``twin sql``: ask the tables."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pyarrow as pa

from twin.command import Session, command, option
from twin.errors import QueryError
from twin.language import Text
from twin.result import ResultFormat, print_result, write_result

_ABOUT = Text(
    "Die Tabellen fragen: je Ebene eine, dazu delivery und consent. Für den Betreiber auf der eigenen Maschine; in "
    "CSV werden Zellen entschärft, die eine Tabellenkalkulation als Formel ausführte.",
    "Ask the tables: one a layer, and delivery and consent. For the operator on their own machine; in CSV, cells that "
    "a spreadsheet would run as a formula are neutralised.",
)
_EXAMPLES = (
    'twin sql "SELECT ags, count(*), sum(volume) FROM building GROUP BY ags"',
    'twin sql "FROM parcel" --format parquet --output parcels.parquet --as-of 2026-01-01',
)
_FORMAT = Text("Wie es ausgegeben wird.", "How it is put out.")
_OUTPUT = Text("Datei statt Standardausgabe.", "File instead of standard output.")
_AS_OF = Text("Stand: Zeit (ISO 8601) oder Lieferung.", "State: time (ISO 8601) or delivery.")
_NEEDS_FILE = Text("Parquet braucht --output FILE", "Parquet needs --output FILE")
_BATCH = 50_000


@command("sql", text=_ABOUT, examples=_EXAMPLES, reports=True)
@click.argument("statement", metavar="SQL")
@option("--format", "kind", type=click.Choice(["table", "csv", "json", "parquet"]), text=_FORMAT)
@option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", text=_OUTPUT)
@option("--as-of", metavar="MOMENT", text=_AS_OF)
@click.pass_obj
def COMMAND(  # noqa: N802 – discovery's word
    session: Session, *, statement: str, kind: ResultFormat | None, output: Path | None, as_of: str | None
) -> None:
    """Ask the tables."""
    chosen = kind or _implied(session, output)
    if chosen == "parquet" and output is None and sys.stdout.isatty():
        raise click.UsageError(str(_NEEDS_FILE))
    with session.open() as twin:
        batches = twin.sql(statement, at=as_of).to_arrow_reader(_BATCH)
        try:
            if output is not None:
                _write(batches, "csv" if chosen == "table" else chosen, output)
            elif chosen == "table":
                print_result(batches, session.out)
            else:
                write_result(batches, chosen, sys.stdout.buffer)
                sys.stdout.buffer.flush()
        except pa.ArrowException as problem:
            # Rows are computed while they are read: so late can a division by zero come.
            raise QueryError(problem=str(problem).splitlines()[0]) from problem


def _write(batches: pa.RecordBatchReader, kind: ResultFormat, output: Path) -> None:
    """Write a file that is there whole or not at all."""
    draft = output.with_name(output.name + ".part")
    try:
        with draft.open("wb") as target:
            write_result(batches, kind, target)
        draft.replace(output)
    finally:
        draft.unlink(missing_ok=True)


def _implied(session: Session, output: Path | None) -> ResultFormat:
    if session.as_json:
        return "json"
    endings: dict[str, ResultFormat] = {".csv": "csv", ".json": "json", ".parquet": "parquet"}
    return endings.get(output.suffix.lower(), "csv") if output is not None else "table"
