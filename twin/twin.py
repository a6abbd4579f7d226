"""The Python door: a twin that is asked by one principal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from filelock import Timeout

from twin.amendment import Changes, amend
from twin.consent import (
    Audience,
    Consent,
    Pair,
    Principal,
    demand,
    moment_or_none,
    visible,
)
from twin.continuation import continued
from twin.deliveries import DeliveryRecord, known_delivery
from twin.discovery import find
from twin.engine import EngineError, Relation
from twin.errors import NotVisible, UnknownName
from twin.founding import found
from twin.guard import guard
from twin.history import HistoryEntry, changes, history
from twin.home import CONFIG, Home
from twin.joining import join
from twin.layer import Layer
from twin.mappings import SavedMapping, forget_mapping, mappings, save_mapping
from twin.moment import Moment
from twin.municipalities import Municipality, municipalities, register
from twin.reader import Reader
from twin.reading import Reading
from twin.registry import Registry, now, rows
from twin.staging import DeliveryHeader, Staging
from twin.status import status
from twin.store import Store
from twin.tables import Box, frame
from twin.withdrawal import Receipt, finish_withdrawals, withdraw

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


OPERATOR = Principal.operator()


class Twin:
    """A twin, open for one principal. Close it, or use it as a context.

    Parameters
    ----------
    home : Home
        Where it lies.
    principal : Principal
        Who asks: everything that is read passes through what this one may see.

    Raises
    ------
    NotAHome, HomeTooNew
        If it cannot be opened.
    """

    def __init__(self, home: Home, principal: Principal = OPERATOR) -> None:
        self.home = home
        self.principal = principal
        self.registry = Registry(home)
        self.district = self.registry.setting("district")
        self._store = Store(home, self.registry)
        self._reader = Reader(home, self.registry, principal)
        if principal.role == "operator":
            self._recover()

    @classmethod
    def init(cls, path: str | Path, district: str, name: str = "", config: str = CONFIG) -> Twin:
        """Make a twin and open it.

        Parameters
        ----------
        path : str or Path
            Folder that does not exist or is empty.
        district : str
            5-digit key. Its municipalities are registered if the reference data lists them.
        name : str
            Name of the district, where the reference data has none.
        config : str
            Content of ``config.toml``, see `twin.home.CONFIG`.

        Raises
        ------
        HomeExists
            If a twin or anything else lies there.
        """
        return cls(found(path, district, name, config))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; relations that were given out end here."""
        self._reader.close()
        self._store.close()

    # Reading

    def visible(self) -> frozenset[Pair]:
        """(ags, consent class) pairs that the principal may see now."""
        return visible(self.registry, self.principal)

    def demand(self, ags: str, layer: str) -> None:
        """Raise `NotVisible` unless the principal may see the layer of a tenant."""
        demand(self.visible(), ags, self._layer(layer), self.principal)

    def reading(self, at: Moment = None) -> Reading:
        """One state of the visible tables, for whoever asks several questions of the same state."""
        return self._reader.reading(at)

    def sql(self, statement: str, at: Moment = None, values: list[Any] | dict[str, Any] | None = None) -> Relation:
        """What a query gives.

        Parameters
        ----------
        statement : str
            A SELECT over the layers' tables, ``delivery`` and ``consent``. The operator is trusted and may use all of
            DuckDB; for any other principal the statement is checked first.
        at : datetime, str or None
            Moment, ISO 8601 text or delivery id that the tables are as of.
        values : list, dict or None
            For ``?`` or ``$name`` in the statement.

        Raises
        ------
        QueryError
            If it cannot run.
        NotVisible
            If it names what the principal may not see.
        """
        reading = self.reading(at)
        if self.principal.role != "operator":
            guard(reading, statement, self.principal)
        return reading.query(statement, values)

    def table(self, layer: str, at: Moment = None, scenario: str | None = None) -> Relation:
        """The visible rows of a layer, in a scenario if one is named.

        Raises
        ------
        UnknownName
            If there is no such layer or scenario.
        """
        reading, source = self._source(layer, at, scenario)
        return reading.query(f"FROM {source}")

    def read(
        self, layer: str, at: Moment = None, scenario: str | None = None, box: Box | None = None
    ) -> gpd.GeoDataFrame | pd.DataFrame:
        """The visible rows of a layer as a GeoDataFrame in EPSG:25832; a DataFrame where it has no geometry.

        Parameters
        ----------
        layer, at, scenario
            As in `table`.
        box : (west, south, east, north) or None
            Only what touches this box [m]; rows without geometry belong to the building that does.
        """
        reading, source = self._source(layer, at, scenario)
        return frame(reading, self._layer(layer), source, box)

    def changes(self, layer: str, since: Moment, until: Moment = None) -> Relation:
        """Rows added, removed or changed between two moments: ``ags``, ``change``, keys, old and new delivery."""
        return changes(self.reading(), self._layer(layer), since, until)

    def history(self, layer: str | None = None) -> list[HistoryEntry]:
        """What happened when, oldest first; of one layer, if it is named."""
        if layer is not None:
            self._layer(layer)
        pairs = self.visible()
        with self.registry.read() as transaction:
            return history(transaction, pairs, layer, refused=self.principal.role == "operator")

    def municipalities(self) -> list[Municipality]:
        """All registered municipalities, whether they take part or not."""
        with self.registry.read() as transaction:
            return municipalities(transaction)

    def status(self) -> dict[str, Any]:
        """District, municipalities with consents and row counts, and the last deliveries, as far as visible."""
        pairs, reading = self.visible(), self.reading()
        with self.registry.read() as transaction:
            found = status(transaction, reading, pairs)
        return {"home": str(self.home.path), **found}

    def plot(self, **options: Any) -> Any:
        """A PyVista plotter with the visible district."""
        return find("PICTURE", "district").draw(self, **options)

    # Writing

    def register(self, entries: Iterable[Municipality]) -> None:
        """Add municipalities, or bring their names and figures up to date."""
        self._demand_operator()
        with self.registry.write() as transaction:
            register(transaction, entries)

    def join(
        self,
        ags: str,
        layers: Iterable[str] | str,
        audience: Audience,
        *,
        name: str = "",
        purpose: str = "",
        valid_from: date | str | None = None,
        valid_until: date | str | None = None,
        granted_by: str = "",
    ) -> None:
        """Record that a municipality, or the district itself, shares layers, and make its lake.

        Parameters
        ----------
        ags : str
            8-digit key, or the district's 5-digit one.
        layers : iterable of str
            Layers or consent classes, or ``all``.
        audience : {"internal", "district", "open"}
            With whom.
        name : str
            Registers a municipality that no list knows.
        purpose : str
            What for. A later consent to the same layer and purpose replaces the earlier one.
        valid_from, valid_until : date, datetime, str or None
            From when, and the first moment at which it holds no more.
        granted_by : str
            Who said so.

        Raises
        ------
        UnknownMunicipality, UnknownName
        """
        terms = Consent(
            ags, "", audience, purpose, moment_or_none(valid_from), moment_or_none(valid_until), granted_by, now()
        )
        self._demand_operator()
        join(self._store, terms, [layers] if isinstance(layers, str) else list(layers), name)

    def withdraw(self, ags: str, layer: str | None = None) -> Receipt:
        """Remove a municipality, or one consent class of it, with history, tiles and caches; gives the receipt."""
        self._demand_operator()
        return withdraw(self._store, ags, layer)

    def receipts(self) -> list[dict[str, Any]]:
        """All withdrawals: when, whose, which layer, how many files and bytes; nothing of what went."""
        with self.registry.read() as transaction:
            return [
                dict(row)
                for row in rows(
                    transaction, "SELECT at, ags, layer, files, bytes FROM receipt WHERE files >= 0 ORDER BY seq"
                )
            ]

    def mappings(self, ags: str = "") -> list[SavedMapping]:
        """Mappings of tables that are saved with a municipality or the district, or with any."""
        self._demand_operator()
        with self.registry.read() as transaction:
            return mappings(transaction, ags)

    def save_mapping(self, mapping: SavedMapping) -> None:
        """Keep a mapping with its municipality or the district; see `twin.mappings.save_mapping`."""
        self._demand_operator()
        save_mapping(self.registry, mapping)

    def forget_mapping(self, ags: str, name: str) -> None:
        """Remove a mapping.

        Raises
        ------
        UnknownName
            If there is none of this name.
        """
        self._demand_operator()
        forget_mapping(self.registry, ags, name)

    def stage(self, header: DeliveryHeader) -> Staging:
        """Begin a delivery; leaving the context without `Staging.commit` discards it."""
        self._demand_operator()
        return self._store.stage(header)

    def amend(self, changes: Mapping[str, Changes], action: str) -> None:
        """Set values of stored rows that are derived from other tables; see `twin.amendment.amend`."""
        self._demand_operator()
        amend(self._store, changes, action)

    def known_delivery(self, sha256: str, ags: str = "", crs: str = "", format: str = "") -> DeliveryRecord | None:
        """The delivery of the same bytes under the same options, if to load it again would change nothing.

        None if there is none, if any of its rows has since been replaced or retired, if a municipality has withdrawn
        something of it, or if consent covers now what was refused then.
        """
        with self.registry.read() as transaction:
            return known_delivery(transaction, sha256, ags, crs, format)

    def continued_delivery(self, header: DeliveryHeader) -> str:
        """Id of the delivery of this month that another goes on with; see `twin.continuation.continued`."""
        with self.registry.read() as transaction:
            return continued(transaction, header)

    def _demand_operator(self) -> None:
        if self.principal.role != "operator":
            raise NotVisible(name=str(self.home.path), principal=self.principal)

    def _recover(self) -> None:
        try:
            with self.registry.commit_lock(timeout=0):
                self._store.recover_held()
                finish_withdrawals(self._store)
        except (Timeout, EngineError, OSError):
            return  # somebody is writing just now, or cannot: whoever writes next tries again, and says so

    def _source(self, layer: str, at: Moment, scenario: str | None) -> tuple[Reading, str]:
        reading = self.reading(at)
        self._layer(layer)
        if scenario is None:
            return reading, f'{reading.base}."{layer}"'
        schema = f"scenario_{scenario}"
        held = reading.tables()
        if (schema, layer) not in held:
            known = sorted({name.removeprefix("scenario_") for name, _ in held if name.startswith("scenario_")})
            raise UnknownName(kind="scenario", name=scenario, known=", ".join(known) or "–")
        return reading, f'"{reading.catalog}"."{schema}"."{layer}"'

    def _layer(self, name: str) -> Layer:
        found: Layer = find("LAYER", name)
        return found
