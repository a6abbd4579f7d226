"""What the deliveries of a run share: what the user wants, and what the job knows by then."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ingest.format import Options
from ingest.mapping.saved import usable
from ingest.placement import Borders
from twin.discovery import find
from twin.municipalities import Municipality, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ingest.readers import Readers
    from ingest.watch import Watch
    from twin import Twin


@dataclass(frozen=True, slots=True)
class Request:
    """What the user wants done.

    Attributes
    ----------
    options : Options
        CRS and municipality that were named.
    format : str
        Format that was named; empty to recognise it.
    licence : str
        Licence of files that name none; empty if not given.
    workers : int
        Processes that read; 0 for one a core.
    dry_run : bool
        Whether nothing is to be stored.
    author : str
        Who hands it in.
    dates : mapping of str to str
        Date of content of files that name none, by the name of the file or archive.
    tenants : tuple of str
        Whose rows it may bring: a municipality's own staff writes no other's; empty for all.
    continues : bool
        Whether it goes on with this month's delivery of the same author, format and municipality, as feeds do.
    """

    options: Options = field(default_factory=Options)
    format: str = ""
    licence: str = ""
    workers: int = 0
    dry_run: bool = False
    author: str = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    tenants: tuple[str, ...] = ()
    continues: bool = False


class Run:
    """One call of `ingest.job.ingest`.

    Parameters
    ----------
    twin : Twin
        Where to.
    request : Request
        What is wanted.
    watch : Watch
        Who is told how far it is.
    readers : Readers
        Who reads.

    Attributes
    ----------
    borders : Borders
        Areas of the municipalities.
    registered : frozenset of str
        Keys of the municipalities that the district knows, joined or not.
    facts : dict of str to Municipality
        What the reference data says of the district's municipalities, by key.
    touched : dict of str to set of str
        Consent classes that the run has changed, by tenant.
    mappings : tuple of Mapping
        What tables may be read by: the mapping that the user named, else the saved ones.
    """

    def __init__(self, twin: Twin, request: Request, watch: Watch, readers: Readers) -> None:
        self.twin, self.request, self.watch, self.readers = twin, request, watch, readers
        self.borders = Borders.of(twin)
        self.registered = frozenset(municipality.ags for municipality in twin.municipalities())
        self.facts = {municipality.ags: municipality for municipality in listed(twin.district)[1]}
        self.touched: dict[str, set[str]] = {}
        self.mappings = request.options.mappings or usable(twin, request.options.ags, request.tenants)

    def register(self, municipalities: Iterable[Municipality]) -> None:
        """Let the district know municipalities by name."""
        found = list(municipalities)
        if found:
            self.twin.register(found)
            self.registered |= {municipality.ags for municipality in found}

    def touch(self, ags: str, layer: str) -> None:
        """Note that rows have changed."""
        self.touched.setdefault(ags, set()).add(find("LAYER", layer).consent_class)

    def borders_moved(self) -> None:
        """Look at the borders anew."""
        self.borders = Borders.of(self.twin)
