"""What a check is: what it may find, said once, and a function that looks at rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ingest.finding import Severity
from twin.language import Text
from twin.layer import Layer

if TYPE_CHECKING:
    from ingest.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Problem:
    """One kind of thing that a check may find.

    Attributes
    ----------
    severity : {"error", "warning", "notice"}
        How grave it is; rows with an error are rejected.
    title : Text
        Heading in reports.
    sentence : Text
        What was expected and what was found, with braces for `Sheet.find` to fill.
    advice : Text
        What to do about it.
    """

    severity: Severity
    title: Text
    sentence: Text
    advice: Text


@dataclass(frozen=True, slots=True)
class Check:
    """Declaration of a check; a file in ``ingest/checks`` holds one as ``CHECK``.

    Attributes
    ----------
    name : str
        First half of the codes of its findings.
    title : Text
        Name for people.
    problems : dict of str to Problem
        Second half of the code → what it is.
    run : callable
        ``(Sheet) -> None``: looks at the rows of one layer and calls `Sheet.find` and `Sheet.mend`. Vectorised. Runs in
        the processes that read, batch by batch; where `scope` is ``delivery``, once over all rows of a delivery.
    applies : callable
        ``(Layer) -> bool``: whether there is anything to look at.
    scope : {"batch", "delivery"}
        What the function is given at once.
    order : int
        Checks run in this order, then by name; what mends comes before what measures.
    """

    name: str
    title: Text
    problems: dict[str, Problem]
    run: Callable[[Sheet], None]
    applies: Callable[[Layer], bool]
    scope: Literal["batch", "delivery"] = "batch"
    order: int = 50
